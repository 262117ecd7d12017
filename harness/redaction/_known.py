"""Secrets whose values this process knows, and every spelling in which they could get out."""

import base64
import codecs
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from json import dumps
from urllib.parse import quote, quote_plus, unquote

from harness.redaction._edits import positions
from harness.redaction._letters import Drawn, drawn
from harness.redaction._patterns import Found
from harness.redaction._runs import SHORTEST, is_token, long_runs
from harness.redaction.disguises import EVERY, forms_of

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:API_?KEY|KEY|SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)(?:_|$|\d)"
    r"|(?:API_?KEY|TOKEN|PASSWORD|_PASS|_PWD|_AUTH|_BEARER)$",
    re.IGNORECASE,
)
# Addresses of databases and brokers, and what Azure calls a connection string.
_IN_VALUE = re.compile(
    r"://[^/?#@\s:]*:(?P<login>[^/?#@\s]+)@"
    r"|(?:^|;)(?:AccountKey|SharedAccessKey|Password|Pwd) *=(?P<part>[^;]+)",
    re.IGNORECASE,
)
CREDENTIAL_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "api-key",
        "x-api-key",
        "x-goog-api-key",
        "x-auth-token",
        "x-amz-security-token",
        "cookie",
    }
)
"""Headers whose values let in whoever has them."""

# A header's value is a scheme and a credential, or `name=value` pairs.
_SCHEME = re.compile(r"\A[A-Za-z0-9-]+ +")
_PART = re.compile(r"[^\s;,=\"]+")
_NAMES_A_PLACE = re.compile(r"_(?:FILE|PATH|DIR|URL|NAME|ID)$", re.IGNORECASE)


def secrets_among(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that hold a secret, and it: the value, or the password inside of it.

    A variable does if its name says so, or if its value is an address with a password or a
    connection string; and if the secret is one that can be searched for.
    """
    found = {name: _secret_of(name, value) for name, value in sorted(environment.items())}
    return {name: secret for name, secret in found.items() if is_telling(secret)}


def _secret_of(name: str, value: str) -> str:
    if match := _IN_VALUE.search(value):
        return unquote(match["login"] or "") or match["part"]
    is_named_so = _SECRET_NAME.search(name) and not _NAMES_A_PLACE.search(name)
    return value if is_named_so else ""


def is_telling(value: str) -> bool:
    """Whether a value can be searched for: `test` or `postgres` would be found in ordinary text."""
    mixed = any(map(str.isalpha, value)) and any(map(str.isdigit, value))
    return len(value) >= 20 or (len(value) >= 8 and mixed)


def credentials_in(
    headers: Sequence[tuple[str, str]], names: Collection[str] = CREDENTIAL_HEADERS
) -> dict[str, str]:
    """The secrets that a request sends in its headers, by header.

    Args:
        headers: What it sends.
        names: The headers that hold credentials, in lower case.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() in names:
            parts = [
                part
                for part in _PART.findall(_SCHEME.sub("", value))
                # Amazon's signatures list the headers that they are about.
                if is_telling(part) and not part.startswith("x-amz-")
            ]
            parts += _password_in(value)
            for number, part in enumerate(parts):
                found[name.lower() + (f".{number + 1}" if number else "")] = part
    return found


def _password_in(value: str) -> list[str]:
    """The password of a login for basic authentication, if it can be searched for."""
    scheme, _, login = value.partition(" ")
    if scheme.lower() != "basic":
        return []
    try:
        password = base64.b64decode(login).decode().partition(":")[2]
    except ValueError:
        return []
    return [password] if is_telling(password) else []


class KnownSecrets:
    """Secrets by the name of where they are known from: a header's or a variable's.

    Args:
        secrets: A name and a value each; of two names for one value, the first counts.
    """

    def __init__(self, secrets: Iterable[tuple[str, str]] = ()) -> None:
        self._name_by_spelling: dict[bytes, str] = {}
        self._drawn: list[Drawn] = []
        for name, value in secrets:
            if one := drawn(name, value):
                self._drawn.append(one)
            for spelling in _spellings(value):
                self._name_by_spelling.setdefault(spelling, name)
        # What was searched a moment ago is mostly what is searched next.
        self._clean: deque[bytes] = deque(maxlen=16)
        self._tokens: list[bytes] = []
        self._phrases: list[bytes] = []
        for each in self._name_by_spelling:
            is_run = len(each) >= SHORTEST and is_token(each)
            (self._tokens if is_run else self._phrases).append(each)

    def find(self, data: bytes) -> Iterator[Found]:
        """Every place where a secret stands, in its own letters or in a usual spelling.

        Where there is none, also where one has been drawn otherwise.
        """
        spellings = list(self._spellings_in(data))
        for spelling in spellings:
            for start in positions(spelling, data):
                yield Found(self._name_by_spelling[spelling], start, start + len(spelling))
        for each in () if spellings else self._drawn_in(data):
            for start, end in each.places(data):
                yield Found(each.name, start, end)

    def name_in(self, data: bytes) -> str | None:
        """The name of a secret that stands in the bytes, in whatever disguise."""
        if data in self._clean:
            return None
        return next((name for form in forms_of(data, EVERY) for name in self._names_in(form)), None)

    def vouch_for(self, data: bytes) -> None:
        """Takes note that `find` found nothing in the bytes, nor below any disguise."""
        self._clean.append(data)

    def _names_in(self, data: bytes) -> Iterator[str]:
        yield from (self._name_by_spelling[each] for each in self._spellings_in(data))
        yield from (each.name for each in self._drawn_in(data))

    def _drawn_in(self, data: bytes) -> Iterator[Drawn]:
        return (each for each in self._drawn if each.is_in(data))

    def _spellings_in(self, data: bytes) -> Iterator[bytes]:
        runs = long_runs(data)
        if runs:
            yield from (each for each in self._tokens if each in runs)
        yield from (each for each in self._phrases if each in data)


def _spellings(value: str) -> Iterator[bytes]:
    """A value, also backwards, in ROT13, in JSON at some depth, in URLs, as base64 at any offset.

    Other disguises are taken off before a search; these are what may stand inside of other text.
    """
    raw = value.encode(errors="surrogatepass")
    for text in (*_in_json(value, depth=3), *_in_json(value[::-1], depth=3)):
        yield text.encode(errors="surrogatepass")
    yield codecs.encode(value, "rot13").encode(errors="surrogatepass")
    yield quote(raw, safe="").encode()
    yield quote_plus(raw).encode()
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for offset in range(3):
        # Only the characters that no neighbour of the value takes part in.
        encoded = base64.b64encode(b"\0" * offset + raw)
        first = (offset * 8 + 5) // 6
        core = encoded[first : (offset + len(raw)) * 8 // 6]
        yield core
        yield core.translate(bytes.maketrans(b"+/", b"-_"))


def _in_json(value: str, depth: int) -> Iterator[str]:
    """A value in JSON, in JSON that is a text in JSON, and so on."""
    yield value
    if depth:
        for ascii_alone in (True, False):
            yield from _in_json(dumps(value, ensure_ascii=ascii_alone)[1:-1], depth - 1)
