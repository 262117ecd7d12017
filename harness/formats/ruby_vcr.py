"""Cassettes of Ruby's VCR, in YAML and JSON, from its first layout on.

Those that others write after its model are read as well: vcr for R, Betamax for Python, rVCR.
"""

import re
from email.utils import parsedate_to_datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, TypeAdapter

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
"""At the end of the file; in R, of each interaction."""

_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _without_colons(tree: Any) -> Any:
    """Symbols as the texts they stand for: in YAML, Ruby writes `:get`."""
    if isinstance(tree, dict):
        return {_without_colons(key): inner for key, inner in tree.items()}
    return tree.removeprefix(":") if isinstance(tree, str) else tree


Named = BeforeValidator(_without_colons)


class _Request(Record):
    method: Annotated[str, Named]
    uri: str
    headers: HeadersOf = ()
    body: Annotated[BodyOf, Named] = b""


class _Response(Record):
    status: Annotated[StatusCode, Named]
    headers: HeadersOf = ()
    body: Annotated[BodyOf, Named] = b""


class _Interaction(Record):
    request: Annotated[_Request, Named]
    response: Annotated[_Response, Named]


_INTERACTION: TypeAdapter[_Interaction] = TypeAdapter(Annotated[_Interaction, Named])


def recognises(source: Source) -> bool:
    """Whether the file has VCR's layout, or that of its first version: a list of structs."""
    match _without_colons(source.tree):
        case {"http_interactions": list()}:
            return True
        case [{"request": {"method": str(method)}}, *_]:
            return method.startswith(":")
    return False


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is damaged.
    """
    tree = _without_colons(source.tree)
    listed = numbered(tree[_LIST], _LIST) if isinstance(tree, dict) else numbered(tree)
    interactions = interactions_of(source, listed, _INTERACTION, _made)
    last = listed[-1][1] if listed else {}
    by = (tree.get(_BY) if isinstance(tree, dict) else None) or last.get(_BY) or "VCR"
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
