"""A model call, opened: the prompt's news, the tools offered, the answer and what it took."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harness.trace import ModelCalled
from reports._code import Code, json_code
from reports._content import Part, parts, word
from reports._prose import pieces
from reports._tools import FunctionCall, function_call


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """A message of a prompt."""

    role: str
    source: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A tool that the model could call."""

    name: str
    description: str
    schema: Code


@dataclass(frozen=True, slots=True)
class ModelCall:
    """A model call as the page shows it."""

    event: ModelCalled
    previous: int | None
    """Number of the event of the same agent's previous call."""

    prompt: tuple[PromptMessage, ...]
    """What is new since then."""

    tools: tuple[OfferedTool, ...]
    answer: tuple[Part, ...]
    function_calls: tuple[FunctionCall, ...]
    thought: tuple[Part, ...]
    kind: Literal["call"] = "call"

    @property
    def numbers(self) -> tuple[int, ...]:
        """The trace's events that this shows."""
        return (self.event.number,)


def model_calls(calls: tuple[ModelCalled, ...]) -> Iterator[ModelCall]:
    """The calls of a trial, each linked with the same agent's previous one."""
    last_of_agent: dict[tuple[str, ...], int] = {}
    for call in calls:
        # Where nested teams have agents of one name, the way to them tells them apart.
        agent = (*(part.partition("#")[0] for part in call.path), call.agent)
        yield _model_call(call, last_of_agent.get(agent))
        last_of_agent[agent] = call.number


def _model_call(call: ModelCalled, previous: int | None) -> ModelCall:
    said = call.answer if isinstance(call.answer, str) else ""
    chosen = () if isinstance(call.answer, str) else call.answer
    return ModelCall(
        event=call,
        previous=previous,
        prompt=tuple(_prompt_message(message) for message in call.messages),
        tools=tuple(_offered(tool) for tool in call.tools),
        answer=pieces(said),
        function_calls=tuple(function_call(record) for record in chosen),
        thought=pieces(call.thought or ""),
    )


def _prompt_message(message: Mapping[str, Any]) -> PromptMessage:
    role = word(message, "role") or word(message, "type")
    source = word(message, "source") or word(message, "name")
    shown = {"role", "type", "source", "name", "content"}
    rest = {key: value for key, value in message.items() if key not in shown and value}
    extra = (json_code(rest),) if rest else ()
    short = role.removesuffix("Message") or "message"
    return PromptMessage(short, source, (*parts(message.get("content")), *extra))


def _offered(tool: Mapping[str, Any]) -> OfferedTool:
    function = tool.get("function")
    described = function if isinstance(function, dict) else tool
    name, description = word(described, "name"), word(described, "description")
    return OfferedTool(name, description, json_code(tool))
