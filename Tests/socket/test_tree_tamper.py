"""The log proves itself: whatever the database's superuser does to it is found, and the first bad index is named.

By `rekisterid check`, by the server when it starts, and for the log's end within seconds by a server that runs.
"""

import contextlib
import glob
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "faults"))

import server  # noqa: E402
import treeverifier  # noqa: E402
from support import SocketTest, eventually, forget_sessions  # noqa: E402

CARE = {"purpose": "customer-service"}
FIRST_BAD = re.compile(r"first bad index is (\d+)")
COLUMNS = "index, at, employee, person, role, purpose, outcome, verb, entry"
SEQUENCER_LOCK = 7_625_001
# A running server looks at the log's end every few seconds.
NOTICE_SECONDS = 40


def fill(own, entries):
    """Reads persons until the log is so long."""
    client, auditor = own.client(), own.client()
    client.login(own.account("customer-service"))
    auditor.login(own.account("auditor"))
    size = 0
    while size < entries:
        replies = [client.submit("person.list", limit=20, **CARE) for _ in range(10)]
        if not all(client.wait(reply).ok for reply in replies):
            raise AssertionError("the log was not filled: %r" % replies[0])
        size = auditor.call("log.find", newest=True, limit=1).rows[0]["index"] + 1
    client.close()
    auditor.close()


def said(own):
    """Everything that a server wrote to its own log."""
    with open(own.errors, encoding="utf-8", errors="replace") as file:
        return file.read()


def check(own):
    """`rekisterid check`: the exit status, and what it says."""
    run = subprocess.run([server.binary(), "check", "--data", own.data], capture_output=True, text=True, timeout=120)
    return run.returncode, run.stdout + run.stderr


