"""Responses: https://platform.openai.com/docs/api-reference/responses."""

from collections.abc import Iterator, Sequence
from typing import Any

from harness.openai_wire._shared import CREATED, Json, digest_of, text_of, tokens_of
from harness.script import Asked, Reply, pieces
from harness.trace import canonical

Event = tuple[str, dict[str, Any]]
"""What kind of event, and its fields besides."""

# What an answer says of its request, where the request doesn't.
_BY_DEFAULT: dict[str, Any] = {
    "background": False,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "model": None,
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "reasoning": {"effort": None, "summary": None},
    "service_tier": "default",
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}, "verbosity": "medium"},
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
# What an item is given piece by piece.
_GROWING = ("summary", "content", "arguments")
_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


def asked_by(request: Json) -> Asked:
    """What a script may look at in the JSON body of a request."""
    items = _items(request)
    system = [_said(item) for item in items if item.get("role") in ("system", "developer")]
    return Asked(
        model=str(request.get("model", "")),
        system="\n".join(filter(None, [request.get("instructions"), *system])),
        last=_said(items[-1]) if items else "",
        tools=tuple(str(tool.get("name", tool.get("type"))) for tool in request.get("tools") or ()),
    )


def whole(reply: Reply, request: Json) -> dict[str, Any]:
    """The body of a successful answer."""
    reason = _INCOMPLETE.get(reply.finish or "")
    return {
        **_head(reply, request),
        "status": "incomplete" if reason else "completed",
        "completed_at": None if reason else CREATED,
        "incomplete_details": {"reason": reason} if reason else None,
        "output": list(_output(reply, _digest(reply, request))),
        "usage": _usage(reply, request),
    }


def events(reply: Reply, request: Json) -> Iterator[bytes]:
    """The server-sent events of a streamed answer."""
    for number, (kind, fields) in enumerate(_events(reply, request)):
        body = canonical({"type": kind, "sequence_number": number, **fields})
        yield f"event: {kind}\ndata: {body}\n\n".encode()


def _events(reply: Reply, request: Json) -> Iterator[Event]:
    end = whole(reply, request)
    unfinished: Json = {
        "completed_at": None,
        "incomplete_details": None,
        "output": [],
        "usage": None,
    }
    opening = {**end, **unfinished, "status": "in_progress"}
    yield "response.created", {"response": opening}
    yield "response.in_progress", {"response": opening}
    for index, item in enumerate(end["output"]):
        yield from _item_events(index, item)
    yield f"response.{end['status']}", {"response": end}


def _item_events(index: int, item: dict[str, Any]) -> Iterator[Event]:
    place = {"item_id": item["id"], "output_index": index}
    empty = {"status": "in_progress"} if "status" in item else {}
    empty |= {name: type(item[name])() for name in _GROWING if name in item}
    yield "response.output_item.added", {"output_index": index, "item": {**item, **empty}}
    for part_index, part in enumerate(item.get("summary", ())):
        yield from _summary_events({**place, "summary_index": part_index}, part)
    for part_index, part in enumerate(item.get("content", ())):
        yield from _content_events({**place, "content_index": part_index}, part)
    if "arguments" in item:
        kind = "response.function_call_arguments"
        for piece in pieces(item["arguments"]):
            yield f"{kind}.delta", {**place, "delta": piece}
        yield f"{kind}.done", {**place, "name": item["name"], "arguments": item["arguments"]}
    yield "response.output_item.done", {"output_index": index, "item": item}


def _summary_events(place: dict[str, Any], part: dict[str, Any]) -> Iterator[Event]:
    kind = "response.reasoning_summary"
    yield f"{kind}_part.added", {**place, "part": {**part, "text": ""}}
    for piece in pieces(part["text"]):
        yield f"{kind}_text.delta", {**place, "delta": piece}
    yield f"{kind}_text.done", {**place, "text": part["text"]}
    yield f"{kind}_part.done", {**place, "part": part}


def _content_events(place: dict[str, Any], part: dict[str, Any]) -> Iterator[Event]:
    name = "refusal" if part["type"] == "refusal" else "text"
    beside: dict[str, Any] = {} if name == "refusal" else {"logprobs": []}
    yield "response.content_part.added", {**place, "part": {**part, name: ""}}
    for piece in pieces(part[name]):
        yield f"response.{part['type']}.delta", {**place, "delta": piece, **beside}
    yield f"response.{part['type']}.done", {**place, name: part[name], **beside}
    yield "response.content_part.done", {**place, "part": part}


def _head(reply: Reply, request: Json) -> dict[str, Any]:
    said = {name: request[name] for name in _BY_DEFAULT if request.get(name) is not None}
    return {
        "id": f"resp_{_digest(reply, request)}",
        "object": "response",
        "created_at": CREATED,
        "error": None,
        **_BY_DEFAULT,
        **said,
    }


def _output(reply: Reply, digest: str) -> Iterator[dict[str, Any]]:
    if reply.think is not None:
        summary = [{"type": "summary_text", "text": reply.think}]
        yield {"id": f"rs_{digest}", "type": "reasoning", "summary": summary}
    content = list(_content(reply))
    status = "incomplete" if reply.finish in _INCOMPLETE else "completed"
    if content:
        message = {"id": f"msg_{digest}", "type": "message", "role": "assistant"}
        yield {**message, "status": status, "content": content}
    for number, (name, arguments) in enumerate(reply.calls):
        yield {
            "id": f"fc_{digest}{number}",
            "type": "function_call",
            "status": status,
            "call_id": f"call_{digest}{number}",
            "name": name,
            "arguments": canonical(arguments),
        }


def _content(reply: Reply) -> Iterator[dict[str, Any]]:
    if reply.say is not None:
        yield {"type": "output_text", "text": reply.say, "annotations": [], "logprobs": []}
    if reply.refuse is not None:
        yield {"type": "refusal", "refusal": reply.refuse}


def _usage(reply: Reply, request: Json) -> dict[str, Any]:
    contents = [request.get("instructions"), *(_said(item) for item in _items(request))]
    tokens = tokens_of(reply, contents, request.get("tools") or [])
    return {
        "input_tokens": tokens.prompt,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": tokens.completion,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens.prompt + tokens.completion,
    }


def _items(request: Json) -> Sequence[Json]:
    given = request.get("input") or ()
    return [{"role": "user", "content": given}] if isinstance(given, str) else given


def _said(item: Json) -> str:
    return text_of(item.get("content", item.get("output")))


def _digest(reply: Reply, request: Json) -> str:
    return digest_of(dict(request), reply.model_dump(mode="json"))
