"""Vendors whose APIs are not OpenAI's: a model that calls a tool, and answers when it has run."""

import json
import struct
from collections.abc import Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler
from typing import Any
from zlib import crc32

from tests.loopback import answering

_HAS_RUN = (b'"tool_result"', b'"functionResponse"', b'"toolResult"')
_ARGUMENTS = ('{"a": 6,', ' "b": 7}')
_SAID = ("It is ", "42.")


def vendors() -> AbstractContextManager[str]:
    """All of them at one address, for a block."""
    return answering(_Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        has_run = any(word in body for word in _HAS_RUN)
        events, content_type = {
            "messages": (_anthropic, "text/event-stream"),
            "gemini-2.5-flash:streamGenerateContent": (_google, "text/event-stream"),
            "converse-stream": (_bedrock, "application/vnd.amazon.eventstream"),
        }[self.path.partition("?")[0].rpartition("/")[2]]
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in (*events(has_run), b""):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(event), event))

    def log_message(self, *_: Any) -> None: ...


def _anthropic(has_run: bool) -> Iterator[bytes]:
    start: dict[str, Any] = {"type": "tool_use", "id": "call-1", "name": "multiply", "input": {}}
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in _ARGUMENTS]
    if has_run:
        start = {"type": "text", "text": ""}
        deltas = [{"type": "text_delta", "text": piece} for piece in _SAID]
    usage = {"input_tokens": 9, "output_tokens": 2}
    message = {"id": "1", "type": "message", "role": "assistant", "model": "m", "content": []}
    ending = {"stop_reason": "end_turn" if has_run else "tool_use"}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message | {"usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": start},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": ending, "usage": usage},
        {"type": "message_stop"},
    ]
    for event in events:
        yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def _google(has_run: bool) -> Iterator[bytes]:
    call = {"functionCall": {"name": "multiply", "args": {"a": 6, "b": 7}}}
    for part in [{"text": piece} for piece in _SAID] if has_run else [call]:
        content = {"role": "model", "parts": [part]}
        yield b"data: %b\r\n\r\n" % json.dumps({"candidates": [{"content": content}]}).encode()


def _bedrock(has_run: bool) -> Iterator[bytes]:
    yield _frame("messageStart", {"role": "assistant"})
    deltas: list[Any] = [{"text": piece} for piece in _SAID]
    if not has_run:
        start = {"toolUse": {"toolUseId": "call-1", "name": "multiply"}}
        yield _frame("contentBlockStart", {"contentBlockIndex": 0, "start": start})
        deltas = [{"toolUse": {"input": piece}} for piece in _ARGUMENTS]
    for delta in deltas:
        yield _frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": delta})
    yield _frame("contentBlockStop", {"contentBlockIndex": 0})
    yield _frame("messageStop", {"stopReason": "end_turn" if has_run else "tool_use"})


def _frame(kind: str, content: Any) -> bytes:
    """An event of AWS's binary event stream: lengths and checksums around headers and payload."""
    named = {":message-type": "event", ":event-type": kind, ":content-type": "application/json"}
    headers = b"".join(
        struct.pack(f"!B{len(name)}sBH", len(name), name.encode(), 7, len(value)) + value.encode()
        for name, value in named.items()
    )
    payload = json.dumps(content).encode()
    prelude = struct.pack("!II", len(headers) + len(payload) + 16, len(headers))
    whole = prelude + struct.pack("!I", crc32(prelude)) + headers + payload
    return whole + struct.pack("!I", crc32(whole))
