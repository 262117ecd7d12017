"""Texts by their letters alone: neither case nor what stands between counts, nor how they look."""

import codecs
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from harness.redaction._edits import Edit, positions
from harness.redaction._runs import SHORTEST, digits_of
from harness.redaction.disguises import Escapes

# Of other alphabets what looks like ours. A quote is kept: it parts one text of JSON from the next.
_LOOKS = "аеорсухіјѕһԁԛԝӏАВЕКМНОРСТУХІЈЅԚԜαικνορυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_LIKE = "aeopcyxijshdqwlabekmhopctyxijsqwaiknopuabezhikmnoptyx"
_KEPT = b'"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
_ASCII = bytes(range(128)).decode()
_CODES = codecs.charmap_build((_ASCII + _LOOKS).ljust(256, "\ufffe"))
_SMALL = (_ASCII.lower() + _LIKE).ljust(256).encode()
_BETWEEN = bytes(code for code in range(256) if code < 128 and code not in _KEPT)
_WHITE = (rb"\n", rb"\r", rb"\t")
"""As JSON writes it."""


class Drawn(NamedTuple):
    """A secret that may be drawn in any way."""

    name: str
    letters: bytes
    digits: bytes

    def is_in(self, data: bytes) -> bool:
        """Whether it stands in a text."""
        # Few texts have its digits in a row; of those in other alphabets that is not known.
        may_be = self.digits in digits_of(data) or not data.isascii()
        return may_be and self.letters in letters_of(data)

    def places(self, data: bytes) -> list[tuple[int, int]]:
        """Where it stands in a text, with all that is between its letters."""
        edits = [
            edit
            for apart in _APART(data)
            for start in positions(self.letters, apart.clear.lower())
            for edit in apart.back([Edit(start, start + len(self.letters), b"")])
        ]
        return [(start, end) for start, end, _ in edits]


def drawn(name: str, value: str) -> Drawn | None:
    """What a secret is found by; None if other texts may well have these letters."""
    letters = letters_of(value.encode(errors="surrogatepass"))
    is_telling = len(letters) >= SHORTEST and not letters.isalpha() and not letters.isdigit()
    return Drawn(name, letters, digits_of(letters)) if is_telling else None


# The same data is looked at for several secrets, one after the other.
@lru_cache(maxsize=4)
def letters_of(data: bytes) -> bytes:
    """The letters, digits and quotes of a text, small and in our alphabet; of other data, none."""
    if not data.isascii():
        try:
            text = normalize("NFKD", data.decode())
        except UnicodeDecodeError:
            return b""
        data = codecs.charmap_encode(text, "ignore", _CODES)[0]
    if b"\\" in data:
        for white in _WHITE:
            data = data.replace(white, b"")
    return data.translate(_SMALL, _BETWEEN)


_APART = Escapes(
    b"",
    rb'[\xc2-\xf4][\x80-\xbf]+|\\[nrt]|[^"0-9A-Za-z]',
    lambda match: letters_of(match[0]),
)
