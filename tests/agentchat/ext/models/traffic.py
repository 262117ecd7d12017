"""Model calls out of the recordings of other projects: what came back, and what it says.

A reply is read here in the plainest way there is, so that what our clients make of it can be held
against that.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from harness.errors import UnreadableCassette
from harness.formats import load
from harness.interactions import Response

SAMPLES = Path(__file__).parents[5] / "shared" / "samples" / "cassettes"
SUFFIXES = (".yaml", ".yml", ".json")
CHAT, RESPONSES = "/chat/completions", "/responses"

Call = tuple[str, str, str]
"""Its id, the tool's name, and the arguments."""

FINISH = {
    "stop": "stop",
    "end_turn": "stop",
    "length": "length",
    "content_filter": "content_filter",
    "tool_calls": "function_calls",
    "function_calls": "function_calls",
}


@dataclass(frozen=True)
class Exchange:
    """One request of a model API, and what came back."""

    file: Path
    path: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_stream(self) -> bool:
        return self.body.lstrip().startswith((b"event:", b"data:", b":"))

    def transport(self) -> httpx2.MockTransport:
        """Answers everything as was answered then."""
        kind = "text/event-stream" if self.is_stream else "application/json"
        headers = {"content-type": kind} | {
            name: value for name, value in self.headers.items() if name == "content-type"
        }
        return httpx2.MockTransport(
            lambda _: httpx2.Response(self.status, content=self.body, headers=headers)
        )


@dataclass
class Said:
    """What a reply says."""

    text: str = ""
    refusal: str = ""
    calls: dict[Any, list[str]] = field(default_factory=dict)
    finish: str | None = None
    usage: tuple[int, int] = (0, 0)

    @property
    def tool_calls(self) -> list[Call]:
        return [(call[0], call[1], call[2]) for call in self.calls.values()]

    @property
    def finish_reason(self) -> str:
        return "function_calls" if self.calls else FINISH.get(self.finish or "", "unknown")


def sample_files() -> list[Path]:
    """Every recording; skips the test where there are none."""
    if not SAMPLES.exists():
        pytest.skip("needs sample traffic: recordings of other projects beside this one")
    return sorted(file for file in SAMPLES.rglob("*") if file.suffix in SUFFIXES)


def exchanges_of(file: Path, path: str) -> Iterator[Exchange]:
    """The calls of one API in a file.

    Raises:
        UnreadableCassette: It is in no format that is known here.
    """
    for interaction in load(file).interactions:
        request, response = interaction.request, interaction.response
        asked = request.url.partition("?")[0]
        if isinstance(response, Response) and asked.endswith(path) and request.method == "POST":
            headers = dict(response.headers)
            yield Exchange(file, path, response.status, headers, response.content)


def recorded(path: str) -> tuple[list[Exchange], list[Path]]:
    """All calls of one API, and the files that can't be read."""
    found: list[Exchange] = []
    unread: list[Path] = []
    for file in sample_files():
        try:
            found += exchanges_of(file, path)
        except UnreadableCassette:
            unread.append(file)
    return found, unread


def events_of(body: bytes) -> list[dict[str, Any]]:
    """The events of a stream, without what says that it is over."""
    lines = [line[5:].strip() for line in body.splitlines() if line.startswith(b"data:")]
    return [json.loads(line) for line in lines if line not in (b"", b"[DONE]")]


def chat_said(exchange: Exchange) -> Said:
    """What a chat completion says; the first of several choices counts."""
    said = Said()
    replies = events_of(exchange.body) if exchange.is_stream else [json.loads(exchange.body)]
    for reply in replies:
        # Groq has it in a place of its own.
        usage = reply.get("usage") or (reply.get("x_groq") or {}).get("usage")
        if usage:
            said.usage = (usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0)
        for choice in (reply.get("choices") or [])[:1]:
            said.finish = said.finish or choice.get("finish_reason")
            _hear(choice.get("delta" if exchange.is_stream else "message") or {}, said)
    return said


def _hear(parts: dict[str, Any], said: Said) -> None:
    content = parts.get("content") or ""
    texts = [{"text": content}] if isinstance(content, str) else content
    said.text += "".join(part.get("text") or "" for part in texts)
    said.refusal += parts.get("refusal") or ""
    for call in parts.get("tool_calls") or []:
        heard = said.calls.setdefault(call.get("index", call.get("id")), ["", "", ""])
        heard[0] += call.get("id") or ""
        heard[1] += call["function"].get("name") or ""
        heard[2] += call["function"].get("arguments") or ""


def response_said(exchange: Exchange) -> Said:
    """What a response says; of a stream, what its last event does."""
    whole = json.loads(exchange.body) if not exchange.is_stream else None
    response = whole or events_of(exchange.body)[-1]["response"]
    usage = response.get("usage") or {}
    said = Said(usage=(usage.get("input_tokens", 0), usage.get("output_tokens", 0)))
    said.finish = "stop" if response["status"] == "completed" else "length"
    for item in response["output"]:
        for part in item["content"] if item["type"] == "message" else []:
            said.text += part.get("text") or ""
            said.refusal += part.get("refusal") or ""
        if item["type"] == "function_call":
            said.calls[item["call_id"]] = [item["call_id"], item["name"], item["arguments"]]
    return said
