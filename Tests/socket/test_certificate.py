"""EXTERNAL with a client certificate, issued as docs/operations.md says."""

import base64
import hashlib
import os
import shutil
import ssl
import subprocess
import tempfile
import unittest

from client import Client, Closed, next_step, one_time_code
from support import OwnServerTest, unique


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60, **options).stdout


class Issuer:
    """An authority, and the certificates that it issues into a folder."""

    def __init__(self, folder, certificate=None, key=None):
        self.folder = folder
        self.certificate, self.key = certificate, key
        if certificate is None:
            self.certificate, self.key = os.path.join(folder, "ca.pem"), os.path.join(folder, "ca.key")
            openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", "/CN=Another CA", "-keyout", self.key, "-out", self.certificate)

    def issue(self, name, days=30, usage="clientAuth"):
        """A client certificate and its key, and the certificate's hash as an account has it."""
        key, request, certificate, extensions = (
            os.path.join(self.folder, name + end) for end in (".key", ".csr", ".pem", ".ext"))
        openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name, "-keyout",
            key, "-out", request)
        with open(extensions, "w", encoding="ascii") as file:
            file.write("extendedKeyUsage=%s\nkeyUsage=digitalSignature\nbasicConstraints=CA:FALSE\n" % usage)
        dates = []
        if days < 0:
            dates = ["-not_before", "20200101000000Z", "-not_after", "20200201000000Z"]
        try:
            openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-days",
                    str(max(1, days)), "-extfile", extensions, "-out", certificate, *dates)
        except subprocess.CalledProcessError:
            # An openssl that cannot date back: the `ca` command can.
            self._issue_dated(request, certificate, extensions)
        with open(certificate, encoding="ascii") as file:
            der = ssl.PEM_cert_to_DER_cert(file.read())
        return (certificate, key), hashlib.sha256(der).hexdigest()

    def _issue_dated(self, request, certificate, extensions):
        folder = tempfile.mkdtemp(dir=self.folder)
        open(os.path.join(folder, "index"), "w").close()
        with open(os.path.join(folder, "serial"), "w", encoding="ascii") as file:
            file.write("1000\n")
        with open(os.path.join(folder, "ca.cnf"), "w", encoding="ascii") as file:
            file.write(
                "[ca]\ndefault_ca=own\n[own]\ndatabase=%s/index\nserial=%s/serial\nnew_certs_dir=%s\n"
                "default_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n" % (folder, folder, folder))
        openssl(
            "ca", "-batch", "-config", os.path.join(folder, "ca.cnf"), "-cert", self.certificate, "-keyfile", self.key,
            "-in", request, "-out", certificate, "-notext", "-extfile", extensions, "-startdate", "20200101000000Z",
            "-enddate", "20200201000000Z")


class CertificateTests(OwnServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = tempfile.mkdtemp(prefix="rek-", dir="/var/tmp")
        cls.issuer = Issuer(cls.folder, cls.own.ca, os.path.join(cls.own.data, "tls", "ca.key"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)
        super().tearDownClass()

    def account(self, digest, **options):
        """A new account that names a certificate."""
        name = unique("cert").lower()
        row = self.assertOK(self.session("administrator").call(
            "user.add", name=name, full_name=name.title(), certificate=digest, **options)).rows[0]
        return name, row

    def external(self, certificate, **options):
        client = self.connect(certificate=certificate, **options)
        return client, client.submit_line('auth mech=EXTERNAL ir=""')

    def assertNoHandshake(self, certificate):
        """The server refuses the certificate: with TLS 1.3 the client hears of it when it first reads."""
        with self.assertRaises((Closed, ConnectionError, ssl.SSLError)):
            client = Client(self.server.port, self.server.ca, certificate=certificate, timeout=20)
            client.close()

    def test_a_certificate_of_an_account_logs_in(self):
        pair, digest = self.issuer.issue("one")
        name, _ = self.account(digest)
        client, reply = self.external(pair)
        self.assertIn("external", client.hello["caps"])
        client.wait(reply)
        self.assertOK(reply)
        self.assertEqual(reply.object["user"], name)
        entry = self.entry(reply, verb="auth")
        self.assertEqual(entry["outcome"], "ok")

    def test_the_one_time_password_is_asked_for_after_it(self):
        pair, digest = self.issuer.issue("two")
        _, row = self.account(digest, otp=True)
        client, reply = self.external(pair)
        self.assertEqual(client.next_need(reply), {"need": "otp"})
        self.assertBAD(client.raw("whoami"), "sequence")
        client.feed(reply, {"otp": one_time_code(row["one-time-secret"], next_step(row["one-time-secret"]))})
        self.assertOK(client.wait(reply))

    def test_a_certificate_of_no_account_fails(self):
        pair, _ = self.issuer.issue("unknown")
        client, reply = self.external(pair)
        self.assertNO(client.wait(reply), "auth/failed")
        self.assertNO(client.raw("whoami"), "auth/required")

    def test_a_disabled_accounts_certificate_fails_like_an_unknown_one(self):
        pair, digest = self.issuer.issue("disabled")
        _, row = self.account(digest)
        self.assertOK(self.session("administrator").call("user.disable", id=row["id"]))
        client, reply = self.external(pair)
        refused = self.assertNO(client.wait(reply), "auth/failed")
        other, _ = self.issuer.issue("another-unknown")
        client, reply = self.external(other)
        unknown = self.assertNO(client.wait(reply), "auth/failed")
        self.assertEqual(refused.object["msg"], unknown.object["msg"])

    def test_without_a_certificate_external_is_not_offered(self):
        client = self.connect()
        self.assertNotIn("external", client.hello["caps"])
        self.assertNO(client.raw('auth mech=EXTERNAL ir=""'), "invalid/mech")

    def test_a_certificate_of_another_authority_ends_the_handshake(self):
        folder = tempfile.mkdtemp(dir=self.folder)
        pair, digest = Issuer(folder).issue("foreign")
        self.account(digest)
        self.assertNoHandshake(pair)

    def test_an_expired_certificate_ends_the_handshake(self):
        pair, digest = self.issuer.issue("expired", days=-1)
        self.account(digest)
        self.assertNoHandshake(pair)

    def test_a_servers_certificate_is_no_clients(self):
        pair, _ = self.issuer.issue("server", usage="serverAuth")
        self.assertNoHandshake(pair)

    def test_a_certificate_without_its_key_cannot_be_shown(self):
        first, digest = self.issuer.issue("mine")
        second, _ = self.issuer.issue("theirs")
        self.account(digest)
        with self.assertRaises(ssl.SSLError):
            self.connect(certificate=(first[0], second[1]))

    def test_a_password_works_with_a_certificate_shown_all_the_same(self):
        pair, _ = self.issuer.issue("both")
        account = self.plain_account()
        self.assertOK(self.connect(certificate=pair).auth(account.name, account.password))

    def test_a_session_with_a_certificate_is_resumed_with_the_same_only(self):
        pair, _ = self.issuer.issue("bound")
        other, _ = self.issuer.issue("bound-other")
        account = self.plain_account()
        client = self.connect(certificate=pair)
        self.assertOK(client.auth(account.name, account.password))
        token = self.assertOK(client.call("session.token")).rows[0]["token"]
        line = "auth mech=TOKEN ir=" + base64.b64encode(token.encode()).decode()
        self.assertNO(self.connect().raw(line), "auth/failed")
        self.assertNO(self.connect(certificate=other).raw(line), "auth/failed")
        self.assertOK(self.connect(certificate=pair).raw(line))


if __name__ == "__main__":
    unittest.main()
