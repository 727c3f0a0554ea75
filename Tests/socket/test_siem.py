"""The stream of the log to a collector: RFC 5424 messages over TLS, in frames of RFC 5425."""

import json
import re
import socket
import ssl
import threading
import time
import unittest

import server
from support import SocketTest, eventually, forget_sessions

MESSAGE = re.compile(
    r"^<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) \[rekisteri@32473 ((?:[a-z]+=\"(?:\\.|[^\"\\\]])*\" ?)+)\] (.*)$", re.S)


class Collector:
    """A TLS server that takes syslog messages; each is (connection, priority, kind, parameters, text)."""

    def __init__(self, certificate, key, port=0, authorities=None):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        if authorities:
            self.context.load_verify_locations(authorities)
            self.context.verify_mode = ssl.CERT_REQUIRED
        self.messages, self.faults, self.connections = [], [], 0
        self.port = port
        self.lock = threading.Lock()
        self.open = []
        self.listener = None
        self.start()

    def start(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen()
        self.port = listener.getsockname()[1]
        self.listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def stop(self):
        """Goes away without a word."""
        listener, self.listener = self.listener, None
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in self.open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
                connection.close()
            except OSError:
                pass
        self.open = []

    def _accept(self, listener):
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._take, args=(raw, self.connections), daemon=True).start()

    def _take(self, raw, number):
        try:
            connection = self.context.wrap_socket(raw, server_side=True)
        except (OSError, ssl.SSLError) as error:
            self.faults.append(str(error))
            raw.close()
            return
        self.open.append(connection)
        buffer = b""
        try:
            while True:
                data = connection.recv(65536)
                if not data:
                    break
                buffer += data
                while True:
                    match = re.match(rb"^([1-9]\d{0,6}) ", buffer)
                    if not match or len(buffer) < match.end() + int(match[1]):
                        break
                    end = match.end() + int(match[1])
                    self._message(number, buffer[match.end():end].decode("utf-8"))
                    buffer = buffer[end:]
            connection.unwrap()
        except (OSError, ValueError) as error:
            if self.listener:
                self.faults.append(repr(error))

    def _message(self, number, text):
        match = MESSAGE.match(text)
        if not match:
            self.faults.append("not a message: " + text[:200])
            return
        data = {name: re.sub(r"\\(.)", r"\1", value)
                for name, value in re.findall(r'([a-z]+)="((?:\\.|[^"\\\]])*)"', match[7])}
        with self.lock:
            self.messages.append((number, int(match[1]), match[6], data, match[8]))

    def entries(self):
        """The messages of entries in the order in which they came: (connection, index, rid, text)."""
        with self.lock:
            return [(number, int(data["index"]), data["rid"], text)
                    for number, _, kind, data, text in self.messages if "index" in data]

    def distinct(self):
        """The indexes that came, in the order of their first coming."""
        return list(dict.fromkeys(index for _, index, _, _ in self.entries()))


class SiemTest(SocketTest):
    """A server that streams to a collector of the test's own, which starts before it."""

    format = "rfc5424"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not server.knows("--syslog"):
            raise AssertionError("rekisterid dev does not know --syslog")
        # The first start makes the certificates.
        cls.own = server.Server(persons=2)
        cls.own.stop()
        tls = cls.own.data + "/tls/"
        cls.collector = Collector(tls + "server.pem", tls + "server.key")
        cls.own.options = ["--syslog", "localhost:%d" % cls.collector.port, "--syslog-ca", tls + "ca.pem",
                           "--syslog-format", cls.format]
        cls.own.start()

    @classmethod
    def tearDownClass(cls):
        forget_sessions(cls.own)
        cls.own.remove()
        if cls.collector.listener:
            cls.collector.stop()

    @property
    def server(self):
        return self.own

    def size(self):
        return int(self.own.sql("SELECT max(size) FROM checkpoint"))

    def busy(self, count=20):
        client = self.session("customer-service")
        for _ in range(count):
            self.assertOK(client.call("organisation.list", limit=1))

    def assertArrives(self, size, seconds=60):
        """Everything below a size comes, each connection in order without gaps, and the first of everything in order."""
        eventually(lambda: len([index for index in self.collector.distinct() if index < size]) >= size, seconds)
        self.assertEqual([index for index in self.collector.distinct() if index < size], list(range(size)))
        last, connection = None, None
        for number, index, _, _ in self.collector.entries():
            if number == connection:
                self.assertEqual(index, last + 1)
            last, connection = index, number
        self.assertEqual([fault for fault in self.collector.faults if "not a message" in fault], [])


