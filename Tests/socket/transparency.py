"""RFC 6962 trees, signed notes and tlog-tiles, written from their specifications alone, with Python's standard library."""

import base64
import hashlib


def leaf(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root(hashes):
    """The root of a tree over leaf hashes (RFC 6962 section 2.1)."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    stack = []
    for count, value in enumerate(hashes, 1):
        stack.append(value)
        while count % 2 == 0:
            right = stack.pop()
            stack.append(node(stack.pop(), right))
            count //= 2
    while len(stack) > 1:
        right = stack.pop()
        stack.append(node(stack.pop(), right))
    return stack[0]


# Ed25519 (RFC 8032 section 6)

_P = 2**255 - 19
_Q = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)


def _add(left, right):
    a = (left[1] - left[0]) * (right[1] - right[0]) % _P
    b = (left[1] + left[0]) * (right[1] + right[0]) % _P
    c = 2 * left[3] * right[3] * _D % _P
    d = 2 * left[2] * right[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _I % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


def is_signed(public, message, signature):
    """Whether an Ed25519 signature is good."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= _Q:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    left = _multiply(s, _BASE)
    right = _add(r, _multiply(int.from_bytes(digest, "little") % _Q, a))
    return ((left[0] * right[2] - right[0] * left[2]) % _P == 0
            and (left[1] * right[2] - right[1] * left[2]) % _P == 0)


# Notes and checkpoints

def read_note(note, key):
    """The text of a note that the verifier key has signed; raises where it has not."""
    name, key_id, encoded = key.split("+", 2)
    material = base64.b64decode(encoded, validate=True)
    if material[0] != 1 or hashlib.sha256(name.encode() + b"\n" + material).digest()[:4].hex() != key_id:
        raise ValueError("not an Ed25519 verifier key")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        dash, signer, blob = line.split(" ")
        data = base64.b64decode(blob, validate=True)
        if dash == "\u2014" and signer == name and data[:4].hex() == key_id:
            if is_signed(material[1:], text.encode(), data[4:]):
                return text
            raise ValueError("the key's signature is not good")
    raise ValueError("the key has not signed the note")


def read_checkpoint(note, key):
    """Origin, size and root of a signed checkpoint."""
    origin, size, encoded = read_note(note, key).split("\n")[:3]
    return origin, int(size), base64.b64decode(encoded, validate=True)


# Tiles

def tile_path(level, index, width):
    groups = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        groups.insert(0, "x%03d" % (index % 1000))
    return "tile/%s/%s%s" % (level, "/".join(groups), "" if width == 256 else ".p/%d" % width)


def split_bundle(data):
    entries = []
    while data:
        length = int.from_bytes(data[:2], "big")
        if len(data) < 2 + length:
            raise ValueError("a bundle ends within an entry")
        entries.append(data[2:2 + length])
        data = data[2 + length:]
    return entries


def paths(count, level):
    """The paths of a level with so many hashes, with their widths."""
    for index in range((count + 255) // 256):
        width = min(256, count - index * 256)
        yield tile_path(level, index, width), width


def verify(files, key, missing=0):
    """Verifies a log's files, a dictionary by path, down to its entries; gives them, None for those of a missing bundle.

    Every tile must be there and nothing else; as many bundles as `missing` says may be away."""
    left = dict(files)
    origin, size, wanted = read_checkpoint(left.pop("checkpoint").decode(), key)
    hashes, level, lower = [], 0, None
    while size >> 8 * level:
        current = []
        for path, width in paths(size >> 8 * level, level):
            data = left.pop(path)
            if len(data) != 32 * width:
                raise ValueError(path + " has a wrong length")
            current += [data[place:place + 32] for place in range(0, len(data), 32)]
        if lower is not None:
            for index, value in enumerate(current):
                if root(lower[256 * index:256 * index + 256]) != value:
                    raise ValueError("level %d, hash %d does not fit the level below" % (level, index))
        if level == 0:
            hashes = current
        lower, level = current, level + 1
    if root(hashes) != wanted:
        raise ValueError("the root is not the checkpoint's")
    entries = []
    for path, width in paths(size, "entries"):
        data = left.pop(path, None)
        bundle = [None] * width if data is None else split_bundle(data)
        missing -= data is None
        if len(bundle) != width:
            raise ValueError(path + " has a wrong count of entries")
        for entry in bundle:
            if entry is not None and leaf(entry) != hashes[len(entries)]:
                raise ValueError("entry %d is not the one of the tree" % len(entries))
            entries.append(entry)
    if left or missing:
        raise ValueError("files that do not belong: %s; bundles missing: %d" % (sorted(left), -missing))
    return origin, entries
