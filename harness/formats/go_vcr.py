"""Cassettes of go-vcr, in its formats 1 and 2: the latter is that of its versions 2 to 4.

Held against the recordings of Fantasy, in format 2; format 1 is a part of that.
"""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, TypeAdapter

from harness.formats._foreign import (
    BodyOf,
    HeadersOf,
    Record,
    StatusCode,
    interactions_of,
    numbered,
    response,
)
from harness.formats._source import Format, Source
from harness.interactions import Cassette, Header, Interaction, Request

_NANOSECONDS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9,
                "m": 60 * 10**9, "h": 3600 * 10**9}  # fmt: skip
_UNITS = "|".join(_NANOSECONDS)
_PART = re.compile(rf"([0-9]{{1,18}}(?:\.[0-9]*)?)({_UNITS})(?![a-zµμ])")


def _duration_ns(stored: Any) -> int:
    """Go's way to write a duration: `1m2.5s`; at first it was a number of nanoseconds."""
    if isinstance(stored, int):
        return max(0, stored)
    parts = _PART.findall(stored) if isinstance(stored, str) else ()
    return round(sum(float(number) * _NANOSECONDS[unit] for number, unit in parts))


class _Request(Record):
    url: str
    method: Annotated[str, BeforeValidator(lambda method: method or "GET")] = "GET"
    """In Go, an empty method is GET."""

    headers: HeadersOf = ()
    body: BodyOf = b""


class _Response(Record):
    code: StatusCode
    headers: HeadersOf = ()
    body: BodyOf = b""
    duration: Annotated[int, PlainValidator(_duration_ns)] = 0


class _Interaction(Record):
    request: _Request
    response: _Response


_INTERACTION = TypeAdapter(_Interaction)


def recognises(source: Source) -> bool:
    """Whether the file has go-vcr's layout."""
    match source.tree:
        case {"interactions": [{"request": {"url": _}}, *_]}:
            return True
        case {"interactions": [{"response": {"code": _}}, *_]}:
            return True
    return False


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged.
    """
    listed = numbered(source.tree["interactions"], "interactions")
    return Cassette(Header(by="go-vcr"), interactions_of(source, listed, _INTERACTION, _made))


FORMAT = Format("go-vcr", ("interactions",), recognises, read)


def _made(each: _Interaction) -> Interaction:
    asked, answered = each.request, each.response
    return Interaction(
        Request(asked.method, asked.url, asked.headers, asked.body),
        response(answered.code, answered.headers, answered.body, answered.duration),
    )
