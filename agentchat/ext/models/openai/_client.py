"""BaseOpenAIChatCompletionClient: asks any chat completions API through the OpenAI SDK."""

import warnings
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal, Self

from openai import AsyncOpenAI
from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core.models import CreateResult, LLMMessage, ModelCapabilities, ModelInfo
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._called_client import warn_of_tolerance
from agentchat.ext.models._reading import Json
from agentchat.ext.models._reply_reader import ReplyReader
from agentchat.ext.models._requests import Request, given_model_info
from agentchat.ext.models.openai._exchange import says_usage
from agentchat.ext.models.openai._model_table import dated_name, known_model_info
from agentchat.ext.models.openai._request import Settings, request_of
from agentchat.ext.models.openai._sdk_client import ChatCompletionsClient


class BaseOpenAIChatCompletionClient(ChatCompletionsClient):
    """Asks a chat completions API through a client of the OpenAI SDK.

    Args:
        client: The SDK's client; closed together with this one.
        create_args: Arguments of every call, `model` among them.
        model_capabilities: Deprecated: use `model_info`.
        model_info: What the model can do; needed for a model that is not in the table.
        add_name_prefixes: Begin the text of user messages with `<source> said:`.
        include_name_in_message: Send the source of user messages as their `name`.

    Raises:
        ValueError: The model is not known, or can't do what the arguments ask for.
    """

    def __init__(
        self,
        client: AsyncOpenAI,
        *,
        create_args: dict[str, Any],
        model_capabilities: ModelCapabilities | None = None,
        model_info: ModelInfo | None = None,
        add_name_prefixes: bool = False,
        include_name_in_message: bool = True,
    ) -> None:
        given = given_model_info(model_capabilities, model_info)
        info = known_model_info(create_args["model"]) if given is None else given
        super().__init__(
            client, Settings(create_args, info, add_name_prefixes, include_name_in_message)
        )
        form = create_args.get("response_format")
        wants_json = isinstance(form, dict) and form.get("type") == "json_object"
        if wants_json and not info["json_output"]:
            raise ValueError("Model does not support JSON output.")

    @classmethod
    def create_from_config(cls, config: dict[str, Any]) -> Self:
        """A client with these arguments."""
        return cls(**config)

    def create_stream(  # noqa: PLR0913
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
        max_consecutive_empty_chunk_tolerance: int = 0,
        include_usage: bool | None = None,
    ) -> AsyncGenerator[str | CreateResult, None]:
        """The model's answer as pieces of text, and at the end, once, the whole of it.

        Reasoning is among the pieces, between `<think>` and `</think>`.

        Args:
            messages: The conversation so far, oldest first.
            tools: What the model may call.
            tool_choice: Whether it must call a tool, may not, or which one it must call.
            json_output: As for `create`.
            extra_create_args: As for `create`.
            cancellation_token: Stops the call.
            max_consecutive_empty_chunk_tolerance: Deprecated, and without effect.
            include_usage: Whether the server shall report usage. None asks for it, and does
                without where the server refuses to.

        Raises:
            ValueError: The model can't do what is asked for, or the arguments contradict.
            ModelReplyError: The reply can't be used; see its subclasses.
            openai.OpenAIError: The server refused, or could not be reached.
        """
        warn_of_tolerance(max_consecutive_empty_chunk_tolerance)
        call = Call(messages, tools, tool_choice, json_output, extra_create_args)
        call = says_usage(call, self._settings.arguments, include_usage)
        return self._pieces(call, cancellation_token)

    def _request_of(self, call: Call, *, stream: bool) -> Request:
        return request_of(self._settings, call, stream=stream)

    async def _exchange(self, request: Request, token: CancellationToken | None) -> Json:
        body = await super()._exchange(request, token)
        _warn_of_other_model(request.model, body.get("model"))
        return body

    def _finished_stream(self, request: Request, reader: ReplyReader) -> CreateResult:
        result = super()._finished_stream(request, reader)
        if not result.content:
            warnings.warn(
                "No text content or tool calls are available. Model returned empty result.",
                stacklevel=2,
            )
        return result


def _warn_of_other_model(asked: str, answered: Any) -> None:
    resolved = dated_name(asked)
    if answered is not None and answered != resolved:
        warnings.warn(
            f"Resolved model mismatch: {resolved} != {answered}. "
            "Model mapping in autogen_ext.models.openai may be incorrect. "
            f"Set the model to {answered} to enhance token/cost estimation and suppress this "
            "warning.",
            stacklevel=5,
        )
