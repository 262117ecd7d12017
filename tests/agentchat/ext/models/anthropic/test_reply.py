"""A reply is the same however it comes: at once, or cut into any pieces."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("anthropic", reason="needs anthropic: the Anthropic SDK")

from agentchat.ext.models.anthropic._reply import MessageReader

texts = st.text(min_size=1)
blocks = st.one_of(
    st.builds(lambda said: {"type": "text", "text": said}, texts),
    st.builds(
        lambda thought, signature: {
            "type": "thinking",
            "thinking": thought,
            "signature": signature,
        },
        texts,
        texts,
    ),
    st.builds(
        lambda arguments: {"type": "tool_use", "id": "", "name": "act", "input": arguments},
        st.dictionaries(st.text(), st.integers()),
    ),
)
messages = st.lists(blocks, max_size=5).map(
    lambda parts: [
        part | ({"id": f"toolu_{index}"} if "id" in part else {})
        for index, part in enumerate(parts)
    ]
)
DELTA_BY_KEY = {
    "text": "text_delta",
    "thinking": "thinking_delta",
    "signature": "signature_delta",
    "partial_json": "input_json_delta",
}


def written(block: dict[str, Any]) -> dict[str, str]:
    """What the deltas of a block add up to."""
    if block["type"] == "tool_use":
        return {"partial_json": json.dumps(block["input"])}
    return {key: value for key, value in block.items() if key != "type"}


def begun(block: dict[str, Any]) -> dict[str, Any]:
    empty = {"text": "", "thinking": "", "signature": "", "input": {}}
    return block | {key: empty[key] for key in block if key in empty}


@given(content=messages, size=st.integers(1, 7))
def test_how_a_message_is_cut_does_not_change_it(content: list[dict[str, Any]], size: int) -> None:
    whole, streamed = MessageReader("claude"), MessageReader("claude")
    shown = ""

    whole.read_whole({"content": content, "stop_reason": "tool_use", "usage": {"input_tokens": 3}})
    for event in events(content, size):
        shown += "".join(streamed.read_event(event))

    assert streamed.assembler.text == whole.assembler.text
    assert streamed.assembler.tool_calls == whole.assembler.tool_calls
    assert streamed.assembler.usage == whole.assembler.usage
    said = [block for block in whole.blocks if block["type"] != "tool_use"]
    assert [block for block in streamed.blocks if block["type"] != "tool_use"] == said
    assert whole.assembler.text in shown or "</think>" in shown


def events(content: list[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [
        {"type": "message_start", "message": {"usage": {"input_tokens": 3}}}
    ]
    for index, block in enumerate(content):
        made.append({"type": "content_block_start", "index": index, "content_block": begun(block)})
        made += [
            {
                "type": "content_block_delta",
                "index": index,
                "delta": {"type": DELTA_BY_KEY[key], key: value[at : at + size]},
            }
            for key, value in written(block).items()
            for at in range(0, len(value), size)
        ]
        made.append({"type": "content_block_stop", "index": index})
    return [*made, {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": None}]
