"""What passwords may be, and changing one's own."""

import unicodedata
import unittest

from client import await_code
from support import SocketTest, unique

GOOD = "kolme sinist\u00e4 norsua tanssii"


def new_employee(test, password=None, role="analyst", **more):
    """A new account with a role, which a second administrator approves: its name and password."""
    name = unique("new-").lower()
    chosen = {} if password is None else {"password": password}
    added = test.assertOK(test.session("administrator").call(
        "user.add", name=name, **{"full_name": "Paula Testi", **more}, **chosen))
    asked = test.session("administrator").call("role.grant", user=name, role=role)
    test.assertEqual((asked.status, asked.code), ("OK", "pending/approval"), asked)
    test.assertOK(test.session("administrator", 1).call("approval.give", id=asked.object["approval"]))
    return name, added.rows[0].get("password", password)


class PasswordTests(SocketTest):
    def add(self, password, **more):
        return self.session("administrator").call(
            "user.add", **{"name": unique("pw-").lower(), "full_name": "Paula Testi", "password": password, **more})

    def test_common_and_guessable_passwords_are_refused_and_not_repeated(self):
        for password in ("short", "passwordpassword", "P@ssw0rd!P@ssw0rd!", "salasana salasana", "qwertyuiop\u00e5\u00e4\u00f612",
                         "123456789012345", "abcdefghijklmnop", "aaaaaaaaaaaaaaaa", "Kes\u00e4loma2026!!!",
                         "rekisterirekisteri", "Paula Testi 2026", "1qaz2wsx3edc4rfv"):
            with self.subTest(password):
                reply = self.add(password)
                self.assertNO(reply, "invalid/password")
                self.assertNotIn(password.lower(), str(reply.object).lower())

    def test_passphrases_are_taken_as_they_are(self):
        for password in (GOOD, "correct horse battery staple", "minun mummoni keitt\u00e4\u00e4 perunaa"):
            with self.subTest(password):
                self.assertOK(self.add(password))

    def test_twelve_characters_do_with_a_one_time_password_only(self):
        self.assertNO(self.add("tK9#mQ2$vL5x"), "invalid/password")
        self.assertOK(self.add("tK9#mQ2$vL5x", otp="true"))

    def test_the_reason_comes_in_the_session_s_language(self):
        said = set()
        for language in ("en", "fi", "sv"):
            account = self.server.account("administrator")
            await_code(account.secret)
            client = self.connect()
            client.say_hello(lang=language)
            client.login(account)
            reply = client.call(
                "user.add", name=unique("pw-").lower(), full_name="Paula Testi", password="salasana salasana")
            self.assertNO(reply, "invalid/password")
            said.add(reply.object["msg"])
        self.assertEqual(len(said), 3)

    def test_a_password_is_the_same_however_its_letters_are_typed(self):
        apart = unicodedata.normalize("NFD", GOOD)
        self.assertNotEqual(apart, GOOD)
        name, _ = new_employee(self, apart)
        # This client sends what it is given; the server keeps the composed form.
        self.assertOK(self.connect().auth(name, GOOD))
        client = self.connect()
        self.assertOK(client.auth(name, GOOD))
        self.assertOK(client.call("session.password", old=apart, new="nelj\u00e4 harmaata kurkea lent\u00e4\u00e4"))

    def test_one_s_own_password_needs_the_present_one_and_ends_other_sessions(self):
        name, _ = new_employee(self, GOOD)
        one, two = self.connect(), self.connect()
        self.assertOK(one.auth(name, GOOD))
        self.assertOK(two.auth(name, GOOD))
        new = "viisi keltaista kanaa juoksee"
        self.assertNO(one.call("session.password", old="wrong wrong wrong", new=new), "invalid/old")
        self.assertNO(one.call("session.password", old=GOOD, new="salasana salasana"), "invalid/new")
        self.assertNO(one.call("session.password", old=GOOD, new=name + " 12345678"), "invalid/new")
        self.assertOK(two.call("ping"))
        self.assertOK(one.call("session.password", old=GOOD, new=new))
        self.assertOK(one.call("ping"))
        self.assertCloses(two)
        self.assertNO(self.connect().auth(name, GOOD), "auth/failed")
        self.assertOK(self.connect().auth(name, new))


if __name__ == "__main__":
    unittest.main()
