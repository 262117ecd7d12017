"""CalledClient: a client that is handed what it is asked as one value."""

import warnings
from abc import abstractmethod
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core.models import ChatCompletionClient, CreateResult, LLMMessage, ModelCapabilities
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._cache_key import Call


class CalledClient(ChatCompletionClient):
    """Gathers the arguments of `create` and `create_stream` for those who say what happens then."""

    @abstractmethod
    async def _answer(self, call: Call, token: CancellationToken | None) -> CreateResult:
        """The answer to a call."""

    @abstractmethod
    def _pieces(
        self, call: Call, token: CancellationToken | None
    ) -> AsyncGenerator[str | CreateResult, None]:
        """The answer to a call piece by piece, and at the end the whole of it."""

    async def create(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
    ) -> CreateResult:
        """The model's answer.

        Raises:
            ValueError: The model can't do what is asked for, or the arguments contradict.
            ModelReplyError: The reply can't be used; see its subclasses.
            Exception: Whatever the vendor's SDK raises when the server refuses, or is away.
        """
        call = Call(messages, tools, tool_choice, json_output, extra_create_args)
        return await self._answer(call, cancellation_token)

    def create_stream(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
    ) -> AsyncGenerator[str | CreateResult, None]:
        """The model's answer as pieces of text, and at the end, once, the whole of it.

        Reasoning is among the pieces, between `<think>` and `</think>`.

        Raises:
            ValueError: The model can't do what is asked for, or the arguments contradict.
            ModelReplyError: The reply can't be used; see its subclasses.
            Exception: Whatever the vendor's SDK raises when the server refuses, or is away.
        """
        call = Call(messages, tools, tool_choice, json_output, extra_create_args)
        return self._pieces(call, cancellation_token)

    @property
    def capabilities(self) -> ModelCapabilities:
        """Deprecated: see `model_info`."""
        warnings.warn(
            "capabilities is deprecated, use model_info instead", DeprecationWarning, stacklevel=2
        )
        return self.model_info


def warn_of_tolerance(max_consecutive_empty_chunk_tolerance: int) -> None:
    """Tells the caller of a `create_stream` that the argument does nothing any more."""
    if max_consecutive_empty_chunk_tolerance != 0:
        warnings.warn(
            "The 'max_consecutive_empty_chunk_tolerance' parameter is deprecated and will be "
            "removed in the future releases. All of empty chunks will be skipped with a warning.",
            DeprecationWarning,
            stacklevel=3,
        )
