"""What leaves the access log: checkpoints in files outside, and before a witness (C2SP tlog-witness) that cosigns."""

import base64
import hashlib
import http.server
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time

import server
import transparency
from merkle import extends
from support import SocketTest, eventually, forget_sessions

EMPTY = hashlib.sha256(b"").digest()
RECORD = re.compile(rb"@(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) ([1-9]\d*)\n")
CARE = {"purpose": "customer-service"}


def compressed(point):
    """The 32 bytes of a point of the curve (RFC 8032 section 5.1.2)."""
    inverse = pow(point[2], transparency._P - 2, transparency._P)
    x, y = point[0] * inverse % transparency._P, point[1] * inverse % transparency._P
    return (y | (x & 1) << 255).to_bytes(32, "little")


class Key:
    """An Ed25519 key that cosigns (RFC 8032 section 5.1.6, C2SP tlog-cosignature)."""

    def __init__(self, name):
        self.name = name
        digest = hashlib.sha512(os.urandom(32)).digest()
        self.scalar = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
        self.prefix = digest[32:]
        self.public = compressed(transparency._multiply(self.scalar, transparency._BASE))
        self.id = hashlib.sha256(name.encode() + b"\n\x04" + self.public).digest()[:4]

    @property
    def text(self):
        return "%s+%s+%s" % (self.name, self.id.hex(), base64.b64encode(b"\x04" + self.public).decode())

    def sign(self, message):
        q = transparency._Q
        number = int.from_bytes(hashlib.sha512(self.prefix + message).digest(), "little") % q
        point = compressed(transparency._multiply(number, transparency._BASE))
        challenge = int.from_bytes(hashlib.sha512(point + self.public + message).digest(), "little") % q
        return point + ((number + challenge * self.scalar) % q).to_bytes(32, "little")

    def cosign(self, text, when):
        signature = self.sign(b"cosignature/v1\ntime %d\n" % when + text.encode())
        blob = self.id + when.to_bytes(8, "big") + signature
        return "\u2014 %s %s" % (self.name, base64.b64encode(blob).decode())

    def has_cosigned(self, note):
        """When this key cosigned a note, or None; raises where its line is not good."""
        text, _, lines = note.rpartition("\n\n")
        text += "\n"
        for line in lines.splitlines():
            dash, name, blob = line.split(" ")
            data = base64.b64decode(blob, validate=True)
            if dash == "\u2014" and name == self.name and data[:4] == self.id:
                when = int.from_bytes(data[4:12], "big")
                message = b"cosignature/v1\ntime %d\n" % when + text.encode()
                if not transparency.is_signed(self.public, message, data[12:]):
                    raise AssertionError("a cosignature in the note is not good")
                return when
        return None


