"""One exchange a file, or a list of them: `{"request": {...}, "response": {...}}`.

Many a test suite saves its own. A part is either a message with its address or status, headers and
body; or the body alone, where the answer's shape tells the API. What may be a body or a part of the
address, and has no name that is known here, is refused and not guessed.
"""

from typing import Any

from pydantic import AliasChoices, Field, TypeAdapter, field_validator, model_validator

from harness.formats._bodies import from_json
from harness.formats._endpoints import url_of_answer
from harness.formats._foreign import BodyOf, HeadersOf, Record, StatusCode, numbered, response
from harness.formats._source import Format, Source
from harness.formats._yaml_reading import Keys
from harness.interactions import Cassette, Interaction, Request, Response

_BODY_NAMES = ("body", "text", "content", "json")
_URL_NAMES = ("url", "uri")
_STATUS_NAMES = ("status", "status_code", "statusCode")
_KNOWN = {
    "method", "headers", *_BODY_NAMES, *_URL_NAMES, *_STATUS_NAMES,
    "statusText", "status_text", "reason", "http_version", "httpVersion",
}  # fmt: skip
_BELONGS_TO_URL = {"query", "query_string", "queryString", "params"}


class _Message(Record):
    headers: HeadersOf = ()
    body: BodyOf = b""

    @model_validator(mode="before")
    @classmethod
    def _with_one_body(cls, stored: dict[str, Any]) -> dict[str, Any]:
        bodies = [stored[name] for name in _BODY_NAMES if stored.get(name) not in (None, "")]
        for name, value in stored.items():
            may_be_body = not bodies and isinstance(value, str | list | dict)
            if value and name not in _KNOWN and (may_be_body or name in _BELONGS_TO_URL):
                raise ValueError(f"{name!r} has no meaning that is known here")
        return {**stored, "body": bodies[0] if bodies else None}


class _Request(_Message):
    method: str = "POST"
    url: str = Field(validation_alias=AliasChoices(*_URL_NAMES))

    @field_validator("url")
    @classmethod
    def _checked(cls, url: str) -> str:
        if url.startswith("/"):
            raise ValueError(f"{url!r:.60} says no host")
        return url


class _Response(_Message):
    status: StatusCode = Field(default=200, validation_alias=AliasChoices(*_STATUS_NAMES))


_REQUEST = TypeAdapter(_Request)
_RESPONSE = TypeAdapter(_Response)


def recognises(source: Source) -> bool:
    """Whether the file holds an exchange, or a list of them."""
    match source.tree:
        case {"request": dict(), "response": dict(answered)}:
            # Llama Stack's, who saves what an SDK made of the answer.
            return "is_streaming" not in answered
        case [{"request": dict(), "response": dict()}, *_]:
            return True
    return False


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged, or nothing says which API was asked.
    """
    tree = source.tree
    parts = numbered(tree) if isinstance(tree, list) else [((), tree)]
    return Cassette(interactions=tuple(_interaction(source, keys, each) for keys, each in parts))


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
    url = url_of_answer(answered)
    if url is not None and not any(name in asked for name in _URL_NAMES):
        with source.reading(keys):
            return Request("POST", url, (), from_json(asked))
    each = source.validated(_REQUEST, asked, keys)
    return Request(each.method.upper(), each.url, each.headers, each.body)


def _response(source: Source, keys: Keys, answered: dict[str, Any]) -> Response:
    if url_of_answer(answered) is not None:
        with source.reading(keys):
            return response(200, (("content-type", "application/json"),), from_json(answered))
    each = source.validated(_RESPONSE, answered, keys)
    with source.reading(keys):
        return response(each.status, each.headers, each.body)
