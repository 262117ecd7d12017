"""How many tokens a request takes, counted without ever touching the network.

Exact with tiktoken, if it is installed and has its table on disk; tiktoken would download a missing
one, which happens only if the environment variable `AGENTCHAT_TIKTOKEN_DOWNLOAD` is set. Otherwise
a token is taken for four bytes of UTF-8; the trace log says so once.
"""

import hashlib
import json
import logging
import math
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from agentchat.core._image import Image
from agentchat.core.logging import TRACE_LOGGER_NAME
from agentchat.core.models import LLMMessage, UserMessage
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._requests import tool_schemas
from agentchat.ext.models.openai._message_transform import ApiMessage, MessageStyle, api_messages
from agentchat.ext.models.openai._tools import api_tools

trace_logger = logging.getLogger(TRACE_LOGGER_NAME)

DOWNLOAD_VARIABLE = "AGENTCHAT_TIKTOKEN_DOWNLOAD"

Measure = Callable[[str], int]
"""The number of tokens of a text."""

_TABLE_URL = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"
_FALLBACK_ENCODING = "cl100k_base"
_BYTES_PER_TOKEN = 4

_PER_MESSAGE = 3
_PER_NAME = 1
_PER_REPLY = 3
_FOR_TOOLS = 12
_PER_TOOL_WITH_PARAMETERS = 11

_IMAGE_BASE = 85
_IMAGE_TILE = 170
_TILE_EDGE = 512
_LONGEST_EDGE = 2048
_SHORTEST_EDGE = 768
# What a large square image takes; for when Pillow is not there to tell the size.
_IMAGE_OF_UNKNOWN_SIZE = _IMAGE_BASE + 4 * _IMAGE_TILE


def count_tokens(
    messages: Sequence[LLMMessage],
    tools: Sequence[Tool | ToolSchema],
    *,
    model: str,
    style: MessageStyle,
) -> int:
    """The tokens of a request, as the model's API is known to count them."""
    measure = measure_of(model)
    total = _PER_REPLY
    for message in messages:
        total += _PER_MESSAGE
        for written in api_messages([message], style):
            total += _message_tokens(message, written, measure)
    functions = [tool["function"] for tool in api_tools(tool_schemas(tools))]
    if functions:
        total += _FOR_TOOLS + sum(_function_tokens(function, measure) for function in functions)
    return total


@cache
def measure_of(model: str) -> Measure:
    """How to measure a text for the model: tiktoken's way, or the estimate."""
    try:
        # Optional, and heavy.
        tiktoken = import_module("tiktoken")
    except ImportError:
        _say_once("tiktoken is not installed")
        return estimate
    try:
        name = tiktoken.encoding_name_for_model(model)
    except KeyError:
        trace_logger.warning("Model %s not found. Using %s encoding.", model, _FALLBACK_ENCODING)
        name = _FALLBACK_ENCODING
    if not _may_load(name):
        _say_once(f"tiktoken's table {name} is not on this disk")
        return estimate
    encode = tiktoken.get_encoding(name).encode
    return lambda text: len(encode(text, disallowed_special=()))


def estimate(text: str) -> int:
    """About the tokens of a text: one for every four bytes."""
    return math.ceil(len(text.encode("utf-8", "replace")) / _BYTES_PER_TOKEN)


def image_tokens(width: int, height: int) -> int:
    """The tokens of an image: a base, and a price for each tile after it was made to fit."""
    longest = max(width, height)
    if longest > _LONGEST_EDGE:
        width, height = width * _LONGEST_EDGE // longest, height * _LONGEST_EDGE // longest
    shortest = min(width, height)
    if shortest > _SHORTEST_EDGE:
        width, height = width * _SHORTEST_EDGE // shortest, height * _SHORTEST_EDGE // shortest
    return _IMAGE_BASE + _IMAGE_TILE * math.ceil(width / _TILE_EDGE) * math.ceil(
        height / _TILE_EDGE
    )


def _message_tokens(message: LLMMessage, written: ApiMessage, measure: Measure) -> int:
    total = 0
    for key, value in written.items():
        if isinstance(message, UserMessage) and isinstance(value, list):
            total += _parts_tokens(message.content, value, measure)
        elif value is not None:
            total += measure(value if isinstance(value, str) else json.dumps(value))
            total += _PER_NAME if key == "name" else 0
    return total


def _parts_tokens(
    parts: Sequence[str | Image], written: Sequence[ApiMessage], measure: Measure
) -> int:
    return sum(
        _image_tokens(part) if isinstance(part, Image) else measure(json.dumps(api_part))
        for part, api_part in zip(parts, written, strict=True)
    )


def _image_tokens(image: Image) -> int:
    try:
        width, height = image.image.size
    except ImportError:
        return _IMAGE_OF_UNKNOWN_SIZE
    return image_tokens(width, height)


def _function_tokens(function: Mapping[str, Any], measure: Measure) -> int:
    total = measure(function["name"]) + measure(function["description"]) - 2
    properties = function["parameters"].get("properties")
    if properties is None:
        return total
    total += _PER_TOOL_WITH_PARAMETERS - (0 if properties else 2)
    for name, schema in properties.items():
        total += measure(name)
        total += sum(_field_tokens(key, value, measure) for key, value in schema.items())
    return total


def _field_tokens(key: str, value: Any, measure: Measure) -> int:
    """The price of one keyword of a property's schema, as it was found by trial."""
    match key:
        case "type" | "description" | "title":
            return 2 + measure(str(value))
        case "default":
            return 2 + measure(json.dumps(value))
        case "anyOf":
            return sum(3 + measure(str(option.get("type"))) for option in value) - 3
        case "enum":
            return sum(3 + measure(str(option)) for option in value) - 3
        case _:
            return 0


def _may_load(encoding: str) -> bool:
    return bool(os.environ.get(DOWNLOAD_VARIABLE)) or _table_file(encoding).exists()


def _table_file(encoding: str) -> Path:
    """Where tiktoken keeps a table that it has loaded before."""
    for variable in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if variable in os.environ:
            directory = Path(os.environ[variable])
            break
    else:
        directory = Path(tempfile.gettempdir()) / "data-gym-cache"
    # SHA-1 is tiktoken's choice of a file name, and guards nothing.
    name = hashlib.sha1(_TABLE_URL.format(encoding).encode(), usedforsecurity=False).hexdigest()
    return directory / name


@cache
def _say_once(reason: str) -> None:
    trace_logger.warning("Tokens are estimated at %s bytes each: %s.", _BYTES_PER_TOKEN, reason)
