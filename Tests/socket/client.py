"""A client of the line protocol rek/1, written from PROTOCOL.md alone, with Python's standard library.

It believes nothing: every line of the server is checked against the grammar, every JSON value against I-JSON, and every
tag against the rule of exactly one final line. What breaks a rule raises `Violation`.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import socket
import ssl
import stringprep
import struct
import threading
import time
import unicodedata

SERVER_LINE_MAX = 1 << 20
SERVER_LINE = re.compile(
    r"^(?:(?P<tag>[0-9A-Za-z][0-9A-Za-z_-]{0,15})|-) "
    r"(?:(?P<kind>[*~?!]) (?P<item>.+)"
    r"|(?P<status>OK|NO|BAD) (?P<code>[a-z][a-z0-9-]{0,31}(?:/[a-z][a-z0-9-]{0,31}){0,3}) (?P<object>\{.*\}))$",
    re.S,
)


class Violation(AssertionError):
    """The server broke a rule of the protocol."""


class Closed(ConnectionError):
    """The server closed the connection."""


class AuthError(Exception):
    """The server did not let us in; `reply` says why."""

    def __init__(self, reply):
        super().__init__("%s %s" % (reply.status, reply.code))
        self.reply = reply


def unsafe(scalar):
    """Whether the grammar keeps a scalar out of what is written raw (utf8-safe, and ASCII's controls)."""
    if scalar < 0x80:
        return scalar < 0x20 or scalar == 0x7F
    ranges = (
        (0xA0, 0xAC), (0xAE, 0x61B), (0x61D, 0x200A), (0x2010, 0x2027), (0x202F, 0x205F), (0x2070, 0xD7FF),
        (0xE000, 0xFEFE), (0xFF00, 0xFFFD), (0x10000, 0x10FFFF),
    )
    return not any(low <= scalar <= high for low, high in ranges)


def quote(value):
    """A value as a quoted string that any text fits in."""
    out = []
    for character in value:
        scalar = ord(character)
        if character in '"\\':
            out.append("\\" + character)
        elif character == "\n":
            out.append("\\n")
        elif character == "\r":
            out.append("\\r")
        elif character == "\t":
            out.append("\\t")
        elif unsafe(scalar):
            out.append("\\u{%X}" % scalar)
        else:
            out.append(character)
    return '"' + "".join(out) + '"'


def command(verb, parameters):
    """A command's text after the tag; `True` is a bare name, `None` is left out, `_` in names stands for `-`."""
    words = [verb]
    for name, value in parameters.items():
        name = name.rstrip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            words.append(name)
        else:
            words.append("%s=%s" % (name, quote(str(value))))
    return " ".join(words)


def _no_duplicates(pairs):
    result = {}
    for key, value in pairs:
        if key in result:
            raise Violation("an object has a key twice: " + key)
        result[key] = value
    return result


def _no_constant(name):
    raise Violation("not JSON: " + name)


def parse_json(text):
    """One value in I-JSON: no key twice, no lone surrogate, whole numbers within 2^53."""
    try:
        value = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Violation("not JSON: %s" % error) from None
    _check_values(value)
    return value


def _check_values(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_values(key)
            _check_values(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_values(inner)
    elif isinstance(value, str):
        if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
            raise Violation("a lone surrogate in JSON")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 53:
        raise Violation("a number beyond I-JSON: %d" % value)


_UNSAFE = re.compile("[^%s]" % "".join(
    "%s-%s" % (re.escape(chr(low)), re.escape(chr(high)))
    for low, high in ((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x61B), (0x61D, 0x200A), (0x2010, 0x2027), (0x202F, 0x205F),
                      (0x2070, 0xD7FF), (0xE000, 0xFEFE), (0xFF00, 0xFFFD), (0x10000, 0x10FFFF))))


class Line:
    """A line of the server, taken apart."""

    __slots__ = ("raw", "tag", "kind", "value", "status", "code", "at")

    def __init__(self, raw):
        self.raw = raw
        self.at = time.monotonic()
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Violation("the server's line is not UTF-8") from None
        bad = _UNSAFE.search(text)
        if bad:
            raise Violation("the server wrote U+%04X raw" % ord(bad[0]))
        match = SERVER_LINE.match(text)
        if not match:
            raise Violation("not a line of the grammar: " + text[:120])
        self.tag = match["tag"]
        self.kind = match["kind"]
        self.status = match["status"]
        self.code = match["code"]
        self.value = parse_json(match["item"] if self.kind else match["object"])


class Reply:
    """Everything that came back for one tag."""

    def __init__(self, tag):
        self.tag = tag
        self.rows = []
        self.progress = []
        self.needs = []
        self.final = None

    @property
    def done(self):
        return self.final is not None

    @property
    def status(self):
        return self.final.status

    @property
    def code(self):
        return self.final.code

    @property
    def object(self):
        return self.final.value

    @property
    def rid(self):
        return self.final.value.get("rid")

    @property
    def ok(self):
        return self.final.status == "OK"

    def __repr__(self):
        if not self.final:
            return "<%s: %d rows, under way>" % (self.tag, len(self.rows))
        return "<%s: %d rows, %s %s %s>" % (self.tag, len(self.rows), self.status, self.code, json.dumps(self.object))


# -- the password ----------------------------------------------------------------------------------------------------

_salted = {}
_salted_lock = threading.Lock()


def salted_password(password, salt, iterations):
    """PBKDF2, kept for each salt: it is meant to be slow."""
    key = (password, salt, iterations)
    with _salted_lock:
        if key not in _salted:
            _salted[key] = hashlib.pbkdf2_hmac("sha256", saslprep(password).encode(), salt, iterations)
        return _salted[key]


def saslprep(text):
    """RFC 4013, as far as passwords and names need it."""
    mapped = "".join(
        " " if stringprep.in_table_c12(character) else character
        for character in text if not stringprep.in_table_b1(character))
    return unicodedata.normalize("NFKC", mapped)


# -- channel binding -------------------------------------------------------------------------------------------------

_SIGNATURE_HASHES = {
    "1.2.840.113549.1.1.4": "sha256", "1.2.840.113549.1.1.5": "sha256", "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384", "1.2.840.113549.1.1.13": "sha512", "1.2.840.10045.4.1": "sha256",
    "1.2.840.10045.4.3.2": "sha256", "1.2.840.10045.4.3.3": "sha384", "1.2.840.10045.4.3.4": "sha512",
    "1.3.101.112": "sha256",
}


def _der(data, offset):
    tag, length, offset = data[offset], data[offset + 1], offset + 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[offset:offset + count], "big")
        offset += count
    return tag, offset, offset + length


def _oid(data):
    parts = [data[0] // 40, data[0] % 40]
    value = 0
    for byte in data[1:]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            parts.append(value)
            value = 0
    return ".".join(map(str, parts))


def end_point_hash(certificate):
    """`tls-server-end-point` of RFC 5929: the certificate's hash by the hash of its signature."""
    _, body, _ = _der(certificate, 0)
    _, _, after_signed = _der(certificate, body)
    _, algorithm, _ = _der(certificate, after_signed)
    _, start, end = _der(certificate, algorithm)
    name = _SIGNATURE_HASHES[_oid(certificate[start:end])]
    return hashlib.new(name, certificate).digest()


class Scram:
    """The client's side of RFC 5802 and 7677."""

    def __init__(self, user, password, binding=None, flag=None):
        self.user, self.password = user, password
        self.nonce = base64.b64encode(os.urandom(18)).decode()
        if flag is None:
            flag = "p=tls-server-end-point,," if binding is not None else "n,,"
        self.header = flag.encode()
        self.binding = binding if flag.startswith("p=") else None
        escaped = saslprep(user).replace("=", "=3D").replace(",", "=2C")
        self.first_bare = "n=%s,r=%s" % (escaped, self.nonce)

    def first(self):
        return self.header + self.first_bare.encode()

    def last(self, server_first, password=None):
        text = server_first.decode("ascii")
        fields = dict(part.split("=", 1) for part in text.split(","))
        if not fields["r"].startswith(self.nonce) or fields["r"] == self.nonce:
            raise Violation("the server's nonce does not extend the client's")
        salt, iterations = base64.b64decode(fields["s"], validate=True), int(fields["i"])
        if iterations < 600_000:
            raise Violation("only %d iterations" % iterations)
        self.salt, self.iterations = salt, iterations
        salted = salted_password(self.password if password is None else password, salt, iterations)
        binding = base64.b64encode(self.header + (self.binding or b"")).decode()
        without_proof = "c=%s,r=%s" % (binding, fields["r"])
        message = ",".join((self.first_bare, text, without_proof)).encode()
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(client_key).digest(), message, "sha256")
        proof = bytes(left ^ right for left, right in zip(client_key, signature))
        self.server_signature = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), message, "sha256")
        return (without_proof + ",p=" + base64.b64encode(proof).decode()).encode()

    def verify(self, server_final):
        expected = b"v=" + base64.b64encode(self.server_signature)
        if not hmac.compare_digest(server_final, expected):
            raise Violation("the server does not know the password")


