"""Replies of the chat completions API, whole or in chunks, read into the assembler.

They are read as plain JSON: servers that only resemble OpenAI's leave out what its types require.
"""

import json
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from agentchat.core.models import ChatCompletionTokenLogprob, RequestUsage, TopLogprob
from agentchat.ext.models._assembler import ReplyAssembler

Json = Mapping[str, Any]


def read_completion(completion: Json, assembler: ReplyAssembler) -> bool:
    """Reads a whole reply; False when it holds no choice."""
    _read_usage(completion, assembler)
    choice = _first_choice(completion)
    message = choice.get("message")
    if not isinstance(message, dict):
        return False
    for _ in _read_parts(message, assembler):
        """Nobody watches."""
    for index, call in enumerate(message.get("tool_calls") or []):
        _read_tool_call(index, call, assembler)
    _read_end(choice, assembler)
    return True


def read_chunk(chunk: Json, assembler: ReplyAssembler) -> Iterator[str]:
    """Reads a chunk of a stream; yields what the stream's reader shall see of it."""
    _read_usage(chunk, assembler)
    choice = _first_choice(chunk)
    delta = choice.get("delta") or {}
    yield from _read_parts(delta, assembler)
    calls = delta.get("tool_calls") or []
    if calls:
        yield from assembler.end_thinking()
    for call in calls:
        _read_tool_call(call.get("index"), call, assembler)
    _read_end(choice, assembler)


def _first_choice(reply: Json) -> Json:
    choices = reply.get("choices") or [{}]
    if len(choices) > 1:
        warnings.warn(
            f"Received a reply with {len(choices)} choices. Only the first choice will be used.",
            UserWarning,
            stacklevel=4,
        )
    return choices[0] or {}


def _read_parts(parts: Json, assembler: ReplyAssembler) -> Iterator[str]:
    # Some servers send the field always, empty.
    if (parts.get("function_call") or {}).get("name"):
        raise ValueError("function_call is deprecated and is not supported by this model client.")
    # Neither name is OpenAI's; DeepSeek and vLLM say the first, OpenRouter the second.
    reasoning = parts.get("reasoning_content") or parts.get("reasoning")
    if isinstance(reasoning, str):
        yield from assembler.add_reasoning(reasoning)
    yield from _read_content(parts.get("content"), assembler)
    assembler.refusal += parts.get("refusal") or ""


def _read_content(content: Any, assembler: ReplyAssembler) -> Iterator[str]:
    if isinstance(content, str):
        yield from assembler.add_text(content)
        return
    # Mistral's models that reason answer with parts, some of which are reasoning.
    for part in content or []:
        if part.get("type") == "thinking":
            texts = [thought.get("text") or "" for thought in part["thinking"]]
            yield from assembler.add_reasoning("".join(texts))
        else:
            yield from assembler.add_text(part.get("text") or "")


def _read_tool_call(index: int | None, call: Json, assembler: ReplyAssembler) -> None:
    function = call.get("function") or {}
    arguments = function.get("arguments")
    if arguments is not None and not isinstance(arguments, str):
        warnings.warn(
            f"Tool call function arguments field is not a string: {arguments}. This is unexpected "
            "and may due to the API used not returning the correct type. "
            "Attempting to convert it to string.",
            stacklevel=4,
        )
        arguments = json.dumps(arguments)
    assembler.add_tool_call(index, call.get("id"), function.get("name"), arguments)


def _read_end(choice: Json, assembler: ReplyAssembler) -> None:
    logprobs = (choice.get("logprobs") or {}).get("content")
    assembler.add_logprobs([_logprob(token) for token in logprobs or []])
    assembler.finish(choice.get("finish_reason"))


def _read_usage(reply: Json, assembler: ReplyAssembler) -> None:
    usage = reply.get("usage")
    if usage:
        assembler.usage = RequestUsage(
            prompt_tokens=usage.get("prompt_tokens") or 0,
            completion_tokens=usage.get("completion_tokens") or 0,
        )
        prompt = usage.get("prompt_tokens_details") or {}
        completion = usage.get("completion_tokens_details") or {}
        assembler.cached_tokens = prompt.get("cached_tokens") or 0
        assembler.reasoning_tokens = completion.get("reasoning_tokens") or 0


def _logprob(token: Json) -> ChatCompletionTokenLogprob:
    return ChatCompletionTokenLogprob(
        token=token["token"],
        logprob=token["logprob"],
        top_logprobs=[
            TopLogprob(logprob=other["logprob"], bytes=other.get("bytes"))
            for other in token.get("top_logprobs") or []
        ],
        bytes=token.get("bytes"),
    )
