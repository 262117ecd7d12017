"""What stands in a secret's place."""

import hashlib
import re

PLACEHOLDER = re.compile(rb"<secret:([A-Za-z0-9_.-]+)(?::[0-9a-f]{4}(?:[0-9a-f]{8})?)?>")
"""What it is that stands there; its group is the secret's name."""

_SHORT = re.compile(rb"<secret:[A-Za-z0-9_.-]+:[0-9a-f]{4}>")
_FIXED_KEY = b"agentchat-harness"


class Placeholders:
    """Makes what stands for secrets, the same in every process.

    A secret that is known by name gives one without a digest, since its value may change. One that
    was told by its vendor's form has over 80 random bits, so that 48 bits of digest tell two
    of a kind apart and are of no use for guessing. What a user's rule removes may be as easy to
    guess as an age: it only has a digest if there is a key to make it with.

    Args:
        key: For the digests of what users' rules remove; empty for none.
    """

    def __init__(self, key: bytes = b"") -> None:
        self._key = key
        self._met: set[bytes] = set()

    def meet(self, data: bytes) -> None:
        """Goes on with the short digests of an older cassette, where one holds such."""
        self._met.update(_SHORT.findall(data))

    def named(self, name: str) -> bytes:
        """What stands for a secret whose value may change."""
        return f"<secret:{name}>".encode()

    def told_apart(self, name: str, secret: bytes) -> bytes:
        """What stands for a secret of a kind that is hard to guess."""
        start, rest = (
            hashlib.blake2b(secret, key=_FIXED_KEY, digest_size=size).hexdigest() for size in (2, 4)
        )
        short = f"<secret:{name}:{start}>".encode()
        return short if short in self._met else f"<secret:{name}:{start}{rest}>".encode()

    def by_rule(self, name: str, secret: bytes) -> bytes:
        """What stands for what a user's rule removes."""
        if not self._key:
            return self.named(name)
        digest = hashlib.blake2b(secret, key=self._key[:64], digest_size=6).hexdigest()
        return f"<secret:{name}:{digest}>".encode()
