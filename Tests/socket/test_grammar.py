"""Lines, exactly by the grammar (PROTOCOL.md section 1), before and after log-in."""

import json
import unittest

from client import Closed
from support import SocketTest

ATOM_CHARACTERS = "ABCXYZabcxyz0189-._:/@+,%*=~#"
QUOTED_CHARACTERS = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in '"\\')
SAFE = [0xA0, 0xAC, 0xAE, 0xE4, 0x61B, 0x61D, 0x200A, 0x2010, 0x2027, 0x202F, 0x205F, 0x2070, 0xD7FF, 0xE000, 0xFEFE,
        0xFF00, 0xFFFD, 0x10000, 0x1F600, 0x10FFFF]
UNSAFE = [0x80, 0x85, 0x9F, 0xAD, 0x61C, 0x200B, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E, 0x2060,
          0x2066, 0x2069, 0x206F, 0xFEFF, 0xFFFE, 0xFFFF]


class GrammarTests(SocketTest):
    """The value is taken by `organisation.find text=`, which keeps nothing and answers any search."""

    def setUp(self):
        self.client = self.session("customer-service")


    def assertParsed(self, line):
        reply = self.client.raw(line)
        self.assertNotEqual(reply.status, "BAD", "%r: %r" % (line, reply))
        return reply

    def assertSyntax(self, line, *codes):
        reply = self.client.raw(line)
        self.assertEqual(reply.status, "BAD", "%r: %r" % (line, reply))
        self.assertIn(reply.code, codes or ("syntax",), "%r: %r" % (line, reply))

    # Values

    def test_every_atom_character(self):
        for character in ATOM_CHARACTERS:
            with self.subTest(character):
                self.assertParsed("organisation.find text=a%sb" % character)

    def test_an_atom_may_begin_and_end_with_any_of_its_characters(self):
        for character in ATOM_CHARACTERS:
            with self.subTest(character):
                self.assertParsed("organisation.find text=%sab" % character)
                self.assertParsed("organisation.find text=ab%s" % character)

    def test_no_other_ascii_character_in_an_atom(self):
        others = [chr(code) for code in range(0x20, 0x7F) if chr(code) not in ATOM_CHARACTERS and not
                  chr(code).isalnum() and chr(code) != " "]
        for character in others:
            with self.subTest(character):
                self.assertSyntax("organisation.find text=a%sb" % character)

    def test_safe_scalars_in_atoms_and_quoted_strings(self):
        for scalar in SAFE:
            with self.subTest("U+%04X" % scalar):
                self.assertParsed("organisation.find text=a%sb" % chr(scalar))
                self.assertParsed('organisation.find text="a%sb"' % chr(scalar))

    def test_unsafe_scalars_are_refused_raw(self):
        for scalar in UNSAFE:
            for form in ("organisation.find text=a%sb", 'organisation.find text="a%sb"', "organisation.find te%sxt=a",
                         "organisation%s.find text=a"):
                with self.subTest("U+%04X" % scalar, form=form):
                    self.assertSyntax(form % chr(scalar), "syntax", "encoding")

    def test_every_character_of_a_quoted_string(self):
        for character in QUOTED_CHARACTERS:
            with self.subTest(character):
                self.assertParsed('organisation.find text="a%sb"' % character)

    def test_every_escape(self):
        for escape in ('\\"', "\\\\", "\\n", "\\r", "\\t", "\\u{41}", "\\u{e4}", "\\u{E4}", "\\u{1F600}", "\\u{00041}",
                       "\\u{000041}", "\\u{10FFFF}"):
            with self.subTest(escape):
                self.assertParsed('organisation.find text="ab%scd"' % escape)

    def test_escapes_stand_for_what_they_say(self):
        name = 'Å\\u{E4}k\\u{00F6}n \\"Oy\\" \\\\ Ab'
        reply = self.assertOK(self.client.raw('organisation.add name="%s"' % name))
        row = self.assertOK(self.client.call("organisation.show", id=reply.rows[0]["id"])).rows[0]
        self.assertEqual(row["name"], 'Åäkön "Oy" \\ Ab')

    def test_wrong_escapes_are_syntax(self):
        for escape in ("\\a", "\\0", "\\x41", "\\N", "\\u", "\\u{}", "\\u41", "\\u{41", "\\u{1234567}", "\\u{0000041}",
                       "\\u{G}", "\\u{ 41}", "\\u{D800}", "\\u{DFFF}", "\\u{110000}", "\\u{0}", "\\u{000000}", "\\'"):
            with self.subTest(escape):
                reply = self.client.raw('organisation.find text="ab%scd"' % escape)
                self.assertFalse(reply.ok, "%s: %r" % (escape, reply))
                self.assertTrue(reply.code in ("syntax", "encoding", "invalid/text"), reply)

    def test_unclosed_and_overfull_quotes_are_syntax(self):
        for value in ('"', '"abc', 'abc"', '"abc"d', '"a"b"', '"abc\\"', '""x'):
            with self.subTest(value):
                self.assertSyntax("organisation.find text=" + value)

    def test_an_empty_atom_is_syntax(self):
        self.assertSyntax("organisation.find text=")
        self.assertSyntax("organisation.find text= limit=1")

    def test_an_empty_quoted_string_is_a_value(self):
        self.assertNO(self.client.raw('organisation.find text=""'), "invalid/text")

    def test_a_bare_name_means_true(self):
        reply = self.session("auditor").raw("log.find newest limit=1")
        self.assertOK(reply)
        reply = self.session("auditor").raw("log.find newest=true limit=1")
        self.assertOK(reply)

    def test_controls_in_a_value_are_the_parameters_fault(self):
        for escape in ("\\n", "\\t", "\\r", "\\u{7}", "\\u{202E}", "\\u{200B}", "\\u{7F}"):
            with self.subTest(escape):
                self.assertNO(self.client.raw('organisation.add name="a%sb"' % escape), "invalid/name")

    # Parameters

    def test_a_parameter_given_twice_is_refused(self):
        self.assertBAD(self.client.raw("organisation.find text=a text=b"), "duplicate")
        self.assertBAD(self.client.raw("organisation.find text=a text"), "duplicate")

    def test_an_unknown_parameter_is_refused(self):
        for line in ("organisation.find text=a colour=red", "ping now", "whoami verbose", "person.find text=a text2=b",
                     "cancel of=t9 force", "quit now", "describe verbs=all"):
            with self.subTest(line):
                self.assertBAD(self.client.raw(line), "unknown/param")

    def test_an_unknown_parameter_is_not_repeated(self):
        """Whoever forgets quotation marks has somebody's name there."""
        for line in ("person.find text=mei meinander purpose=customer-service", "person.show id=x matti-virtanen",
                     "ping meinander", "hello proto=rek/1 meinander", "describe meinander", "cancel meinander"):
            with self.subTest(line):
                reply = self.client.raw(line)
                self.assertBAD(reply, "unknown/param")
                self.assertNotIn("meinander", json.dumps(reply.object))
                self.assertNotIn("virtanen", json.dumps(reply.object))
        self.assertIn("dry-run", self.client.raw("organisation.find dry-run=yes").object["msg"])

    def test_an_unknown_verb_is_refused(self):
        for verb in ("person", "person.fnd", "drop.table", "a.b.c.d", "hello.hello", "organisation.add.x"):
            with self.subTest(verb):
                self.assertBAD(self.client.raw(verb), "unknown/verb")

    def test_names_that_are_no_names(self):
        for line in ("Person.find", "person.Find", "person..find", ".find", "person.", "9a", "-a", "a.b.c.d.e", "_a",
                     "x" * 33, "person.find Text=a", "person.find 9=a", "person.find =a", "person.find -x=a",
                     "person.find " + "x" * 33 + "=a", "person:find", "person,find"):
            with self.subTest(line):
                self.assertSyntax(line)

    def test_the_longest_names_are_names(self):
        self.assertBAD(self.client.raw("x" * 32), "unknown/verb")
        self.assertBAD(self.client.raw("ping " + "x" * 32 + "=1"), "unknown/param")

    def test_sixty_three_parameters_are_taken_and_sixty_four_are_not(self):
        names = " ".join("p%d=1" % number for number in range(63))
        self.assertBAD(self.client.raw("ping " + names), "unknown/param")
        self.assertSyntax("ping " + names + " p63=1")

    def test_single_spaces_separate(self):
        for line in ("organisation.find  text=a", "organisation.find text=a ", " organisation.find text=a",
                     "organisation.find\ttext=a", "organisation.find text =a", "organisation.find text= a"):
            with self.subTest(line):
                self.assertSyntax(line)

    # Tags

    def test_tags(self):
        for tag in ("1", "a", "Z", "0", "a-b_c", "A123456789012345", "9-", "x_"):
            with self.subTest(tag):
                self.assertOK(self.client.raw("ping", tag=tag))

    def test_what_is_no_tag_is_answered_without_one(self):
        for line in ("", "-", "-a ping", "_a ping", "A1234567890123456 ping", "a! ping", "ä ping", "*", " ping",
            "a.b ping"):
            with self.subTest(line):
                self.client.untagged.clear()
                self.client.send(line)
                self.client.step()
                self.assertEqual([(line.status, line.code) for line in self.client.untagged], [("BAD", "syntax")])

    def test_a_tag_alone_is_syntax(self):
        for line in ("a", "a "):
            with self.subTest(line):
                client = self.connect()
                client.send(line)
                reply = client.read_line()
                self.assertEqual((reply.status, reply.code), ("BAD", "syntax"))

    def test_a_tag_may_be_used_again_when_its_command_ended(self):
        self.assertOK(self.client.raw("ping", tag="again"))
        self.assertOK(self.client.raw("ping", tag="again"))

    def test_a_tag_that_is_under_way_closes(self):
        client = self.fresh()
        client.send("imp person.import format=ndjson purpose=customer-service")
        client.send("imp ping")
        lines = self.assertCloses(client)
        self.assertIn((None, "BAD", "sequence"), [(line.tag, line.status, line.code) for line in lines])

    # Bytes

    def test_carriage_return_before_line_feed_is_an_end(self):
        reply = self.client.submit_line("ping\r")
        self.assertOK(self.client.wait(reply))

    def test_a_line_in_single_bytes(self):
        client = self.connect()
        for byte in b"b1 hello proto=rek/1 lang=fi\nb2 ping\r\n":
            client.send_bytes(bytes([byte]))
        self.assertEqual([client.read_line().tag for _ in range(2)], ["b1", "b2"])

    def test_many_lines_in_one_piece(self):
        replies = [self.client.submit("ping") for _ in range(50)]
        for reply in replies:
            self.assertOK(self.client.wait(reply))

    def breaks(self, client, data, *codes):
        """Bytes that end the connection with `BAD`; a command after them is not run."""
        client.send_bytes(data + b"\nz9 ping\n")
        lines = self.assertCloses(client)
        self.assertTrue(lines, "no answer")
        self.assertEqual(lines[0].status, "BAD")
        self.assertIn(lines[0].code, codes)
        self.assertEqual(lines[0].tag, "b1" if data.startswith(b"b1 ") else None)
        self.assertEqual(len(lines), 1, "something came after the line that ends the connection")

    def test_bytes_that_end_a_connection_before_auth(self):
        for data, codes in self.broken():
            with self.subTest(data):
                self.breaks(self.connect(), data, *codes)

    def test_bytes_that_end_a_session(self):
        account = self.plain_account()
        for data, codes in self.broken():
            with self.subTest(data):
                client = self.connect()
                client.login(account)
                self.breaks(client, data, *codes)

    def broken(self):
        return [
            (b"b1 ping\x00", ("encoding", "syntax")), (b"\x00", ("encoding", "syntax")),
            (b"b1 ping\rb2 ping", ("encoding", "syntax")), (b"\rb1 ping", ("encoding", "syntax")),
            (b"b1 organisation.find text=\xff", ("encoding",)), (b"b1 organisation.find text=\xc3", ("encoding",)),
            (b"b1 organisation.find text=\xc0\xaf", ("encoding",)),
            (b"b1 organisation.find text=\xed\xa0\x80", ("encoding",)),
            (b"b1 organisation.find text=\xf4\x90\x80\x80", ("encoding",)), (b"\x80\x81", ("encoding",)),
        ]

    def test_a_line_of_64_kib_is_taken_and_a_longer_one_closes(self):
        client = self.connect()
        client.login(self.plain_account())
        line = 'b1 organisation.find text="'
        client.send_bytes((line + "x" * (65535 - len(line)) + '"').encode() + b"\n")
        answer = client.read_line()
        self.assertEqual((answer.tag, answer.code), ("b1", "invalid/text") if answer.status == "NO" else ("b1", None))
        client.send_bytes((line + "x" * (65536 - len(line)) + '"').encode() + b"\n")
        lines = self.assertCloses(client)
        self.assertEqual([(line.tag, line.status, line.code) for line in lines], [("b1", "BAD", "toolong")])

    def test_a_feed_that_is_no_line_ends_its_command_and_the_connection(self):
        for data, code in ((b'b1 > "\xff"', "encoding"), (b"b1 > \x00", "syntax"), (b"gone > \xff", None)):
            with self.subTest(data):
                client = self.session("customer-service")
                client.send("b1 person.import format=ndjson purpose=customer-service")
                while client.read_line().value != {"need": "rows"}:
                    pass
                client.send_bytes(data + b"\nz9 ping\n")
                lines = [(line.tag, line.status, line.code) for line in self.assertCloses(client)]
                if code:
                    self.assertEqual(lines, [("b1", "BAD", code)])
                else:
                    self.assertEqual(lines, [(None, "BAD", "encoding"), ("b1", "NO", "cancelled")])

    def test_a_line_that_is_none_with_a_tag_under_way(self):
        client = self.session("customer-service")
        client.send("b1 person.import format=ndjson purpose=customer-service")
        while client.read_line().value != {"need": "rows"}:
            pass
        client.send_bytes(b"b1 ping\x00\nz9 ping\n")
        lines = [(line.tag, line.status, line.code) for line in self.assertCloses(client)]
        self.assertEqual(lines, [(None, "BAD", "syntax"), ("b1", "NO", "cancelled")])

    def test_a_feed_for_a_finished_tag_is_ignored(self):
        self.client.send('gone > {"credit":5}')
        self.client.send("gone > null")
        self.assertOK(self.client.call("ping"))

    def test_a_malformed_feed_ends_its_command(self):
        for feed in ("> {", ">{}", "> {\"a\":1,\"a\":2}", "> NaN", "> [1,]", "> 'x'", ">", "> \"\\ud800\""):
            with self.subTest(feed):
                reply = self.client.submit("person.import", format="ndjson", purpose="customer-service")
                while not reply.needs:
                    self.client.step()
                reply.needs.clear()
                self.client.send(reply.tag + " " + feed)
                self.client.wait(reply)
                self.assertBAD(reply, "syntax", "encoding")
                self.assertOK(self.client.call("ping"))

    def test_deeply_nested_json_does_no_harm(self):
        reply = self.client.submit("person.import", format="ndjson", purpose="customer-service")
        self.client.send(reply.tag + " > " + "[" * 30_000 + "]" * 30_000)
        try:
            while not reply.done:
                self.client.step()
                reply.needs.clear()
        except Closed:
            self.fail("the connection was closed")
        self.assertFalse(reply.ok, reply)
        self.assertOK(self.client.call("ping"))


if __name__ == "__main__":
    unittest.main()
