"""What an interaction says, for people: who asked which model what, and what it answered."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from harness.cassette import Failure, Interaction, Response
from harness.matching import json_of
from harness.trace import canonical

Json = Mapping[str, Any]


class Said(NamedTuple):
    """One message, or one call of a tool."""

    role: str
    text: str


class Exchange(NamedTuple):
    """One interaction, told."""

    agent: str
    model: str
    outcome: str
    """The HTTP status, or the transport error; with a word on how it ended, if not well."""

    duration_ns: int
    messages: tuple[Said, ...]
    """What is new since the exchange before it that began alike."""

    kept: int
    """How many messages came before those."""

    tools: tuple[str, ...]
    answer: tuple[Said, ...]
    finish_reason: str
    prompt_tokens: int | None
    completion_tokens: int | None


def exchanges(interactions: Sequence[Interaction]) -> Iterator[Exchange]:
    """Tells the interactions in order."""
    known: list[list[Said]] = []
    for interaction in interactions:
        body = json_of(interaction.request.body)
        request: Json = body if isinstance(body, dict) else {}
        messages = list(_messages(request))
        kept = max((_common(before, messages) for before in known), default=0)
        known.append(messages)
        yield _exchange(interaction, request, tuple(messages[kept:]), kept)


def _exchange(
    interaction: Interaction, request: Json, messages: tuple[Said, ...], kept: int
) -> Exchange:
    answer = _answer(interaction)
    usage = _dict(answer.get("usage"))
    return Exchange(
        agent=interaction.agent,
        model=str(request.get("model", "")),
        outcome=_outcome(interaction),
        duration_ns=interaction.response.duration_ns,
        messages=messages or _unread(interaction.request.body, kept),
        kept=kept,
        tools=tuple(_tool_name(tool) for tool in _list(request.get("tools"))),
        answer=tuple(_answered(answer)),
        finish_reason=str(_choice(answer).get("finish_reason") or answer.get("status") or ""),
        prompt_tokens=_count(usage.get("prompt_tokens", usage.get("input_tokens"))),
        completion_tokens=_count(usage.get("completion_tokens", usage.get("output_tokens"))),
    )


def _common(before: Sequence[Said], now: Sequence[Said]) -> int:
    pairs = enumerate(zip(before, now, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(before), len(now)))


def _unread(body: bytes, kept: int) -> tuple[Said, ...]:
    return () if kept or not body else (Said("body", body.decode(errors="backslashreplace")),)


def _outcome(interaction: Interaction) -> str:
    response = interaction.response
    status = str(response.status) if isinstance(response, Response) else "no answer"
    if isinstance(response.ending, Failure):
        return f"{status}, {response.ending.error}: {response.ending.message}"
    return status if response.ending == "complete" else f"{status}, the caller stopped"


def _messages(request: Json) -> Iterator[Said]:
    """The messages of a chat completions, responses or Anthropic request."""
    for key in ("instructions", "system"):
        if request.get(key):
            yield Said("system", _text(request[key]))
    told = request.get("messages", request.get("input", request.get("prompt")))
    for message in told if isinstance(told, list) else [told] if told else []:
        yield from _spoken(message if isinstance(message, dict) else {"content": message})


def _spoken(message: Json) -> Iterator[Said]:
    role = str(message.get("role") or message.get("type") or "user")
    if text := _text(message.get("content", message.get("output"))):
        yield Said(role, text)
    yield from _calls(message)


def _calls(message: Json) -> Iterator[Said]:
    calls = [_dict(call).get("function") for call in _list(message.get("tool_calls"))]
    calls.append(message if message.get("type") == "function_call" else None)
    for call in map(_dict, calls):
        if call:
            yield Said("call", f"{call.get('name', '')}({call.get('arguments', '')})")


def _answer(interaction: Interaction) -> Json:
    """The response's JSON; that of a stream is put together from its events."""
    if not isinstance(interaction.response, Response):
        return {}
    content = interaction.response.content
    value = json_of(content)
    if isinstance(value, dict):
        return value
    events = list(_events(content))
    # The responses API ends a stream with the whole answer.
    finals = [_dict(event.get("response")) for event in events]
    return {**_completion(events), **next(filter(None, reversed(finals)), {})}


def _events(content: bytes) -> Iterator[Json]:
    for line in content.splitlines():
        if line.startswith(b"data:"):
            try:
                event = json.loads(line.removeprefix(b"data:"))
            except (ValueError, RecursionError):
                continue
            yield _dict(event)


def _completion(events: Sequence[Json]) -> Json:
    """A streamed chat completion, put together."""
    chunks = [_choice(event) for event in events]
    deltas = [_dict(chunk.get("delta")) for chunk in chunks]
    calls: dict[str, Json] = {}
    for delta in deltas:
        for call in map(_dict, _list(delta.get("tool_calls"))):
            before = calls.get(str(call.get("index")), {})
            calls[str(call.get("index"))] = _joined(before, _dict(call.get("function")))
    message = {
        "content": "".join(str(delta.get("content") or "") for delta in deltas),
        "tool_calls": [{"function": call} for call in calls.values()],
    }
    reason = _last(chunk.get("finish_reason") for chunk in chunks)
    usage = _last(event.get("usage") for event in events)
    return {"choices": [{"message": message, "finish_reason": reason}], "usage": usage}


def _joined(before: Json, delta: Json) -> Json:
    keys = ("name", "arguments")
    return {key: f"{before.get(key) or ''}{delta.get(key) or ''}" for key in keys}


def _last(values: Iterable[Any]) -> Any:
    return next((value for value in reversed(list(values)) if value), None)


def _choice(answer: Json) -> Json:
    choices = _list(answer.get("choices"))
    return _dict(choices[0]) if choices else {}


def _answered(answer: Json) -> Iterator[Said]:
    if answer.get("error"):
        yield Said("error", _text(_dict(answer["error"]).get("message") or answer["error"]))
    choice = _choice(answer)
    message = _dict(choice.get("message")) or {"content": choice.get("text")}
    for said in (
        message,
        *map(_dict, _list(answer.get("output"))),
        {"content": answer.get("content")},
    ):
        yield from _spoken({"role": "assistant", **said})


def _tool_name(tool: Any) -> str:
    tool = _dict(tool)
    return str(_dict(tool.get("function")).get("name") or tool.get("name") or tool.get("type"))


def _text(content: Any) -> str:
    """A message's content as text; what is no text, by its kind."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        return canonical(content)
    return "\n".join(
        str(part["text"]) if "text" in part else f"[{part.get('type', 'part')}]"
        for part in map(_dict, content)
    )


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
