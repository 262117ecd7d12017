"""The match key: a digest of all that makes one request differ from another."""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlsplit


class Sent(Protocol):
    """The parts of a request that can make it another."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def body(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Ignore:
    """Leaves a part of the JSON body out of the key."""

    pointer: str
    """A JSON pointer; `*` stands for every key or position: `/messages/*/name`."""

    def applied(self, body: Any) -> Any:
        """The body without the part."""
        return _changed(body, _steps(self.pointer), lambda _: _LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Normalise:
    """Replaces what a pattern finds in the texts of the JSON body, before the key is made."""

    pattern: str
    """A regular expression: `\\d{4}-\\d\\d-\\d\\d`."""

    replacement: str
    pointer: str = ""
    """Only below this JSON pointer; everywhere if empty."""

    def applied(self, body: Any) -> Any:
        """The body with the texts replaced."""
        pattern = re.compile(self.pattern)
        return _changed(
            body,
            _steps(self.pointer),
            lambda part: _with_texts(part, lambda text: pattern.sub(self.replacement, text)),
        )


KeyPart = Ignore | Normalise
"""A declared exception to "everything counts"."""


class Matcher:
    """Names requests by their content: equal requests, equal names.

    Method, host, path and body count, the query in any order. In a JSON body neither the order of
    keys nor white space counts, nor whether a whole number is written as a fraction; everything
    else does. Headers, the scheme and the fragment don't count.

    Args:
        parts: Exceptions, applied in order.
    """

    def __init__(self, parts: Sequence[KeyPart] = ()) -> None:
        self._parts = tuple(parts)

    def digest(self, request: Sent) -> str:
        """The request's name; it stays the same from version to version."""
        return hashlib.blake2b(self.canonical(request), digest_size=16).hexdigest()

    def canonical(self, request: Sent) -> bytes:
        """What the digest is made of."""
        head = f"{request.method.upper()}\n{_canonical_url(request.url)}\n"
        return head.encode(errors="surrogatepass") + self._canonical_body(request.body)

    def _canonical_body(self, body: bytes) -> bytes:
        value = json_of(body)
        if value is None:
            return body
        for part in self._parts:
            value = part.applied(value)
        return _ENCODER.encode(value).encode(errors="surrogatepass")


def json_of(body: bytes) -> Any:
    """The JSON object or list that a body is; None for any other body."""
    if body.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        return _DECODER.decode(body.decode())
    except (ValueError, RecursionError):
        return None


def _number(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number


def _not_json(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


_DECODER = json.JSONDecoder(parse_float=_number, parse_constant=_not_json)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@lru_cache(maxsize=256)
def _canonical_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    host = parts.netloc.rpartition("@")[2].lower()
    for scheme, port in (("http", ":80"), ("https", ":443")):
        if parts.scheme == scheme:
            host = host.removesuffix(port)
    query = "&".join(sorted(parts.query.split("&")))
    return f"{host}{parts.path or '/'}{'?' if query else ''}{query}"


_LEFT_OUT = object()


def _steps(pointer: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _changed(value: Any, steps: Sequence[str], change: Callable[[Any], Any]) -> Any:
    """A copy in which the parts that the steps lead to are changed, or left out."""
    if not steps:
        return change(value)
    step, rest = steps[0], steps[1:]
    if isinstance(value, dict):
        changed = {
            key: _changed(inner, rest, change) if step in ("*", key) else inner
            for key, inner in value.items()
        }
        return {key: inner for key, inner in changed.items() if inner is not _LEFT_OUT}
    if isinstance(value, list):
        items = [
            _changed(inner, rest, change) if step in ("*", str(position)) else inner
            for position, inner in enumerate(value)
        ]
        return [inner for inner in items if inner is not _LEFT_OUT]
    return value


def _with_texts(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _with_texts(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_texts(inner, change) for inner in value]
    return value