# -- the one-time password -------------------------------------------------------------------------------------------

STEP_SECONDS = 30
_used_steps = {}
_used_lock = threading.Lock()


def one_time_code(secret, step):
    """RFC 6238: SHA-1, six digits."""
    padded = secret.upper().replace(" ", "")
    key = base64.b32decode(padded + "=" * (-len(padded) % 8))
    digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
    offset = digest[19] & 15
    number = struct.unpack(">I", digest[offset:offset + 4])[0] & 0x7FFFFFFF
    return "%06d" % (number % 1_000_000)


def next_step(secret):
    """A step whose code was not used yet by this process; waits for one where need be."""
    while True:
        now = int(time.time())
        step = now // STEP_SECONDS
        with _used_lock:
            # One step early or late is taken (RFC 6238 section 5.2); ascending, since an older one may count as spent.
            candidate = max(step, _used_steps.get(secret, -1) + 1)
            if candidate <= step + 1:
                _used_steps[secret] = candidate
                return candidate
        time.sleep(min(2.0, STEP_SECONDS - now % STEP_SECONDS + 0.2))


def await_code(secret):
    """Waits until there is a code to be had: a connection that waits for one may be closed before it logs in."""
    while secret:
        now = int(time.time())
        with _used_lock:
            if _used_steps.get(secret, -1) <= now // STEP_SECONDS:
                return
        time.sleep(min(2.0, STEP_SECONDS - now % STEP_SECONDS + 0.2))


