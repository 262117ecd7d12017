import json

import pytest

from agentchat.core.tools import TextResultContent, ToolResult

pytest.importorskip("mcp", reason="needs mcp: its SDK is not installed")

from mcp import types

from agentchat.ext.tools.mcp._results import failed, tool_result


def shown(*blocks: dict[str, object], **more: object) -> ToolResult:
    return tool_result("t", types.CallToolResult.model_validate({"content": blocks, **more}))


def text_of(result: ToolResult) -> str:
    [piece] = result.result
    assert isinstance(piece, TextResultContent)
    return piece.content


def test_an_embedded_resource_is_shown_as_json() -> None:
    resource = {"uri": "memo://1", "text": "Hi"}

    result = shown({"type": "resource", "resource": resource})

    assert json.loads(text_of(result)) == {"type": "resource", "resource": resource}


@pytest.mark.parametrize(
    ("kind", "mime_type", "content"),
    [
        ("image", "image/svg+xml", "[Image: image/svg+xml]"),
        ("audio", "audio/wav", "[Audio: audio/wav]"),
    ],
)
def test_what_a_model_can_not_see_is_named(kind: str, mime_type: str, content: str) -> None:
    result = shown({"type": kind, "data": "PHN2Zy8+", "mimeType": mime_type})

    assert text_of(result) == content


def test_structured_content_stands_in_for_missing_text() -> None:
    result = shown(structuredContent={"a": [1]})

    assert text_of(result) == '{"a": [1]}'


def test_all_errors_of_a_group_are_shown() -> None:
    error = ExceptionGroup("both", [ValueError("one"), ExceptionGroup("", [KeyError()])])

    assert text_of(failed("t", error)) == "one\nKeyError"
