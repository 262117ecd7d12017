"""A script: what a model shall answer, written by a person. Read from YAML, or made in a test.

The same script answers in the process (`harness.scripted`) and over HTTP (`harness.server`).
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import yaml
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, model_validator

from harness.errors import UnexpectedModelCall, UnreadableScript, UnusedReplies


class Asked(NamedTuple):
    """What a script may look at in a request."""

    model: str
    system: str
    """All system messages, a line between them."""

    last: str
    """The text of the last message."""

    tools: tuple[str, ...]
    """Names of the tools offered."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class When(_Record):
    """Which requests a reply is for; everything that is given must hold."""

    model: str | None = None
    """The model's name, exactly."""

    system: str | None = None
    """A text that occurs in a system message."""

    last: str | None = None
    """A text that occurs in the last message."""

    tool: str | None = None
    """The name of a tool that is offered."""

    def holds(self, asked: Asked) -> bool:
        """Whether the request is one of those."""
        return (
            self.model in (None, asked.model)
            and (self.system is None or self.system in asked.system)
            and (self.last is None or self.last in asked.last)
            and (self.tool is None or self.tool in asked.tools)
        )


class Tokens(_Record):
    """The usage that a reply reports; by default it is estimated from the texts."""

    prompt: int = Field(ge=0)
    completion: int = Field(ge=0)


class HttpFailure(_Record):
    """An answer that is an HTTP error."""

    status: int = Field(ge=400, le=599)
    message: str = "The script says so."
    retry_after: str | None = None
    """The `Retry-After` header: seconds, or an HTTP date."""


class Reply(_Record):
    """One answer of the model."""

    when: When = Field(default=When(), validation_alias=AliasChoices("if", "when"))
    say: str | None = None
    """The text; beside calls, what the model says before it calls."""

    call: Mapping[str, Any] | tuple[Mapping[str, Any], ...] = ()
    """Tools to call, each as `name: {argument: value}`; a list for several calls of one tool."""

    think: str | None = None
    """Reasoning, as vendors send it beside the answer."""

    refuse: str | None = None
    """The words of a refusal, instead of an answer."""

    fail: HttpFailure | None = None
    finish: Literal["stop", "length", "content_filter", "tool_calls"] | None = None
    """Why it ends; by default `stop`, or `tool_calls` when tools are called."""

    usage: Tokens | None = None

    @model_validator(mode="after")
    def _answers_once(self) -> Self:
        given = [self.say is not None or bool(self.call), self.refuse is not None, bool(self.fail)]
        if sum(given) != 1:
            raise ValueError("a reply has one of: say and/or call, refuse, fail")
        return self

    @property
    def calls(self) -> tuple[tuple[str, Any], ...]:
        """The calls, each a tool's name and its arguments."""
        parts = [self.call] if isinstance(self.call, Mapping) else self.call
        return tuple(pair for part in parts for pair in part.items())


class Script(_Record):
    """Replies in the order of their use."""

    harness: Literal["script"] = "script"
    version: Literal[1] = 1
    replies: tuple[Reply, ...] | Mapping[str, tuple[Reply, ...]] = ()
    """The replies; by scenario, where a story tells several."""

    models: Mapping[str, str] = {}
    """Under which name a model answers, where that is not the one it is asked by: vendors answer
    with the dated snapshot."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads a script file.

        Raises:
            UnreadableScript: It is missing, no YAML, or not a script; the error says where.
        """
        try:
            text = path.read_text(encoding="utf-8")
            return cls.model_validate(yaml.safe_load(text))
        except OSError as error:
            raise UnreadableScript(path, error.strerror or str(error)) from error
        except UnicodeDecodeError as error:
            raise UnreadableScript(path, "it is not UTF-8 text") from error
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line = None if mark is None else mark.line + 1
            raise UnreadableScript(path, f"it is not YAML: {error.problem}", line=line) from error
        except ValidationError as error:
            first = error.errors()[0]
            document = yaml.compose(text, Loader=yaml.SafeLoader)
            place, line = _place_in(document, first["loc"])
            raise UnreadableScript(path, f"{place}{first['msg']}", line=line) from error

    def part(self, scenario: str) -> "Script":
        """The replies of one scenario: none, where the script has parts and none of this name."""
        if not isinstance(self.replies, Mapping):
            return self
        return Script(replies=self.replies.get(scenario, ()), models=self.models)


def is_script(path: Path) -> bool:
    """Whether a file says that it is a script, well-formed or not; a missing one says nothing."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return re.search(r"^(?:harness:\s*script\b|replies:)", text, re.MULTILINE) is not None


def pieces(text: str | None) -> list[str]:
    """A text in the pieces in which it is streamed: words, each with the space behind it."""
    return re.findall(r"\s+|\S+\s?", text or "")


class Performance:
    """A script being played: each reply once, the first unused one that fits.

    >>> show = Performance([Reply(say="hello")])
    >>> show.answer(Asked("gpt-4o", "", "hi", ())).say
    'hello'
    """

    def __init__(self, replies: Sequence[Reply]) -> None:
        self._replies = list(enumerate(replies, start=1))
        self.calls = 0
        """How many requests came."""

        self.used: list[int] = []
        """Numbers of the replies that were given, from 1, in the order of their use."""

    @property
    def unused(self) -> list[int]:
        """Numbers of the replies that are left, from 1."""
        return [number for number, _ in self._replies]

    def answer(self, asked: Asked) -> Reply:
        """The reply to a request.

        Raises:
            UnexpectedModelCall: No unused reply is for such a request.
        """
        self.calls += 1
        for position, (number, reply) in enumerate(self._replies):
            if reply.when.holds(asked):
                del self._replies[position]
                self.used.append(number)
                return reply
        raise UnexpectedModelCall(
            self.calls, asked.model, asked.last, [_in_words(*entry) for entry in self._replies]
        )

    def assert_complete(self) -> None:
        """Makes sure that every reply has been used.

        Raises:
            UnusedReplies: Some were not asked for.
        """
        if self._replies:
            raise UnusedReplies([_in_words(*entry) for entry in self._replies], self.calls)


def _in_words(number: int, reply: Reply) -> str:
    answer = reply.say or reply.refuse or ", ".join(name for name, _ in reply.calls) or "a failure"
    wants = ", ".join(f"{name} {value!r}" for name, value in reply.when if value is not None)
    return f"reply {number} ({answer[:40]!r})" + (f" for {wants}" if wants else "")


def _place_in(node: yaml.Node | None, location: Sequence[int | str]) -> tuple[str, int]:
    """Where in the document a validation error is: the keys to it, and its line from 1.

    The validator's location also names the types that it tried; those are no keys.
    """
    line, keys = 1, []
    for part in location:
        inside = _inside(node)
        if part in inside:
            line, node = inside[part]
            keys.append(f"{part}: ")
    return "".join(keys), line


def _inside(node: yaml.Node | None) -> dict[int | str, tuple[int, yaml.Node]]:
    """The parts of a node by key or position, each with its line from 1."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: (key.start_mark.line + 1, child) for key, child in node.value}
    if isinstance(node, yaml.SequenceNode):
        return {n: (child.start_mark.line + 1, child) for n, child in enumerate(node.value)}
    return {}