@contextlib.contextmanager
def opened(own):
    """The database of a server that is down; gives a function that runs SQL in it as its superuser."""
    folder = min((os.path.dirname(path) for path in glob.glob(own.data + "/**/PG_VERSION", recursive=True)), key=len)
    with open(os.path.join(folder, "PG_VERSION"), encoding="ascii") as file:
        binaries = "/usr/lib/postgresql/%s/bin" % file.read().strip()
    owner = os.stat(folder)
    place = tempfile.mkdtemp(dir="/var/tmp", prefix="rek-")
    os.chown(place, owner.st_uid, -1)

    def become():
        if os.geteuid() == 0:
            os.setgid(owner.st_gid)
            os.setuid(owner.st_uid)

    def sql(statement):
        run = subprocess.run(
            [binaries + "/psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", place, "-U", "postgres", "-d",
             "rekisteri", "-c", statement], capture_output=True, text=True, timeout=60)
        if run.returncode:
            raise RuntimeError(run.stderr)
        return run.stdout.strip()

    process = subprocess.Popen(
        [binaries + "/postgres", "-D", folder, "-k", place, "-F", "-c", "logging_collector=off"], preexec_fn=become,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    try:
        for _ in range(200):
            try:
                sql("SELECT 1")
                break
            except RuntimeError:
                time.sleep(0.05)
        yield sql
    finally:
        process.send_signal(2)
        process.wait(60)
        os.rmdir(place)


def swap(one, two):
    """SQL that puts each of two entries in the other's place."""
    return "UPDATE access_entry SET index = %d - index WHERE index IN (%d, %d)" % (one + two, one, two)


def flip(column, position="0"):
    """SQL for a value with one bit turned."""
    return "set_byte({0}, {1}, get_byte({0}, {1}) # 1)".format(column, position)


def other_letter(column, from_end):
    """SQL for a text with another letter that many before its end: in a checkpoint, within the signature."""
    place = "length({0}) - {1}".format(column, from_end)
    return "overlay({0} placing CASE substr({0}, {1}, 1) WHEN 'A' THEN 'B' ELSE 'A' END from {1} for 1)".format(
        column, place)


class StoppedTamperTests(SocketTest):
    """The same log each time, changed while the server is down. Its tiles: 0, 1 and 2, and some entries after them."""

    ENTRIES = 800

    @classmethod
    def setUpClass(cls):
        cls.own = server.Server(persons=20)
        try:
            fill(cls.own, cls.ENTRIES)
            # The outside copy may be a second behind.
            time.sleep(2)
            cls.own.stop()
            cls.pristine = os.path.join(cls.own.folder, "pristine")
            subprocess.run(["cp", "-a", cls.own.data, cls.pristine], check=True)
            with opened(cls.own) as sql:
                cls.size = int(sql("SELECT max(size) FROM checkpoint"))
                cls.sizes = [int(one) for one in sql("SELECT size FROM checkpoint ORDER BY size").split()]
                cls.entries = [bytes.fromhex(one) for one in sql(
                    "SELECT encode(entry, 'hex') FROM access_entry ORDER BY index").split()]
        except BaseException:
            cls.own.remove()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.own.remove()

    def restore(self):
        shutil.rmtree(self.own.data)
        subprocess.run(["cp", "-a", self.pristine, self.own.data], check=True)

    def change(self, statement):
        self.restore()
        with opened(self.own) as sql:
            sql(statement)

    def assertFound(self, statement, index=None, within=0, words=()):
        """Changed so, the check fails and the server does not start; both name the first bad index.

        Where no hash is stored that tells it exactly, one that is at most `within` too early will do.
        """
        self.change(statement)
        status, text = check(self.own)
        with self.subTest("check"):
            self.assertNotEqual(status, 0, "the check finds nothing:\n" + text)
            self.assertNames(text, index, within, words)
        before = len(said(self.own))
        with self.subTest("start"):
            with self.assertRaises(RuntimeError, msg="the server starts") as caught:
                self.own.start()
            self.assertIn("ended", str(caught.exception))
            self.assertNames(said(self.own)[before:], index, within, words)
        self.own.stop()

    def assertNames(self, text, index, within, words):
        for word in words:
            self.assertIn(word, text)
        if index is not None:
            found = FIRST_BAD.search(text)
            self.assertTrue(found, "no index is named:\n" + text)
            named = int(found[1])
            self.assertTrue(index - within <= named <= index, "%d is named, %d was changed" % (named, index))

    # Without a change

    def test_an_untouched_log_is_found_good(self):
        """What the others are compared with: the copy itself starts and serves."""
        self.restore()
        status, text = check(self.own)
        self.assertEqual(status, 0, text)
        self.own.start()
        client = self.own.client()
        client.login(self.own.account("customer-service"))
        self.assertOK(client.call("person.list", limit=1, **CARE))
        client.close()
        self.assertEqual(self.own.stop(), 0)

    # Entries

    def test_an_entry_changed(self):
        self.assertFound("UPDATE access_entry SET entry = %s WHERE index = 100" % flip("entry", "5"), 100)

    def test_an_entry_exchanged_for_another_that_is_well_formed(self):
        self.assertFound(
            "UPDATE access_entry e SET entry = o.entry, at = o.at, employee = o.employee, person = o.person,"
            " role = o.role, purpose = o.purpose, outcome = o.outcome, verb = o.verb FROM access_entry o"
            " WHERE e.index = 300 AND o.index = 299", 300)

    def test_a_searched_column_that_says_another_employee(self):
        self.assertFound(
            "UPDATE access_entry SET employee = '01920000-0000-7000-8000-000000000001' WHERE index = 511", 511)

    def test_a_searched_column_that_says_another_person_at_the_end(self):
        index = self.size - 1
        self.assertFound("UPDATE access_entry SET person = '01920000-0000-7000-8000-000000000001' WHERE index = %d"
                         % index, index)

    def test_an_entry_changed_at_the_end(self):
        index = self.size - 3
        self.assertFound(
            "UPDATE access_entry SET entry = %s WHERE index = %d" % (flip("entry", "5"), index), index, within=255)

    def test_an_entry_deleted(self):
        self.assertFound("DELETE FROM access_entry WHERE index = 256", 256)

    def test_the_first_entry_deleted(self):
        self.assertFound("DELETE FROM access_entry WHERE index = 0", 0)

    def test_the_last_entry_deleted(self):
        self.assertFound("DELETE FROM access_entry WHERE index = %d" % (self.size - 1), self.size - 1)

    def test_one_employees_entries_deleted(self):
        auditor = next(index for index, entry in enumerate(self.entries) if b"log.find" in entry)
        self.assertFound("DELETE FROM access_entry WHERE verb = 'log.find'", auditor)

    def test_every_entry_truncated(self):
        self.assertFound("TRUNCATE access_entry", 0)

    def test_two_entries_swapped(self):
        self.assertNotEqual(self.entries[40], self.entries[600])
        self.assertFound(swap(40, 600), 40)

    def test_two_entries_swapped_at_the_end(self):
        self.assertFound(swap(self.size - 2, self.size - 1), self.size - 2, within=255)

    def test_an_entry_inserted_after_the_last(self):
        self.assertFound(
            "INSERT INTO access_entry SELECT %d, at, employee, person, role, purpose, outcome, verb, entry"
            " FROM access_entry WHERE index = 7" % self.size, self.size)

    def test_an_entry_inserted_far_after_the_last(self):
        self.assertFound(
            "INSERT INTO access_entry SELECT %d, at, employee, person, role, purpose, outcome, verb, entry"
            " FROM access_entry WHERE index = 7" % (self.size + 1000), self.size + 1000, within=1000)

    def test_an_entry_inserted_twice(self):
        self.assertFound("INSERT INTO access_entry SELECT %s FROM access_entry WHERE index = 123" % COLUMNS, 123)

    def test_an_entry_inserted_before_the_first(self):
        self.assertFound(
            "INSERT INTO access_entry SELECT -1, at, employee, person, role, purpose, outcome, verb, entry"
            " FROM access_entry WHERE index = 7")

    def test_an_entry_inserted_by_moving_the_others_on(self):
        self.assertFound(
            "UPDATE access_entry SET index = -index - 2 WHERE index >= 50;"
            "UPDATE access_entry SET index = -index - 1 WHERE index < 0;"
            "INSERT INTO access_entry SELECT 50, at, employee, person, role, purpose, outcome, verb, entry"
            " FROM access_entry WHERE index = 7", 50)

    def test_entries_deleted_and_the_months_end_forged(self):
        """What is past its retention goes only by an entry of the log itself, which nobody else can write."""
        fixed = struct.pack(
            ">B16sqBBBBq16sIQI", 1, b"x" * 16, 1_700_000_000_000_000, 0, 1, 0, 0, 1, b"r" * 16, 5, 0, 0)
        words = [b"log.retention", b"2000-01-through-400", b"", b"", b""]
        forged = fixed + b"".join(bytes([len(word)]) + word for word in words)
        for index in (-1, 450, self.size - 1):
            with self.subTest(index=index):
                self.assertFound(
                    "DELETE FROM access_entry WHERE index BETWEEN 10 AND 300 OR index = %d;"
                    "INSERT INTO access_entry SELECT %d, max(at), NULL, NULL, 0, 0, 1, 'log.retention',"
                    " decode('%s', 'hex') FROM access_entry" % (index, index, forged.hex()))

    # Tiles

    def test_a_tile_changed(self):
        self.assertFound(
            "UPDATE log_tile SET hashes = %s WHERE level = 0 AND index = 1" % flip("hashes", "64"), 258, within=2)

    def test_a_tile_and_its_root_changed(self):
        """Consistent in itself, and not with the entries."""
        hashes = [treeverifier.leaf_hash(entry) for entry in self.entries[256:512]]
        hashes[9] = treeverifier.leaf_hash(b"another")
        self.assertFound(
            "UPDATE log_tile SET hashes = decode('%s', 'hex'), root = decode('%s', 'hex')"
            " WHERE level = 0 AND index = 1" % (b"".join(hashes).hex(), treeverifier.root_hash(hashes).hex()), 265)

    def test_a_tiles_root_changed(self):
        self.assertFound("UPDATE log_tile SET root = %s WHERE level = 0 AND index = 2" % flip("root"), 512, within=512)

    def test_a_tile_deleted(self):
        self.assertFound("DELETE FROM log_tile WHERE level = 0 AND index = 1", 256)

    def test_every_tile_truncated(self):
        self.assertFound("TRUNCATE log_tile", 0)

    def test_two_tiles_swapped(self):
        self.assertFound(
            "UPDATE log_tile t SET hashes = o.hashes, root = o.root FROM log_tile o"
            " WHERE t.level = 0 AND o.level = 0 AND t.index IN (0, 1) AND o.index = 1 - t.index", 0)

    def test_a_tile_inserted(self):
        self.assertFound(
            "INSERT INTO log_tile SELECT level, 3, root, hashes FROM log_tile WHERE level = 0 AND index = 0", 768,
            within=768)

    def test_a_tile_inserted_a_level_up(self):
        self.assertFound("INSERT INTO log_tile SELECT 1, 0, root, hashes FROM log_tile WHERE level = 0 AND index = 0")

    def test_an_entry_changed_with_its_tile(self):
        """Everything that is stored was made anew to fit, but for the signature."""
        forged = self.entries[100][:6] + bytes([self.entries[100][6] ^ 1]) + self.entries[100][7:]
        hashes = [treeverifier.leaf_hash(entry) for entry in self.entries[:256]]
        hashes[100] = treeverifier.leaf_hash(forged)
        self.assertFound(
            "UPDATE access_entry SET entry = decode('%s', 'hex') WHERE index = 100;"
            "UPDATE log_tile SET hashes = decode('%s', 'hex'), root = decode('%s', 'hex')"
            " WHERE level = 0 AND index = 0"
            % (forged.hex(), b"".join(hashes).hex(), treeverifier.root_hash(hashes).hex()), 100, within=100)

    # Checkpoints

    def newest(self, change):
        return "UPDATE checkpoint SET %s WHERE size = %d" % (change, self.size)

    def test_the_newest_checkpoints_root_changed(self):
        self.assertFound(self.newest("root = " + flip("root")), words=[str(self.size)])

    def test_the_newest_checkpoints_note_changed(self):
        self.assertFound(self.newest("note = replace(note, E'\\n%d\\n', E'\\n%d\\n')" % (self.size, self.size + 1)))

    def test_the_newest_checkpoint_with_an_earlier_ones_note(self):
        self.assertFound(
            "UPDATE checkpoint c SET root = o.root, note = o.note FROM checkpoint o"
            " WHERE c.size = %d AND o.size = %d" % (self.size, self.sizes[-2]), words=[str(self.size)])

    def test_the_newest_checkpoints_size_changed(self):
        self.assertFound(self.newest("size = size + 1"), words=[str(self.size + 1)])

    def test_the_newest_checkpoint_without_note(self):
        for change in ("note = NULL", "note = NULL, root = NULL"):
            with self.subTest(change):
                self.assertFound(self.newest(change), words=[str(self.size)])

    def test_the_newest_checkpoint_deleted(self):
        last = self.sizes[-2]
        self.assertFound("DELETE FROM checkpoint WHERE size = %d" % self.size, last)

    def test_every_checkpoint_truncated(self):
        self.assertFound("TRUNCATE checkpoint")

    def test_every_checkpoint_truncated_and_the_first_put_back(self):
        self.assertFound(
            "TRUNCATE checkpoint; INSERT INTO checkpoint (size, previous, xmin_next) VALUES (0, -1, '0')", 0)

    def test_every_signature_removed(self):
        """A log from before there was a tree looks so; this one has been signed."""
        self.assertFound("UPDATE checkpoint SET root = NULL, note = NULL; TRUNCATE log_tile")

    def test_a_checkpoint_inserted(self):
        self.assertFound(
            "INSERT INTO checkpoint (size, previous, xmin_next, root, note)"
            " SELECT size + 5, size, xmin_next, root, note FROM checkpoint WHERE size = %d" % self.size,
            words=[str(self.size + 5)])

    def test_an_earlier_checkpoint_changed(self):
        middle = self.sizes[len(self.sizes) // 2]
        for change in ("root = " + flip("root"), "note = replace(note, E'\\n%d\\n', E'\\n1%d\\n')" % (middle, middle)):
            with self.subTest(change):
                self.assertFound("UPDATE checkpoint SET %s WHERE size = %d" % (change, middle), words=[str(middle)])

    def test_an_earlier_checkpoint_deleted(self):
        """Upkeep gives up old ones only."""
        middle = len(self.sizes) // 2
        last, size = self.sizes[middle - 1:middle + 1]
        self.assertFound("DELETE FROM checkpoint WHERE size = %d" % size, last)

    def test_an_earlier_checkpoint_that_follows_another(self):
        middle = len(self.sizes) // 2
        self.assertFound("UPDATE checkpoint SET previous = previous - 1000000 WHERE size = %d" % self.sizes[middle],
                         self.sizes[middle - 1])

    def test_a_checkpoint_said_to_be_old_and_the_one_below_deleted(self):
        middle = len(self.sizes) // 2
        self.assertFound(
            "DELETE FROM checkpoint WHERE size = %d;"
            "UPDATE checkpoint SET at = at - interval '9 days' WHERE size <= %d"
            % (self.sizes[middle], self.sizes[middle + 1]), self.sizes[middle - 1])

    def test_where_to_look_on_lies_far_ahead(self):
        """As after a restore into a younger cluster: what is committed from now on comes into the log all the same."""
        self.change("UPDATE checkpoint SET xmin_next = '4000000000' WHERE size = %d" % self.size)
        self.own.start()
        client, auditor = self.own.client(), self.own.client()
        client.login(self.own.account("customer-service"))
        auditor.login(self.own.account("auditor"))
        self.assertOK(client.call("person.list", limit=1, **CARE))
        newest = auditor.call("log.find", verb="person.list", newest=True, limit=1).rows[0]
        self.assertGreaterEqual(newest["index"], self.size)
        client.close()
        auditor.close()
        self.assertEqual(self.own.stop(), 0)

    # An older state

    def test_the_newest_part_deleted_everywhere(self):
        """What is left is a log as it was once, and verifies; what is kept outside tells."""
        old = max(size for size in self.sizes if size < self.size - 60)
        self.assertFound(
            "DELETE FROM access_intake WHERE at >= (SELECT at FROM checkpoint WHERE size = {0});"
            "DELETE FROM integrated g WHERE NOT EXISTS (SELECT FROM access_intake i WHERE i.id = g.intake);"
            "DELETE FROM access_entry WHERE index >= {0}; DELETE FROM checkpoint WHERE size > {0};"
            "DELETE FROM log_tile WHERE (index + 1) * 256 ^ (level + 1) > {0}".format(old), words=[str(old)])


    def test_rows_to_come_said_to_be_in_the_log(self):
        """Else a start says that all is well, and the first rows after it stop the server."""
        self.assertFound(
            "INSERT INTO integrated (intake, kind, chain, counter, mac, seal)"
            " SELECT intake + s, kind, chain, counter, mac, seal FROM generate_series(1, 40) s,"
            " (SELECT * FROM integrated ORDER BY intake DESC LIMIT 1) g;", words=["somebody else"])


class RestoredTests(SocketTest):
    """Yesterday's files of the database."""

    @classmethod
    def setUpClass(cls):
        cls.own = server.Server(persons=20)

    @classmethod
    def tearDownClass(cls):
        cls.own.remove()

    @property
    def server(self):
        return self.own

    def outside(self):
        """The sizes of the checkpoints that are kept outside."""
        with open(os.path.join(self.own.data, "log.vkey"), encoding="ascii") as file:
            key = treeverifier.Key(file.read())
        return [one.size for one in treeverifier.kept_checkpoints(os.path.join(self.own.data, "checkpoints"), key)]

    def test_an_older_cluster_put_back_is_refused(self):
        files = os.path.join(self.own.data, "postgres", "data")
        self.own.stop()
        subprocess.run(["cp", "-a", files, os.path.join(self.own.folder, "yesterday")], check=True)
        with opened(self.own) as sql:
            old = int(sql("SELECT max(size) FROM checkpoint"))
        self.own.start()
        fill(self.own, old + 100)
        self.assertTrue(eventually(lambda: self.outside()[-1] >= old + 100, 60), "no checkpoint came outside")
        self.own.stop()
        today = os.path.join(self.own.folder, "today")
        os.rename(files, today)
        subprocess.run(["cp", "-a", os.path.join(self.own.folder, "yesterday"), files], check=True)
        status, text = check(self.own)
        self.assertNotEqual(status, 0, text)
        self.assertIn(str(old), text)
        before = len(said(self.own))
        with self.assertRaises(RuntimeError) as caught:
            self.own.start()
        self.assertIn("ended", str(caught.exception))
        self.assertIn(str(old), said(self.own)[before:])
        # With today's files it serves again.
        shutil.rmtree(files)
        os.rename(today, files)
        self.own.start()
        self.assertOK(self.session("customer-service").call("person.list", limit=1, **CARE))
        forget_sessions(self.own)


class RunningTamperTests(SocketTest):
    """The log's end changed under a server that runs: within seconds nothing is released, and put back it goes on."""

    # Nothing comes into the log meanwhile.
    LOCKED = "BEGIN; SELECT pg_advisory_xact_lock(%d);" % SEQUENCER_LOCK

    @classmethod
    def setUpClass(cls):
        cls.own = server.Server(persons=20)
        try:
            fill(cls.own, 600)
            cls.own.sql("CREATE SCHEMA saved")
        except BaseException:
            cls.own.remove()
            raise

    @classmethod
    def tearDownClass(cls):
        forget_sessions(cls.own)
        cls.own.remove()

    @property
    def server(self):
        return self.own

    def setUp(self):
        self.client = self.session("customer-service")
        self.assertTrue(eventually(self.serves, NOTICE_SECONDS, 0.5), "it does not serve before the test")
        # What is asked now is in the log before anything is changed.
        self.assertOK(self.session("auditor").call("log.find", newest=True, limit=1))
        self.size = int(self.own.sql("SELECT max(size) FROM checkpoint"))

    def serves(self):
        return self.client.call("person.list", limit=1, **CARE).ok

    def refuses(self):
        reply = self.client.call("person.list", limit=1, **CARE)
        if not reply.ok:
            self.assertNO(reply, "unavailable/log")
            self.assertEqual(reply.rows, [])
        return not reply.ok

    def assertNoticed(self, before, index=None, within=0, words=()):
        self.assertTrue(eventually(self.refuses, NOTICE_SECONDS, 0.5), "it goes on serving")
        # It refuses first, and then looks for the place.
        eventually(lambda: index is None or FIRST_BAD.search(said(self.own)[before:]), NOTICE_SECONDS)
        eventually(lambda: all(word in said(self.own)[before:] for word in words), NOTICE_SECONDS)
        text = said(self.own)[before:]
        for word in words:
            self.assertIn(word, text)
        if index is not None:
            found = FIRST_BAD.search(text)
            self.assertTrue(found, "no index is named:\n" + text)
            self.assertTrue(index - within <= int(found[1]) <= index, "%s is named, %d was changed" % (found[1], index))

    def around(self, breaking, mending, index=None, within=0, words=()):
        before = len(said(self.own))
        self.own.sql(breaking)
        try:
            self.assertNoticed(before, index, within, words)
        finally:
            self.own.sql(mending)
        self.assertTrue(eventually(self.serves, NOTICE_SECONDS, 0.5), "put back, it does not serve again")

    def saved(self, table, where):
        """SQL that keeps rows of a table, and SQL that puts them back."""
        name = "saved.%s_%d" % (table, time.monotonic_ns())
        values = "OVERRIDING SYSTEM VALUE " if table == "access_intake" else ""
        return ("CREATE TABLE {0} AS SELECT * FROM {1} WHERE {2};".format(name, table, where),
                "DELETE FROM {1} WHERE {2}; INSERT INTO {1} {3}SELECT * FROM {0};".format(name, table, where, values))

    def kept(self, table, where, change, *found, **options):
        keep, back = self.saved(table, where)
        self.around(keep + change, back, *found, **options)

    # The end of the log

    def test_an_entry_changed(self):
        index = self.size - 10
        self.kept("access_entry", "index = %d" % index,
                  "UPDATE access_entry SET entry = %s WHERE index = %d" % (flip("entry", "5"), index), index, 255)

    def test_an_entry_deleted(self):
        index = self.size - 20
        self.kept("access_entry", "index = %d" % index, "DELETE FROM access_entry WHERE index = %d" % index, index)

    def test_two_entries_swapped(self):
        index = self.size - 30
        self.around(swap(index, index + 1), swap(index, index + 1), index, 255)

    def test_an_entry_inserted(self):
        index = self.size + 5000
        self.around(
            "INSERT INTO access_entry SELECT %d, at, employee, person, role, purpose, outcome, verb, entry"
            " FROM access_entry WHERE index = 7" % index, "DELETE FROM access_entry WHERE index = %d" % index)

    def test_a_searched_column_changed(self):
        index = self.size - 5
        self.kept("access_entry", "index = %d" % index,
                  "UPDATE access_entry SET verb = 'ping' WHERE index = %d" % index, index)

    def test_a_tile_changed(self):
        tile = self.size // 256 - 1
        self.kept("log_tile", "level = 0 AND index = %d" % tile,
                  "UPDATE log_tile SET hashes = %s WHERE level = 0 AND index = %d" % (flip("hashes"), tile),
                  tile * 256)

    def test_the_newest_checkpoint_changed(self):
        for change in ("root = " + flip("root"), "note = " + other_letter("note", 20)):
            with self.subTest(change):
                size = int(self.own.sql("SELECT max(size) FROM checkpoint"))
                self.kept("checkpoint", "size = %d" % size, "UPDATE checkpoint SET %s WHERE size = %d"
                          % (change, size))

    def test_the_newest_part_deleted_everywhere(self):
        old = int(self.own.sql("SELECT max(size) FROM checkpoint WHERE size < %d" % (self.size - 20)))
        keeps, backs = zip(*(self.saved(table, where) for table, where in (
            ("access_entry", "index >= %d" % old), ("checkpoint", "size > %d" % old),
            ("log_tile", "(index + 1) * 256 ^ (level + 1) > %d" % old))))
        self.around(
            self.LOCKED + "".join(keeps)
            + "DELETE FROM access_entry WHERE index >= {0}; DELETE FROM checkpoint WHERE size > {0};"
            " DELETE FROM log_tile WHERE (index + 1) * 256 ^ (level + 1) > {0}; COMMIT".format(old),
            self.LOCKED + "".join(backs) + "COMMIT", old)

    # Intake rows that are not in the log yet

    @contextlib.contextmanager
    def waiting(self, reads=3):
        """Holds the sequencer back while persons are read; gives the ids of the intake rows that wait."""
        holder = self.own.psql("SELECT pg_advisory_xact_lock(%d)" % SEQUENCER_LOCK)
        try:
            first = int(self.own.sql("SELECT coalesce(max(id), 0) FROM access_intake"))
            for _ in range(reads):
                self.assertOK(self.client.call("person.list", limit=2, **CARE))
            yield [int(one) for one in self.own.sql(
                "SELECT id FROM access_intake WHERE id > %d ORDER BY id" % first).split()]
        finally:
            holder.stdin.close()
            holder.wait(30)
            holder.stdout.close()

    def intake(self, change, words=(), reads=3):
        """Changes rows that wait, given as a function of their ids; the sequencer refuses them."""
        before = len(said(self.own))
        with self.waiting(reads) as ids:
            self.assertGreaterEqual(len(ids), reads)
            where = "id BETWEEN %d AND %d" % (ids[0], ids[-1])
            keep, back = self.saved("access_intake", where)
            # A copy that was put in goes too; what came after stays.
            back = ("DELETE FROM access_intake WHERE id > %d AND mac IN (SELECT mac FROM access_intake WHERE %s);" % (
                ids[-1], where)) + back
            self.own.sql(keep + change(ids))
        try:
            self.assertNoticed(before, words=words)
        finally:
            self.own.sql(back)
        self.assertTrue(eventually(self.serves, NOTICE_SECONDS, 0.5), "put back, it does not serve again")

    def test_an_intake_row_changed(self):
        self.intake(lambda ids: "UPDATE access_intake SET bytes = %s WHERE id = %d" % (flip("bytes", "9"), ids[1]),
                    ["intake row"])

    def test_an_intake_row_deleted(self):
        self.intake(lambda ids: "DELETE FROM access_intake WHERE id = %d" % ids[1], ["missing"])

    def test_two_intake_rows_swapped(self):
        self.intake(lambda ids: (
            "UPDATE access_intake i SET bytes = o.bytes FROM access_intake o WHERE i.id IN ({0}, {1})"
            " AND o.id = {0} + {1} - i.id".format(ids[0], ids[1])), ["intake row"])

    def test_an_intake_row_inserted(self):
        self.intake(lambda ids: (
            "INSERT INTO access_intake (at, kind, server, chain, counter, entries, bytes, header, mac)"
            " SELECT at, kind, server, chain, counter, entries, bytes, header, mac FROM access_intake WHERE id = %d"
            % ids[0]), ["intake row"])

    def test_every_intake_row_truncated(self):
        """The next row tells."""
        self.intake(lambda ids: "DELETE FROM access_intake WHERE id BETWEEN %d AND %d" % (ids[0], ids[-1]),
                    ["missing"])

    def marked(self, rows, seal, words):
        """Rows that wait are said to be in the log: `rows` is the SQL of which, `seal` that of the server's word for it."""
        before = len(said(self.own))
        with self.waiting() as ids:
            marks = self.own.sql(
                "INSERT INTO integrated (intake, kind, chain, counter, mac, seal)"
                " SELECT id, kind, chain, counter, mac, %s FROM access_intake WHERE %s RETURNING intake"
                % (seal, rows(ids))).split()
        self.assertNoticed(before, words=words)
        self.own.sql("DELETE FROM integrated WHERE intake IN (%s)" % ",".join(marks))
        self.assertTrue(eventually(self.serves, NOTICE_SECONDS, 0.5), "put back, it does not serve again")
        found = self.session("auditor").call("log.find", verb="person.list", newest=True, limit=100)
        self.assertGreaterEqual(len(found.rows), 6)

    def test_intake_rows_marked_as_done(self):
        for seal in ("decode(repeat('00', 32), 'hex')",
                     "(SELECT seal FROM integrated ORDER BY intake DESC LIMIT 1)", "mac", "''"):
            with self.subTest(seal):
                self.marked(lambda ids: "id BETWEEN %d AND %d" % (ids[0], ids[-1]), seal, ["somebody else"])

    def test_the_last_intake_row_marked_as_done(self):
        """No later row of its chain asks for it."""
        self.marked(lambda ids: "id = %d" % ids[-1], "mac", ["somebody else"])

    def test_an_intake_row_deleted_and_its_place_in_the_chain_forged(self):
        """The next row follows what is said to be in the log."""
        before = len(said(self.own))
        with self.waiting() as ids:
            keep, back = self.saved("access_intake", "id = %d" % ids[1])
            self.own.sql(
                keep + "INSERT INTO integrated (intake, kind, chain, counter, mac, seal)"
                " SELECT id, kind, chain, counter, mac, mac FROM access_intake WHERE id <= {0} AND id >= {1};"
                " DELETE FROM access_intake WHERE id = {0}".format(ids[1], ids[0]))
        self.assertNoticed(before, words=["somebody else"])
        self.own.sql("DELETE FROM integrated WHERE intake IN (%d, %d);" % (ids[0], ids[1]) + back)
        self.assertTrue(eventually(self.serves, NOTICE_SECONDS, 0.5), "put back, it does not serve again")


if __name__ == "__main__":
    unittest.main()
