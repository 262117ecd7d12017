"""OpenAIResponsesChatCompletionClient: a model behind the Responses API, as any other."""

import logging
import sys
import warnings
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, ClassVar, Literal

from openai import AsyncOpenAI
from pydantic import BaseModel, SecretStr, ValidationError

from agentchat.core import CancellationToken, Component
from agentchat.core._usage import report_usage
from agentchat.core.logging import (
    EVENT_LOGGER_NAME,
    LLMCallEvent,
    LLMStreamEndEvent,
    LLMStreamStartEvent,
)
from agentchat.core.models import (
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    ModelCapabilities,
    ModelFamily,
    ModelInfo,
    RequestUsage,
    validate_model_info,
)
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._assembler import ReplyAssembler
from agentchat.ext.models._errors import EmptyReply, RefusedToAnswer, TruncatedStream, UnfitOutput
from agentchat.ext.models.openai._model_table import known_model_info, token_limit
from agentchat.ext.models.openai._names import normalized
from agentchat.ext.models.openai._request import Call, Request, Settings
from agentchat.ext.models.openai._tokens import count_tokens
from agentchat.ext.models.openai_responses._events import EventReader
from agentchat.ext.models.openai_responses._exchange import (
    Json,
    events,
    opened_stream,
    response_to,
)
from agentchat.ext.models.openai_responses._reply import read_response
from agentchat.ext.models.openai_responses._request import is_create_argument, request_of

logger: logging.Logger = logging.getLogger(EVENT_LOGGER_NAME)