class Witness:
    """A witness on a port of its own. `faults` has what it must not sign; `spoils` has it sign badly."""

    def __init__(self, key):
        self.key = key
        self.size, self.root = 0, EMPTY
        self.faults, self.cosigned, self.requests = [], [], 0
        self.spoils = False
        self.log_key = None
        self.port = 0
        self.lock = threading.Lock()
        self.start()

    @property
    def url(self):
        return "http://127.0.0.1:%d/w/" % self.port

    def start(self):
        witness = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with witness.lock:
                    try:
                        status, kind, text = witness.judge(self.path, body.decode())
                    except (ValueError, KeyError, IndexError) as error:
                        witness.faults.append("%r: %r" % (error, body[:400]))
                        status, kind, text = 400, "text/plain", ""
                data = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True
            connections = []

            def process_request(self, request, address):
                self.connections.append(request)
                super().process_request(request, address)

        self.listener = Listener(("127.0.0.1", self.port), Handler)
        self.listener.connections = []
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def stop(self):
        """Goes away, and its connections with it."""
        self.listener.shutdown()
        self.listener.server_close()
        for connection in self.listener.connections:
            try:
                connection.shutdown(2)
                connection.close()
            except OSError:
                pass

    def judge(self, path, body):
        self.requests += 1
        if path != "/w/add-checkpoint":
            raise ValueError("path " + path)
        head, _, note = body.partition("\n\n")
        lines = head.split("\n")
        match = re.fullmatch(r"old (0|[1-9]\d*)", lines[0])
        if not match or len(lines) > 64:
            raise ValueError("no size")
        old = int(match.group(1))
        proof = [base64.b64decode(line, validate=True) for line in lines[1:]]
        origin, size, root = transparency.read_checkpoint(note, self.log_key)
        if old > size or (old == 0 and proof):
            raise ValueError("old %d of %d" % (old, size))
        if old != self.size or (old == size and root != self.root):
            return 409, "text/x.tlog.size", "%d\n" % self.size
        if not extends(old, self.root, size, root, proof):
            self.faults.append("no consistency from %d to %d" % (old, size))
            return 422, "text/plain", ""
        text = note[:note.rindex("\n\n") + 1]
        if self.spoils:
            return 200, "text/plain", self.key.cosign(text + "more\n", int(time.time())) + "\n"
        self.size, self.root = size, root
        self.cosigned.append((origin, size))
        other = Key("other.example/w9").cosign(text, int(time.time()))
        return 200, "text/plain", "%s\n%s\n" % (other, self.key.cosign(text, int(time.time())))


def kept(path):
    """The notes of a file of checkpoints; raises where it holds anything else."""
    with open(path, "rb") as file:
        data = file.read()
    notes = []
    while data:
        match = RECORD.match(data)
        if not match:
            raise AssertionError("not a record: %r" % data[:80])
        length = int(match[2])
        notes.append(data[match.end():match.end() + length].decode())
        data = data[match.end() + length:]
    return notes


