"""What happened in one trial: a header and events; the same run gives the same bytes.

A trace outlives the code that made it, so this module knows nothing of agents. Times are integers
(nanoseconds of the run's own clock) and money is decimal: no float reaches a trace.
"""

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

VERSION = 1
"""The format's version; a reader upgrades what is older, and refuses what is newer."""


def canonical(value: Any) -> str:
    """JSON in the one form that is compared and digested: sorted keys, no spaces, no NaN.

    >>> canonical({"b": [1, 2], "a": "é"})
    '{"a":"é","b":[1,2]}'
    """
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Usage(_Record):
    """Tokens that a model call took, as the model counted them."""

    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(default=0, ge=0)
    """Those of the prompt that the vendor had cached."""

    reasoning_tokens: int = Field(default=0, ge=0)
    """Those of the completion that were thought and not said."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
        )


class _Event(_Record):
    number: int = Field(ge=0)
    """Position in the trace; the report and failures refer to an event by it.

    What branches did side by side stands branch by branch; there a later event may be an earlier
    one on the clock.
    """

    at_ns: int = Field(ge=0)
    """Nanoseconds of the run's clock since the trial began."""


class MessageSent(_Event):
    """A chat message, or an event that an agent reported, as it came out of the team's stream."""

    kind: Literal["message"] = "message"
    source: str
    type: str
    """The message's class, such as `TextMessage` or `ToolCallRequestEvent`."""

    is_chat: bool
    """Whether other agents get it; an agent's events are for the observer alone."""

    text: str
    """What a person reads of it."""

    body: dict[str, Any]
    """The whole message as JSON."""

    usage: Usage | None = None


class ModelCalled(_Event):
    """An agent, or the team itself, asked a model and got an answer."""

    kind: Literal["model_call"] = "model_call"
    agent: str
    """Who asked: the innermost participant; empty outside any team or agent run."""

    path: tuple[str, ...] = ()
    """Who asked, from the outermost team inwards, each with its turn: `("writer#3",)`."""

    call: int = Field(ge=1)
    """Position among the trial's model calls, from 1."""

    model: str
    kept: int = Field(ge=0)
    """How many messages at the head of the prompt are those of the same agent's previous call."""

    messages: tuple[dict[str, Any], ...]
    """The rest of the prompt: what is new since then."""

    tools: tuple[dict[str, Any], ...] = ()
    """Schemas of the tools offered."""

    answer: str | tuple[dict[str, Any], ...]
    """The text, or the function calls (`id`, `name`, `arguments`)."""

    thought: str | None = None
    finish_reason: str
    usage: Usage
    usd: Decimal | None = None
    """What the call costs at list price; None when the model's price is not known."""

    origin: Literal["live", "recorded", "replayed", "scripted", "cached"]
    interactions: tuple[str, ...] = ()
    """The cassette's interactions that served the call: `guide/chat/hello.yaml#3`."""

    duration_ns: int = Field(default=0, ge=0)
    """On the run's clock; in a replay, what the recording took."""

    chunks: int = Field(default=0, ge=0)
    """Pieces of a streamed answer; 0 when it was not streamed."""


class Stopped(_Event):
    """The run came to its end."""

    kind: Literal["stopped"] = "stopped"
    reason: str | None
    """The termination condition's words; None when the subject just finished."""


class Failed(_Event):
    """The run ended with an exception."""

    kind: Literal["failed"] = "failed"
    error: str
    """The exception's class."""

    text: str
    where: str | None = None
    """The innermost frame outside the libraries: `scenarios/guide/chat.py:31 in build`."""


Event = Annotated[MessageSent | ModelCalled | Stopped | Failed, Field(discriminator="kind")]


class Trace(_Record):
    """The whole story of one trial."""

    version: int = VERSION
    scenario: str
    """The scenario's id: `scenarios/guide/chat.py::hello_world`."""

    case: str | None = None
    """The case's name, for a scenario with several."""

    trial: int = Field(default=0, ge=0)
    """Which repeat, from 0."""

    seed: int = 0
    events: tuple[Event, ...] = ()

    def messages(self) -> tuple[MessageSent, ...]:
        """What came out of the stream, in order."""
        return tuple(event for event in self.events if isinstance(event, MessageSent))

    def chat(self) -> tuple[MessageSent, ...]:
        """The messages that agents said to each other, in order; the task comes first."""
        return tuple(message for message in self.messages() if message.is_chat)

    def model_calls(self) -> tuple[ModelCalled, ...]:
        """The model calls, in order."""
        return tuple(event for event in self.events if isinstance(event, ModelCalled))

    @property
    def stop_reason(self) -> str | None:
        """Why it ended; None when it just finished, or failed."""
        return next((e.reason for e in reversed(self.events) if isinstance(e, Stopped)), None)


_event: TypeAdapter[Any] = TypeAdapter(Event)


def to_lines(trace: Trace) -> Iterable[str]:
    """The canonical lines of a trace file, with line ends: a header, then an event a line."""
    yield canonical(trace.model_dump(mode="json", exclude={"events"})) + "\n"
    for event in trace.events:
        yield canonical(event.model_dump(mode="json")) + "\n"


def from_lines(lines: Sequence[str]) -> Trace:
    """Reads what `to_lines` wrote.

    Raises:
        ValueError: A line is not what it should be; pydantic's ValidationError is one of them.
    """
    header = json.loads(lines[0])
    events = tuple(_event.validate_json(line) for line in lines[1:] if line.strip())
    return Trace.model_validate({**header, "events": events})
