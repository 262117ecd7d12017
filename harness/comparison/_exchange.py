"""What an interaction says, for people: who asked which model what, and what it answered."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.answers import Json, answer_of, choice_of, list_of, object_of, usage_of
from harness.interactions import Cassette, Failure, Interaction, Request, Response
from harness.matching import json_of
from harness.redacted import replaced_in
from harness.trace import canonical

# Where the body does not name the model, as in Google's and Azure's APIs, the address does.
_MODEL = re.compile(r"(?<!/)/(?:models|deployments|engines|model)/([^/:?]+)")

# What vendors call the same.
_SYSTEM = ("instructions", "system", "systemInstruction", "system_instruction")
_MESSAGES = ("messages", "input", "prompt", "contents")
_CONTENT = ("content", "output", "parts")
_REASONS = ("finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason", "status")


@dataclass(frozen=True, slots=True)
class Said:
    """One message, or one call of a tool."""

    role: str
    text: str


_Told = dict[Said, "_Told"]
"""What conversations began with: after each message, those that came next."""


@dataclass(frozen=True, slots=True)
class Exchange:
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


@dataclass(frozen=True, slots=True)
class Shown:
    """What `harness cassettes show` tells."""

    file: str
    origin: str
    recorded: str
    """The day; empty when the file doesn't say."""

    by: str
    """What recorded it."""

    exchanges: tuple[Exchange, ...]

    replaced: Mapping[str, int]
    """In how many of them something stands for a secret, by the secret's name."""


def shown(file: Path, cassette: Cassette) -> Shown:
    """A cassette, told."""
    header = cassette.header
    told = tuple(exchanges(cassette.interactions))
    replaced = replaced_in(cassette)
    return Shown(file.as_posix(), header.origin, header.recorded, header.by, told, replaced)


def exchanges(interactions: Sequence[Interaction]) -> Iterator[Exchange]:
    """Tells the interactions in order."""
    known: _Told = {}
    for interaction in interactions:
        request = request_of(interaction)
        messages = list(_messages(request))
        kept = _kept(known, messages)
        yield _exchange(interaction, request, tuple(messages[kept:]), kept)


def model_of(interaction: Interaction) -> str:
    """The model that was asked; empty where nothing says it."""
    model = request_of(interaction).get("model")
    in_address = _MODEL.search(interaction.request.url)
    return str(model) if model else in_address[1] if in_address else ""


def request_of(interaction: Interaction) -> Json:
    """What was asked, as an object; empty where it is none."""
    return object_of(json_of(interaction.request.body))


def _exchange(
    interaction: Interaction, request: Json, messages: tuple[Said, ...], kept: int
) -> Exchange:
    answer = answer_of(interaction)
    usage = usage_of(answer)
    return Exchange(
        agent=interaction.agent,
        model=model_of(interaction),
        outcome=_outcome(interaction),
        duration_ns=interaction.response.duration_ns,
        messages=messages or (() if kept else (_asked(interaction.request),)),
        kept=kept,
        tools=tuple(_tool_name(tool) for tool in list_of(request.get("tools"))),
        answer=tuple(_answered(answer)) or tuple(_came(interaction)),
        finish_reason=_reason(answer),
        prompt_tokens=usage.prompt_tokens if usage else None,
        completion_tokens=usage.completion_tokens if usage else None,
    )


def _kept(known: _Told, messages: Sequence[Said]) -> int:
    """With how many messages a conversation before began alike; this one is known then, too."""
    kept = 0
    for said in messages:
        kept += said in known
        known = known.setdefault(said, {})
    return kept


def _asked(request: Request) -> Said:
    """What was asked of no model that is known here, as it was sent."""
    body = request.body.decode(errors="backslashreplace")
    return Said(request.method, f"{request.url}\n{body}".rstrip())


def _came(interaction: Interaction) -> Iterator[Said]:
    """What came back, if it says nothing that is known here, as it came."""
    response = interaction.response
    if isinstance(response, Response) and response.content:
        yield Said("body", response.content.decode(errors="backslashreplace"))


def _outcome(interaction: Interaction) -> str:
    response = interaction.response
    status = str(response.status) if isinstance(response, Response) else "no answer"
    if isinstance(response.ending, Failure):
        return f"{status}, {response.ending.error}: {response.ending.message}"
    return status if response.ending == "complete" else f"{status}, the caller stopped"


def _messages(request: Json) -> Iterator[Said]:
    """The messages of a request of any known API, or of a model client's."""
    for key in _SYSTEM:
        if request.get(key):
            yield Said("system", _text(request[key]))
    told = next((request[key] for key in _MESSAGES if key in request), None)
    for message in told if isinstance(told, list) else [told] if told else []:
        yield from _spoken(message if isinstance(message, dict) else {"content": message})


def _spoken(message: Json) -> Iterator[Said]:
    role = str(message.get("role") or message.get("type") or "user")
    content = next((message[key] for key in _CONTENT if key in message), None)
    if text := _text(content):
        yield Said(role, text)
    yield from _calls(message)


def _calls(message: Json) -> Iterator[Said]:
    calls = [object_of(call).get("function") for call in list_of(message.get("tool_calls"))]
    calls.append(message if message.get("type") == "function_call" else None)
    for call in map(object_of, calls):
        if call:
            yield Said("call", f"{call.get('name', '')}({call.get('arguments', '')})")


def _reason(answer: Json) -> str:
    ends = (choice_of(answer), *map(object_of, list_of(answer.get("candidates"))), answer)
    reasons = (end.get(name) for end in ends for name in _REASONS)
    return str(next(filter(None, reasons), ""))


def _answered(answer: Json) -> Iterator[Said]:
    if answer.get("error"):
        yield Said("error", _text(object_of(answer["error"]).get("message") or answer["error"]))
    choice = choice_of(answer)
    message = object_of(choice.get("message")) or {"content": choice.get("text")}
    candidates = (object_of(each).get("content") for each in list_of(answer.get("candidates")))
    output = answer.get("output")
    for said in (
        message,
        *map(object_of, list_of(output)),
        object_of(object_of(output).get("message")),
        object_of(answer.get("message")),
        *map(object_of, candidates),
        {"content": answer.get("content")},
    ):
        yield from _spoken({"role": "assistant", **said})


def _tool_name(tool: Any) -> str:
    tool = object_of(tool)
    return str(object_of(tool.get("function")).get("name") or tool.get("name") or tool.get("type"))


def _text(content: Any) -> str:
    """A message's content as text; what is no text, by its kind."""
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, dict):
        content = content.get("parts", content)
    if not isinstance(content, list):
        return canonical(content)
    return "\n".join(_part(part) for part in content)


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    part = object_of(part)
    if "text" in part:
        return str(part["text"])
    if "arguments" in part or "input" in part:
        return f"{part.get('name', '')}({part.get('arguments') or canonical(part.get('input'))})"
    return f"[{part.get('type', 'part')}]"