# -- the connection --------------------------------------------------------------------------------------------------

class Client:
    """A connection. `transcript` has every line of both sides, `<` the server's, `>` ours."""

    def __init__(self, port, ca=None, host="127.0.0.1", timeout=60.0, greet=True, receive_buffer=None,
                 source=None, certificate=None):
        self.timeout = timeout
        self.transcript = []
        self.replies = {}
        self.events = []
        self.untagged = []
        self.user = None
        self._counter = 0
        self._buffer = bytearray()
        self._lock = threading.Lock()
        self._ended = set()
        raw = socket.socket(socket.AF_INET)
        if receive_buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        raw.settimeout(timeout)
        if source:
            raw.bind((source, 0))
        raw.connect((host, port))
        self.binding = None
        if ca:
            context = ssl.create_default_context(cafile=ca)
            context.minimum_version = ssl.TLSVersion.TLSv1_3
            if certificate:
                context.load_cert_chain(*certificate)
            self.socket = context.wrap_socket(raw, server_hostname="localhost")
            self.binding = end_point_hash(self.socket.getpeercert(binary_form=True))
        else:
            self.socket = raw
        self.hello = None
        if greet:
            line = self.read_line()
            if line.kind != "!" or line.value.get("event") != "hello":
                raise Violation("the first line is no greeting: %r" % line.raw)
            self.hello = line.value

    # Bytes

    def send_bytes(self, data):
        self.socket.settimeout(self.timeout)
        self.socket.sendall(data)

    def send(self, text):
        """Sends a line, without its end."""
        self.transcript.append(">" + text)
        self.send_bytes(text.encode("utf-8", "surrogatepass") + b"\n")

    def read_line(self, timeout=None):
        """The server's next line; `Closed` at its end, `TimeoutError` where none comes."""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            end = self._buffer.find(b"\n")
            if end >= 0:
                raw = bytes(self._buffer[:end])
                del self._buffer[:end + 1]
                self.transcript.append("<" + raw.decode("utf-8", "replace"))
                return Line(raw)
            if len(self._buffer) > SERVER_LINE_MAX:
                raise Violation("a line longer than 1 MiB")
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no line from the server")
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except (ssl.SSLWantReadError, socket.timeout):
                raise TimeoutError("no line from the server") from None
            except (ConnectionError, ssl.SSLError) as error:
                raise Closed(str(error)) from None
            if not data:
                if self._buffer:
                    raise Violation("the server closed within a line")
                raise Closed("closed by the server")
            self._buffer += data

    def read_to_end(self, timeout=None):
        """Every line until the server closes."""
        lines = []
        while True:
            try:
                lines.append(self.read_line(timeout))
            except Closed:
                return lines

    def close(self):
        try:
            self.socket.close()
        except OSError:
            pass

    def abort(self):
        """Goes without a word: a reset, as a pulled plug."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    # Commands

    def tag(self):
        self._counter += 1
        return "t%d" % self._counter

    def submit(self, verb, /, **parameters):
        """Sends a command and gives its reply to be waited for."""
        return self.submit_line(command(verb, parameters))

    def submit_line(self, text, tag=None):
        tag = tag or self.tag()
        reply = self.replies[tag] = Reply(tag)
        self._ended.discard(tag)
        self.send(tag + " " + text)
        return reply

    def feed(self, reply, value):
        self.send("%s > %s" % (reply.tag, json.dumps(value, ensure_ascii=True)))

    def credit(self, reply, rows):
        self.feed(reply, {"credit": rows})

    def step(self, timeout=None):
        """Reads one line and puts it where it belongs."""
        line = self.read_line(timeout)
        if line.tag is None:
            if line.kind == "!":
                self.events.append(line.value)
            elif line.status:
                self.untagged.append(line)
            else:
                raise Violation("an item without a tag: %r" % line.raw[:100])
            return line
        reply = self.replies.get(line.tag)
        if reply is None or reply.done:
            raise Violation("a line for a tag that is not under way: %r" % line.raw[:100])
        if line.kind == "!":
            raise Violation("an event with a tag")
        if line.kind == "*":
            reply.rows.append(line.value)
        elif line.kind == "~":
            reply.progress.append(line.value)
        elif line.kind == "?":
            reply.needs.append(line.value)
        else:
            reply.final = line
            if "rid" not in line.value:
                raise Violation("a final line without rid: %r" % line.raw[:200])
        return line

    def wait(self, reply, feeds=None, credit=True, timeout=None):
        """Reads until a reply is whole; answers what the server needs."""
        timeout = self.timeout if timeout is None else timeout
        while not reply.done:
            self.step(timeout)
            while reply.needs:
                need = reply.needs.pop(0)
                if need == {"need": "credit"} and credit:
                    self.credit(reply, 500)
                elif need == {"need": "rows"} and feeds is not None:
                    self._feed_all(reply, feeds)
                else:
                    raise Violation("the server needs %r" % (need,))
        return reply

    def _feed_all(self, reply, feeds):
        batch = []
        for value in feeds:
            batch.append("%s > %s\n" % (reply.tag, json.dumps(value, ensure_ascii=True)))
            if len(batch) >= 50:
                self.send_bytes("".join(batch).encode())
                batch = []
        batch.append("%s > null\n" % reply.tag)
        self.send_bytes("".join(batch).encode())

    def call(self, verb, /, feeds=None, timeout=None, **parameters):
        """A command from beginning to end."""
        return self.wait(self.submit(verb, **parameters), feeds=feeds, timeout=timeout)

    def raw(self, text, tag=None):
        """A command given as text."""
        return self.wait(self.submit_line(text, tag))

    # Logging in

    def say_hello(self, lang="en"):
        return self.raw("hello proto=rek/1 lang=" + lang)

    def next_need(self, reply):
        """The next thing that the server asks for, or None when the command ended."""
        while not reply.needs and not reply.done:
            self.step()
        return reply.needs.pop(0) if reply.needs else None

    def start_auth(self, user, password, plus=True, flag=None, mechanism=None, wrong=False):
        """The exchange up to the password's proof and the server's; gives the reply and what is needed next."""
        scram = Scram(user, password, self.binding if plus else None, flag)
        mechanism = mechanism or ("SCRAM-SHA-256-PLUS" if plus else "SCRAM-SHA-256")
        reply = self.submit_line("auth mech=%s ir=%s" % (mechanism, base64.b64encode(scram.first()).decode()))
        need = self.next_need(reply)
        if need is None:
            return reply, None
        last = scram.last(base64.b64decode(need, validate=True), "another password entirely" if wrong else None)
        self.feed(reply, base64.b64encode(last).decode())
        need = self.next_need(reply)
        if need is None:
            return reply, None
        scram.verify(base64.b64decode(need, validate=True))
        self.feed(reply, "")
        return reply, self.next_need(reply)

    def auth(self, user, password, secret=None, code=None, **options):
        """Logs in; gives the reply, whatever it is."""
        reply, need = self.start_auth(user, password, **options)
        if need is None:
            return reply
        if need != {"need": "otp"}:
            raise Violation("the server needs %r" % (need,))
        if code is None:
            if secret is None:
                raise Violation("a one-time password is asked for from one who has none")
            code = one_time_code(secret, next_step(secret))
        self.feed(reply, {"otp": code})
        while not reply.done:
            self.step()
        return reply

    def login(self, account):
        """Logs an account in, or raises."""
        reply = None
        for _ in range(3):
            reply = self.auth(account.name, account.password, account.secret)
            if reply.ok:
                self.user = account.name
                return self
            if reply.code != "auth/otp":
                break
            time.sleep(STEP_SECONDS / 3)
        raise AuthError(reply)