class StreamTests(SiemTest):
    def test_1_all_entries_come_in_order_with_their_rows(self):
        self.busy()
        rows = self.assertOK(self.session("auditor").call("log.find", limit=100_000)).rows
        self.assertArrives(len(rows))
        came = {index: (rid, text) for _, index, rid, text in self.collector.entries()}
        for row in rows:
            rid, text = came[row["index"]]
            self.assertEqual(rid, row["rid"])
            row.pop("user-name", None)
            self.assertEqual(json.loads(text.lstrip("\ufeff")), row)

    def test_2_the_header_tells_the_command_and_how_it_ended(self):
        reply = self.assertNO(self.session("customer-service").call("log.find"), "denied/role")

        def came():
            return [message for message in list(self.collector.messages) if message[3].get("rid") == reply.rid]

        message = eventually(came)[0]
        self.assertEqual((message[1], message[2]), (13 * 8 + 4, "log.find"))

    def test_3_the_stream_goes_on_after_the_collector_was_away(self):
        self.collector.stop()
        self.busy(30)
        time.sleep(2)
        self.busy(5)
        size = self.size()
        self.collector.start()
        self.assertArrives(size)

    def test_4_a_restart_of_the_server_loses_nothing(self):
        self.busy(10)
        forget_sessions(self.own)
        self.own.stop()
        self.own.start()
        self.busy(10)
        self.assertArrives(self.size())

    def test_5_nothing_is_lost_where_both_are_gone_at_once(self):
        self.busy(10)
        self.collector.stop()
        forget_sessions(self.own)
        self.own.kill()
        self.own.start()
        self.busy(10)
        self.collector.start()
        self.assertArrives(self.size())


class UntrustedTests(SiemTest):
    def test_a_collector_that_is_not_trusted_gets_nothing(self):
        made = server.Server(persons=2)
        try:
            self.collector.stop()
            impostor = Collector(made.data + "/tls/server.pem", made.data + "/tls/server.key", self.collector.port)
            before = impostor.connections
            self.busy(3)
            self.assertTrue(eventually(lambda: impostor.connections > before and impostor.faults, 40))
            # It counts as streaming for a moment, until the certificate is seen.
            self.assertTrue(eventually(lambda: self.health() == ["warning"]))
            self.assertEqual(impostor.messages, [])
            impostor.stop()
        finally:
            made.remove()
        self.collector.start()
        self.assertArrives(self.size())
        self.assertEqual(self.health(), ["ok"])

    def health(self):
        rows = self.assertOK(self.session("administrator").call("server.health")).rows
        return [row["status"] for row in rows if row["name"] == "syslog"]


class CommonEventFormatTests(SiemTest):
    format = "cef"

    def test_messages_are_of_the_common_event_format(self):
        self.busy(3)
        self.assertArrives(self.size())
        for _, index, rid, text in self.collector.entries():
            self.assertTrue(text.startswith("CEF:0|Rekisteri|rekisterid|"))
            self.assertIn(" externalId=%d " % index, text)
            self.assertIn("cs6=%s " % rid, text)


class SchemaTests(SiemTest):
    format = "ocsf"

    def test_messages_are_events_of_the_schema(self):
        self.busy(3)
        self.assertArrives(self.size())
        for _, index, rid, text in self.collector.entries():
            event = json.loads(text)
            self.assertEqual((event["metadata"]["sequence"], event["metadata"]["correlation_uid"]), (index, rid))
            self.assertEqual(event["type_uid"], event["class_uid"] * 100 + event["activity_id"])


if __name__ == "__main__":
    unittest.main()
