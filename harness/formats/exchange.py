"""One exchange a file, or several in a list: `{"request": {...}, "response": {...}}`.

Many a test suite saves its own, each with its own names, and so do PHP-VCR and ExVCR. A part is
either a message with its address or status, headers and body, or the body alone; then its shape
tells the API.
"""

from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    TypeAdapter,
    field_validator,
    model_validator,
)

from harness.formats._bodies import from_json
from harness.formats._endpoints import url_of_answer, url_of_question
from harness.formats._foreign import (
    BodyOf,
    HeadersOf,
    Record,
    StatusCode,
    body_bytes,
    numbered,
    response,
)
from harness.formats._source import Format, Source
from harness.formats._yaml_reading import Keys
from harness.interactions import Cassette, Chunk, Interaction, Request, Response

_BODY_NAMES = ("parsed_body", "json", "body", "content", "data", "text", "bytes")
_URL_NAMES = ("url", "uri", "endpoint")
# How its mappings match requests; they don't say what was sent.
_WIREMOCK = frozenset({"bodyPatterns", "urlPath", "urlPathPattern", "urlPattern"})
_STATUS_NAMES = ("status", "status_code", "statusCode", "code")
_ANSWERS = {*_BODY_NAMES, *_STATUS_NAMES, "chunks"}


def _pieces(chunks: Any) -> list[bytes] | None:
    if chunks is None:
        return None
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

    @model_validator(mode="before")
    @classmethod
    def _with_body(cls, stored: Any) -> Any:
        # ExVCR has two fields for it, of which one is empty.
        match stored:
            case {"request_body": str(text), "body": ""}:
                return {**stored, "body": text}
        return stored

    @field_validator("url")
    @classmethod
    def _checked(cls, url: str) -> str:
        if url.startswith("/"):
            raise ValueError(f"{url!r:.60} says no host")
        return url


class _Response(Record):
    status: StatusCode = Field(default=200, validation_alias=AliasChoices(*_STATUS_NAMES))
    headers: HeadersOf = ()
    body: BodyOf = Field(default=b"", validation_alias=AliasChoices(*_BODY_NAMES))
    chunks: Annotated[list[bytes] | None, BeforeValidator(_pieces)] = None


_REQUEST = TypeAdapter(_Request)
_RESPONSE = TypeAdapter(_Response)


def recognises(source: Source) -> bool:
    """Whether the file holds an exchange, or a list of them, whatever its name."""
    match source.tree:
        case {"request": dict(asked), "response": dict()}:
            return not _WIREMOCK & asked.keys()
        case [{"request": dict(), "response": dict()}, *_]:
            return True
    return bool(_name_of_list(source.tree))


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged, or nothing says which API was asked.
    """
    parts = _parts(source.tree)
    return Cassette(interactions=tuple(interaction(source, keys, each) for keys, each in parts))


FORMAT = Format("exchange", ("request", "response"), recognises, read)


def _parts(tree: Any) -> list[tuple[Keys, Any]]:
    """The exchanges, each with the way to it."""
    if isinstance(tree, list):
        return numbered(tree)
    name = "" if "request" in tree else _name_of_list(tree)
    return numbered(tree[name], name) if name else [((), tree)]


def _name_of_list(tree: Any) -> str:
    """The name under which the exchanges stand in a list; empty if there is none."""
    for name, inner in tree.items() if isinstance(tree, dict) else ():
        match name, inner:
            case str(), [{"request": dict(), "response": dict()}, *_]:
                return name
    return ""


def interaction(source: Source, keys: Keys, tree: Any) -> Interaction:
    """The interaction that a part of the file is.

    Args:
        source: The file.
        keys: The way to the part.
        tree: The part.

    Raises:
        UnreadableCassette: It is damaged, or nothing says which API was asked.
    """
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
    if answered and not _ANSWERS & answered.keys():
        raise source.problem(f"no answer is in {', '.join(map(repr, answered))}", keys)
    each = source.validated(_RESPONSE, answered, keys)
    if each.chunks is None:
        with source.reading(keys):
            return response(each.status, each.headers, each.body)
    chunks = tuple(Chunk(0, piece) for piece in each.chunks)
    return Response(each.status, each.headers, chunks, duration_ns=0)
