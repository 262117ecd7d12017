"""A recorded answer as one JSON object, whichever API gave it; that of a stream is put together."""

from collections.abc import Sequence
from typing import Any

from harness.answers._events import events_of
from harness.answers._json import Json, list_of, object_of
from harness.interactions import Interaction, Response
from harness.matching import json_of

_PARTS = ("content", "parts")
_NAMES = frozenset({"role", "type", "id", "name"})
"""What a piece of a stream says whole; other texts come in parts."""


def answer_of(interaction: Interaction) -> Json:
    """What came back, as an object; empty where it is none, or nothing came."""
    response = interaction.response
    return answer_in(response.content) if isinstance(response, Response) else {}


def answer_in(content: bytes) -> Json:
    """What an answer's body says, as an object; empty where that is not known.

    A stream says the same wherever the borders of its events are.
    """
    value = json_of(content)
    if isinstance(value, dict):
        return value
    events = events_of(content)
    if any(event.get("type") == "message_start" for event in events):
        return _message(events)
    if final := _final(events):
        return final
    if any("candidates" in event for event in events):
        return _candidates(events)
    if any("choices" in event for event in events):
        return _completion(events)
    return _lines(events) if events and events[-1].get("done") is True else {}


def _final(events: Sequence[Json]) -> Json:
    """The whole answer with which the responses API ends a stream, and a model client's stream."""
    finals = [object_of(event.get("response")) for event in events]
    finals += [event for event in events if "finish_reason" in event and "usage" in event]
    return next(filter(None, reversed(finals)), {})


def _completion(events: Sequence[Json]) -> Json:
    """A streamed chat completion, put together."""
    choice_by_index: dict[str, dict[str, Any]] = {}
    for event in events:
        for choice in map(object_of, list_of(event.get("choices"))):
            message = {"content": "", "tool_calls": []}
            empty = {"message": message, "finish_reason": None}
            whole = choice_by_index.setdefault(str(choice.get("index", 0)), empty)
            _grow(whole["message"], object_of(choice.get("delta")))
            whole["message"]["content"] += str(choice.get("text") or "")
            whole["finish_reason"] = choice.get("finish_reason") or whole["finish_reason"]
    usage = [event["usage"] for event in events if event.get("usage")]
    choices = list(choice_by_index.values())
    return {"choices": choices, "usage": usage[-1] if usage else None}


def _lines(events: Sequence[Json]) -> Json:
    """A streamed answer of Ollama's API, put together; the last line tells what it took."""
    said: dict[str, Any] = {}
    for event in events:
        _grow(said, {name: event[name] for name in ("message", "response") if name in event})
    return {**events[-1], **said}


def _candidates(events: Sequence[Json]) -> Json:
    """A streamed answer of Google's API, put together."""
    whole: dict[str, Any] = {}
    candidate_by_index: dict[str, dict[str, Any]] = {}
    for event in events:
        whole |= event
        for candidate in map(object_of, list_of(event.get("candidates"))):
            index = str(candidate.get("index", 0))
            known = candidate_by_index.setdefault(index, {"parts": []})
            content = object_of(candidate.get("content"))
            for part in map(object_of, list_of(content.get("parts"))):
                _add_part(known["parts"], part)
            known |= {name: told for name, told in candidate.items() if name not in _PARTS}
    candidates = [
        {"content": {"parts": candidate.pop("parts")}, **candidate}
        for candidate in candidate_by_index.values()
    ]
    return {**whole, "candidates": candidates}


def _add_part(parts: list[dict[str, Any]], part: Json) -> None:
    """A text goes on where the one before it ended."""
    is_text = isinstance(part.get("text"), str)
    if is_text and parts and {**parts[-1], "text": ""} == {**part, "text": ""}:
        parts[-1]["text"] += part["text"]
    else:
        parts.append({**part})


def _grow(whole: dict[str, Any], delta: Json) -> None:
    """Adds what a piece says to what is known: texts go on, lists by the `index` of their items."""
    for name, said in delta.items():
        known = whole.get(name)
        if isinstance(said, str) and name not in _NAMES:
            whole[name] = f"{known or ''}{said}"
        elif isinstance(said, dict):
            whole[name] = {**object_of(known)}
            _grow(whole[name], said)
        elif isinstance(said, list):
            whole[name] = _grown(list_of(known), said)
        elif said is not None:
            whole[name] = said


def _grown(known: Sequence[Any], said: Sequence[Any]) -> list[Any]:
    items = list(known)
    for item in said:
        index = object_of(item).get("index")
        same = (
            each for each in items if index is not None and object_of(each).get("index") == index
        )
        whole = next(same, None)
        if whole is None:
            items.append({**item} if isinstance(item, dict) else item)
        else:
            _grow(whole, item)
    return items


def _message(events: Sequence[Json]) -> Json:
    """A streamed message of Anthropic's API, put together."""
    whole: dict[str, Any] = {}
    blocks: dict[str, dict[str, Any]] = {}
    for event in events:
        delta = object_of(event.get("delta"))
        match event.get("type"):
            case "message_start":
                whole = {**object_of(event.get("message"))}
            case "content_block_start":
                blocks[str(event.get("index"))] = {
                    **object_of(event.get("content_block")),
                    "partial": "",
                }
            case "content_block_delta":
                block = blocks.setdefault(str(event.get("index")), {"type": "text", "partial": ""})
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
