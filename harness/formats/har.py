"""HTTP archives, as browsers and proxies save them: HAR 1.1 and 1.2.

Held against the standard, and what Polly 6 writes.
"""

import json
from http.client import NOT_MODIFIED
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field, PlainValidator, TypeAdapter

from harness.formats._bodies import from_base64, from_json
from harness.formats._foreign import HeadersOf, Record, response
from harness.formats._source import Format, Source
from harness.interactions import (
    Cassette,
    Failure,
    Header,
    Headers,
    Interaction,
    Request,
    Response,
    Unanswered,
)


def _milliseconds(time: Any) -> int:
    is_time = isinstance(time, int | float) and 0 < time < 10**12
    return round(time * 10**6) if is_time else 0


def _size(size: Any) -> int:
    return size if isinstance(size, int) else 0


class _Pair(Record):
    name: str
    value: str = ""


class _Posted(Record):
    text: str | None = None
    parsed: Any = Field(default=None, alias="textJSON")
    """In place of `text`, in archives that Polly wrote for people to read."""

    encoding: str | None = None
    params: list[_Pair] | None = None


class _Request(Record):
    method: str
    url: str
    headers: HeadersOf = ()
    posted: _Posted | None = Field(default=None, alias="postData")


class _Content(Record):
    text: str | None = None
    encoding: str | None = None
    size: Annotated[int, PlainValidator(_size)] = 0
    is_binary: bool = Field(default=False, alias="_isBinary")
    """Whether Polly wrote hex digits, before it wrote base64."""

    file: str | None = Field(default=None, alias="_file")


class _Response(Record):
    status: Annotated[int, Field(ge=0, le=999)]
    """0 when no answer came."""

    headers: HeadersOf = ()
    content: _Content = _Content()
    error: str | None = Field(default=None, alias="_error")


class _Entry(Record):
    request: _Request
    response: _Response
    started: str = Field(default="", alias="startedDateTime")
    duration_ns: Annotated[int, PlainValidator(_milliseconds)] = Field(default=0, alias="time")


class _Creator(Record):
    name: str = "HAR"
    version: str = ""


_ENTRY = TypeAdapter(_Entry)
_CREATOR = TypeAdapter(_Creator)


def recognises(source: Source) -> bool:
    """Whether the file is an archive."""
    match source.tree:
        case {"log": {"entries": _} | {"creator": _}}:
            return True
    return False


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged, or its bodies lie in files of their own.
    """
    log = source.tree["log"]
    entries = log.get("entries")
    if not isinstance(entries, list):
        raise source.problem("the archive has no list of entries", ("log", "entries"))
    interactions, days = [], []
    for number, tree in enumerate(entries):
        entry = source.validated(_ENTRY, tree, ("log", "entries", number))
        with source.reading(("log", "entries", number)):
            interactions.append(Interaction(_request(entry.request), _response(entry)))
        days.append(entry.started[:10])
    creator = source.validated(_CREATOR, log.get("creator") or {}, ("log", "creator"))
    by = f"{creator.name} {creator.version}".strip()
    return Cassette(Header(recorded=max(days, default=""), by=by), tuple(interactions))


FORMAT = Format("HAR", ("log",), recognises, read)


def _request(asked: _Request) -> Request:
    return Request(asked.method.upper(), asked.url, _real(asked.headers), _posted(asked.posted))


def _posted(posted: _Posted | None) -> bytes:
    if posted is None:
        return b""
    if posted.text is None and posted.parsed is not None:
        return from_json(posted.parsed)
    if posted.text is None:
        return urlencode([(pair.name, pair.value) for pair in posted.params or ()]).encode()
    return from_base64(posted.text) if posted.encoding == "base64" else posted.text.encode()


def _response(entry: _Entry) -> Response | Unanswered:
    answered, content = entry.response, entry.response.content
    if not answered.status:
        failure = Failure("NetworkError", answered.error or "no answer")
        return Unanswered(failure, entry.duration_ns)
    if content.file is not None and content.text is None:
        raise ValueError(f"the body lies in a file of its own, {content.file}; save them as one")
    if content.text is None and content.size > 0 and answered.status != NOT_MODIFIED:
        # Browsers leave out long bodies, and streams.
        return Unanswered(Failure("ReadError", "the archive lacks this body"), entry.duration_ns)
    return response(answered.status, _real(answered.headers), _body(content), entry.duration_ns)


def _body(content: _Content) -> bytes:
    text = content.text or ""
    if content.encoding != "base64" and not content.is_binary:
        return text.encode()
    # Polly keeps the pieces in which a body came.
    pieces = json.loads(text) if text.startswith("[") else [text]
    decoded = from_base64 if content.encoding == "base64" else bytes.fromhex
    return b"".join(decoded(str(piece)) for piece in pieces)


def _real(headers: Headers) -> Headers:
    """Without those that HTTP/2 has in place of a request line."""
    return tuple((name, value) for name, value in headers if not name.startswith(":"))
