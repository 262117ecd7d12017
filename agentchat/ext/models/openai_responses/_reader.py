"""ResponseReader: responses, whole or as events, read into the assembler.

Responses are read as plain JSON: servers that only resemble OpenAI's leave out what its types
require, and new kinds of items must not stop a reader of text.
"""

from collections.abc import Iterator
from typing import Any, Final

from agentchat.core.models import RequestUsage
from agentchat.ext.models._assembler import ReplyAssembler
from agentchat.ext.models._errors import EmptyReply
from agentchat.ext.models._logprobs import logprob_of
from agentchat.ext.models._reading import Json
from agentchat.ext.models._reply_reader import ReplyReader
from agentchat.ext.models.openai_responses._errors import ResponseNotCompleted

_READABLE: Final = ("completed", "incomplete")
_LAST: Final = ("response.completed", "response.incomplete", "response.failed")
_TEXT: Final = ("response.output_text.delta", "response.refusal.delta")
_REASONING: Final = ("response.reasoning_summary_text.delta", "response.reasoning_text.delta")
# Stands between two parts of reasoning, in a result as in a stream.
_REASONING_BREAK: Final = "\n\n"


class ResponseReader(ReplyReader):
    """Reads one response.

    What a stream shows is put together from the deltas; what counts is the whole response at its
    end.
    """

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self._shown = ReplyAssembler()
        self._item_by_index: dict[int, Json] = {}
        self._reasoning_part: object = None

    @property
    def shown(self) -> ReplyAssembler:
        return self._shown

    def read_whole(self, body: Json) -> bool:
        """Reads a response; False when it has no list of output items.

        Raises:
            ResponseNotCompleted: It failed, was cancelled, or is still being made.
        """
        self._read_usage(body.get("usage") or {})
        # Some servers don't say it.
        status = body.get("status") or "completed"
        error = body.get("error")
        if status not in _READABLE or (error and not body.get("output")):
            self._refuse(status if status not in _READABLE else "error", error)
        output = body.get("output")
        if not isinstance(output, list):
            return False
        thought = _REASONING_BREAK.join(text for item in output for text in _reasoning_in(item))
        for _ in self.assembler.add_reasoning(thought):
            """Nobody watches."""
        for index, item in enumerate(output):
            self._read_item(index, item)
        reason = (body.get("incomplete_details") or {}).get("reason")
        self.assembler.finish(_finish_reason(reason, bool(self.assembler.tool_calls)))
        return True

    def read_event(self, event: Json) -> Iterator[str]:
        """Takes an event; yields what the stream's reader shall see of it.

        Raises:
            ResponseNotCompleted: It is an error.
            EmptyReply: It is the end of the response, and has no list of output items.
        """
        kind = event.get("type")
        if kind in _TEXT:
            yield from self._shown.add_text(event.get("delta") or "")
        elif kind in _REASONING:
            yield from self._read_reasoning(event)
        elif kind == "response.output_item.done":
            self._keep(event.get("output_index", len(self._item_by_index)), event["item"])
        elif kind in _LAST:
            yield from self._shown.end_thinking()
            response = self._whole(event["response"])
            if not self.read_whole(response):
                raise EmptyReply(self.model, response)
        elif kind == "error":
            self._refuse("error", event.get("error") or event)

    def _keep(self, index: int, item: Json) -> None:
        self._item_by_index[index] = item
        if item.get("type") == "function_call":
            self._shown.add_tool_call(index, item.get("call_id"), item.get("name"), None)

    def _read_reasoning(self, event: Json) -> Iterator[str]:
        part = [event.get(key) for key in ("output_index", "summary_index", "content_index")]
        is_next = self._reasoning_part not in (None, part)
        self._reasoning_part = part
        delta = event.get("delta") or ""
        yield from self._shown.add_reasoning(_REASONING_BREAK + delta if is_next else delta)

    def _whole(self, response: Json) -> Json:
        """The response with its output, which some servers don't repeat at the end."""
        items = [self._item_by_index[index] for index in sorted(self._item_by_index)]
        return {**response, "output": response.get("output") or items}

    def _read_item(self, index: int, item: Json) -> None:
        match item.get("type"):
            case "message":
                for part in item.get("content") or []:
                    self._read_part(part)
            case "function_call":
                call_id = item.get("call_id") or item.get("id")
                self.assembler.add_tool_call(
                    index, call_id, item.get("name"), item.get("arguments")
                )

    def _read_part(self, part: Json) -> None:
        for _ in self.assembler.add_text(part.get("text") or ""):
            """Nobody watches."""
        self.assembler.refusal += part.get("refusal") or ""
        self.assembler.add_logprobs([logprob_of(token) for token in part.get("logprobs") or []])

    def _read_usage(self, usage: Json) -> None:
        self.assembler.usage = RequestUsage(
            prompt_tokens=usage.get("input_tokens") or 0,
            completion_tokens=usage.get("output_tokens") or 0,
        )
        asked = usage.get("input_tokens_details") or {}
        answered = usage.get("output_tokens_details") or {}
        self.assembler.cached_tokens = asked.get("cached_tokens") or 0
        self.assembler.reasoning_tokens = answered.get("reasoning_tokens") or 0

    def _refuse(self, status: str, error: Any) -> None:
        details = error if isinstance(error, dict) else {"message": error}
        reason = details.get("message") or ""
        raise ResponseNotCompleted(self.model, status, details.get("code"), str(reason))


def _reasoning_in(item: Json) -> Iterator[str]:
    """The parts of a reasoning item that can be read: its summary, or the reasoning itself."""
    if item.get("type") == "reasoning":
        for part in [*(item.get("summary") or []), *(item.get("content") or [])]:
            if part.get("text"):
                yield part["text"]


def _finish_reason(incomplete_reason: str | None, has_calls: bool) -> str:
    """Why the model stopped, in the words of chat completions."""
    if incomplete_reason is None:
        return "tool_calls" if has_calls else "stop"
    return "length" if incomplete_reason == "max_output_tokens" else incomplete_reason
