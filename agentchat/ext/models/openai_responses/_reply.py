"""A whole response, read into the assembler.

Responses are read as plain JSON: servers that only resemble OpenAI's leave out what its types
require, and new kinds of items must not stop a reader of text.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from agentchat.core.models import ChatCompletionTokenLogprob, RequestUsage
from agentchat.ext.models._assembler import ReplyAssembler
from agentchat.ext.models.openai_responses._errors import ResponseNotCompleted

Json = Mapping[str, Any]

REASONING_BREAK = "\n\n"
"""Stands between two parts of reasoning, in a result as in a stream."""

_READABLE = ("completed", "incomplete")


def read_response(response: Json, model: str, assembler: ReplyAssembler) -> bool:
    """Reads a response; False when it has no list of output items.

    Raises:
        ResponseNotCompleted: It failed, was cancelled, or is still being made.
    """
    _read_usage(response, assembler)
    # Some servers don't say it.
    status = response.get("status") or "completed"
    if status not in _READABLE:
        error = response.get("error") or {}
        raise ResponseNotCompleted(model, status, error.get("code"), error.get("message") or "")
    output = response.get("output")
    if not isinstance(output, list):
        return False
    thought = REASONING_BREAK.join(text for item in output for text in reasoning_in(item))
    for _ in assembler.add_reasoning(thought):
        """Nobody watches."""
    for index, item in enumerate(output):
        _read_item(index, item, assembler)
    reason = (response.get("incomplete_details") or {}).get("reason")
    assembler.finish(_finish_reason(reason, bool(assembler.tool_calls)))
    return True


def reasoning_in(item: Json) -> Iterator[str]:
    """The parts of a reasoning item that can be read: its summary, or the reasoning itself."""
    if item.get("type") == "reasoning":
        for part in [*(item.get("summary") or []), *(item.get("content") or [])]:
            if part.get("text"):
                yield part["text"]


def _read_item(index: int, item: Json, assembler: ReplyAssembler) -> None:
    match item.get("type"):
        case "message":
            for part in item.get("content") or []:
                _read_part(part, assembler)
        case "function_call":
            call_id = item.get("call_id") or item.get("id")
            assembler.add_tool_call(index, call_id, item.get("name"), item.get("arguments"))


def _read_part(part: Json, assembler: ReplyAssembler) -> None:
    for _ in assembler.add_text(part.get("text") or ""):
        """Nobody watches."""
    assembler.refusal += part.get("refusal") or ""
    assembler.add_logprobs(
        [ChatCompletionTokenLogprob.model_validate(token) for token in part.get("logprobs") or []]
    )


def _read_usage(response: Json, assembler: ReplyAssembler) -> None:
    usage = response.get("usage")
    if usage:
        assembler.usage = RequestUsage(
            prompt_tokens=usage.get("input_tokens") or 0,
            completion_tokens=usage.get("output_tokens") or 0,
        )
        asked = usage.get("input_tokens_details") or {}
        answered = usage.get("output_tokens_details") or {}
        assembler.cached_tokens = asked.get("cached_tokens") or 0
        assembler.reasoning_tokens = answered.get("reasoning_tokens") or 0


def _finish_reason(incomplete_reason: str | None, has_calls: bool) -> str:
    """Why the model stopped, in the words of chat completions."""
    if incomplete_reason is None:
        return "tool_calls" if has_calls else "stop"
    return "length" if incomplete_reason == "max_output_tokens" else incomplete_reason
