"""The greeting, `hello`, and connections that are no clients (PROTOCOL.md sections 2 and 4)."""

import base64
import socket
import ssl
import threading
import time
import unittest

from client import Client, Closed, Scram
from slow import SlowTest
from support import SocketTest


class HelloTests(SocketTest):
    def test_greeting_has_everything_that_the_paper_shows(self):
        hello = self.connect().hello
        self.assertEqual(hello["event"], "hello")
        self.assertIn("rek/1", hello["proto"])
        self.assertIn("scram-plus", hello["caps"])
        self.assertIn("credit", hello["caps"])
        self.assertEqual(hello["limits"]["line"], 65536)
        self.assertEqual(hello["limits"]["inflight"], 64)
        self.assertEqual(hello["limits"]["credit"], 500)
        self.assertEqual(hello["limits"]["idle_s"], 900)
        self.assertEqual(hello["limits"]["auth"], {"line": 4096, "total_s": 30, "tries": 3, "commands": 8})
        self.assertEqual(sorted(hello["lang"]), ["en", "fi", "sv"])

    def test_greeting_does_not_tell_the_programs_version(self):
        self.assertLessEqual(set(self.connect().hello), {"event", "proto", "caps", "limits", "lang"})

    def test_only_tls_13_is_spoken(self):
        context = ssl.create_default_context(cafile=self.server.ca)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(raw, server_hostname="localhost").recv(1)

    def test_hello_settles_the_version(self):
        self.assertOK(self.connect().raw("hello proto=rek/1 lang=fi"))

    def test_hello_with_another_version_is_invalid(self):
        self.assertNO(self.connect().raw("hello proto=rek/9"), "invalid/proto")

    def test_hello_without_version_is_invalid(self):
        self.assertNO(self.connect().raw("hello lang=fi"), "invalid/proto")

    def test_hello_with_an_unknown_language_is_invalid(self):
        self.assertNO(self.connect().raw("hello proto=rek/1 lang=tlh"), "invalid/lang")

    def test_unknown_caps_are_ignored(self):
        self.assertOK(self.connect().raw("hello proto=rek/1 caps=teleport,credit"))

    def test_messages_come_in_the_language_of_hello(self):
        words = set()
        for language in ("fi", "sv", "en"):
            client = self.connect()
            client.say_hello(language)
            words.add(self.assertNO(client.raw("whoami"), "auth/required").object["msg"])
        self.assertEqual(len(words), 3)

    def test_ping_works_before_auth(self):
        self.assertOK(self.connect().raw("ping"))

    def test_quit_works_before_auth_and_closes(self):
        client = self.connect()
        self.assertOK(client.raw("quit"))
        self.assertEqual(self.assertCloses(client), [])

    def test_nothing_else_works_before_auth(self):
        for line in ("whoami", "describe", "person.list purpose=customer-service", "watch", "use purpose=sales",
                     "log.find", "server.health"):
            with self.subTest(line):
                self.assertNO(self.connect().raw(line), "auth/required")

    def test_other_protocols_are_closed_without_an_answer(self):
        for first in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"POST / HTTP/1.0\r\n\r\n", b"HEAD / HTTP/1.1\r\n\r\n",
                      b"OPTIONS * HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"EHLO mail.example\r\n",
                      b"HELO mail.example\r\n", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03"):
            with self.subTest(first[:8]):
                client = self.connect()
                client.send_bytes(first)
                self.assertEqual(self.assertCloses(client), [])

    def test_a_client_without_tls_gets_nothing(self):
        for first in (b"1 hello proto=rek/1\n", b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 64):
            with self.subTest(first[:8]), socket.create_connection(("127.0.0.1", self.server.port), 40) as raw:
                raw.sendall(first)
                data = b""
                try:
                    while part := raw.recv(4096):
                        data += part
                except ConnectionError:
                    pass
                # At most an alert of TLS.
                self.assertNotIn(b"hello", data)
                self.assertLessEqual(len(data), 7)

    def test_ten_thousand_commands_before_auth_are_not_answered(self):
        client = self.connect()
        try:
            client.send_bytes(b"".join(b"t%d ping\n" % number for number in range(10_000)))
        except (ConnectionError, ssl.SSLError):
            pass
        oks = 0
        try:
            while True:
                line = client.read_line(20)
                oks += line.status == "OK"
        except Closed:
            pass
        self.assertLessEqual(oks, 8)

    def test_a_line_before_auth_may_have_4096_bytes_and_no_more(self):
        client = self.connect()
        line = "a hello proto=rek/1 caps="
        client.send_bytes((line + "x" * (4096 - len(line))).encode() + b"\n")
        self.assertEqual(client.read_line().status, "OK")
        client = self.connect()
        client.send_bytes((line + "x" * (4097 - len(line))).encode() + b"\n")
        lines = self.assertCloses(client)
        self.assertEqual([(line.status, line.code) for line in lines], [("BAD", "toolong")])

    def test_a_line_without_end_is_not_gathered(self):
        client = self.connect()
        try:
            for _ in range(64):
                client.send_bytes(b"a" * 4096)
        except (ConnectionError, ssl.SSLError):
            pass
        try:
            lines = self.assertCloses(client)
            self.assertLessEqual({line.code for line in lines}, {"toolong", "syntax"})
        except ConnectionError:
            pass

    def test_many_connections_at_once_are_all_greeted(self):
        clients = [self.connect() for _ in range(100)]
        self.assertTrue(all(client.hello for client in clients))


class PatienceTests(SlowTest):
    """Connections that say nothing are closed after 30 seconds in all; all of them wait at the same time."""

    def slow_silent_and_half_open_connections_are_closed(self):
        results = {}
        threads = [threading.Thread(target=self.watch, args=(name, results)) for name in (
            "tcp only", "half a handshake", "silent", "drip", "after hello", "half auth")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(90)
        for name, seconds in sorted(results.items()):
            with self.subTest(name):
                self.assertIsInstance(seconds, float, seconds)
                if name not in ("tcp only", "half a handshake"):
                    # Who does not even speak TLS may be closed sooner.
                    self.assertGreater(seconds, 20, "closed too soon")
                self.assertLess(seconds, 55, "30 seconds in all before auth")
        self.assertEqual(len(results), len(threads))

    def watch(self, name, results):
        begin = time.monotonic()
        try:
            self.sit(name)
            results[name] = time.monotonic() - begin
        except Exception as error:
            results[name] = repr(error)

    def sit(self, name):
        limit = 75
        if name in ("tcp only", "half a handshake"):
            with socket.create_connection(("127.0.0.1", self.server.port), limit) as raw:
                if name == "half a handshake":
                    raw.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40)
                try:
                    while raw.recv(4096):
                        pass
                except ConnectionError:
                    pass
            return
        client = Client(self.server.port, self.server.ca, timeout=limit)
        try:
            if name == "half auth":
                scram = Scram(self.plain_account().name, "", client.binding)
                client.submit_line("auth mech=SCRAM-SHA-256-PLUS ir=" + base64.b64encode(scram.first()).decode())
            elif name == "after hello":
                client.say_hello()
            while True:
                if name == "drip":
                    client.send_bytes(b"a")
                try:
                    client.read_line(2 if name == "drip" else limit)
                except TimeoutError:
                    continue
        except (Closed, ConnectionError, ssl.SSLError):
            pass
        finally:
            client.close()


if __name__ == "__main__":
    unittest.main()
