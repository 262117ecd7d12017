"""The shape of the harness's own format; its JSON schema is made from these records."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, TypeAdapter

from harness.formats._bodies import COMPACT, LAYOUTS
from harness.interactions import Origin

VERSION = 1
"""The format's version; a reader refuses what is newer."""

_FORMS = ("json", "text", "base64", "chunks")


def _one_form(schema: dict[str, Any]) -> None:
    """Says in the schema that a body has one form."""
    forms = [form for form in _FORMS if form in schema["properties"]]
    pairs = [[one, other] for one in forms for other in forms if one < other]
    schema["not"] = {"anyOf": [{"required": pair} for pair in pairs]}


class _Record(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )


class StoredChunk(_Record):
    """A piece of a streamed answer."""

    model_config = ConfigDict(json_schema_extra=_one_form)

    at_ns: NonNegativeInt
    """Nanoseconds since the request was sent."""

    text: str | None = None
    """The piece, where it is UTF-8."""

    base64: str | None = None
    """Any other piece."""


class _StoredBody(_Record):
    """What requests and responses have in common."""

    model_config = ConfigDict(json_schema_extra=_one_form)

    headers: dict[str, str | list[str]] = Field(default_factory=dict)
    """Values by name; a list where a header came several times."""

    layout: Annotated[str, Field(json_schema_extra={"enum": list(LAYOUTS)})] = COMPACT
    """How the JSON was laid out."""

    structured: Any = Field(default=None, alias="json")
    """A body that is JSON, as structured data."""

    text: str | None = None
    """Any other body that is UTF-8."""

    base64: str | None = None
    """Any other body."""


class StoredRequest(_StoredBody):
    """What was sent."""

    method: str
    """GET, POST…; `CREATE` or `CREATE_STREAM` for a call of a model client."""

    url: str
    """The address, or the client and the model."""


class StoredFailure(_Record):
    """A transport error instead of an answer, or in the middle of one."""

    error: str
    """The class of httpx2's exception."""

    message: str
    """What it said."""


class StoredResponse(_StoredBody):
    """What came back."""

    status: Annotated[int, Field(ge=100, le=999)] | None = None
    """The HTTP status; left out when no answer came."""

    duration_ns: NonNegativeInt
    """Nanoseconds from sending the request to the end of the answer."""

    ending: Literal["stopped"] | None = None
    """The caller did not wait for the rest."""

    failure: StoredFailure | None = None
    """The transport failed."""

    chunks: list[StoredChunk] | None = None
    """A streamed answer, in its pieces."""


class StoredInteraction(_Record):
    """One request and what became of it."""

    agent_path: list[str] = Field(default_factory=list)
    """Who asked, outermost first, each with its turn."""

    test: str = ""
    """The test that asked, where several share the cassette."""

    beneath: list[PositiveInt] = Field(default_factory=list)
    """For a call of a model client: the interactions that it made over HTTP, numbered from 1."""

    request: StoredRequest
    response: StoredResponse


class StoredCassette(_Record):
    """A cassette of agentchat-harness."""

    harness: Literal["cassette"]
    """What the file is."""

    version: PositiveInt
    """The format's version."""

    recorded: str = ""
    """The day of the last recording."""

    by: str = ""
    """What recorded it."""

    origin: Origin
    """Whether a model answered, or a script."""

    unfinished: list[str] = Field(default_factory=list)
    """The tests whose recording was stopped; an empty text for one that has no name."""

    host: str = ""
    """The hosts that were asked; for the eye, the interactions say it too."""

    interactions: list[StoredInteraction]
    """In the order in which the requests were sent."""


CASSETTE = TypeAdapter(StoredCassette)


def schema_text() -> str:
    """The format's JSON schema, as it lies beside this file and in docs/."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **CASSETTE.json_schema(),
        "title": f"Cassette of agentchat-harness, format version {VERSION}",
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