class OpenAIResponsesChatCompletionClient(ChatCompletionClient, Component[BaseModel]):
    """Asks a model through OpenAI's Responses API, at OpenAI or behind a `base_url`.

    The whole conversation is sent with every call, and the server is asked to keep nothing of it,
    unless there is a `store=True`. Tools that the server has itself, such as a web search, are
    given as `tools=[{"type": "web_search"}]`; the answer is what it says after using them.

    Args:
        model: Name of the model.
        client: The SDK's client to ask with, such as an AsyncAzureOpenAI, in the place of one that
            is made from the following; it is closed together with this one.
        api_key: By default that in the environment variable `OPENAI_API_KEY`.
        base_url: Where the API is; by default OpenAI's.
        organization: Who pays, where a key has several.
        timeout: Seconds for one request.
        max_retries: How often a failed request is sent again.
        default_headers: Sent with every request.
        model_info: What the model can do; needed for a model that is not in the table.
        add_name_prefixes: Begin the text of user messages with `<source> said:`.
        create_args: Every other argument of the API's create call, such as `temperature`,
            `reasoning` or `max_output_tokens`; sent with all calls.

    Raises:
        ValueError: The model is not known.
        TypeError: An argument is not one of the API's.
    """

    component_provider_override: ClassVar[str] = (
        "agentchat.ext.models.openai_responses.OpenAIResponsesChatCompletionClient"
    )

    def __init__(  # noqa: PLR0913
        self,
        *,
        model: str,
        client: AsyncOpenAI | None = None,
        api_key: str | SecretStr | None = None,
        base_url: str | None = None,
        organization: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        default_headers: dict[str, str] | None = None,
        model_info: ModelInfo | None = None,
        add_name_prefixes: bool = False,
        **create_args: Any,
    ) -> None:
        if unknown := [name for name in create_args if not is_create_argument(name)]:
            raise TypeError(f"{type(self).__name__}() got unexpected keyword arguments {unknown}")
        key = api_key.get_secret_value() if isinstance(api_key, SecretStr) else api_key
        connection: dict[str, Any] = {
            "api_key": key,
            "base_url": base_url,
            "organization": organization,
            "timeout": timeout,
            "max_retries": max_retries,
            "default_headers": default_headers,
        }
        given = {name: value for name, value in connection.items() if value is not None}
        self._client = AsyncOpenAI(**given) if client is None else client
        self._settings = Settings(
            {"store": False, **create_args, "model": model},
            _checked_model_info(model, model_info),
            add_name_prefixes,
            include_name_in_message=False,
        )
        self._usage = RequestUsage(prompt_tokens=0, completion_tokens=0)

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
            openai.OpenAIError: The server refused, or could not be reached.
        """
        call = Call(messages, tools, tool_choice, json_output, extra_create_args)
        request = request_of(self._settings, call, stream=False)
        response = await response_to(self._client, request, cancellation_token)
        assembler = self._read(request, response)
        self._log_call(request, response, assembler.usage)
        return self._finished(request, assembler)

    async def create_stream(
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
            openai.OpenAIError: The server refused, or could not be reached.
        """
        call = Call(messages, tools, tool_choice, json_output, extra_create_args)
        request = request_of(self._settings, call, stream=True)
        stream = await opened_stream(self._client, request, cancellation_token)
        if logger.isEnabledFor(logging.INFO):
            logger.info(LLMStreamStartEvent(messages=request.body["input"]))
        reader = EventReader(request.model)
        async with aclosing(events(stream, request.model, cancellation_token)) as received:
            async for event in received:
                for piece in reader.read(event):
                    yield piece
        if reader.response is None:
            raise TruncatedStream(request.model, reader.text, reader.calls)
        yield self._finished_stream(request, self._read(request, reader.response))

    async def close(self) -> None:
        """Closes the SDK's client and its connections."""
        await self._client.close()

    def actual_usage(self) -> RequestUsage:
        """The tokens of all calls so far."""
        return replace(self._usage)

    def total_usage(self) -> RequestUsage:
        """The tokens of all calls so far."""
        return replace(self._usage)

    def count_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """About how many tokens a request takes, counted as for chat completions."""
        return count_tokens(
            messages, tools, model=self.model_name, style=self._settings.style(self.model_name)
        )

    def remaining_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """How many tokens the request leaves free; of a model without a known limit, any number."""
        limit = token_limit(self.model_name)
        return (sys.maxsize if limit is None else limit) - self.count_tokens(messages, tools=tools)

    def cache_identity(self) -> dict[str, Any]:
        """What answers depend on beside the call: the address, and the settings of all calls."""
        return {"base_url": str(self._client.base_url), "settings": vars(self._settings)}

    @property
    def capabilities(self) -> ModelCapabilities:
        """Deprecated: see `model_info`."""
        warnings.warn(
            "capabilities is deprecated, use model_info instead", DeprecationWarning, stacklevel=2
        )
        return self.model_info

    @property
    def model_info(self) -> ModelInfo:
        """What the model can do."""
        return self._settings.model_info

    @property
    def model_name(self) -> str:
        """What the model is called in requests that don't name another, and in prices."""
        return str(self._settings.arguments["model"])

    def _read(self, request: Request, response: Mapping[str, Any]) -> ReplyAssembler:
        assembler = ReplyAssembler()
        try:
            is_reply = read_response(response, request.model, assembler)
        finally:
            # Also a response that failed may have cost something.
            self._count(request, assembler)
        if not is_reply:
            raise EmptyReply(request.model, response)
        return assembler

    def _finished_stream(self, request: Request, assembler: ReplyAssembler) -> CreateResult:
        result = self._finished(request, assembler)
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                LLMStreamEndEvent(
                    response=result.model_dump(),
                    prompt_tokens=result.usage.prompt_tokens,
                    completion_tokens=result.usage.completion_tokens,
                )
            )
        return result

    def _finished(self, request: Request, assembler: ReplyAssembler) -> CreateResult:
        """The result, its tools called by our names, its output checked."""
        result = assembler.result(thinks_aloud=self.model_info["family"] == ModelFamily.R1)
        if isinstance(result.content, list):
            for call in result.content:
                call.name = request.name_by_api_name.get(call.name, normalized(call.name))
        elif request.output_type is not None:
            if assembler.refusal:
                raise RefusedToAnswer(request.model, assembler.refusal)
            _check_output(request, request.output_type, result.finish_reason, result.content)
        return result

    def _log_call(self, request: Request, response: Json, usage: RequestUsage) -> None:
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                LLMCallEvent(
                    messages=request.body["input"],
                    response=response,
                    prompt_tokens=usage.prompt_tokens,
                    completion_tokens=usage.completion_tokens,
                    tools=request.body.get("tools", []),
                )
            )

    def _count(self, request: Request, assembler: ReplyAssembler) -> None:
        usage = assembler.usage
        self._usage = RequestUsage(
            prompt_tokens=self._usage.prompt_tokens + usage.prompt_tokens,
            completion_tokens=self._usage.completion_tokens + usage.completion_tokens,
        )
        report_usage(
            request.model,
            usage,
            cached_tokens=assembler.cached_tokens,
            reasoning_tokens=assembler.reasoning_tokens,
        )


def _checked_model_info(model: str, model_info: ModelInfo | None) -> ModelInfo:
    if model_info is None:
        return known_model_info(model)
    validate_model_info(model_info)
    return model_info


def _check_output(
    request: Request, output_type: type[BaseModel], finish_reason: str, content: str
) -> None:
    try:
        output_type.model_validate_json(content)
    except ValidationError as error:
        raise UnfitOutput(request.model, output_type.__name__, finish_reason, content) from error
