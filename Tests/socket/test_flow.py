"""Credit, and clients that do not read (PROTOCOL.md section 2, Flow)."""

import time
import unittest

from slow import SlowTest
from support import SocketTest, eventually, new_id

ENTRIES = 2600


class Filled:
    """A log that is long enough to be more than what is shown at once."""

    def fill(self):
        """Makes the log long enough: refusals are quick entries."""
        client = self.session("customer-service")
        auditor = self.session("auditor")
        size = self.assertOK(auditor.call("log.find", newest=True, limit=1)).rows[0]["index"] + 1
        while size < ENTRIES:
            replies = [client.submit("person.show", id=new_id(), purpose="customer-service") for _ in range(60)]
            for reply in replies:
                client.wait(reply)
            size += len(replies)


class FlowTests(Filled, SocketTest):
    def setUp(self):
        self.fill()

    def start(self, client, limit):
        reply = client.submit("log.find", limit=limit)
        while not reply.done and not reply.needs:
            client.step()
        return reply

    def test_after_five_hundred_rows_the_server_waits_for_credit(self):
        client = self.fresh("auditor")
        reply = self.start(client, 1200)
        self.assertEqual(len(reply.rows), 500)
        self.assertEqual(reply.needs, [{"need": "credit"}])
        with self.assertRaises(TimeoutError):
            client.step(2)
        reply.needs.clear()
        client.credit(reply, 300)
        while not reply.needs:
            client.step()
        self.assertEqual(len(reply.rows), 800)
        reply.needs.clear()
        client.credit(reply, 10_000)
        self.assertOK(client.wait(reply))
        self.assertEqual(len(reply.rows), 1200)
        self.assertEqual(reply.object["rows"], 1200)
        indexes = [row["index"] for row in reply.rows]
        self.assertEqual(indexes, sorted(set(indexes)))

    def test_credit_adds_up(self):
        client = self.fresh("auditor")
        reply = client.submit("log.find", limit=1500)
        for _ in range(4):
            client.credit(reply, 250)
        # Whether it asks in between depends on which came first, its rows or this credit; no more is given here.
        while not reply.done:
            client.step()
        self.assertEqual(len(self.assertOK(reply).rows), 1500)

    def test_no_more_rows_come_than_credit_allows(self):
        client = self.fresh("auditor")
        reply = self.start(client, 700)
        for expected in range(501, 506):
            reply.needs.clear()
            client.credit(reply, 1)
            while not reply.needs:
                client.step()
            self.assertEqual(len(reply.rows), expected)

    def test_wrong_credit_ends_the_command(self):
        for credit in (0, -1, 1.5, "10", None, 1 << 60, [1]):
            with self.subTest(credit):
                client = self.session("auditor")
                reply = self.start(client, 700)
                reply.needs.clear()
                client.feed(reply, {"credit": credit})
                while not reply.done and not reply.needs:
                    client.step()
                if reply.needs:
                    # Above a million it may as well be cut to a million; nothing else may be taken.
                    self.fail("taken as credit")
                self.assertTrue(reply.ok if credit == 1 << 60 else not reply.ok, reply)
                self.assertOK(client.call("ping"))

    def test_others_go_on_while_a_command_waits_for_credit(self):
        client = self.session("auditor")
        reply = self.start(client, 1200)
        self.assertOK(client.call("log.find", limit=5))
        self.assertOK(client.call("ping"))
        self.assertOK(client.call("cancel", of=reply.tag))
        reply.needs.clear()
        self.assertNO(client.wait(reply), "cancelled")

    def test_nothing_is_held_in_the_database_while_waiting(self):
        client = self.fresh("auditor")
        self.start(client, 1200)
        time.sleep(1)
        busy = ("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND state LIKE 'idle in transaction%' AND now() - state_change > interval '1 second'")
        self.assertTrue(eventually(lambda: self.server.sql(busy) == "0", 20))
        self.assertEqual(self.server.sql("SELECT count(*) FROM pg_cursors"), "0")

    def test_each_batch_is_in_the_log_before_it_leaves(self):
        client = self.fresh("auditor")
        reply = client.submit("log.find", limit=1200)
        self.assertOK(client.wait(reply))
        rows = [row for row in self.session("auditor").call("log.find", newest=True, limit=300).rows
                if row["rid"] == reply.rid]
        self.assertEqual(sum(row["rows"] for row in rows), 1200)
        self.assertEqual({(row["verb"], row["outcome"]) for row in rows}, {("log.find", "ok")})

    def test_a_cancelled_answer_is_in_the_log_as_far_as_it_was_shown(self):
        client = self.fresh("auditor")
        reply = self.start(client, 2000)
        reply.needs.clear()
        self.assertOK(client.call("cancel", of=reply.tag))
        client.wait(reply)
        logged = sum(row["rows"] for row in self.entries(reply) if row["outcome"] == "ok")
        self.assertGreaterEqual(logged, len(reply.rows))
        self.assertLessEqual(logged, len(reply.rows) + 500)

    def test_a_client_that_reads_nothing_does_not_fill_the_server(self):
        before = self.server.memory()
        clients = []
        for _ in range(6):
            client = self.fresh("auditor", receive_buffer=4096)
            for _ in range(30):
                reply = client.submit("log.find", limit=2500)
                client.credit(reply, 1_000_000)
            clients.append(client)
        peak = 0
        for _ in range(16):
            time.sleep(0.5)
            peak = max(peak, self.server.memory())
        # 180 answers of 2,500 rows are some 180 MB; what may wait in memory is a small part of one connection's.
        self.assertLess(peak - before, 64 << 20, "the server's memory grew by %d MiB" % ((peak - before) >> 20))
        self.assertOK(self.session("customer-service").call("person.list", limit=5, purpose="customer-service"))

    def test_a_slow_reader_gets_everything(self):
        client = self.fresh("auditor", receive_buffer=4096)
        replies = []
        for _ in range(4):
            reply = client.submit("log.find", limit=2000)
            client.credit(reply, 1_000_000)
            replies.append(reply)
        time.sleep(5)
        for reply in replies:
            self.assertOK(client.wait(reply))
            self.assertEqual(len(reply.rows), 2000)


class StalledClientTests(Filled, SlowTest):
    persons = 10

    def prepare(self):
        self.fill()

    def slow_a_client_that_makes_no_progress_is_closed_after_thirty_seconds(self):
        client = self.fresh("auditor", receive_buffer=4096)
        session = client.call("whoami").rows[0]["session"]
        for _ in range(30):
            reply = client.submit("log.find", limit=2500)
            client.credit(reply, 1_000_000)
        other = self.session("auditor")

        def is_gone():
            return session not in [row["id"] for row in other.call("session.list").rows]

        self.assertFalse(is_gone())
        begin = time.monotonic()
        self.assertTrue(eventually(is_gone, 75, 1), "the session is still open")
        self.assertGreater(time.monotonic() - begin, 15)


if __name__ == "__main__":
    unittest.main()
