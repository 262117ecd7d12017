"""What of a request counts: its address in parts, and its body as far as it has a structure."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlsplit


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
    """The headers of a name, or all of them, without the border that a form draws anew each time.

    Equal names keep their order.
    """
    lines = [
        (key.lower(), _BORDER_IN_HEADER.sub("", value))
        for key, value in request.headers
        if name in ("", key.lower())
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


# Bodies are told by themselves: not every recorder keeps the header that says what they are.
_FIELD = rb"[\w.~%+*\[\]-]+=[\w.~%+*!'()@:,;/?$<>-]*"
_FORM = re.compile(rb"%b(?:&%b)*" % (_FIELD, _FIELD))
_BORDER = re.compile(rb"--(?P<border>[^\r\n]{1,70})\r\n")
_BORDER_IN_HEADER = re.compile(r";\s*boundary=(?:\"[^\"]+\"|[^;\s]+)", re.IGNORECASE)
_PARAMETER = re.compile(rb'\b(name|filename)="((?:[^"\\]|\\.)*)"')
_PART_TYPE = re.compile(rb"^content-type:\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)


def _content(body: bytes) -> tuple[str, Any]:
    value = json_of(body)
    if value is not None:
        return "", value
    border = _BORDER.match(body)
    if border and body.rstrip().endswith(b"--" + border["border"] + b"--"):
        return "multipart", _by_name(_parts(body, border["border"]))
    if _FORM.fullmatch(body):
        return "form", _by_name(parse_qsl(body.decode(), keep_blank_values=True))
    return "", body


def _parts(body: bytes, border: bytes) -> Iterator[tuple[str, Any]]:
    for piece in body.split(b"--" + border)[1:-1]:
        yield _part(piece)


def _part(piece: bytes) -> tuple[str, Any]:
    head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    content = content.removesuffix(b"\r\n")
    said = {key.decode(): value.decode(errors="replace") for key, value in _PARAMETER.findall(head)}
    name = said.pop("name", "")
    if type_of_part := _PART_TYPE.search(head):
        said["type"] = type_of_part[1].decode(errors="replace")
    text = _text(content)
    return name, {**said, "content": text} if said else text


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        digest = hashlib.blake2b(content, digest_size=16).hexdigest()
        return f"{len(content)} bytes with the digest {digest}"


def _by_name(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, list[Any]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(value)
    return {name: given[0] if len(given) == 1 else given for name, given in values.items()}
