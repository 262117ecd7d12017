"""Recordings of Llama Stack: one JSON file a call, what the SDK gave with the names of its classes.

What came over HTTP is made of it again: JSON, server-sent events, or Ollama's lines.
"""

from typing import Any

from pydantic import TypeAdapter

from harness.formats._bodies import from_json
from harness.formats._foreign import BodyOf, HeadersOf, Record, interactions_of
from harness.formats._source import Format, Source
from harness.interactions import Cassette, Chunk, Header, Interaction, Request, Response

_CLASS, _FIELDS = "__type__", "__data__"
_OLLAMA = "ollama."


class _Request(Record):
    method: str = "POST"
    url: str
    headers: HeadersOf = ()
    body: BodyOf = b""


class _Response(Record):
    body: Any
    is_streaming: bool = False


class _Call(Record):
    request: _Request
    response: _Response


_CALL = TypeAdapter(_Call)


def recognises(source: Source) -> bool:
    """Whether the file has the layout of Llama Stack's recordings."""
    match source.tree:
        case {"request": {"url": _}, "response": {"body": {"__type__": str()}}}:
            return True
        case {"request": {"url": _}, "response": {"is_streaming": bool()}}:
            return True
    return False


def read(source: Source) -> Cassette:
    """The cassette: one interaction.

    Raises:
        UnreadableCassette: It is damaged.
    """
    interactions = interactions_of(source, [((), source.tree)], _CALL, _made)
    return Cassette(Header(by="Llama Stack"), interactions)


FORMAT = Format("Llama Stack", (), recognises, read)


def _made(call: _Call) -> Interaction:
    asked, said = call.request, call.response
    request = Request(asked.method.upper(), asked.url, asked.headers, asked.body)
    if isinstance(said.body, list) and said.is_streaming:
        return Interaction(request, _streamed(said.body))
    headers = (("content-type", "application/json"),)
    return Interaction(request, Response(200, headers, from_json(_plain(said.body)), duration_ns=0))


def _streamed(items: list[Any]) -> Response:
    if _is_ollama(items):
        kind, pieces = "application/x-ndjson", [from_json(_plain(each)) + b"\n" for each in items]
    else:
        kind = "text/event-stream"
        pieces = [b"data: " + from_json(_plain(each)) + b"\n\n" for each in items]
        pieces.append(b"data: [DONE]\n\n")
    chunks = tuple(Chunk(0, piece) for piece in pieces)
    return Response(200, (("content-type", kind),), chunks, duration_ns=0)


def _is_ollama(items: list[Any]) -> bool:
    first = items[0].get(_CLASS, "") if items and isinstance(items[0], dict) else ""
    return str(first).startswith(_OLLAMA)


def _plain(value: Any) -> Any:
    """The value without the classes that its parts had."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {_CLASS, _FIELDS}:
        return _plain(value[_FIELDS])
    return {name: _plain(each) for name, each in value.items()}
