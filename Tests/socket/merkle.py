"""Proofs of RFC 6962 trees and C2SP tlog-proof, checked as their specifications say."""

import base64
import hashlib
import re

import transparency
from transparency import leaf, node

HASH = 32


def includes(entry, index, size, proof, top):
    """Whether a proof leads from an entry to a root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or any(len(one) != HASH for one in proof):
        return False
    at, last, value = index, size - 1, leaf(entry)
    for one in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            value = node(one, value)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            value = node(value, one)
        at, last = at >> 1, last >> 1
    return last == 0 and value == top


def extends(old_size, old_root, size, top, proof):
    """Whether a proof leads from the root of a tree to that of a later one (RFC 9162 section 2.1.4.2)."""
    if any(len(one) != HASH for one in proof) or not 0 <= old_size <= size:
        return False
    if old_size == 0:
        return not proof and old_root == hashlib.sha256(b"").digest()
    if old_size == size:
        return not proof and old_root == top
    proof = list(proof)
    if old_size & old_size - 1 == 0:
        proof.insert(0, old_root)
    if not proof:
        return False
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = proof[0]
    for one in proof[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node(one, first), node(one, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node(second, one)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == top


class Proof:
    """The text of a proof (c2sp.org/tlog-proof@v1), whose checkpoint a verifier key has signed."""

    def __init__(self, text, key):
        head, note = text.split("\n\n", 1)
        lines = head.split("\n")
        assert lines[0] == "c2sp.org/tlog-proof@v1", text
        match = re.fullmatch(r"index (0|[1-9][0-9]*)", lines[1])
        assert match, text
        self.index = int(match.group(1))
        self.hashes = [base64.b64decode(line, validate=True) for line in lines[2:]]
        assert all(len(one) == HASH for one in self.hashes), text
        self.note = note
        self.origin, self.size, self.root = transparency.read_checkpoint(note, key)

    def proves(self, entry, index=None, size=None, hashes=None, root=None):
        """Whether it proves an entry; parts can be put in place of its own."""
        return includes(
            entry, self.index if index is None else index, self.size if size is None else size,
            self.hashes if hashes is None else hashes, root or self.root)
