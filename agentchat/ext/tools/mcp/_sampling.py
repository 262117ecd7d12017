"""Sampling: a server asks a model through whoever uses it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from mcp import types
from pydantic import BaseModel

from agentchat.core import Image
from agentchat.core._component import Component, ComponentBase, ComponentModel, ComponentType
from agentchat.core.models import (
    AssistantMessage,
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.ext.tools.mcp._sdk import wire

_STOP_REASONS = {"stop": "endTurn", "length": "maxTokens", "function_calls": "toolUse"}
_CREATE_ARGUMENTS = {
    "maxTokens": "max_tokens",
    "temperature": "temperature",
    "stopSequences": "stop",
}


class Sampler(ComponentBase[BaseModel], ABC):
    """Asks a model on behalf of a server.

    The server decides what the model reads, and reads what it says; both may be worth a look.
    """

    component_type: ClassVar[ComponentType] = "mcp_sampler"

    @abstractmethod
    async def sample(self, params: types.CreateMessageRequestParams) -> types.CreateMessageResult:
        """The model's answer."""


class ChatCompletionClientSamplerConfig(BaseModel):
    """A saved sampler: its model client."""

    client_config: ComponentModel | dict[str, Any]


class ChatCompletionClientSampler(Sampler, Component[ChatCompletionClientSamplerConfig]):
    """Has a model client answer, within the limits that the server asks for.

    Args:
        model_client: The model; what the server says of models it would prefer is not followed.
    """

    component_config_schema: ClassVar[type[BaseModel]] = ChatCompletionClientSamplerConfig

    def __init__(self, model_client: ChatCompletionClient) -> None:
        self._model_client = model_client

    async def sample(self, params: types.CreateMessageRequestParams) -> types.CreateMessageResult:
        """The client's answer.

        Raises:
            ValueError: The server shows the model something that it can't see or hear, or the model
                wants to call a tool.
        """
        asked = wire(params)
        given = {
            ours: asked[theirs] for theirs, ours in _CREATE_ARGUMENTS.items() if theirs in asked
        }
        result = await self._model_client.create(self._messages(asked), extra_create_args=given)
        return types.CreateMessageResult.model_validate(
            {
                "role": "assistant",
                "content": {"type": "text", "text": _text(result)},
                "model": self._model_client.model_info["family"],
                "stopReason": _STOP_REASONS.get(result.finish_reason, result.finish_reason),
            }
        )

    def _messages(self, asked: Mapping[str, Any]) -> list[LLMMessage]:
        system = asked.get("systemPrompt")
        messages = [_message(each, self._model_client) for each in asked["messages"]]
        return [SystemMessage(content=system), *messages] if system else messages

    def _to_config(self) -> ChatCompletionClientSamplerConfig:
        return ChatCompletionClientSamplerConfig(client_config=self._model_client.dump_component())

    @classmethod
    def _from_config(cls, config: ChatCompletionClientSamplerConfig) -> Self:
        return cls(ChatCompletionClient.load_component(config.client_config))


def _message(message: Mapping[str, Any], client: ChatCompletionClient) -> LLMMessage:
    content = message["content"]
    blocks = content if isinstance(content, list) else [content]
    parts = [_part(block, client) for block in blocks]
    if message["role"] == "user":
        return UserMessage(content=parts, source="user")
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) < len(parts):
        raise ValueError("Assistant messages only support string content.")
    return AssistantMessage(content="\n".join(texts), source="assistant")


def _part(block: Mapping[str, Any], client: ChatCompletionClient) -> str | Image:
    if block["type"] == "text":
        text: str = block["text"]
        return text
    if block["type"] != "image":
        raise ValueError(f"Unsupported content type: {block['type']}")
    if not client.model_info["vision"]:
        raise ValueError("Sampling model does not support image content.")
    return Image.from_base64(block["data"])


def _text(result: CreateResult) -> str:
    if isinstance(result.content, str):
        return result.content
    raise ValueError("The model wants to call a tool, but the server was to get text.")
