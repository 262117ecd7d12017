"""A call of a model client as the request that a cassette shows, and back again.

    {"model": "gpt-4o", "messages": [...], "tools": [...], "tool_choice": "required",
     "json_output": true, "extra_create_args": {"temperature": 0}}

What was left to its default is left out. A tool that must be called is told by its name, a class
for the answer by its schema.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json

from agentchat.core import Image
from agentchat.core.models import ChatCompletionClient, LLMMessage, UserMessage
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._cache_key import Call
from harness.interactions import Headers, Request

CREATE = "CREATE"
STREAM = "CREATE_STREAM"
SCHEME = "model"
CACHE = f"{SCHEME}://cache/"
"""Where answers are from that were not recorded, but kept by a cache."""

JSON: Headers = (("content-type", "application/json"),)


def url_of(client: ChatCompletionClient) -> str:
    """What a cassette calls a client: `model://OpenAIChatCompletionClient`."""
    return f"{SCHEME}://{type(client).__name__}"


def request_of(call: Call, method: str, url: str, model: str) -> Request:
    """A call as a request.

    Args:
        call: What the client is asked.
        method: `CREATE` or `CREATE_STREAM`.
        url: Who is asked.
        model: The model's name.
    """
    # Most of the work is the messages: they go to bytes at once, without dicts in between.
    said = to_json(_shown(call.messages), exclude_none=True)
    rest = _options(call)
    end = b"," + to_json(rest, fallback=_described)[1:] if rest else b"}"
    body = b'{"model":%b,"messages":%b%b' % (to_json(model), said, end)
    return Request(method, url, JSON, body)


def _shown(messages: Sequence[LLMMessage]) -> Sequence[Any]:
    """The messages, those with pictures as values that show them as data URLs."""
    for message in messages:
        if not isinstance(message.content, str):
            return [_plain(each) for each in messages]
    return messages if isinstance(messages, list | tuple) else list(messages)


def _plain(message: LLMMessage) -> Any:
    if not isinstance(message, UserMessage) or isinstance(message.content, str):
        return message
    content = [_part(part) for part in message.content]
    return {"content": content, "source": message.source, "type": message.type}


def _part(part: str | Image) -> Any:
    return {"image": part.data_uri} if isinstance(part, Image) else part


def _options(call: Call) -> dict[str, Any]:
    """What is not left to its default."""
    options: dict[str, Any] = {}
    if call.tools:
        options["tools"] = [_schema_of(tool) for tool in call.tools]
    if not isinstance(call.tool_choice, str):
        options["tool_choice"] = {"name": _schema_of(call.tool_choice)["name"]}
    elif call.tool_choice != "auto":
        options["tool_choice"] = call.tool_choice
    if call.json_output is not None:
        options["json_output"] = call.json_output
    if call.extra_create_args:
        options["extra_create_args"] = dict(call.extra_create_args)
    return options


def _schema_of(tool: Tool | ToolSchema) -> Mapping[str, Any]:
    return tool if isinstance(tool, dict) else tool.schema


def _described(value: object) -> Any:
    """What JSON does not know: of a class for an answer its schema, of anything else its class."""
    if isinstance(value, type) and issubclass(value, BaseModel):
        return value.model_json_schema()
    kind = value if isinstance(value, type) else type(value)
    return f"<{kind.__module__}.{kind.__qualname__}>"
