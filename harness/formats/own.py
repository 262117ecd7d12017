"""The harness's own format: YAML that people review (docs/cassette-format.md)."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, model_validator

from harness.cassette import (
    Cassette,
    Chunk,
    Ending,
    Failure,
    Header,
    Headers,
    Interaction,
    Origin,
    Request,
    Response,
    Unanswered,
)
from harness.errors import FutureCassette
from harness.formats._bodies import COMPACT, LAYOUTS, from_base64, from_json, stored, stored_chunk
from harness.formats._source import Format, Source
from harness.formats._yaml_writing import write_yaml

VERSION = 1
"""The format's version; a reader refuses what is newer."""

_END = b"...\n"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Chunk(_Record):
    at_ns: NonNegativeInt
    text: str | None = None
    base64: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "_Chunk":
        self.data  # noqa: B018 - what can't be decoded is told here, with its place
        return self

    @property
    def data(self) -> bytes:
        return _decoded(self.text, self.base64)


class _Body(_Record):
    """What requests and responses have in common."""

    headers: dict[str, str | list[str]] = {}
    layout: str = COMPACT
    structured: Any = Field(default=None, alias="json")
    text: str | None = None
    base64: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "_Body":
        if self.layout not in LAYOUTS:
            raise ValueError(f"unknown layout {self.layout!r}; known: {', '.join(LAYOUTS)}")
        self.content  # noqa: B018 - what can't be decoded is told here, with its place
        return self

    @property
    def content(self) -> bytes:
        if "structured" not in self.model_fields_set:
            return _decoded(self.text, self.base64)
        if self.text is not None or self.base64 is not None:
            raise ValueError("a body has one form: json, text or base64")
        return from_json(self.structured, self.layout)


class _Request(_Body):
    method: str
    url: str


class _Failure(_Record):
    error: str
    message: str


class _Response(_Body):
    status: int | None = None
    duration_ns: NonNegativeInt
    ending: Literal["stopped"] | None = None
    failure: _Failure | None = None
    chunks: list[_Chunk] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "_Response":
        if self.ending and self.failure:
            raise ValueError("a response ends in one way: `ending` or `failure`")
        if self.status is None and not self.ending and not self.failure:
            raise ValueError("the key 'status' is missing, and there is no failure")
        if self.chunks is not None and self.content:
            raise ValueError("a body has one form: chunks, or json, text or base64")
        return self


class _Interaction(_Record):
    agent_path: list[str] = []
    test: str = ""
    beneath: list[PositiveInt] = []
    request: _Request
    response: _Response


class _Cassette(_Record):
    harness: Literal["cassette"]
    version: int
    recorded: str = ""
    by: str = ""
    origin: Origin
    host: str = ""
    """For the reader of the file; the interactions say it anyway."""

    interactions: list[_Interaction]


def recognises(source: Source) -> bool:
    """Whether the file says that it is a cassette of ours."""
    return isinstance(source.tree, dict) and "harness" in source.tree


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is truncated, or says what this version doesn't know.
        FutureCassette: It was written by a newer version.
    """
    version = source.tree.get("version")
    if type(version) is int and version > VERSION:
        raise FutureCassette(source.path, version, VERSION)
    if source.data.split()[-1:] != [_END.strip()]:
        end = ("interactions", len(source.tree.get("interactions") or ()) - 1)
        raise source.problem("truncated here or below: the last line, `...`, is missing", end)
    file = source.validated(_Cassette, source.tree)
    return Cassette(
        Header(recorded=file.recorded, by=file.by, origin=file.origin),
        tuple(_interaction(each) for each in file.interactions),
    )


def written(cassette: Cassette) -> bytes:
    """The cassette as the content of a file; equal cassettes give equal bytes."""
    header = cassette.header
    return (
        write_yaml(
            {
                "harness": "cassette",
                "version": VERSION,
                **_given(recorded=header.recorded, by=header.by),
                "origin": header.origin,
                **_given(host=", ".join(cassette.hosts)),
                "interactions": [_stored_interaction(each) for each in cassette.interactions],
            }
        )
        + _END
    )


FORMAT = Format("harness", recognises, read)


def _interaction(file: _Interaction) -> Interaction:
    request = Request(
        file.request.method, file.request.url, _headers(file.request.headers), file.request.content
    )
    return Interaction(
        request,
        _response(file.response),
        tuple(file.agent_path),
        file.test,
        tuple(file.beneath),
    )


def _response(file: _Response) -> Response | Unanswered:
    failure = file.failure and Failure(file.failure.error, file.failure.message)
    ending: Ending = failure or file.ending or "complete"
    if file.status is None:
        return Unanswered("stopped" if ending == "complete" else ending, file.duration_ns)
    body: bytes | tuple[Chunk, ...] = file.content
    if file.chunks is not None:
        body = tuple(Chunk(chunk.at_ns, chunk.data) for chunk in file.chunks)
    return Response(file.status, _headers(file.headers), body, file.duration_ns, ending)


def _headers(stored_headers: Mapping[str, str | list[str]]) -> Headers:
    return tuple(
        (name, value)
        for name, values in stored_headers.items()
        for value in ([values] if isinstance(values, str) else values)
    )


def _decoded(text: str | None, base64: str | None) -> bytes:
    if base64 is None:
        return (text or "").encode()
    if text is not None:
        raise ValueError("a body has one form: json, text or base64")
    return from_base64(base64)


def _stored_interaction(interaction: Interaction) -> dict[str, Any]:
    request = interaction.request
    return {
        **_given(
            agent_path=list(interaction.agent_path),
            test=interaction.test,
            beneath=list(interaction.beneath),
        ),
        "request": {
            "method": request.method,
            "url": request.url,
            **_given(headers=_stored_headers(request.headers)),
            **stored(request.body),
        },
        "response": dict(_stored_response(interaction.response)),
    }


def _stored_response(response: Response | Unanswered) -> Iterator[tuple[str, Any]]:
    if isinstance(response, Response):
        yield "status", response.status
    yield "duration_ns", response.duration_ns
    ending = response.ending
    if isinstance(ending, Failure):
        yield "failure", {"error": ending.error, "message": ending.message}
    elif ending == "stopped":
        yield "ending", ending
    if isinstance(response, Response):
        yield from _given(headers=_stored_headers(response.headers)).items()
        if isinstance(response.body, bytes):
            yield from stored(response.body).items()
        else:
            yield "chunks", [{"at_ns": at, **stored_chunk(data)} for at, data in response.body]


def _stored_headers(headers: Headers) -> dict[str, str | list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name, []).append(value)
    return {name: given[0] if len(given) == 1 else given for name, given in values.items()}


def _given(**values: Any) -> dict[str, Any]:
    """Those that say something."""
    return {name: value for name, value in values.items() if value}
