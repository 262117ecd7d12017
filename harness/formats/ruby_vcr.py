"""Cassettes of Ruby's VCR, in YAML and JSON, from its first layout on."""

from email.utils import parsedate_to_datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, TypeAdapter

from harness.formats._foreign import BodyOf, HeadersOf, Record, StatusCode, response
from harness.formats._source import Format, Source
from harness.formats._yaml_reading import Keys
from harness.interactions import Cassette, Header, Interaction, Request

_LIST = "http_interactions"


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


class _Status(Record):
    code: StatusCode


class _Response(Record):
    status: Annotated[_Status, Named]
    headers: HeadersOf = ()
    body: Annotated[BodyOf, Named] = b""


class _Interaction(Record):
    request: Annotated[_Request, Named]
    response: Annotated[_Response, Named]
    recorded_at: str = ""


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
    interactions, day = [], ""
    tree = _without_colons(source.tree)
    listed = tree[_LIST] if isinstance(tree, dict) else tree
    for number, inner in enumerate(listed):
        keys: Keys = (_LIST, number) if isinstance(tree, dict) else (number,)
        each = source.validated(_INTERACTION, inner, keys)
        with source.reading(keys):
            interactions.append(_interaction(each))
        day = _day(each.recorded_at) or day
    by = tree.get("recorded_with", "VCR") if isinstance(tree, dict) else "VCR"
    return Cassette(Header(recorded=day, by=str(by)), tuple(interactions))


FORMAT = Format("Ruby VCR", (_LIST,), recognises, read)


def _interaction(each: _Interaction) -> Interaction:
    asked, answered = each.request, each.response
    return Interaction(
        Request(asked.method.upper(), asked.uri, asked.headers, asked.body),
        response(answered.status.code, answered.headers, answered.body),
    )


def _day(moment: str) -> str:
    try:
        return parsedate_to_datetime(moment).date().isoformat()
    except ValueError:
        return ""