class WitnessTests(SocketTest):
    """A server with a witness and a copy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for option in ("--witness", "--witness-key", "--log-copy"):
            if not server.knows(option):
                raise AssertionError("rekisterid dev does not know " + option)
        cls.witness = Witness(Key("witness.example/w1"))
        cls.folder = tempfile.mkdtemp(prefix="rek-", dir="/var/tmp")
        cls.copy = os.path.join(cls.folder, "checkpoints")
        try:
            cls.own = server.Server(persons=20, options=[
                "--witness", cls.witness.url, "--witness-key", cls.witness.key.text, "--log-copy", cls.copy])
            cls.read_key()
        except BaseException:
            cls.witness.stop()
            shutil.rmtree(cls.folder)
            raise

    @classmethod
    def tearDownClass(cls):
        forget_sessions(cls.own)
        cls.own.remove()
        cls.witness.stop()
        shutil.rmtree(cls.folder)

    @classmethod
    def read_key(cls):
        with open(os.path.join(cls.own.data, "log.vkey"), encoding="utf-8") as file:
            cls.key = cls.witness.log_key = file.read().split("\n")[0]

    @property
    def server(self):
        return self.own

    def use(self, times=3):
        for _ in range(times):
            self.assertOK(self.session("customer-service").call("person.list", limit=1, **CARE))

    def checkpoint(self):
        reply = self.session("auditor").call("log.checkpoint")
        self.assertOK(reply)
        return reply.rows[0]

    def cosigned(self, after=0):
        """The newest checkpoint, once the witness has cosigned it."""
        def look():
            row = self.checkpoint()
            if row["size"] > after and self.witness.key.has_cosigned(row["note"]):
                return row
            # What was asked is in the log itself: the witness has it in a moment.
            time.sleep(2)
            return None
        row = eventually(look, 90)
        self.assertTrue(row, "no cosigned checkpoint; the server said: " + self.own.said())
        return row

    def copied(self, size, path=None):
        """The newest size in a copy, once it is at least so much."""
        def look():
            notes = kept(path or self.copy) if os.path.exists(path or self.copy) else []
            newest = transparency.read_checkpoint(notes[-1], self.key)[1] if notes else 0
            return newest if newest >= size else None
        found = eventually(look)
        self.assertTrue(found, "no checkpoint of %d entries in the copy" % size)
        return found

    def said(self):
        with open(self.own.errors, encoding="utf-8", errors="replace") as file:
            return file.read()

    # The witness

    def test_cosignatures_are_shown_and_the_witness_saw_growth_only(self):
        self.use()
        first = self.cosigned()
        self.assertGreaterEqual(first["cosignatures"], 1)
        self.assertLess(abs(self.witness.key.has_cosigned(first["note"]) - time.time()), 120)
        self.assertEqual(transparency.read_checkpoint(first["note"], self.key)[:2], (first["origin"], first["size"]))
        self.assertNotIn("other.example", first["note"])
        self.use()
        second = self.cosigned(after=first["size"])
        sizes = [size for _, size in self.witness.cosigned]
        self.assertEqual(sizes, sorted(set(sizes)))
        self.assertIn(second["size"], sizes)
        self.assertEqual({origin for origin, _ in self.witness.cosigned}, {first["origin"]})
        self.assertEqual(self.witness.faults, [])

    def test_the_newest_that_a_witness_has_seen_can_be_asked_for(self):
        self.cosigned()
        auditor = self.session("auditor")
        row = self.assertOK(auditor.call("log.checkpoint", cosigned=True)).rows[0]
        self.assertGreaterEqual(row["cosignatures"], 1)
        self.assertTrue(self.witness.key.has_cosigned(row["note"]))
        later = self.assertOK(auditor.call("log.checkpoint")).rows[0]
        self.assertGreater(later["size"], row["size"])

    def health(self, name):
        """The lines of server.health of a name."""
        rows = self.assertOK(self.session("administrator").call("server.health")).rows
        return [(row["status"], row["detail"]) for row in rows if row["name"] == name]

    def test_health_tells_of_copies_and_witnesses(self):
        self.cosigned()
        self.assertEqual({status for status, _ in self.health("copy")}, {"ok"})
        self.assertEqual([status for status, _ in self.health("witness")], ["ok"])
        self.witness.stop()
        try:
            self.use()
            self.assertTrue(eventually(lambda: self.health("witness")[0][0] == "warning", 60, 0.5))
            self.assertIn("does not answer", self.health("witness")[0][1])
        finally:
            self.witness.start()
        self.assertTrue(eventually(lambda: self.health("witness")[0][0] == "ok", 90, 0.5))

    def test_a_proof_has_the_cosignature(self):
        row = self.cosigned()
        reply = self.session("auditor").call("log.prove", index=0, size=row["size"])
        self.assertOK(reply)
        self.assertTrue(self.witness.key.has_cosigned(reply.rows[0]["proof"].split("\n\n", 1)[1]))

    def test_a_witness_that_was_away_is_caught_up_with(self):
        before = self.cosigned()["size"]
        self.witness.stop()
        try:
            for _ in range(4):
                started = time.monotonic()
                self.use()
                self.assertLess(time.monotonic() - started, 20, "what is served waits for a witness")
                time.sleep(0.5)
            self.assertTrue(eventually(lambda: "it does not answer" in self.said(), 60))
        finally:
            self.witness.start()
        after = self.cosigned(after=before)
        self.assertGreater(after["size"], before)
        self.assertEqual(self.witness.faults, [])

    def test_a_witness_that_is_ahead_of_what_is_remembered_is_asked_again(self):
        before = self.cosigned()["size"]
        self.own.sql("UPDATE outside_position SET position = 1 WHERE name LIKE 'witness %'")
        # A restart reads it anew.
        forget_sessions(self.own)
        self.own.stop()
        self.own.start()
        self.use()
        self.cosigned(after=before)
        self.assertEqual(self.witness.faults, [])

    def test_a_bad_cosignature_is_not_kept(self):
        before = self.cosigned()["size"]
        self.witness.spoils = True
        try:
            self.use()
            self.assertTrue(eventually(lambda: "its cosignature does not verify" in self.said()), self.own.said())
            # The database's superuser has the whole truth of what was kept; a good one that was under way is by now.
            stored = self.own.sql("SELECT max(size) FROM cosignature")
            row = self.checkpoint()
            self.assertGreater(row["size"], before)
            self.assertEqual(row["cosignatures"], 0)
            self.assertEqual(self.own.sql("SELECT max(size) FROM cosignature"), stored)
        finally:
            self.witness.spoils = False
        self.cosigned(after=before)
        self.assertEqual(self.own.sql("SELECT count(*) FROM cosignature WHERE name = 'other.example/w9'"), "0")

    # Copies

    def test_every_note_of_a_copy_verifies_and_they_grow(self):
        self.use()
        self.copied(self.checkpoint()["size"])
        for path in (self.copy, os.path.join(self.own.data, "checkpoints")):
            notes = kept(path)
            sizes = [transparency.read_checkpoint(note, self.key)[1] for note in notes]
            self.assertEqual(sizes, sorted(set(sizes)))
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            # Each is a tree of this log.
            for note in notes[-3:]:
                _, size, root = transparency.read_checkpoint(note, self.key)
                rows = self.session("auditor").call("log.consistency", **{"from": size, "to": size}).rows
                self.assertEqual(base64.b64decode(rows[0]["root-from"]), root)

    def test_the_last_checkpoint_is_kept_when_the_server_ends(self):
        self.use(20)
        size = self.checkpoint()["size"]
        forget_sessions(self.own)
        self.own.stop()
        try:
            self.assertGreaterEqual(transparency.read_checkpoint(kept(self.copy)[-1], self.key)[1], size)
        finally:
            self.own.start()

    def test_a_database_put_back_is_refused_and_the_witness_tells_too(self):
        files = os.path.join(self.own.data, "postgres", "data")
        yesterday, today = os.path.join(self.folder, "yesterday"), os.path.join(self.folder, "today")
        forget_sessions(self.own)
        self.own.stop()
        old = transparency.read_checkpoint(kept(self.copy)[-1], self.key)[1]
        subprocess.run(["cp", "-a", files, yesterday], check=True)
        self.own.start()
        self.use(40)
        size = self.cosigned(after=old + 40)["size"]
        self.copied(size)
        forget_sessions(self.own)
        self.own.stop()
        # The server's own folder is put back as well; only what is outside is left.
        copies = [os.path.join(self.own.data, "checkpoints"), self.copy]
        os.rename(copies[0], copies[0] + ".away")
        os.rename(files, today)
        subprocess.run(["cp", "-a", yesterday, files], check=True)
        newest = transparency.read_checkpoint(kept(self.copy)[-1], self.key)[1]
        before = len(self.said())
        with self.assertRaises(RuntimeError) as caught:
            self.own.start()
        self.assertIn("ended", str(caught.exception))
        told = self.said()[before:]
        self.assertIn(str(newest), told)
        numbers = [int(one) for one in re.findall(r"\d+", told)]
        self.assertTrue([one for one in numbers if old <= one < size], told)
        # Without any file outside it starts; the witness remembers, and does not sign.
        os.rename(copies[1], copies[1] + ".away")
        before = len(self.said())
        self.own.start()
        seen = "it has seen a log of %d entries" % self.witness.size
        self.assertTrue(eventually(lambda: seen in self.said()[before:]), self.own.said())
        self.assertEqual(self.witness.faults, [])
        self.own.stop()
        # Today's files serve again.
        for path in copies:
            os.replace(path + ".away", path)
        shutil.rmtree(files)
        os.rename(today, files)
        self.own.start()
        self.use()
        self.cosigned(after=size)
        self.assertEqual(self.witness.faults, [])
