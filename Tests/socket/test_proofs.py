"""log.checkpoint, log.prove and log.consistency: every proof is checked by an implementation of its own."""

import base64
import os
import subprocess
import tempfile
import unittest

import merkle
import transparency
from support import TIME, OwnServerTest, forget_sessions
from test_two_servers import Second

CARE = {"purpose": "customer-service"}
KEYS = {"origin", "size", "root", "note", "key", "at", "cosignatures"}


def decode(text):
    return base64.b64decode(text, validate=True)


class ProofsTest:
    """What the classes of this file share."""

    persons = 6

    @property
    def auditor(self):
        return self.session("auditor")

    def row(self, verb, client=None, **parameters):
        reply = self.assertOK((client or self.auditor).call(verb, **parameters))
        self.assertEqual(len(reply.rows), 1)
        return reply.rows[0]

    def checkpoint(self, client=None):
        """The newest checkpoint: its row, whose note is checked."""
        row = self.row("log.checkpoint", client)
        self.assertLessEqual(KEYS, set(row))
        origin, size, root = transparency.read_checkpoint(row["note"], row["key"])
        self.assertEqual((row["origin"], row["size"], decode(row["root"])), (origin, size, root))
        self.assertRegex(row["at"], TIME)
        self.assertGreaterEqual(row["cosignatures"], 0)
        return row

    @property
    def key(self):
        """The log's verifier key, as the operator has it in a file."""
        with open(os.path.join(self.server.data, "log.vkey"), encoding="ascii") as file:
            return file.read().strip()

    def prove(self, index, size=None, client=None):
        row = self.row("log.prove", client, index=index, size=size)
        proof = merkle.Proof(row["proof"], self.key)
        self.assertEqual((proof.index, row["index"]), (index, index))
        self.assertEqual(row["size"], proof.size)
        self.assertEqual(decode(row["root"]), proof.root)
        self.assertEqual([decode(one) for one in row["hashes"]], proof.hashes)
        return row, proof

    def consistency(self, old, size=None, client=None):
        """The proof between two sizes, checked; gives its row."""
        row = self.row("log.consistency", client, from_=old, to=size)
        _, signed, root = transparency.read_checkpoint(row["note"], self.key)
        self.assertEqual((row["from"], row["to"], decode(row["root-to"])), (old, signed, root))
        hashes = [decode(one) for one in row["hashes"]]
        self.assertTrue(merkle.extends(old, decode(row["root-from"]), signed, root, hashes), row)
        return row

    def fill(self, size):
        """Reads persons until the log is so long."""
        client = self.session("customer-service")
        while self.checkpoint()["size"] < size:
            replies = [client.submit("person.list", limit=20, **CARE) for _ in range(10)]
            for reply in replies:
                self.assertOK(client.wait(reply))

    def stored(self):
        """The canonical bytes of all entries, from the database itself."""
        rows = self.server.sql("SELECT encode(entry, 'hex') FROM access_entry ORDER BY index").split("\n")
        return [bytes.fromhex(row) for row in rows]


