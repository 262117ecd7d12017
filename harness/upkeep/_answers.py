"""The JSON of a recorded answer, whichever API gave it; that of a stream is put together."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from harness.interactions import Interaction, Response
from harness.matching import json_of
from harness.trace import Usage
from harness.upkeep._json import Json, choice_of, list_of, object_of


def answer_of(interaction: Interaction) -> Json:
    """What came back, as an object; empty where it is none, or nothing came."""
    if not isinstance(interaction.response, Response):
        return {}
    content = interaction.response.content
    value = json_of(content)
    if isinstance(value, dict):
        return value
    events = list(_events(content))
    if any(event.get("type") == "message_start" for event in events):
        return _message(events)
    # The responses API ends a stream with the whole answer; a model client's stream ends with it.
    finals = [object_of(event.get("response")) for event in events]
    finals += [event for event in events if interaction.is_client_call and "usage" in event]
    return {**_completion(events), **next(filter(None, reversed(finals)), {})}


def usage_of(answer: Json) -> Usage | None:
    """The tokens that an answer says it took; None when it doesn't say."""
    usage = object_of(answer.get("usage") or answer.get("usageMetadata") or answer)
    prompt = _first(usage, "prompt_tokens", "input_tokens", "promptTokenCount", "prompt_eval_count")
    completion = _first(usage, "completion_tokens", "output_tokens", "candidatesTokenCount",
                        "eval_count")  # fmt: skip
    if prompt is None and completion is None:
        return None
    details = object_of(usage.get("prompt_tokens_details") or usage.get("input_tokens_details"))
    cached = _first(details, "cached_tokens") or _first(usage, "cached_tokens") or 0
    # Anthropic counts what it has cached apart from the rest of the prompt.
    read, made = (_first(usage, f"cache_{how}_input_tokens") or 0 for how in ("read", "creation"))
    told = (prompt or 0) + read + made
    # Some vendors leave the cached part out of the whole.
    whole = max(told, cached)
    return Usage(
        prompt_tokens=whole,
        completion_tokens=completion or 0,
        cached_tokens=min(cached + read, whole),
    )


def _events(content: bytes) -> Iterator[Json]:
    for line in content.splitlines():
        if line.startswith(b"data:"):
            try:
                event = json.loads(line.removeprefix(b"data:"))
            except (ValueError, RecursionError):
                continue
            yield object_of(event)


def _completion(events: Sequence[Json]) -> Json:
    """A streamed chat completion, put together."""
    chunks = [choice_of(event) for event in events]
    deltas = [object_of(chunk.get("delta")) for chunk in chunks]
    calls: dict[str, Json] = {}
    for delta in deltas:
        for call in map(object_of, list_of(delta.get("tool_calls"))):
            before = calls.get(str(call.get("index")), {})
            calls[str(call.get("index"))] = _joined(before, object_of(call.get("function")))
    message = {
        "content": "".join(str(delta.get("content") or "") for delta in deltas),
        "tool_calls": [{"function": call} for call in calls.values()],
    }
    reason = _last(chunk.get("finish_reason") for chunk in chunks)
    usage = _last(event.get("usage") for event in events)
    return {"choices": [{"message": message, "finish_reason": reason}], "usage": usage}


def _message(events: Sequence[Json]) -> Json:
    """A streamed message of Anthropic's API, put together."""
    whole: dict[str, Any] = {}
    blocks: dict[Any, dict[str, Any]] = {}
    for event in events:
        delta = object_of(event.get("delta"))
        match event.get("type"):
            case "message_start":
                whole = {**object_of(event.get("message"))}
            case "content_block_start":
                blocks[event.get("index")] = {
                    **object_of(event.get("content_block")),
                    "partial": "",
                }
            case "content_block_delta":
                block = blocks.setdefault(event.get("index"), {"type": "text", "partial": ""})
                block["partial"] += str(delta.get("text") or delta.get("partial_json") or "")
            case "message_delta":
                usage = {**object_of(whole.get("usage")), **object_of(event.get("usage"))}
                whole |= {"stop_reason": delta.get("stop_reason"), "usage": usage}
    return {**whole, "content": [_block(block) for block in blocks.values()]}


def _block(block: dict[str, Any]) -> Json:
    said = block.pop("partial")
    if block.get("type") == "tool_use":
        return {**block, "input": json_of(said.encode()) or said}
    return {**block, "text": said}


def _joined(before: Json, delta: Json) -> Json:
    keys = ("name", "arguments")
    return {key: f"{before.get(key) or ''}{delta.get(key) or ''}" for key in keys}


def _first(values: Json, *names: str) -> int | None:
    counts = (values.get(name) for name in names)
    return next((each for each in counts if isinstance(each, int) and each >= 0), None)


def _last(values: Iterable[Any]) -> Any:
    return next((value for value in reversed(list(values)) if value), None)
