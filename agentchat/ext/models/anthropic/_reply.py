"""Replies of the messages API, whole or as events, read into the assembler."""

import json
from collections.abc import Iterator
from typing import Any

from agentchat.core.models import RequestUsage
from agentchat.ext.models._reading import Json
from agentchat.ext.models._reply_reader import ReplyReader
from agentchat.ext.models.anthropic._kept_blocks import Block

# In the words of the assembler.
_FINISH_BY_STOP_REASON = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


class MessageReader(ReplyReader):
    """Reads one message; beside the assembler it has the blocks as they came."""

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self._block_by_index: dict[int, Block] = {}
        self._json_by_index: dict[int, str] = {}
        self._usage: dict[str, int] = {}

    @property
    def blocks(self) -> list[Block]:
        """The message's blocks, in their order."""
        return [self._block_by_index[index] for index in sorted(self._block_by_index)]

    def read_whole(self, body: Json) -> bool:
        """Reads a whole message; False when the body is none."""
        self._read_usage(body.get("usage"))
        content = body.get("content")
        if not isinstance(content, list):
            return False
        for index, block in enumerate(content):
            for _ in self._begin(index, block):
                """Nobody watches."""
            self._end(index)
        self._read_stop(body)
        return True

    def read_event(self, event: Json) -> Iterator[str]:
        """Reads an event; yields what the stream's reader shall see of it."""
        match event.get("type"):
            case "message_start":
                self._read_usage(event["message"].get("usage"))
            case "content_block_start":
                yield from self._begin(event["index"], event["content_block"])
            case "content_block_delta":
                yield from self._go_on(event["index"], event["delta"])
            case "content_block_stop":
                self._end(event["index"])
            case "message_delta":
                self._read_usage(event.get("usage"))
                self._read_stop(event.get("delta") or {})

    def _begin(self, index: int, block: Block) -> Iterator[str]:
        self._block_by_index[index] = dict(block)
        match block["type"]:
            case "text":
                yield from self.assembler.add_text(block.get("text") or "")
            case "thinking":
                yield from self.assembler.add_reasoning(block.get("thinking") or "")
            case "tool_use":
                yield from self.assembler.end_thinking()
                arguments = json.dumps(block["input"]) if block.get("input") else None
                self.assembler.add_tool_call(index, block["id"], block["name"], arguments)

    def _go_on(self, index: int, delta: Json) -> Iterator[str]:
        block = self._block_by_index[index]
        match delta.get("type"):
            case "text_delta":
                block["text"] = block.get("text", "") + delta["text"]
                yield from self.assembler.add_text(delta["text"])
            case "thinking_delta":
                block["thinking"] = block.get("thinking", "") + delta["thinking"]
                yield from self.assembler.add_reasoning(delta["thinking"])
            case "signature_delta":
                block["signature"] = block.get("signature", "") + delta["signature"]
            case "citations_delta":
                block["citations"] = [*(block.get("citations") or []), delta["citation"]]
            case "input_json_delta":
                self._read_json(index, block, delta["partial_json"])

    def _read_json(self, index: int, block: Block, piece: str) -> None:
        if block["type"] == "tool_use":
            self.assembler.add_tool_call(index, None, None, piece)
        else:
            # A call that the server makes itself; its input is sent back as it came.
            self._json_by_index[index] = self._json_by_index.get(index, "") + piece

    def _end(self, index: int) -> None:
        block = self._block_by_index[index]
        written = self._json_by_index.pop(index, "")
        if written:
            block["input"] = json.loads(written)
        is_bare = block["type"] == "tool_use" and not any(
            call.arguments for call in self.assembler.tool_calls if call.id == block["id"]
        )
        if is_bare:
            self.assembler.add_tool_call(index, None, None, "{}")

    def _read_stop(self, stop: Json) -> None:
        reason = stop.get("stop_reason")
        if reason is None:
            return
        self.assembler.finish(_FINISH_BY_STOP_REASON.get(reason, reason))
        if reason == "refusal":
            details = stop.get("stop_details") or {}
            explanation = details.get("explanation") or "no reason was given"
            self.assembler.refusal = self.assembler.text or explanation

    def _read_usage(self, usage: Any) -> None:
        # Counts are totals; the last event repeats some of the first, and corrects others.
        counts = {name: count for name, count in (usage or {}).items() if isinstance(count, int)}
        self._usage |= counts
        cached = self._usage.get("cache_read_input_tokens", 0)
        written = self._usage.get("cache_creation_input_tokens", 0)
        self.assembler.usage = RequestUsage(
            prompt_tokens=self._usage.get("input_tokens", 0) + cached + written,
            completion_tokens=self._usage.get("output_tokens", 0),
        )
        self.assembler.cached_tokens = cached
        details = (usage or {}).get("output_tokens_details") or {}
        self.assembler.reasoning_tokens = (
            details.get("thinking_tokens") or self.assembler.reasoning_tokens
        )
