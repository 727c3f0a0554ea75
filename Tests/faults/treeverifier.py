"""An independent verifier of the log's tree: RFC 6962 hashes, C2SP tiles, checkpoints and signed notes, and Ed25519.

Written from the published formats alone, with Python's standard library; nothing of the server's is used.
"""

import base64
import functools
import hashlib
import re

TILE_WIDTH = 256
EMPTY = hashlib.sha256(b"").digest()


class Broken(AssertionError):
    """What was to be verified is not as it should be."""


# -- RFC 6962 section 2.1 --------------------------------------------------------------------------------------------

def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_hash(leaves):
    """The Merkle tree hash of leaf hashes."""
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


class Tree:
    """A tree that grows: the roots of its perfect subtrees, the largest first."""

    def __init__(self):
        self.size = 0
        self._peaks = []

    def append(self, leaf):
        self.size += 1
        count = self.size
        while count % 2 == 0:
            leaf = node_hash(self._peaks.pop(), leaf)
            count //= 2
        self._peaks.append(leaf)

    def root(self):
        if not self._peaks:
            return EMPTY
        return functools.reduce(lambda right, left: node_hash(left, right), reversed(self._peaks))


def tiles(leaves):
    """The full tiles of C2SP tlog-tiles: hashes by (level, index)."""
    found, level = {}, 0
    while len(leaves) >= TILE_WIDTH:
        above = []
        for index in range(len(leaves) // TILE_WIDTH):
            hashes = leaves[index * TILE_WIDTH:(index + 1) * TILE_WIDTH]
            found[level, index] = b"".join(hashes)
            above.append(root_hash(hashes))
        leaves, level = above, level + 1
    return found


# -- Ed25519 (RFC 8032 section 5.1.7) --------------------------------------------------------------------------------

_P = 2 ** 255 - 19
_Q = 2 ** 252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)


def _add(one, two):
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % _P, (one[1] + one[0]) * (two[1] + two[0]) % _P
    c, d = 2 * one[3] * two[3] * _D % _P, 2 * one[2] * two[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _multiply(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _add(result, point)
        point, number = _add(point, point), number >> 1
    return result


def _point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= _P:
        return None
    squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(squared, (_P + 3) // 8, _P)
    if (x * x - squared) % _P:
        x = x * _ROOT % _P
    if (x * x - squared) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


_BASE = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


@functools.lru_cache(maxsize=100_000)
def signature_is_good(public, message, signature):
    """Whether an Ed25519 signature is good."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _point(public), _point(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or number >= _Q:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _Q
    left, right = _multiply(number, _BASE), _add(commitment, _multiply(challenge, key))
    return ((left[0] * right[2] - right[0] * left[2]) % _P == 0
            and (left[1] * right[2] - right[1] * left[2]) % _P == 0)


# -- C2SP signed-note and tlog-checkpoint ----------------------------------------------------------------------------

class Key:
    """A verifier key, `NAME+hex8+base64`; of several lines the first, which is the newest."""

    def __init__(self, text):
        self.name, identity, key = text.split("\n")[0].split("+", 2)
        self.id, data = bytes.fromhex(identity), base64.b64decode(key, validate=True)
        if len(data) != 33 or data[0] != 1:
            raise Broken("not an Ed25519 key")
        self.public = data[1:]
        if self.id != hashlib.sha256(self.name.encode() + b"\n\1" + self.public).digest()[:4]:
            raise Broken("the key's id is not its own")


class Checkpoint:
    """A signed checkpoint, verified."""

    def __init__(self, note, key):
        text, blank, signatures = note.partition("\n\n")
        if not blank or not signatures.endswith("\n"):
            raise Broken("not a signed note: %r" % note[:80])
        text += "\n"
        good = 0
        for line in signatures[:-1].split("\n"):
            dash, name, data = line.split(" ")
            data = base64.b64decode(data, validate=True)
            if dash != "\u2014":
                raise Broken("not a signature: %r" % line)
            if name == key.name and data[:4] == key.id:
                if not signature_is_good(key.public, text.encode(), data[4:]):
                    raise Broken("the signature is bad")
                good += 1
        if not good:
            raise Broken("not signed by the key")
        lines = text.split("\n")
        self.note, self.origin, self.size, self.root = note, lines[0], int(lines[1]), base64.b64decode(lines[2])
        if len(self.root) != 32 or str(self.size) != lines[1]:
            raise Broken("not a checkpoint: %r" % text)


_RECORD = re.compile(rb"@\S+ (\d+)\n")


def kept_checkpoints(path, key):
    """The checkpoints of a file that keeps them outside: each a line `@TIME LENGTH`, and so many bytes of a note.

    A record begins a line. One that a crash cut short, so that the next begins or the file ends within it, is passed
    over; every whole one must verify.
    """
    with open(path, "rb") as file:
        data = file.read()
    matches, found = list(_RECORD.finditer(data)), []
    for match, following in zip(matches, matches[1:] + [None]):
        end = match.end() + int(match[1])
        begins_line = match.start() == 0 or data[match.start() - 1] == 10
        if begins_line and end <= (following.start() if following else len(data)):
            found.append(Checkpoint(data[match.end():end].decode(), key))
    return found


class Log:
    """The leaves of a log, and the root of each size that is asked for."""

    def __init__(self, entries):
        self.leaves = [leaf_hash(entry) for entry in entries]

    def roots(self, sizes):
        """The root of each of some sizes."""
        wanted, tree, found = set(sizes), Tree(), {}
        if 0 in wanted:
            found[0] = EMPTY
        for leaf in self.leaves:
            tree.append(leaf)
            if tree.size in wanted:
                found[tree.size] = tree.root()
        return found
