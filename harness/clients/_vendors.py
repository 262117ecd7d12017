"""Clients like those that a cassette names, to read once more what lies beneath their calls."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import httpx2

from agentchat.core.models import ChatCompletionClient
from harness.offline import ABLE


class _Vendor(NamedTuple):
    room: str
    """Where in `agentchat.ext.models` the client is."""

    arguments: Mapping[str, Any]
    """What it can't be made without, beside its model; none of it counts in a replay."""


_SDK: Mapping[str, Any] = {"api_key": "none", "max_retries": 0}
_AZURE: Mapping[str, Any] = {
    "azure_endpoint": "https://none.openai.azure.com",
    "azure_deployment": "none",
    "api_version": "none",
}
_VENDORS: Mapping[str, _Vendor] = {
    "OpenAIChatCompletionClient": _Vendor("openai", _SDK),
    "AzureOpenAIChatCompletionClient": _Vendor("openai", {**_SDK, **_AZURE}),
    "AnthropicChatCompletionClient": _Vendor("anthropic", _SDK),
    "OllamaChatCompletionClient": _Vendor("ollama", {}),
}


def client_like(url: str, model: str, http: httpx2.AsyncClient) -> ChatCompletionClient | None:
    """A client of agentchat's own, if that is what was recorded.

    Args:
        url: What the cassette calls the client.
        model: The recorded model.
        http: What it asks by.

    Raises:
        ImportError: The vendor's library is not installed; the error says which.
    """
    name = url.rpartition("/")[2]
    vendor = _VENDORS.get(name)
    if vendor is None:
        return None
    # The vendor's library is loaded by those alone who compare.
    kind = getattr(import_module(f"agentchat.ext.models.{vendor.room}"), name)
    arguments = {**vendor.arguments, "model": model, "http_client": http}
    try:
        client: ChatCompletionClient = kind(**arguments)
    except ValueError:  # A model that is not in the table.
        client = kind(**arguments, model_info=ABLE)
    return client
