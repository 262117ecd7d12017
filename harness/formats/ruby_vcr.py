"""Cassettes of Ruby's VCR, in YAML and JSON, and of those made after its model.

Held against the recordings of RubyLLM with VCR 6, and those of four projects with Betamax from its
first version on; vcr for R was not at hand.
"""

import re
from email.utils import parsedate_to_datetime

from pydantic import AliasChoices, Field, TypeAdapter

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

_LIST = "http_interactions"
_BY = "recorded_with"
"""At the end of the file; vcr for R says it of each interaction."""

_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class _Request(Record):
    method: str
    uri: str
    headers: HeadersOf = ()
    body: BodyOf = b""


class _Response(Record):
    status: StatusCode = Field(validation_alias=AliasChoices("status", "status_code"))
    """Betamax at first said it as requests does."""

    headers: HeadersOf = ()
    body: BodyOf = b""


class _Interaction(Record):
    request: _Request
    response: _Response


_INTERACTION = TypeAdapter(_Interaction)


def recognises(source: Source) -> bool:
    """Whether the file has VCR's layout."""
    match source.tree:
        case {"http_interactions": list()}:
            return True
    return False


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged.
    """
    listed = numbered(source.tree[_LIST], _LIST)
    interactions = interactions_of(source, listed, _INTERACTION, _made)
    last = listed[-1][1] if listed else {}
    by = source.tree.get(_BY) or last.get(_BY) or "VCR"
    day = _day(str(last.get("recorded_at", "")))
    return Cassette(Header(recorded=day, by=str(by)), interactions)


FORMAT = Format("Ruby VCR", (_LIST,), recognises, read)


def _made(each: _Interaction) -> Interaction:
    asked, answered = each.request, each.response
    return Interaction(
        Request(asked.method.upper(), asked.uri, asked.headers, asked.body),
        response(answered.status, answered.headers, answered.body),
    )


def _day(moment: str) -> str:
    if iso := _ISO_DAY.match(moment):
        return iso[0]
    try:
        return parsedate_to_datetime(moment).date().isoformat()
    except ValueError:
        return ""
