"""Replies of Ollama, whole or in lines, read into the assembler; both have the same form."""

import json
from collections.abc import Iterator

from agentchat.core._world import new_id
from agentchat.core.models import RequestUsage
from agentchat.ext.models._logprobs import logprob_of
from agentchat.ext.models._reading import Json
from agentchat.ext.models._reply_reader import ReplyReader


class ChatReader(ReplyReader):
    """Reads one reply of Ollama."""

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self._calls = 0

    def read_whole(self, body: Json) -> bool:
        """Reads a whole reply; False when it holds no message."""
        for _ in self.read_event(body):
            """Nobody watches."""
        return isinstance(body.get("message"), dict)

    def read_event(self, event: Json) -> Iterator[str]:
        """Reads a line of a stream; yields what the stream's reader shall see of it."""
        message = event.get("message") or {}
        yield from self.assembler.add_reasoning(message.get("thinking") or "")
        yield from self.assembler.add_text(message.get("content") or "")
        calls = message.get("tool_calls") or []
        if calls:
            yield from self.assembler.end_thinking()
        for call in calls:
            self._read_call(call)
        self.assembler.add_logprobs([logprob_of(token) for token in event.get("logprobs") or []])
        if event.get("done"):
            self._read_end(event)

    def _read_call(self, call: Json) -> None:
        function = call["function"]
        arguments = function.get("arguments")
        self.assembler.add_tool_call(
            self._calls,
            # Ollama gave calls no names of their own for long.
            call.get("id") or new_id("tool_call"),
            function["name"],
            arguments if isinstance(arguments, str) else json.dumps(arguments or {}),
        )
        self._calls += 1

    def _read_end(self, event: Json) -> None:
        reason = event.get("done_reason") or "stop"
        # Ollama says `stop` after calls, too.
        self.assembler.finish("tool_calls" if self._calls and reason == "stop" else reason)
        self.assembler.usage = RequestUsage(
            prompt_tokens=event.get("prompt_eval_count") or 0,
            completion_tokens=event.get("eval_count") or 0,
        )
