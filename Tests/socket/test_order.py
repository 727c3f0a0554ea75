"""Many commands under way at once (PROTOCOL.md section 2, Order)."""

import unittest

from support import SocketTest, new_id, unique

CARE = {"purpose": "customer-service"}


class OrderTests(SocketTest):
    def open_import(self, client):
        """A write that stays under way: an import that waits for rows."""
        reply = client.submit("person.import", format="ndjson", **CARE)
        self.assertEqual(client.next_need(reply), {"need": "rows"})
        return reply

    def test_a_read_sees_the_write_sent_before_it(self):
        client = self.session("customer-service")
        for _ in range(10):
            word = unique()
            add = client.submit("person.add", kind="private", last_name=word, **CARE)
            find = client.submit("person.find", text=word, **CARE)
            client.wait(find)
            self.assertOK(client.wait(add))
            self.assertEqual([row["id"] for row in find.rows], [add.rows[0]["id"]])

    def test_writes_run_in_the_order_sent(self):
        client = self.session("customer-service")
        person = self.add_person()
        rev = self.row(person)["rev"]
        edits = [client.submit("person.edit", id=person, rev=rev + number, first_name="N%d" % number, **CARE)
                 for number in range(20)]
        for reply in edits:
            self.assertOK(client.wait(reply))
        row = self.row(person)
        self.assertEqual(row["rev"], rev + 20)
        self.assertEqual(row["identity"]["first-name"]["value"], "N19")

    def test_a_read_after_a_write_starts_after_the_writes_final_line(self):
        client = self.session("customer-service")
        person = self.add_person()
        rev = self.row(person)["rev"]
        sent = []
        for number in range(10):
            sent.append(client.submit("person.edit", id=person, rev=rev + number, first_name="A%d" % number, **CARE))
            sent.append(client.submit("person.show", id=person, **CARE))
        for reply in sent:
            self.assertOK(client.wait(reply))
        for number in range(10):
            write, read = sent[2 * number], sent[2 * number + 1]
            self.assertLessEqual(write.final.at, read.final.at)
            self.assertGreaterEqual(read.rows[0]["rev"], rev + number + 1)

    def test_use_holds_for_the_commands_sent_after_it(self):
        client = self.fresh()
        use = client.submit("use", purpose="customer-service", case="T-77")
        show = client.submit("person.list", limit=1)
        self.assertOK(client.wait(show))
        self.assertOK(client.wait(use))
        self.assertEqual({row["case"] for row in self.entries(show)}, {"T-77"})
        self.assertEqual({row["purpose"] for row in self.entries(show)}, {"customer-service"})

    def test_a_commands_own_purpose_goes_before_the_sessions(self):
        client = self.fresh()
        self.assertOK(client.call("use", purpose="customer-service", case="T-1"))
        reply = self.assertOK(client.call("person.list", limit=1, purpose="feedback", case="T-2"))
        entry = self.entry(reply)
        self.assertEqual((entry["purpose"], entry["case"]), ("feedback", "T-2"))

    def test_ping_is_answered_at_once_while_a_write_is_under_way(self):
        client = self.fresh()
        reply = self.open_import(client)
        read = client.submit("person.list", limit=1, **CARE)
        self.assertOK(client.call("ping", timeout=20))
        self.assertFalse(reply.done)
        self.assertFalse(read.done, "a read overtook the write before it")
        client.send(reply.tag + " > null")
        client.wait(read)
        client.wait(reply)

    def test_the_sixty_fifth_under_way_is_refused_and_not_run(self):
        client = self.fresh()
        held = self.open_import(client)
        name = unique()
        waiting = [client.submit("organisation.list", limit=1) for _ in range(63)]
        more = client.submit("organisation.add", name=name)
        client.wait(more, timeout=20)
        self.assertNO(more, "limit/inflight")
        self.assertFalse(any(reply.done for reply in waiting))
        self.assertOK(client.call("ping", timeout=20))
        client.send(held.tag + " > null")
        for reply in waiting:
            self.assertOK(client.wait(reply))
        client.wait(held)
        found = self.assertOK(client.call("organisation.find", text=name))
        self.assertEqual([row for row in found.rows if row["name"] == name], [])

    def test_the_sixty_fourth_is_taken(self):
        client = self.fresh()
        held = self.open_import(client)
        waiting = [client.submit("organisation.list", limit=1) for _ in range(63)]
        self.assertOK(client.call("cancel", of=held.tag))
        for reply in waiting:
            self.assertOK(client.wait(reply))
        self.assertNO(client.wait(held), "cancelled")

    def test_cancel_ends_a_command_with_its_own_final_line(self):
        client = self.fresh()
        held = self.open_import(client)
        self.assertOK(client.call("cancel", of=held.tag, timeout=20))
        self.assertNO(client.wait(held), "cancelled")
        self.assertNotIn("unknown", held.object)

    def test_cancel_of_a_command_that_waits(self):
        client = self.fresh()
        held = self.open_import(client)
        name = unique()
        waiting = client.submit("organisation.add", name=name)
        self.assertOK(client.call("cancel", of=waiting.tag, timeout=20))
        self.assertNO(client.wait(waiting), "cancelled")
        client.send(held.tag + " > null")
        client.wait(held)
        self.assertEqual(self.assertOK(client.call("organisation.find", text=name)).rows, [])

    def test_cancel_of_nothing(self):
        client = self.session("customer-service")
        self.assertNO(client.call("cancel", of="nothing9"), "notfound")
        self.assertNO(client.call("cancel"), "invalid/of")

    def test_cancel_after_the_end_is_too_late(self):
        client = self.session("customer-service")
        reply = self.assertOK(client.call("organisation.add", name=unique()))
        self.assertNO(client.call("cancel", of=reply.tag), "notfound")
        self.assertOK(client.call("organisation.show", id=reply.rows[0]["id"]))

    def test_whatever_cancel_meets_a_write_is_done_or_not_done_as_answered(self):
        client = self.session("customer-service")
        for _ in range(15):
            name = unique()
            add = client.submit("organisation.add", name=name)
            cancel = client.submit("cancel", of=add.tag)
            client.wait(cancel)
            client.wait(add)
            found = self.assertOK(client.call("organisation.find", text=name)).rows
            exists = any(row["name"] == name for row in found)
            self.assertTrue(add.ok or add.code == "cancelled", add)
            if not add.object.get("unknown"):
                self.assertEqual(exists, add.ok, add)

    def test_quit_lets_what_is_under_way_end(self):
        client = self.fresh()
        name = unique()
        add = client.submit("organisation.add", name=name)
        reads = [client.submit("organisation.list", limit=5) for _ in range(10)]
        quit_reply = client.submit("quit")
        client.wait(quit_reply)
        self.assertOK(quit_reply)
        self.assertTrue(add.done and add.ok)
        self.assertTrue(all(reply.done and reply.ok for reply in reads))
        self.assertEqual(self.assertCloses(client), [])

    def test_what_comes_after_quit_is_not_run(self):
        client = self.fresh()
        name = unique()
        client.submit("quit")
        client.submit("organisation.add", name=name)
        try:
            self.assertCloses(client)
        except OSError:
            pass
        found = self.assertOK(self.session("customer-service").call("organisation.find", text=name))
        self.assertEqual([row for row in found.rows if row["name"] == name], [])

    def test_a_client_that_goes_in_the_middle_does_no_harm(self):
        for _ in range(5):
            client = self.fresh(cleanup=False)
            for _ in range(20):
                client.submit("organisation.list", limit=50)
            client.abort()
        self.assertOK(self.session("customer-service").call("ping"))

    def test_two_sessions_cannot_both_edit_one_revision(self):
        person = self.add_person()
        rev = self.row(person)["rev"]
        clients = [self.fresh(), self.fresh()]
        replies = [client.submit("person.edit", id=person, rev=rev, first_name="C%d" % number, **CARE)
                   for number, client in enumerate(clients)]
        for client, reply in zip(clients, replies):
            client.wait(reply)
        self.assertEqual(sorted(reply.code for reply in replies), ["conflict/rev", "done"])

    def test_a_refused_read_in_a_pipeline_does_not_disturb_the_others(self):
        client = self.session("customer-service")
        replies = [client.submit("person.show", id=new_id() if number % 2 else "x", **CARE) for number in range(20)]
        for number, reply in enumerate(replies):
            self.assertNO(client.wait(reply), "notfound" if number % 2 else "invalid/id")


if __name__ == "__main__":
    unittest.main()
