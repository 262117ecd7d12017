"""What of a request counts: its address in parts, and its body as far as it has a structure."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote_plus, urlsplit

from harness.fields import Field, fields_of, without_border


class Sent(Protocol):
    """The parts of a request that can make it another."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> Sequence[tuple[str, str]]: ...
    @property
    def body(self) -> bytes: ...


class Counted(NamedTuple):
    """What of a request counts; what doesn't is empty."""

    method: str
    scheme: str
    host: str
    port: str
    """Empty for the scheme's own."""

    path: str
    query: tuple[str, ...]
    """The parameters as they are written, sorted."""

    headers: tuple[str, ...]
    """As `name: value`."""

    body: Any
    """A JSON value, also of a form's fields; the bytes of what has no structure."""

    kind: str
    """What kind of fields the body has: `form`, `multipart`; empty for JSON and mere bytes."""

    @property
    def address(self) -> str:
        """The URL, as far as it counts."""
        scheme = f"{self.scheme}://" if self.scheme else ""
        port = f":{self.port}" if self.port else ""
        query = "&".join(self.query)
        return f"{scheme}{self.host}{port}{self.path}{'?' if query else ''}{query}"


def counted(request: Sent) -> Counted:
    """What counts unless something else is declared: all but the scheme and the headers."""
    host, port, path, query = _address(request.url)
    kind, body = _content(request.body)
    return Counted(request.method.upper(), "", host, port, path, query, (), body, kind)


def scheme_of(request: Sent) -> str:
    """`https`."""
    return request.url.partition("://")[0].lower()


def header_lines(request: Sent, name: str = "") -> tuple[str, ...]:
    """The headers of a name, or all of them but cookies.

    The border that an upload draws anew each time is left out. Equal names keep their order.
    """
    lines = [
        (key.lower(), without_border(value))
        for key, value in request.headers
        if key.lower() == name or not (name or key.lower() == "cookie")
    ]
    return tuple(f"{key}: {value}" for key, value in sorted(lines, key=lambda line: line[0]))


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
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is too large to be compared")
    return int(number) if number.is_integer() else number


def _not_json(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


_DECODER = json.JSONDecoder(parse_float=_number, parse_constant=_not_json)
_PORT = re.compile(r"(?P<host>.*?)(?::(?P<port>\d*))?", re.DOTALL)
_PORTS = {"http": "80", "https": "443"}


@lru_cache(maxsize=256)
def _address(url: str) -> tuple[str, str, str, tuple[str, ...]]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, "", "", ()
    match = _PORT.fullmatch(parts.netloc.rpartition("@")[2].lower())
    host, port = (match["host"], match["port"] or "") if match else (parts.netloc, "")
    if port == _PORTS.get(parts.scheme):
        port = ""
    query = tuple(sorted(parts.query.split("&"))) if parts.query else ()
    return host, port, parts.path or "/", query


def _content(body: bytes) -> tuple[str, Any]:
    value = json_of(body)
    if value is not None:
        return "", value
    kind, fields = fields_of(body)
    return kind, by_name(_field(each, kind, body) for each in fields) if kind else body


def _field(field: Field, kind: str, body: bytes) -> tuple[str, Any]:
    content = body[slice(*field.value)]
    if kind == "form":
        return field.name, unquote_plus(content.decode())
    text = _text(content)
    said = {key: body[slice(*span)].decode(errors="replace") for key, span in field.said.items()}
    return field.name, {**said, "content": text} if said else text


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        digest = hashlib.blake2b(content, digest_size=16).hexdigest()
        return f"{len(content)} bytes with the digest {digest}"


def by_name(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Values by name; of a name that comes more than once, all of them in a list."""
    values: dict[str, list[Any]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(value)
    return {name: given[0] if len(given) == 1 else given for name, given in values.items()}
