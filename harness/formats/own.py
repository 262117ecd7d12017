"""The harness's own format: YAML that people review (docs/cassette-format.md)."""

from collections.abc import Iterator, Mapping
from typing import Any

from harness.errors import FutureCassette
from harness.formats._bodies import from_base64, from_json, stored, stored_chunk
from harness.formats._own_shape import (
    CASSETTE,
    VERSION,
    StoredChunk,
    StoredInteraction,
    StoredRequest,
    StoredResponse,
)
from harness.formats._source import Format, Source
from harness.formats._upgrades import upgraded
from harness.formats._yaml_writing import write_yaml
from harness.interactions import (
    Cassette,
    Chunk,
    Ending,
    Failure,
    Header,
    Headers,
    Interaction,
    Request,
    Response,
    Unanswered,
)

_END = b"...\n"
_TWO_FORMS = "a body has one form: chunks, or json, text or base64"


def recognises(source: Source) -> bool:
    """Whether the file says that it is a cassette of ours."""
    # At a glance first: other formats, such as TOML, are no YAML at all.
    tree = source.cassette if source.may_be_ours else None
    return isinstance(tree, dict) and "harness" in tree


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: It is truncated, or says what this version doesn't know.
        FutureCassette: It was written by a newer version.
    """
    tree = source.cassette
    version = tree.get("version")
    if type(version) is int and version > VERSION:
        raise FutureCassette(source.path, version, VERSION)
    if source.data[-99:].split()[-1:] != [_END.strip()]:
        listed = tree.get("interactions")
        last = len(listed) - 1 if isinstance(listed, list) else 0
        why = "truncated here or below: the last line, `...`, is missing"
        raise source.problem(why, ("interactions", last))
    with source.reading(()):
        tree = upgraded(tree if version == VERSION else source.tree, VERSION)
    file = source.validated(CASSETTE, tree)
    interactions = tuple(
        _interaction(source, number, each) for number, each in enumerate(file.interactions)
    )
    header = Header(file.recorded, file.by, file.origin, tuple(file.unfinished))
    return Cassette(header, interactions)


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
                **_given(unfinished=list(header.unfinished)),
                **_given(host=", ".join(cassette.hosts)),
                "interactions": [_stored_interaction(each) for each in cassette.interactions],
            }
        )
        + _END
    )


FORMAT = Format("harness", ("harness",), recognises, read)


def _interaction(source: Source, number: int, each: StoredInteraction) -> Interaction:
    part = "request"
    try:
        request = _request(each.request)
        part = "response"
        response = _response(each.response)
    except ValueError as error:
        raise source.problem(str(error), ("interactions", number, part)) from error
    path = tuple(each.agent_path)
    return Interaction(request, response, path, each.test, tuple(each.beneath))


def _request(asked: StoredRequest) -> Request:
    return Request(asked.method, asked.url, _headers(asked.headers), _content(asked))


def _response(answered: StoredResponse) -> Response | Unanswered:
    if answered.ending and answered.failure:
        raise ValueError("a response ends in one way: `ending` or `failure`")
    failure = answered.failure and Failure(answered.failure.error, answered.failure.message)
    ending: Ending = failure or answered.ending or "complete"
    body: bytes | tuple[Chunk, ...] = _content(answered)
    if answered.chunks is not None:
        if body:
            raise ValueError(_TWO_FORMS)
        body = tuple(Chunk(chunk.at_ns, _content(chunk)) for chunk in answered.chunks)
    if answered.status is not None:
        headers = _headers(answered.headers)
        return Response(answered.status, headers, body, answered.duration_ns, ending)
    if ending == "complete":
        raise ValueError("the key 'status' is missing, and there is no failure")
    return Unanswered(ending, answered.duration_ns)


def _content(part: StoredRequest | StoredResponse | StoredChunk) -> bytes:
    is_json = not isinstance(part, StoredChunk) and "structured" in part.model_fields_set
    if is_json + (part.text is not None) + (part.base64 is not None) > 1:
        raise ValueError(_TWO_FORMS)
    if is_json and not isinstance(part, StoredChunk):
        return from_json(part.structured, part.layout)
    return from_base64(part.base64) if part.base64 is not None else (part.text or "").encode()


def _headers(stored_headers: Mapping[str, str | list[str]]) -> Headers:
    return tuple(
        (name, value)
        for name, values in stored_headers.items()
        for value in ([values] if isinstance(values, str) else values)
    )


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
