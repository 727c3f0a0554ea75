"""What was destroyed stays destroyed: yesterday's database files with today's key store."""

import os
import shutil
import subprocess
import unittest

import server
from support import SocketTest, eventually, forget_sessions, unique

CARE = {"purpose": "customer-service"}


class RestoreTests(SocketTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = server.Server(persons=10)

    @classmethod
    def tearDownClass(cls):
        cls.own.remove()

    @property
    def server(self):
        return self.own

    def again(self):
        forget_sessions(self.server)
        self.server.stop()
        self.server.start()

    def test_yesterdays_database_with_todays_keys_does_not_open_what_was_destroyed(self):
        old, new = unique("Vanha"), unique("Uusi")
        client = self.session("customer-service")
        changed = self.assertOK(client.call("person.add", kind="private", last_name=old, **CARE)).rows[0]
        kept = self.assertOK(client.call("person.add", kind="private", last_name=unique("Muu"), **CARE)).rows[0]
        files = os.path.dirname(self.server.cluster)
        yesterday = os.path.join(self.server.folder, "yesterday")
        forget_sessions(self.server)
        self.server.stop()
        shutil.copytree(files, yesterday, symlinks=True, ignore=lambda *_: ["socket", "lock"])
        self.server.start()

        client = self.session("customer-service")
        self.assertOK(client.call("person.edit", id=changed["id"], rev=changed["rev"], last_name=new, **CARE))
        self.server.sql("UPDATE key_fate SET due_at = now()")
        self.again()
        self.assertTrue(
            eventually(lambda: self.server.sql("SELECT count(*) FROM key_fate WHERE state < 3") == "0"),
            "the replaced key was not destroyed")
        forget_sessions(self.server)
        self.server.stop()

        for name in ("data",):
            target = os.path.join(files, name)
            owner = os.stat(target)
            shutil.rmtree(target)
            shutil.copytree(os.path.join(yesterday, name), target, symlinks=True)
            for folder, folders, names in os.walk(target):
                for item in [folder] + [os.path.join(folder, inner) for inner in folders + names]:
                    os.chown(item, owner.st_uid, owner.st_gid, follow_symlinks=False)
        # The log outside of the database is longer: that it begins anew must be said.
        with self.assertRaises(RuntimeError):
            self.server.start()
        self.assertIn("older state", self.server.said())
        said = subprocess.run(
            [server.binary(), "log-continue", "--data", self.server.data], capture_output=True, text=True, timeout=60)
        self.assertEqual(said.returncode, 0, said.stderr)
        self.server.start()
        entries = self.assertOK(self.session("auditor").call("log.find", verb="log.continue")).rows
        self.assertEqual(len(entries), 1)

        client = self.session("customer-service")
        lost = client.call("person.show", id=changed["id"], **CARE)
        self.assertEqual(lost.rows, [])
        self.assertEqual(lost.status, "NO")
        found = client.call("person.find", text=old, **CARE)
        self.assertNotIn(changed["id"], [row["id"] for row in found.rows])
        self.assertOK(client.call("person.show", id=kept["id"], **CARE))


if __name__ == "__main__":
    unittest.main()
