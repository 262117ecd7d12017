"""A conversation with a tool, for libraries that know nothing of models."""

import json
from collections.abc import Iterable
from typing import Any

PARAMETERS = {
    "type": "object",
    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
    "required": ["a", "b"],
}


def multiply(a: int, b: int) -> int:
    """Multiplies."""
    return a * b


def opening(question: str) -> dict[str, Any]:
    """Asks for a stream, and offers the tool."""
    tool = {"name": "multiply", "description": "Multiplies.", "parameters": PARAMETERS}
    return {
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": question}],
        "tools": [{"type": "function", "function": tool}],
        "stream": True,
    }


def closing(question: str, lines: Iterable[bytes]) -> dict[str, Any]:
    """Asks for a whole answer, when the tool that the stream's lines call has run."""
    call = _called(lines)
    result = multiply(**json.loads(call["function"]["arguments"]))
    asked = opening(question)
    called = {"role": "assistant", "tool_calls": [call]}
    told = {"role": "tool", "tool_call_id": call["id"], "content": str(result)}
    return asked | {"messages": [*asked["messages"], called, told], "stream": False}


def _called(lines: Iterable[bytes]) -> dict[str, Any]:
    events = [json.loads(line[6:]) for line in lines if line.startswith(b"data: {")]
    pieces = [
        piece
        for event in events
        for choice in event["choices"]
        for piece in choice["delta"].get("tool_calls", ())
    ]
    arguments = "".join(piece["function"]["arguments"] for piece in pieces)
    return pieces[0] | {"function": pieces[0]["function"] | {"arguments": arguments}}
