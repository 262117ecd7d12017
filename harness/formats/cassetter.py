"""Cassettes of cassetter, in YAML and TOML: every body says its type.

Held against what cassetter 0.16.1 writes.
"""

import re
import tomllib
from typing import Any

from pydantic import TypeAdapter, model_validator

from harness.formats._bodies import from_json
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

_TOML = re.compile(rb"(?:\s|#[^\n]*\n|\w+ *= *[^\n]*\n)*+\[\[interactions\]\]")

_TYPES = frozenset({"json", "text", "binary", "none"})


def _body(kind: Any, content: Any) -> bytes:
    match kind, content:
        case "none", _:
            return b""
        case "json", _:
            return from_json(content)
        case "text", str():
            return content.encode()
        case "binary", str():
            return bytes.fromhex(content)
    raise ValueError(f"no body has the type {kind!r:.40}: it is json, text, binary or none")


class _Message(Record):
    headers: HeadersOf = ()
    body: BodyOf = b""

    @model_validator(mode="before")
    @classmethod
    def _with_body(cls, stored: Any) -> Any:
        match stored:
            case {"body": {"type": kind, **rest}}:
                return {**stored, "body": _body(kind, rest.get("content"))}
            case {"body_type": "json", "body_content": str(text)}:
                return {**stored, "body": text}
            case {"body_type": kind, "body_content": content}:
                return {**stored, "body": _body(kind, content)}
        return stored


class _Request(_Message):
    method: str
    uri: str


class _Response(_Message):
    status: StatusCode


class _Interaction(Record):
    request: _Request
    response: _Response


_INTERACTION = TypeAdapter(_Interaction)


def recognises(source: Source) -> bool:
    """Whether the file has the layout of cassetter's YAML."""
    match source.tree:
        case {"interactions": [{"request": {"uri": _, "body": {"type": str(kind), **rest}}}, *_]}:
            return kind in _TYPES and rest.keys() <= {"content"}
    return False


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged.
    """
    return _cassette(source, source.tree)


FORMAT = Format("cassetter", (), recognises, read)


def recognises_toml(source: Source) -> bool:
    """Whether the file is TOML with interactions."""
    return bool(_TOML.match(source.data))


def read_toml(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged.
    """
    with source.reading(()):
        tree = tomllib.loads(source.data.decode())
    return _cassette(source, tree)


TOML = Format("cassetter TOML", (), recognises_toml, read_toml)


def _cassette(source: Source, tree: Any) -> Cassette:
    listed = numbered(tree["interactions"], "interactions")
    days = [str(each.get("recorded_at", ""))[:10] for _, each in listed if isinstance(each, dict)]
    interactions = interactions_of(source, listed, _INTERACTION, _made)
    return Cassette(Header(recorded=max(days, default="")), interactions)


def _made(each: _Interaction) -> Interaction:
    asked, answered = each.request, each.response
    return Interaction(
        Request(asked.method.upper(), asked.uri, asked.headers, asked.body),
        response(answered.status, answered.headers, answered.body),
    )
