"""Replies of the chat completions API, whole or in chunks, read into the assembler.

They are read as plain JSON: servers that only resemble OpenAI's leave out what its types require.
"""

import json
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, Final

from agentchat.core.models import RequestUsage
from agentchat.ext.models._errors import ErrorInReply, LegacyFunctionCall
from agentchat.ext.models._logprobs import logprob_of
from agentchat.ext.models._reading import Json
from agentchat.ext.models._reply_reader import ReplyReader

STREAM_END: Final[Json] = {"data": "[DONE]"}
"""Stands for the event by which a server says that a stream is over. Not every server has it."""


class ChatCompletionReader(ReplyReader):
    """Reads one chat completion."""

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self._has_ended = False
        self._choice_index: object = None

    @property
    def is_complete(self) -> bool:
        # Some servers give no reason, others don't say [DONE]; one of the two must be there.
        return self._has_ended or super().is_complete

    def read_whole(self, body: Json) -> bool:
        """Reads a whole reply; False when it holds no choice."""
        choice = self._choice_of(body)
        message = choice.get("message")
        if not isinstance(message, dict):
            return False
        for _ in self._read_parts(message):
            """Nobody watches."""
        for index, call in enumerate(message.get("tool_calls") or []):
            self._read_tool_call(index, call)
        self._read_end(choice)
        return True

    def read_event(self, event: Json) -> Iterator[str]:
        """Reads a chunk of a stream; yields what the stream's reader shall see of it."""
        if event is STREAM_END:
            self._has_ended = True
            return
        choice = self._choice_of(event)
        delta = choice.get("delta") or {}
        yield from self._read_parts(delta)
        calls = delta.get("tool_calls") or []
        if calls:
            yield from self.assembler.end_thinking()
        for call in calls:
            self._read_tool_call(call.get("index"), call)
        self._read_end(choice)

    def _choice_of(self, reply: Json) -> Json:
        """The first choice, after what the reply says beside it; empty when there is none."""
        choices = reply.get("choices") or []
        self._read_usage(reply, choices)
        self._refuse_error(reply, choices)
        if choices and self._choice_index is None:
            self._choice_index = choices[0].get("index") or 0
        ours = [each for each in choices if (each.get("index") or 0) == self._choice_index]
        # Some servers number all choices alike.
        if len(choices) > 1 or len(ours) < len(choices):
            warnings.warn(
                f"Received a reply with {max(len(choices), 2)} choices. "
                "Only the first choice will be used.",
                UserWarning,
                stacklevel=4,
            )
        return ours[0] if ours else {}

    def _refuse_error(self, reply: Json, choices: list[Json]) -> None:
        is_error = reply.get("object") == "error"
        error = reply.get("error") or (choices[0].get("error") if choices else is_error)
        if error:
            details = error if isinstance(error, dict) else reply if is_error else {}
            reason = details.get("message") or error
            raise ErrorInReply(self.model, str(reason), details.get("code"), reply)

    def _read_parts(self, parts: Json) -> Iterator[str]:
        # Some servers send the field always, empty.
        function = (parts.get("function_call") or {}).get("name")
        if function:
            raise LegacyFunctionCall(self.model, function)
        # Neither name is OpenAI's; DeepSeek and vLLM say the first, OpenRouter the second.
        reasoning = parts.get("reasoning_content") or parts.get("reasoning")
        if isinstance(reasoning, str):
            yield from self.assembler.add_reasoning(reasoning)
        yield from self._read_content(parts.get("content"))
        # What is said aloud has no content beside it.
        yield from self.assembler.add_text((parts.get("audio") or {}).get("transcript") or "")
        self.assembler.refusal += parts.get("refusal") or ""

    def _read_content(self, content: Any) -> Iterator[str]:
        if isinstance(content, str):
            yield from self.assembler.add_text(content)
            return
        # Mistral's models that reason answer with parts, some of which are reasoning.
        for part in content or []:
            if isinstance(part, str):
                yield from self.assembler.add_text(part)
            elif part.get("type") == "thinking":
                yield from self.assembler.add_reasoning(_text_of(part.get("thinking")))
            else:
                yield from self.assembler.add_text(part.get("text") or "")
                self.assembler.refusal += part.get("refusal") or ""

    def _read_tool_call(self, index: int | None, call: Json) -> None:
        function = call.get("function") or call.get("custom") or {}
        arguments = function.get("arguments", function.get("input"))
        if arguments is not None and not isinstance(arguments, str):
            warnings.warn(
                f"Tool call function arguments field is not a string: {arguments}. This is "
                "unexpected and may due to the API used not returning the correct type. "
                "Attempting to convert it to string.",
                stacklevel=4,
            )
            arguments = json.dumps(arguments)
        self.assembler.add_tool_call(index, call.get("id"), function.get("name"), arguments)

    def _read_end(self, choice: Json) -> None:
        logprobs = (choice.get("logprobs") or {}).get("content")
        self.assembler.add_logprobs([logprob_of(token) for token in logprobs or []])
        self.assembler.finish(choice.get("finish_reason"))

    def _read_usage(self, reply: Json, choices: list[Json]) -> None:
        # In streams, Groq and Moonshot have it at places of their own.
        places = (reply, reply.get("x_groq") or {}, *choices[:1])
        usage = next((place["usage"] for place in places if place.get("usage")), None)
        if usage:
            self.assembler.usage = RequestUsage(
                prompt_tokens=usage.get("prompt_tokens") or 0,
                completion_tokens=usage.get("completion_tokens") or 0,
            )
            prompt = usage.get("prompt_tokens_details") or {}
            completion = usage.get("completion_tokens_details") or {}
            self.assembler.cached_tokens = prompt.get("cached_tokens") or 0
            self.assembler.reasoning_tokens = completion.get("reasoning_tokens") or 0


def _text_of(thinking: str | list[Mapping[str, Any]] | None) -> str:
    if isinstance(thinking, str):
        return thinking
    return "".join(thought.get("text") or "" for thought in thinking or [])
