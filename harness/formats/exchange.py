"""One exchange a file, or several in a list: `{"request": {...}, "response": {...}}`.

Many a test suite saves its own, each with its own names. A part is either a message with its
address or status, headers and body, or the body alone; then its shape tells the API.
"""

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field, TypeAdapter

from harness.formats._bodies import from_json
from harness.formats._endpoints import url_of_answer, url_of_question
from harness.formats._foreign import BodyOf, HeadersOf, Record, StatusCode, body_bytes, response
from harness.formats._source import Format, Source
from harness.formats._yaml_reading import Keys
from harness.interactions import Cassette, Chunk, Interaction, Request, Response

_BODY_NAMES = ("parsed_body", "json", "body", "content", "data", "text", "bytes")
_URL_NAMES = ("url", "uri", "endpoint")
_STATUS_NAMES = ("status", "status_code", "statusCode", "code")


def _code(status: Any) -> Any:
    return status.get("code") if isinstance(status, dict) else status


def _pieces(chunks: Any) -> list[bytes]:
    if isinstance(chunks, list):
        inner = (chunk.get("data", chunk) if isinstance(chunk, dict) else chunk for chunk in chunks)
        return [_piece(each) for each in inner]
    raise ValueError("chunks are a list")


def _piece(piece: Any) -> bytes:
    """A chunk as it came; one that was parsed is an event."""
    if isinstance(piece, dict):
        return b"data: " + from_json(piece) + b"\n\n"
    return body_bytes(piece)


class _Request(Record):
    method: str = "POST"
    url: str = Field(validation_alias=AliasChoices(*_URL_NAMES))
    headers: HeadersOf = ()
    body: BodyOf = Field(default=b"", validation_alias=AliasChoices(*_BODY_NAMES))


class _Response(Record):
    status: Annotated[StatusCode, BeforeValidator(_code)] = Field(
        default=200, validation_alias=AliasChoices(*_STATUS_NAMES)
    )
    headers: HeadersOf = ()
    body: BodyOf = Field(default=b"", validation_alias=AliasChoices(*_BODY_NAMES))
    chunks: Annotated[list[bytes] | None, BeforeValidator(_pieces)] = None


_REQUEST = TypeAdapter(_Request)
_RESPONSE = TypeAdapter(_Response)


def recognises(source: Source) -> bool:
    """Whether the file holds an exchange, or a list of them."""
    match source.tree:
        case {"request": dict(), "response": dict()}:
            return True
        case [{"request": dict(), "response": dict()}, *_]:
            return True
    return False


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged, or nothing says which API was asked.
    """
    if isinstance(source.tree, dict):
        return Cassette(interactions=(_interaction(source, (), source.tree),))
    listed = enumerate(source.tree)
    return Cassette(interactions=tuple(_interaction(source, (n,), each) for n, each in listed))


FORMAT = Format("exchange", ("request", "response"), recognises, read)


def _interaction(source: Source, keys: Keys, tree: Any) -> Interaction:
    match tree:
        case {"request": dict(asked), "response": dict(answered)}:
            return Interaction(
                _request(source, (*keys, "request"), asked, answered),
                _response(source, (*keys, "response"), answered),
            )
    raise source.problem("an exchange has a request and a response", keys)


def _request(
    source: Source, keys: Keys, asked: dict[str, Any], answered: dict[str, Any]
) -> Request:
    if not any(name in asked for name in _URL_NAMES):
        url = url_of_answer(answered) or url_of_question(asked)
        if url is not None:
            with source.reading(keys):
                return Request("POST", url, (), from_json(asked))
    each = source.validated(_REQUEST, asked, keys)
    return Request(each.method.upper(), each.url, each.headers, each.body)


def _response(source: Source, keys: Keys, answered: dict[str, Any]) -> Response:
    with source.reading(keys):
        if url_of_answer(answered) is not None:
            headers = (("content-type", "application/json"),)
            return response(200, headers, from_json(answered))
    each = source.validated(_RESPONSE, answered, keys)
    if each.chunks is None:
        with source.reading(keys):
            return response(each.status, each.headers, each.body)
    chunks = tuple(Chunk(0, piece) for piece in each.chunks)
    return Response(each.status, each.headers, chunks, duration_ns=0)