class ProofTests(ProofsTest, OwnServerTest):
    # Checkpoints

    def test_the_key_is_that_of_the_operators_file_and_the_origin_its_name(self):
        row = self.checkpoint()
        self.assertEqual(row["key"], self.key)
        self.assertEqual(row["origin"], self.key.split("+")[0])

    def test_the_signature_is_good_for_openssl_too(self):
        row = self.checkpoint()
        text, _, line = row["note"].partition("\n\n")
        blob = decode(line.split("\n")[0].split(" ")[2])
        public = decode(row["key"].split("+", 2)[2])[1:]
        with tempfile.TemporaryDirectory(prefix="rek-") as folder:
            def write(name, data):
                path = os.path.join(folder, name)
                with open(path, "wb") as file:
                    file.write(data)
                return path

            # RFC 8410: what stands before the 32 bytes of an Ed25519 key in DER.
            key = write("key", bytes.fromhex("302a300506032b6570032100") + public)
            for message, status in ((text + "\n", 0), (text + "\n\n", 1), (text, 1)):
                run = subprocess.run(
                    ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", key, "-rawin", "-in",
                     write("message", message.encode()), "-sigfile", write("signature", blob[4:])],
                    capture_output=True)
                self.assertEqual(run.returncode, status, run)

    def test_a_checkpoint_covers_what_was_asked_before(self):
        for _ in range(10):
            asked = self.assertOK(self.session("customer-service").call("person.list", limit=1, **CARE))
            size = self.checkpoint()["size"]
            entry = self.entry(asked)
            self.assertLess(entry["index"], size)

    def test_the_root_is_that_of_the_stored_entries(self):
        row = self.checkpoint()
        leaves = [transparency.leaf(entry) for entry in self.stored()[:row["size"]]]
        self.assertEqual(transparency.root(leaves), decode(row["root"]))

    # Inclusion

    def test_every_entry_is_proven_for_many_sizes(self):
        self.fill(600)
        size = self.checkpoint()["size"]
        entries = self.stored()
        edges = [0, 1, 2, 3, 7, 8, 100, 127, 128, 254, 255, 256, 257, 300, 511, 512, 513, 599]
        for index in edges:
            for of in sorted({index + 1, index + 2, 256, 257, 512, 513, 600, size}):
                if index < of <= size:
                    with self.subTest(index=index, size=of):
                        row, proof = self.prove(index, of)
                        self.assertEqual(proof.size, of)
                        self.assertEqual(decode(row["entry"]), entries[index])
                        self.assertTrue(proof.proves(entries[index]))
                        self.assertEqual(
                            proof.root, transparency.root([transparency.leaf(one) for one in entries[:of]]))

    def test_without_a_size_the_newest_checkpoint_is_meant(self):
        before = self.checkpoint()["size"]
        row, proof = self.prove(0)
        self.assertGreater(proof.size, before)
        self.assertTrue(proof.proves(decode(row["entry"])))

    def test_what_is_proven_is_what_log_show_shows(self):
        shown = self.row("log.show", index=3)
        self.assertEqual(self.prove(3)[0]["entry"], shown["entry"])

    def test_a_wrong_proof_proves_nothing(self):
        self.fill(300)
        row, proof = self.prove(77, 300)
        entry = decode(row["entry"])
        self.assertTrue(proof.proves(entry))
        self.assertFalse(proof.proves(entry + b"\0"))
        self.assertFalse(proof.proves(entry[:-1]))
        for index in (0, 76, 78, 299):
            self.assertFalse(proof.proves(entry, index=index))
        for size in (77, 64, 200, 4096):
            self.assertFalse(proof.proves(entry, size=size))
        for place in range(len(proof.hashes)):
            for changed in (
                proof.hashes[:place] + proof.hashes[place + 1:],
                proof.hashes[:place] + [bytes(32)] + proof.hashes[place + 1:],
                proof.hashes[:place] + [proof.hashes[place]] + proof.hashes[place:],
                proof.hashes[:place] + [proof.hashes[place][:31]] + proof.hashes[place + 1:],
            ):
                self.assertFalse(proof.proves(entry, hashes=changed))
        self.assertFalse(proof.proves(entry, root=bytes(32)))

    # Consistency

    def test_every_tree_goes_on_from_every_earlier_one(self):
        self.fill(600)
        size = self.checkpoint()["size"]
        sizes = sorted({1, 2, 3, 4, 5, 8, 100, 255, 256, 257, 400, 511, 512, 513, 600, size})
        for place, old in enumerate(sizes):
            for of in sizes[place:]:
                with self.subTest(old=old, size=of):
                    self.consistency(old, of)

    def test_from_nothing_and_from_the_same_need_no_proof(self):
        size = self.checkpoint()["size"]
        row = self.consistency(0, size)
        self.assertEqual(row["hashes"], [])
        self.assertEqual(decode(row["root-from"]), transparency.root([]))
        row = self.consistency(size, size)
        self.assertEqual((row["hashes"], row["root-from"]), ([], row["root-to"]))
        row = self.consistency(0, 0)
        self.assertEqual((row["hashes"], decode(row["root-to"])), ([], transparency.root([])))

    def test_a_wrong_consistency_proof_proves_nothing(self):
        self.fill(300)
        row = self.consistency(77, 300)
        old, new = decode(row["root-from"]), decode(row["root-to"])
        hashes = [decode(one) for one in row["hashes"]]
        self.assertTrue(hashes)
        for changed in (hashes[1:], hashes[:-1], hashes + [bytes(32)], [bytes(32)] + hashes[1:], hashes[::-1]):
            self.assertFalse(merkle.extends(77, old, 300, new, changed))
        self.assertFalse(merkle.extends(76, old, 300, new, hashes))
        self.assertFalse(merkle.extends(77, new, 300, old, hashes))
        self.assertFalse(merkle.extends(77, bytes(32), 300, new, hashes))

    def test_each_checkpoint_goes_on_from_the_one_before(self):
        last = self.checkpoint()
        for _ in range(12):
            new = self.checkpoint()
            self.assertGreater(new["size"], last["size"])
            row = self.consistency(last["size"], new["size"])
            self.assertEqual((row["root-from"], row["root-to"]), (last["root"], new["root"]))
            last = new

    # What is refused

    def test_what_is_not_in_the_log_is_refused(self):
        size = self.checkpoint()["size"]
        for verb, parameters, code in (
            ("log.prove", {}, "invalid/index"), ("log.prove", {"index": ""}, "invalid/index"),
            ("log.prove", {"index": -1}, "invalid/index"), ("log.prove", {"index": "1.0"}, "invalid/index"),
            ("log.prove", {"index": 1 << 63}, "invalid/index"), ("log.prove", {"index": size + 1000}, "notfound"),
            ("log.prove", {"index": (1 << 63) - 2}, "notfound"), ("log.prove", {"index": 0, "size": 0}, "invalid/size"),
            ("log.prove", {"index": 0, "size": -5}, "invalid/size"),
            ("log.prove", {"index": 0, "size": "x"}, "invalid/size"),
            ("log.prove", {"index": 5, "size": 5}, "invalid/size"),
            ("log.prove", {"index": 0, "size": size + 1000}, "notfound"),
            ("log.prove", {"index": 0, "size": (1 << 63) - 1}, "notfound"),
            ("log.consistency", {"to": 5}, "invalid/from"), ("log.consistency", {"from": 6, "to": 5}, "invalid/from"),
            ("log.consistency", {"from": -1}, "invalid/from"), ("log.consistency", {"from": 1, "to": -1}, "invalid/to"),
            ("log.consistency", {"from": 1, "to": size + 1000}, "notfound"),
            ("log.consistency", {"from": size + 1000}, "notfound"),
        ):
            with self.subTest(verb, **{name + "_": value for name, value in parameters.items()}):
                reply = self.assertNO(self.auditor.call(verb, **parameters), code)
                self.assertEqual(reply.rows, [])

    def test_only_who_may_read_the_log_proves(self):
        for role in ("customer-service", "sales", "marketing", "analyst", "privacy-officer", "administrator"):
            for verb, parameters in (
                ("log.checkpoint", {}), ("log.prove", {"index": 0}), ("log.consistency", {"from": 0})):
                with self.subTest(verb, role=role):
                    self.assertNO(self.session(role).call(verb, **parameters), "denied/role")

    def test_they_are_in_the_log_themselves(self):
        for verb, parameters in (("log.checkpoint", {}), ("log.prove", {"index": 0}), ("log.consistency", {"from": 0})):
            reply = self.assertOK(self.auditor.call(verb, **parameters))
            entry = self.entry(reply)
            self.assertEqual((entry["verb"], entry["outcome"], entry["rows"]), (verb, "ok", 1))


