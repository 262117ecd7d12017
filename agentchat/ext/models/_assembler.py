"""ReplyAssembler: the parts of a model's reply, put together; the same for every vendor.

A stream hands its deltas over as they come, a whole reply its parts at once, so that both are read
by one piece of code. However a reply is cut into deltas, the result is the same.
"""

import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from agentchat.core._function_call import FunctionCall
from agentchat.core.models import (
    ChatCompletionTokenLogprob,
    CreateResult,
    FinishReasons,
    RequestUsage,
)
from agentchat.ext.models._errors import MalformedToolArguments
from agentchat.ext.models._thinking import THINK_END, THINK_START, split_thinking

_FINISH_REASONS: dict[str, FinishReasons] = {
    "stop": "stop",
    "end_turn": "stop",
    "length": "length",
    "content_filter": "content_filter",
    "tool_calls": "function_calls",
    "function_calls": "function_calls",
}


def finish_reason_of(reason: str | None) -> FinishReasons:
    """A vendor's finish reason in our words; `unknown` for one that has none."""
    return _FINISH_REASONS.get(reason.lower(), "unknown") if reason else "unknown"


@dataclass
class ReplyAssembler:
    """Collects a reply; `add_text` and `add_reasoning` yield what a stream's reader shall see."""

    finish_reason: str | None = None
    """In the vendor's words; the first one that came."""

    usage: RequestUsage = field(default_factory=lambda: RequestUsage(0, 0))
    cached_tokens: int = 0
    """Those of the prompt that the vendor had cached."""

    reasoning_tokens: int = 0
    """Those of the completion that were thought and not said."""

    refusal: str = ""
    _texts: list[str] = field(default_factory=list)
    _reasonings: list[str] = field(default_factory=list)
    _calls: dict[int, FunctionCall] = field(default_factory=dict)
    _logprobs: list[ChatCompletionTokenLogprob] = field(default_factory=list)
    _is_thinking: bool = False

    def add_text(self, text: str) -> Iterator[str]:
        """Takes a piece of the answer."""
        if text:
            yield from self.end_thinking()
            self._texts.append(text)
            yield text

    def add_reasoning(self, text: str) -> Iterator[str]:
        """Takes a piece of reasoning; the first of a row is shown behind `<think>`."""
        if text:
            self._reasonings.append(text)
            yield text if self._is_thinking else f"{THINK_START}{text}"
            self._is_thinking = True

    def end_thinking(self) -> Iterator[str]:
        """Shows that a row of reasoning has ended, if there was one."""
        if self._is_thinking:
            self._is_thinking = False
            yield THINK_END

    def add_tool_call(
        self, index: int | None, call_id: str | None, name: str | None, arguments: str | None
    ) -> None:
        """Takes a piece of a tool call.

        Args:
            index: Which call it belongs to. A vendor that does not say begins a call with its id.
            call_id: A piece of the call's id.
            name: A piece of the tool's name.
            arguments: A piece of the JSON text.
        """
        call = self._call_at(index, begins=bool(call_id))
        call.id += call_id or ""
        call.name += name or ""
        call.arguments += arguments or ""

    def add_logprobs(self, logprobs: list[ChatCompletionTokenLogprob]) -> None:
        """Takes the probabilities of some more tokens."""
        self._logprobs += logprobs

    def finish(self, reason: str | None) -> None:
        """Notes why the model stopped; some vendors repeat it, or contradict it later."""
        self.finish_reason = self.finish_reason or reason

    @property
    def text(self) -> str:
        """The answer so far."""
        return "".join(self._texts)

    @property
    def tool_calls(self) -> list[FunctionCall]:
        """The calls so far, in the order in which they began."""
        return list(self._calls.values())

    def result(self, *, thinks_aloud: bool = False) -> CreateResult:
        """The reply as a whole.

        Text beside tool calls is a thought. Odd replies are passed on with a warning.

        Args:
            thinks_aloud: Whether the model writes its reasoning into the text, in `<think>` tags.
        """
        calls, text = self.tool_calls, self.text
        thought: str | None = "".join(self._reasonings)
        if calls:
            _warn_about(calls, self.finish_reason)
            thought = "\n".join(part for part in (thought, text) if part)
        elif thinks_aloud and not thought:
            thought, text = split_thinking(text)
        return CreateResult(
            finish_reason="function_calls" if calls else finish_reason_of(self.finish_reason),
            content=calls or text or self.refusal,
            usage=self.usage,
            cached=False,
            logprobs=self._logprobs or None,
            thought=thought or None,
        )

    def _call_at(self, index: int | None, *, begins: bool) -> FunctionCall:
        if index is None:
            last = max(self._calls, default=-1)
            index = last + 1 if begins else max(last, 0)
        return self._calls.setdefault(index, FunctionCall(id="", arguments="", name=""))


def _warn_about(calls: list[FunctionCall], finish_reason: str | None) -> None:
    if finish_reason_of(finish_reason) != "function_calls":
        warnings.warn(
            f"Finish reason mismatch: {finish_reason} != tool_calls when tool_calls are present. "
            "Finish reason may not be accurate. This may be due to the API used that is not "
            "returning the correct finish reason.",
            stacklevel=4,
        )
    for call in calls:
        if not _is_object(call.arguments):
            warnings.warn(MalformedToolArguments(call.name, call.arguments), stacklevel=4)


def _is_object(arguments: str) -> bool:
    try:
        # Some models write nothing at all for a tool without parameters.
        return not arguments or isinstance(json.loads(arguments), dict)
    except ValueError:
        return False
