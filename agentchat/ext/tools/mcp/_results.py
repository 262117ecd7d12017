"""What a tool of a server answered, as our own records."""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from pydantic import BaseModel

from agentchat.core import Image
from agentchat.core.tools import ImageResultContent, TextResultContent, ToolResult
from agentchat.ext.tools.mcp._sdk import wire


def tool_result(name: str, answer: BaseModel) -> ToolResult:
    """A `CallToolResult` as a workbench gives it.

    Args:
        name: What the tool was called by.
        answer: What the server answered.
    """
    answered = wire(answer)
    blocks = answered.get("content", [])
    if not blocks and "structuredContent" in answered:
        blocks = [{"type": "text", "text": json.dumps(answered["structuredContent"])}]
    return ToolResult(
        name=name,
        result=[_content(block) for block in blocks],
        is_error=answered.get("isError", False),
    )


def failed(name: str, error: BaseException) -> ToolResult:
    """An error as the result of calling a tool."""
    return ToolResult(name=name, result=[TextResultContent(content=_text(error))], is_error=True)


def as_json(blocks: Sequence[BaseModel]) -> str:
    """The blocks of an answer as a JSON array; of what is None, only annotations are written."""
    return json.dumps([_with_annotations(wire(block)) for block in blocks])


def _content(block: dict[str, Any]) -> TextResultContent | ImageResultContent:
    if block["type"] == "text":
        return TextResultContent(content=block["text"])
    if block["type"] == "image":
        # Drawings, as SVG, and damaged images have no pixels to show.
        with suppress(OSError, ValueError, ImportError):
            return ImageResultContent(content=Image.from_base64(block["data"]))
    if block["type"] in ("image", "audio"):
        # What is encoded would fill a model's context, and tell it nothing.
        return TextResultContent(content=f"[{block['type'].title()}: {block['mimeType']}]")
    return TextResultContent(content=json.dumps(block))


def _with_annotations(block: dict[str, Any]) -> dict[str, Any]:
    return {**block, "annotations": block.get("annotations")}


def _text(error: BaseException) -> str:
    """The error's own words; those of its members when it is a group."""
    if isinstance(error, BaseExceptionGroup):
        return "\n".join(map(_text, error.exceptions))
    return str(error) or type(error).__name__
