"""The match key: a digest of all that makes one request differ from another."""

import hashlib
import json
from collections.abc import Sequence

from harness.matching._content import Counted, Sent, counted
from harness.matching._parsing import parse_key_part
from harness.matching._parts import KeyPart


class Matcher:
    """Names requests by their content: equal requests, equal names.

    Method, host, path and body count, the query in any order. In a JSON body neither the order of
    keys nor white space counts, nor whether a whole number is written as a fraction; of a form
    neither the order of its fields nor the border between them does. Headers, the scheme and the
    fragment don't count.

    Args:
        parts: Exceptions, applied in order; a text is read by `parse_key_part`.

    Raises:
        UsageError: A text is no key part.
    """

    def __init__(self, parts: Sequence[KeyPart | str] = ()) -> None:
        several = [parts] if isinstance(parts, str) else parts
        self._parts = tuple(
            parse_key_part(part) if isinstance(part, str) else part for part in several
        )

    @property
    def headers(self) -> frozenset[str]:
        """The headers that count by name, so that a cassette must keep them."""
        return frozenset(name for part in self._parts for name in part.headers)

    def digest(self, request: Sent) -> str:
        """The request's name; it stays the same from version to version."""
        return hashlib.blake2b(self.canonical(request), digest_size=16).hexdigest()

    def canonical(self, request: Sent) -> bytes:
        """What the digest is made of."""
        what = self.counted(request)
        lines = (f"{what.method}\n{what.address}\n", *(f"{line}\0" for line in what.headers))
        return "".join(lines).encode(errors="surrogatepass") + _canonical_body(what)

    def counted(self, request: Sent) -> Counted:
        """What of the request counts here."""
        what = counted(request)
        for part in self._parts:
            what = part.applied(what, request)
        return what


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _canonical_body(what: Counted) -> bytes:
    if isinstance(what.body, bytes):
        return what.body
    return f"{what.kind}{_ENCODER.encode(what.body)}".encode(errors="surrogatepass")
