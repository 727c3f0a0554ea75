"""A real `rekisterid dev`, started for the tests on a port of its own choice, and the hands on its database."""

import atexit
import functools
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from client import Client

HERE = os.path.dirname(os.path.abspath(__file__))
BINARY = os.environ.get("REKISTERID", os.path.join(HERE, "..", "..", ".build", "debug", "rekisterid"))
SAMPLE = os.path.join(HERE, "..", "..", "deploy", "samples", "customers.csv")
START_SECONDS = 600


def binary():
    """The program, copied once for the suite: a build meanwhile must not change what is tested."""
    global _copy
    with _copying:
        if _copy is None:
            if not os.path.exists(BINARY):
                raise RuntimeError("there is no rekisterid; build it, or name it in REKISTERID")
            folder = tempfile.mkdtemp(prefix="rek-", dir="/var/tmp")
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            _copy = shutil.copy(BINARY, os.path.join(folder, "rekisterid"))
        return _copy


_copy = None
_copying = threading.Lock()


@functools.cache
def knows(option):
    """Whether `rekisterid dev` has an option."""
    run = subprocess.run([binary(), "dev", "--help"], capture_output=True, text=True, timeout=60)
    return option + " " in run.stdout


class Account:
    """A demonstration user."""

    def __init__(self, name, password, roles, secret):
        self.name, self.password, self.roles, self.secret = name, password, roles, secret

    def __repr__(self):
        return "<%s: %s>" % (self.name, ",".join(self.roles))


def read_accounts(path):
    """The accounts of demo-users.json: a list, or an object with the list as `users`."""
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    if isinstance(data, dict):
        data = data.get("users") or [dict(value, name=name) for name, value in data.items()]
    accounts = []
    for item in data:
        secret = None
        for key in ("one-time-secret", "otp", "otp-secret", "secret", "totp"):
            secret = secret or item.get(key)
        name = item.get("name") or item.get("user")
        roles = item.get("roles") or [item["role"]]
        accounts.append(Account(name, item["password"], roles, secret or None))
    return accounts


