"""How many tokens a request takes, where the vendor's tokenizer can't be asked: an estimate."""

import json
import math
from collections.abc import Sequence

from agentchat.core._image import Image
from agentchat.core.models import LLMMessage
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._requests import tool_schemas

_BYTES_PER_TOKEN = 4
_PER_MESSAGE = 10
_PER_IMAGE = 512
_PER_TOOL = 20


def estimated_tokens(messages: Sequence[LLMMessage], tools: Sequence[Tool | ToolSchema]) -> int:
    """About the tokens of a request: one for every four bytes, and something for each part."""
    total = sum(_PER_MESSAGE + _message_tokens(message) for message in messages)
    return total + sum(
        _PER_TOOL + _text_tokens(json.dumps(schema)) for schema in tool_schemas(tools)
    )


def _message_tokens(message: LLMMessage) -> int:
    if isinstance(message.content, str):
        return _text_tokens(message.content)
    return sum(_part_tokens(part) for part in message.content)


def _part_tokens(part: object) -> int:
    if isinstance(part, Image):
        return _PER_IMAGE
    if isinstance(part, str):
        return _text_tokens(part)
    # A call, or the result of one.
    return sum(_text_tokens(value) for value in vars(part).values() if isinstance(value, str))


def _text_tokens(text: str) -> int:
    return math.ceil(len(text.encode("utf-8", "replace")) / _BYTES_PER_TOKEN)
