"""Bodies made of fields: forms and uploads.

They are told by themselves: not every recorder keeps the header that says what they are.
"""

import re
from collections.abc import Iterator
from itertools import count, pairwise
from typing import NamedTuple
from urllib.parse import unquote_plus

Headers = tuple[tuple[str, str], ...]
Span = tuple[int, int]


class Field(NamedTuple):
    """A field of a form, or a part of an upload."""

    name: str
    value: Span
    """Where its value stands; of a form's field in the spelling of addresses."""

    said: dict[str, Span]
    """Of a part, what else it says: its `filename`, its `type`."""


_FIELD = rb"[\w.~%+*\[\]-]+=[\w.~%+*!'()@:,;/?$<>-]*"
_FORM = re.compile(rb"%b(?:&%b)*" % (_FIELD, _FIELD))
_PAIR = re.compile(rb"([^&=]+)=([^&]*)")
_BORDER = re.compile(rb"--(?P<border>[^\r\n]{1,70})\r\n")
_PARAMETER = re.compile(rb'\b(?P<key>name|filename)="(?P<value>(?:[^"\\]|\\.)*)"')
_TYPE = re.compile(rb"^content-type:\s*(?P<value>.+?)\s*$", re.IGNORECASE | re.MULTILINE)
_BORDER_IN_HEADER = re.compile(
    r";\s*boundary=(?:\"(?P<quoted>[^\"]+)\"|(?P<plain>[^;\s]+))", re.IGNORECASE
)
_AFTER_HEAD = b"\r\n\r\n"
_LASTING = b"border"


def fields_of(body: bytes) -> tuple[str, list[Field]]:
    """What kind of fields a body has, `form` or `multipart`, and all of them; else nothing."""
    border = _border_of(body)
    if border:
        return "multipart", list(_parts(body, border))
    if _FORM.fullmatch(body):
        pairs = _PAIR.finditer(body)
        return "form", [Field(unquote_plus(pair[1].decode()), pair.span(2), {}) for pair in pairs]
    return "", []


def without_border(header: str) -> str:
    """A content type without the border that an upload draws anew each time."""
    return _BORDER_IN_HEADER.sub("", header)


def with_lasting_border(headers: Headers, body: bytes) -> tuple[Headers, bytes]:
    """An upload with a border that is the same in every recording; all else as it is."""
    border = _border_of(body)
    if not border:
        return headers, body
    lasting = _lasting(border, body)
    renamed = tuple((name, _renamed(value, border, lasting)) for name, value in headers)
    # Where no header tells of this border, it may be none.
    if renamed == headers:
        return headers, body
    return renamed, _delimiter(border).sub(b"--" + lasting, body)


def _border_of(body: bytes) -> bytes:
    match = _BORDER.match(body)
    if match is None or not body.rstrip().endswith(b"--" + match["border"] + b"--"):
        return b""
    return match["border"]


def _delimiter(border: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?:\A|(?<=\r\n))--%b(?=\r\n|--)" % re.escape(border))


def _lasting(border: bytes, body: bytes) -> bytes:
    # What an upload holds may look like one itself.
    names = (_LASTING + b"-%d" % number if number else _LASTING for number in count())
    return next(name for name in names if name == border or b"--" + name not in body)


def _renamed(header: str, border: bytes, lasting: bytes) -> str:
    match = _BORDER_IN_HEADER.search(header)
    if match is None or (match["quoted"] or match["plain"]).encode(errors="replace") != border:
        return header
    return f"{header[: match.start()]}; boundary={lasting.decode()}{header[match.end() :]}"


def _parts(body: bytes, border: bytes) -> Iterator[Field]:
    for before, after in pairwise(_delimiter(border).finditer(body)):
        yield _part(body, before.end() + len(b"\r\n"), after.start() - len(b"\r\n"))


def _part(body: bytes, start: int, end: int) -> Field:
    head = body.find(_AFTER_HEAD, start, end)
    content = end if head < 0 else head + len(_AFTER_HEAD)
    head = end if head < 0 else head
    said = {
        match["key"].decode(): match.span("value")
        for match in _PARAMETER.finditer(body, start, head)
    }
    if type_of_part := _TYPE.search(body, start, head):
        said["type"] = type_of_part.span("value")
    name = slice(*said.pop("name", (start, start)))
    return Field(body[name].decode(errors="replace"), (content, end), said)