class Server:
    """A running server with its directory. `stderr` holds what it said of itself."""

    def __init__(self, persons=300, options=()):
        self.persons = persons
        self.options = list(options)
        self.folder = tempfile.mkdtemp(prefix="rek-", dir="/var/tmp")
        os.chmod(self.folder, 0o755)
        self.data = os.path.join(self.folder, "data")
        self.output = os.path.join(self.folder, "stdout")
        self.errors = os.path.join(self.folder, "stderr")
        self.process = None
        self._database = None
        atexit.register(self.remove)
        self.start()

    # Life

    def start(self):
        arguments = [binary(), "dev", "--port", "0", "--data", self.data, "--persons", str(self.persons)]
        if "--daily-persons" not in self.options and knows("--daily-persons"):
            arguments += ["--daily-persons", "0"]
        arguments += self.options
        with open(self.output, "ab") as output, open(self.errors, "ab") as errors:
            self.process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True)
        self.port = self._wait_for_port()
        self.accounts = read_accounts(os.path.join(self.data, "demo-users.json"))
        self.ca = os.path.join(self.data, "tls", "ca.pem")

    def _wait_for_port(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError("rekisterid ended (%d): %s" % (self.process.returncode, self.said()))
            ready = os.path.exists(os.path.join(self.data, "demo-users.json"))
            for port in self._listening() if ready else ():
                try:
                    client = Client(port, os.path.join(self.data, "tls", "ca.pem"), timeout=10)
                    client.close()
                    return port
                except (OSError, AssertionError):
                    continue
            time.sleep(0.2)
        self.stop()
        raise RuntimeError("rekisterid does not listen: " + self.said())

    def _listening(self):
        """The TCP ports that the process itself listens on."""
        inodes = set()
        folder = "/proc/%d/fd" % self.process.pid
        try:
            for name in os.listdir(folder):
                try:
                    link = os.readlink(os.path.join(folder, name))
                except OSError:
                    continue
                if link.startswith("socket:["):
                    inodes.add(link[8:-1])
        except OSError:
            return []
        ports = []
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            with open(table, encoding="ascii") as file:
                for line in list(file)[1:]:
                    words = line.split()
                    if words[3] == "0A" and words[9] in inodes:
                        ports.append(int(words[1].rsplit(":", 1)[1], 16))
        return ports

    def said(self):
        """What the server wrote to its own log, the last of it."""
        text = ""
        for path in (self.output, self.errors):
            with open(path, encoding="utf-8", errors="replace") as file:
                text += file.read()[-3000:]
        return text

    def stop(self, seconds=30):
        """SIGTERM; gives the exit status, or None where it had to be killed."""
        if self.process is None:
            return None
        status = None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        return status

    def kill(self):
        """SIGKILL, to the server only."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def remove(self):
        """Ends everything and removes the directory."""
        atexit.unregister(self.remove)
        postmaster = self.postmaster()
        self.stop()
        if postmaster and self._is_ours(postmaster):
            os.kill(postmaster, signal.SIGCONT)
            os.kill(postmaster, signal.SIGQUIT)
            for _ in range(50):
                if not self._is_ours(postmaster):
                    break
                time.sleep(0.1)
        if os.environ.get("KEEP_DATA"):
            print("kept:", self.folder)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def memory(self):
        """The server's resident memory in bytes."""
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        return 0

    # Clients

    def client(self, **options):
        return Client(self.port, self.ca, **options)

    def account(self, role, number=0):
        """A demonstration user who holds just this role."""
        found = [account for account in self.accounts if account.roles == [role]]
        if number >= len(found):
            raise LookupError("there are only %d demonstration users with the role %s" % (len(found), role))
        return found[number]

    # The database

    def postmaster(self):
        """The process id of the embedded PostgreSQL, or None."""
        for path in glob.glob(self.data + "/**/postmaster.pid", recursive=True):
            try:
                with open(path, encoding="ascii", errors="replace") as file:
                    return int(file.readline())
            except (OSError, ValueError):
                continue
        return None

    def _is_ours(self, pid):
        try:
            return os.readlink("/proc/%d/cwd" % pid).startswith(self.data)
        except OSError:
            return False

    @property
    def cluster(self):
        return os.path.dirname(glob.glob(self.data + "/**/postmaster.pid", recursive=True)[0])

    def socket_folder(self):
        """The folder of the embedded PostgreSQL's socket, from its own settings."""
        with open(os.path.join(self.cluster, "postmaster.pid"), encoding="ascii") as file:
            return file.read().split("\n")[4]

    @property
    def database(self):
        if self._database is None:
            names = self.sql("SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate", "postgres")
            for name in names.split():
                if self.sql("SELECT to_regclass('access_intake') IS NOT NULL", name) == "t":
                    self._database = name
        return self._database

    def program(self, name):
        """The path of one of PostgreSQL's programs, of the version that runs."""
        pid = self.postmaster()
        return os.path.join(os.path.dirname(os.readlink("/proc/%d/exe" % pid)), name)

    def sql(self, statement, database=None, check=True, timeout=60):
        """Runs SQL as the database's superuser, past the server; gives what psql prints."""
        arguments = [
            self.program("psql"), "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.socket_folder(), "-U",
            "postgres", "-d", database or self.database, "-c", statement,
        ]
        run = subprocess.run(arguments, capture_output=True, text=True, timeout=timeout)
        if check and run.returncode:
            raise RuntimeError("psql: " + run.stderr)
        return run.stdout.strip()

    def psql(self, *statements):
        """A psql that stays open in one transaction until its input is closed: holds locks."""
        process = subprocess.Popen(
            [self.program("psql"), "-X", "-q", "-A", "-t", "-h", self.socket_folder(), "-U", "postgres", "-d",
             self.database],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        process.stdin.write("BEGIN;\n" + "".join(line + ";\n" for line in statements) + "SELECT 'ready';\n")
        process.stdin.flush()
        while True:
            line = process.stdout.readline()
            if "ready" in line:
                return process
            if not line:
                raise RuntimeError("psql ended")

    def dump(self):
        """The whole database as pg_dump writes it."""
        return subprocess.run(
            [self.program("pg_dump"), "-h", self.socket_folder(), "-U", "postgres", "-d", self.database],
            capture_output=True, check=True, timeout=120).stdout

    def backends(self):
        """Process ids of the database's sessions, the postmaster first."""
        postmaster = self.postmaster()
        found = [postmaster]
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    with open("/proc/%s/stat" % name, encoding="utf-8", errors="replace") as file:
                        parent = int(re.sub(r"^.*\) ", "", file.read()).split()[1])
                except (OSError, ValueError):
                    continue
                if parent == postmaster:
                    found.append(int(name))
        return found

    def kill_a_backend(self):
        """Kills one of the server's sessions with the database, where there is one."""
        for pid in self.backends()[1:]:
            try:
                with open("/proc/%d/cmdline" % pid, "rb") as file:
                    if b"rekisteri_server" in file.read():
                        os.kill(pid, signal.SIGKILL)
                        return
            except (FileNotFoundError, ProcessLookupError):
                continue


_shared = None


def shared():
    """The suite's server, started when first asked for."""
    global _shared
    if _shared is None:
        _shared = Server()
    return _shared
