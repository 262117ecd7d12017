"""Secrets in files that are there already: cassettes of any recorder, and whatever else is text."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from harness.errors import CassetteError, UnreadableCassette
from harness.formats import Source, loaded
from harness.interactions import Cassette, Headers, Interaction, Request, Response
from harness.redaction import (
    ACCOUNT_HEADERS,
    KnownSecrets,
    Revealed,
    credentials_in,
    find_in_addresses,
    is_telling,
    secrets_in,
)

# What recorders and people write in a secret's place.
_STAND_IN = re.compile(
    r"\[.*\]|.*(?:<[\w .:-]+>|xxx|\*\*\*|\.\.\.|redact|filter|scrub|dummy|fake|mock|example|test"
    r"|placeholder|your[_-]|not[_-]a[_-]).*",
    re.IGNORECASE | re.DOTALL,
)
_PACKED = ("br", "compress", "deflate", "gzip", "zstd")


class Finding(NamedTuple):
    """A secret in a file."""

    place: str
    """`interaction 3, response headers`, `file name`; empty for what only the file's text shows."""

    kind: str
    """`header`, `address`, or `text`; `packed` is a body that can't be looked into."""

    name: str
    """Which: a header's name, `api-key`, the name by which it is known; of `packed`, how."""

    line: int
    """In the file, from 1; of the interaction, where the secret stands in a disguise."""

    shown: str
    """So much of it that its owner knows it: `sk-p… (51 characters)`."""


def findings(path: Path, known: Mapping[str, str] | None = None) -> list[Finding]:
    """The secrets in a file, in the order of its lines.

    Ids that only link to a vendor's logs are none, nor is what stands where a secret was.

    Args:
        path: A cassette in any format, or any other file.
        known: Secrets to look for by their values, by name.

    Raises:
        UnreadableCassette: There is no such file.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableCassette(path, error.strerror or "can't be read") from error
    lines = _Lines(path, data)
    secrets = KnownSecrets((known or {}).items())
    found = [
        Finding(place, kind, revealed.name, lines.of(revealed.secret, number), _shown(revealed))
        for place, kind, revealed, number in _found(_cassette(path, data), secrets)
    ]
    # A parameter of a test is part of its cassette's name.
    for revealed in secrets_in(path.name.encode(errors="replace"), secrets):
        if not _is_stand_in(revealed):
            found.append(Finding("file name", "text", revealed.name, 1, _shown(revealed)))
    # The text has more than the interactions: comments, keys that are not read, other formats.
    seen = tuple(lines.looked_for)
    for revealed in secrets_in(data, secrets):
        is_seen = any(each in revealed.secret or revealed.secret in each for each in seen)
        if not is_seen and not _is_stand_in(revealed):
            line = lines.of(revealed.secret, 0)
            found.append(Finding("", "text", revealed.name, line, _shown(revealed)))
    return sorted(found, key=lambda finding: finding.line)


class _Lines:
    """Where in a file secrets stand."""

    def __init__(self, path: Path, data: bytes) -> None:
        self._source, self._data = Source(path, data), data
        self._end_by_secret: dict[bytes, int] = {}

    @property
    def looked_for(self) -> Iterable[bytes]:
        """All secrets so far."""
        return self._end_by_secret

    def of(self, secret: bytes, number: int) -> int:
        """The line of the next occurrence of a secret, or else of an interaction, from 1."""
        start = self._data.find(secret, self._end_by_secret.get(secret, 0))
        if start < 0:
            self._end_by_secret.setdefault(secret, 0)
            return self._line_of(number) if number else 1
        self._end_by_secret[secret] = start + len(secret)
        return self._data.count(b"\n", 0, start) + 1

    def _line_of(self, number: int) -> int:
        return self._source.problem("", ("interactions", number - 1)).line or 1


def _cassette(path: Path, data: bytes) -> Cassette:
    try:
        return loaded(Source(path, data))
    except CassetteError:
        # Then its text is all that there is.
        return Cassette()


_Found = tuple[str, str, Revealed, int]


def _found(cassette: Cassette, known: KnownSecrets) -> Iterator[_Found]:
    for number, interaction in enumerate(cassette.interactions, start=1):
        for place, kind, revealed in _in(interaction, known):
            if not _is_stand_in(revealed):
                yield f"interaction {number}, {place}", kind, revealed, number


def _in(interaction: Interaction, known: KnownSecrets) -> Iterator[tuple[str, str, Revealed]]:
    request, response = interaction.request, interaction.response
    address = request.url.encode(errors="replace")
    for name, start, end in find_in_addresses(address):
        if is_telling(request.url[start:end]):
            yield "request address", "address", Revealed(name, address[start:end])
    for revealed in secrets_in(address, known):
        yield "request address", "text", revealed
    yield from _in_message("request", request, known)
    if isinstance(response, Response):
        yield from _in_message("response", response, known)
    for revealed in secrets_in(repr(response.ending).encode(errors="replace"), known):
        yield "failure", "text", revealed


def _in_message(
    side: str, message: Request | Response, known: KnownSecrets
) -> Iterator[tuple[str, str, Revealed]]:
    for name, value in _secret_headers(message.headers):
        yield f"{side} headers", "header", Revealed(name, value.encode(errors="replace"))
    for name, value in message.headers:
        if name.lower() not in ACCOUNT_HEADERS:
            for revealed in secrets_in(value.encode(errors="replace"), known):
                yield f"{side} headers", "text", revealed
    body = message.body if isinstance(message, Request) else message.content
    for revealed in secrets_in(body, known):
        yield f"{side} body", "text", revealed
    for name, value in message.headers:
        if name.lower() == "content-encoding" and value.strip() in _PACKED and _is_binary(body):
            yield f"{side} body", "packed", Revealed(value.strip(), b"")


def _secret_headers(headers: Headers) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        name = name.lower()
        if name not in ACCOUNT_HEADERS:
            continue
        if name.startswith(("openai-", "anthropic-")):
            yield name, value
            continue
        # Behind the cookie itself stand its dates and places.
        shown = value.partition(";")[0] if name == "set-cookie" else value
        for credential in credentials_in([(name, shown)], ACCOUNT_HEADERS).values():
            yield name, credential


def _is_stand_in(revealed: Revealed) -> bool:
    return bool(_STAND_IN.fullmatch(revealed.secret.decode(errors="replace")))


def _is_binary(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return True
    return False


def _shown(revealed: Revealed) -> str:
    text = revealed.secret.decode(errors="replace")
    if not text:
        return ""
    return f"{text[:4] if len(text) >= 16 else ''}… ({len(text)} characters)"
