"""Drives the program `rekisteri` as a person does: at its prompt, on a terminal, a line at a time."""

import base64
import fcntl
import hmac
import json
import os
import pty
import re
import selectors
import struct
import subprocess
import termios
import time

FINAL = re.compile(r"^(OK|NO|BAD) (\S+) (\{.*\})$")
PROMPT = b"rekisteri> "
CODE_PROMPTS = (b"Code that the app shows now: ", b"One-time password: ")
STEP_SECONDS = 30


def one_time_code(secret, step):
    """RFC 6238: SHA-1, six digits."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
    number = struct.unpack_from(">I", digest, digest[19] & 15)[0] & 0x7FFFFFFF
    return "%06d" % (number % 1_000_000)


class Answer:
    """What came back for a line: rows, the final line's code, and whatever else the client said."""

    def __init__(self, rows_text, said):
        self.rows = [json.loads(line) for line in rows_text.splitlines() if line.startswith("{")]
        self.status, self.code, self.object, self.said = None, "none", {}, []
        for line in said.splitlines():
            final = FINAL.match(line)
            if final:
                self.status, self.code, self.object = final[1], final[2], json.loads(final[3])
            elif line.strip():
                self.said.append(line.strip())

    @property
    def row(self):
        return self.rows[0] if self.rows else {}

    @property
    def ok(self):
        return self.status == "OK"


class ClientEnded(Exception):
    """The client ended before its prompt came; holds its exit code and what it said."""

    def __init__(self, code, said):
        super().__init__(f"the client ended with {code}: {' '.join(said.split())}")
        self.code, self.said = code, said


class Account:
    """Somebody who can log in, as demo-users.json has them."""

    def __init__(self, entry):
        self.name, self.password = entry["user"], entry["password"]
        self.secret, self.roles = entry.get("otp-secret"), entry["roles"]


class App:
    """An authenticator app: the secret that `session.otp` shows, and its codes, each of which works once."""

    def __init__(self):
        self.secret, self._step = None, 0

    def code(self, rows):
        """A code that was not given yet; the next one is taken a little early, so nobody waits for it."""
        for row in rows.decode().splitlines():
            self.secret = json.loads(row).get("secret", self.secret)
        self._step = max(self._step + 1, int(time.time()) // STEP_SECONDS)
        return one_time_code(self.secret, self._step)


class Program:
    """The client program, where the server is, and a folder for what it needs meanwhile."""

    def __init__(self, path, server, authority, folder):
        self.path, self.folder = path, folder
        keep = {name: os.environ[name] for name in ("PATH", "TERM", "LD_LIBRARY_PATH") if name in os.environ}
        # No settings, no kept session and no remembered log of whoever runs this.
        self._alone = dict(keep, HOME=folder, REKISTERI_LANG="en")
        self.environment = dict(self._alone, REKISTERI_SERVER=server, REKISTERI_CA=authority)

    def _call(self, account, password=None):
        environment = dict(
            self.environment, REKISTERI_USER=account.name, REKISTERI_PASSWORD=password or account.password)
        arguments = [self.path]
        if account.secret:
            file = os.path.join(self.folder, account.name + ".otp")
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as secret:
                secret.write(account.secret + "\n")
            arguments += ["--otp-secret-file", file]
        return arguments, environment

    def once(self, account, *words, password=None):
        """One command without a prompt; the exit code and the answer, whose rows are there after `--json`."""
        arguments, environment = self._call(account, password)
        done = self._run(arguments + list(words), environment)
        return done.returncode, Answer(done.stdout.decode(), done.stderr.decode())

    def offline(self, *words):
        """What needs neither server nor account; the exit code and what it said."""
        done = self._run([self.path, *words], self._alone)
        return done.returncode, (done.stdout + done.stderr).decode()

    def _run(self, arguments, environment):
        # Files that it writes are in the folder.
        return subprocess.run(
            arguments, env=environment, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
            start_new_session=True)

    def log_in(self, account):
        arguments, environment = self._call(account)
        return Session(account.name, arguments + ["--json"], environment)


class Session:
    """A client that is logged in and waits at its prompt."""

    def __init__(self, user, arguments, environment):
        self.user = user
        self._terminal, inner = pty.openpty()
        settings = termios.tcgetattr(inner)
        settings[3] &= ~termios.ECHO
        termios.tcsetattr(inner, termios.TCSANOW, settings)
        # The terminal is the client's own (tty_ioctl(4)): there it asks for codes.
        self._process = subprocess.Popen(
            arguments, env=environment, stdin=inner, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(inner)
        os.set_blocking(self._terminal, False)
        self._selector = selectors.DefaultSelector()
        for stream in (self._process.stdout, self._process.stderr):
            os.set_blocking(stream.fileno(), False)
            self._selector.register(stream, selectors.EVENT_READ)
        self._until_prompt(60)

    def run(self, line, seconds=120, app=None):
        """Sends a line and waits for its whole answer; types a code of the app where one is asked for."""
        os.write(self._terminal, line.encode() + b"\n")
        return Answer(*self._until_prompt(seconds, app))

    def hear(self, seconds=10):
        """What comes unasked, after `watch`."""
        return Answer(*self._until_prompt(seconds)).said

    def close(self):
        if self._process.poll() is None:
            os.write(self._terminal, b"quit\n")
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._selector.close()
        for stream in (self._process.stdout, self._process.stderr):
            stream.close()
        os.close(self._terminal)

    def _asked(self):
        """What the client wrote on its terminal."""
        try:
            return os.read(self._terminal, 4096)
        except BlockingIOError:
            return b""

    def _until_prompt(self, seconds, app=None):
        rows, said = bytearray(), bytearray()
        end = time.monotonic() + seconds
        while not said.endswith(PROMPT):
            if app and self._asked().endswith(CODE_PROMPTS):
                # Every row was written before the question was.
                while piece := self._process.stdout.read():
                    rows.extend(piece)
                os.write(self._terminal, app.code(rows).encode() + b"\n")
            if time.monotonic() > end:
                raise TimeoutError(f"{self.user}: no answer within {seconds} s")
            for key, _ in self._selector.select(0.05 if app else 1):
                piece = key.fileobj.read()
                if piece:
                    (rows if key.fileobj is self._process.stdout else said).extend(piece)
                elif piece == b"":
                    self._selector.unregister(key.fileobj)
            if not self._selector.get_map():
                raise ClientEnded(self._process.wait(), said.decode(errors="replace"))
        # Every row was written before the prompt was, so what is in the pipe now is the rest.
        while piece := self._process.stdout.read():
            rows.extend(piece)
        return rows.decode(), said[: -len(PROMPT)].decode()