class RestartTests(ProofsTest, OwnServerTest):
    def test_the_log_goes_on_after_a_restart_and_after_a_kill(self):
        for end in ("stop", "kill"):
            last = self.checkpoint()
            forget_sessions(self.own)
            getattr(self.own, end)()
            self.own.start()
            new = self.checkpoint()
            self.assertEqual(new["key"], last["key"])
            row = self.consistency(last["size"], new["size"])
            self.assertEqual(row["root-from"], last["root"])


class TwoServersProofTests(ProofsTest, OwnServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = Second(cls.own)

    @classmethod
    def tearDownClass(cls):
        cls.second.stop()
        super().tearDownClass()

    def at_second(self):
        client = self.second.client()
        self.addCleanup(client.close)
        client.login(self.server.account("auditor", 0))
        return client

    def test_what_one_logs_the_other_proves(self):
        other = self.at_second()
        for number in range(6):
            here, there = (self.auditor, other) if number % 2 else (other, self.auditor)
            asked = self.assertOK(here.call("log.count", by="verb"))
            row = self.checkpoint(there)
            entry = self.entry(asked)
            self.assertLess(entry["index"], row["size"])
            proven, proof = self.prove(entry["index"], row["size"], there)
            self.assertTrue(proof.proves(decode(proven["entry"])))
            self.assertEqual(decode(row["root"]), proof.root)

    def test_checkpoints_of_both_are_of_one_log(self):
        other = self.at_second()
        last = self.checkpoint()
        for number in range(10):
            new = self.checkpoint(other if number % 2 else None)
            row = self.consistency(last["size"], new["size"], None if number % 2 else other)
            self.assertEqual((row["root-from"], row["root-to"]), (last["root"], new["root"]))
            self.assertEqual(new["key"], last["key"])
            last = new


if __name__ == "__main__":
    unittest.main()
