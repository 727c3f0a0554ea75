"""A server over a database of its own, as an operator sets it up: check, migrate, init, serve."""

import json
import os
import subprocess
import tempfile
import unittest

import server
from client import Client
from support import SocketTest

ROLES = os.path.join(server.HERE, "..", "..", "sql", "roles.sql")


class ProductionTests(SocketTest):
    """One register from nothing, in a database beside the shared server's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = tempfile.TemporaryDirectory(prefix="rek-", dir="/var/tmp")
        shared = server.shared()
        shared.sql("CREATE DATABASE operated", "postgres")
        with open(ROLES, encoding="utf-8") as file:
            shared.sql(file.read(), "operated")
        host = "host=%s dbname=operated user=" % shared.socket_folder()
        path = cls.folder.name + "/"
        cls.settings = {
            "listen": {"host": "127.0.0.1", "port": 0},
            "tls": {"certificate": shared.data + "/tls/server.pem", "key": shared.data + "/tls/server.key"},
            "database": {"server": host + "rekisteri_server", "owner": host + "rekisteri_owner", "poolSize": 2},
            "keys": {"mirrors": [path + "keys-1", path + "keys-2"], "masterKeyFile": path + "master.key"},
        }
        cls.file = path + "settings.json"
        with open(cls.file, "w", encoding="utf-8") as file:
            json.dump(cls.settings, file)

        cls.secrets = path + "administrators"
        with open(os.open(cls.secrets, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write("eka:ensimmainen pitka salasana\ntoka:toinen melko pitka salasana\n")

    @classmethod
    def tearDownClass(cls):
        server.shared().sql("DROP DATABASE operated WITH (FORCE)", "postgres")
        cls.folder.cleanup()

    def run_program(self, *arguments, file=None):
        return subprocess.run(
            [server.binary(), *arguments, "--config", file or self.file], capture_output=True, text=True, timeout=120)

    def test_a_register_is_set_up_checked_and_served(self):
        self.assertEqual(self.run_program("check").returncode, 1)
        self.refused_until("migrate", "init", "--create-keys")
        self.refused_until("migrate", "serve")
        self.assertEqual(self.run_program("migrate").returncode, 0)
        self.refused_until("init", "serve")
        self.assertEqual(self.run_program("migrate").returncode, 0, "a second time changes nothing")
        first = self.run_program("init", "--password-file", self.secrets)
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertNotEqual(self.run_program("init", "--password-file", self.secrets).returncode, 0)
        check = self.run_program("check")
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
        self.serve()

    def refused_until(self, needed, verb, *options):
        """What comes too early says which step is missing."""
        secrets = ("--password-file", self.secrets) if verb == "init" else ()
        run = self.run_program(verb, *options, *secrets)
        self.assertEqual(run.returncode, 1, run.stdout + run.stderr)
        self.assertIn("run rekisterid " + needed, run.stderr)

    def serve(self):
        process = subprocess.Popen(
            [server.binary(), "serve", "--config", self.file], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL, text=True)
        try:
            ready = process.stdout.readline().split()
            self.assertEqual(ready[0], "READY")
            client = Client(int(ready[2]), server.shared().data + "/tls/ca.pem", timeout=20)
            client.auth("eka", "ensimmainen pitka salasana")
            self.assertEqual(client.call("whoami").rows[0]["roles"], ["administrator"])
            self.assertNO(client.call("person.list", purpose="customer-care"), "denied/role")
            client.abort()
        finally:
            process.terminate()
            self.assertEqual(process.wait(60), 0)
            process.stdout.close()

    def test_settings_that_will_not_do_are_named(self):
        for change, word in (({"listne": {}}, "listne"), ({"database": {"poolSize": 2}}, "database"),
                             ({"keys": {"mirrors": []}}, "keys")):
            with self.subTest(word):
                file = self.folder.name + "/wrong.json"
                with open(file, "w", encoding="utf-8") as target:
                    json.dump({**self.settings, **change}, target)
                run = self.run_program("serve", file=file)
                self.assertNotEqual(run.returncode, 0)
                self.assertIn(word, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main()
