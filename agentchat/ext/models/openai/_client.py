"""BaseOpenAIChatCompletionClient: asks any chat completions API through the OpenAI SDK."""

import logging
import sys
import warnings
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Literal, Self

from openai import AsyncOpenAI, BadRequestError
from pydantic import BaseModel, ValidationError

from agentchat.core._cancellation import CancellationToken
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
from agentchat.ext.models.openai._exchange import (
    ChunkStream,
    Json,
    chunks,
    completion,
    opened_stream,
    refuses_usage,
    said_of_usage,
    with_usage,
)
from agentchat.ext.models.openai._model_table import dated_name, known_model_info, token_limit
from agentchat.ext.models.openai._names import normalized
from agentchat.ext.models.openai._reply import read_chunk, read_completion
from agentchat.ext.models.openai._request import Call, Request, Settings, request_of
from agentchat.ext.models.openai._tokens import count_tokens

logger: logging.Logger = logging.getLogger(EVENT_LOGGER_NAME)


class BaseOpenAIChatCompletionClient(ChatCompletionClient):
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
        self._client = client
        self._settings = Settings(
            create_args,
            _chosen_model_info(create_args["model"], model_capabilities, model_info),
            add_name_prefixes,
            include_name_in_message,
        )
        form = create_args.get("response_format")
        wants_json = isinstance(form, dict) and form.get("type") == "json_object"
        if wants_json and not self.model_info["json_output"]:
            raise ValueError("Model does not support JSON output.")
        self._usage = RequestUsage(prompt_tokens=0, completion_tokens=0)
        self._server_reports_usage = True

    @classmethod
    def create_from_config(cls, config: dict[str, Any]) -> Self:
        """A client with these arguments."""
        return cls(**config)

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
        body = await completion(self._client, request, cancellation_token)
        assembler = ReplyAssembler()
        is_reply = read_completion(body, assembler)
        self._log_call(request, body, assembler.usage)
        self._count(request, assembler)
        if not is_reply:
            raise EmptyReply(request.model, body)
        _warn_of_other_model(request.model, body.get("model"))
        return self._finished(request, assembler)

    async def create_stream(  # noqa: PLR0913
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
        if max_consecutive_empty_chunk_tolerance != 0:
            warnings.warn(
                "The 'max_consecutive_empty_chunk_tolerance' parameter is deprecated and will be "
                "removed in the future releases. All of empty chunks will be skipped with a "
                "warning.",
                DeprecationWarning,
                stacklevel=2,
            )
        call = Call(messages, tools, tool_choice, json_output, extra_create_args)
        request = request_of(self._settings, call, stream=True)
        stream = await self._opened(request, include_usage, cancellation_token)
        if logger.isEnabledFor(logging.INFO):
            logger.info(LLMStreamStartEvent(messages=request.body["messages"]))
        assembler = ReplyAssembler()
        async with aclosing(chunks(stream, request.model, cancellation_token)) as received:
            async for chunk in received:
                for piece in read_chunk(chunk, assembler):
                    yield piece
        for piece in assembler.end_thinking():
            yield piece
        self._count(request, assembler)
        # Some servers give no reason, others don't say [DONE]; one of the two must be there.
        if assembler.finish_reason is None and not stream.is_complete:
            raise TruncatedStream(request.model, assembler.text, len(assembler.tool_calls))
        yield self._finished_stream(request, assembler)

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
        """How many tokens a request takes; an estimate where tiktoken's table is not on disk."""
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

    async def _opened(
        self,
        request: Request,
        include_usage: bool | None,
        cancellation_token: CancellationToken | None,
    ) -> ChunkStream:
        said = said_of_usage(request, include_usage)
        if said is None and not self._server_reports_usage:
            return await opened_stream(self._client, request, cancellation_token)
        asking = with_usage(request, said is not False)
        try:
            return await opened_stream(self._client, asking, cancellation_token)
        except BadRequestError as error:
            if said is not None or not refuses_usage(error):
                raise
        self._server_reports_usage = False
        return await opened_stream(self._client, request, cancellation_token)

    def _finished_stream(self, request: Request, assembler: ReplyAssembler) -> CreateResult:
        result = self._finished(request, assembler)
        if not result.content:
            warnings.warn(
                "No text content or tool calls are available. Model returned empty result.",
                stacklevel=2,
            )
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
            _check_output(request, result.finish_reason, result.content)
        return result

    def _log_call(self, request: Request, body: Json, usage: RequestUsage) -> None:
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                LLMCallEvent(
                    messages=request.body["messages"],
                    response=body,
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


def _chosen_model_info(
    model: str, capabilities: ModelCapabilities | None, model_info: ModelInfo | None
) -> ModelInfo:
    if capabilities is not None:
        if model_info is not None:
            raise ValueError("model_capabilities and model_info are mutually exclusive")
        warnings.warn(
            "model_capabilities is deprecated, use model_info instead",
            DeprecationWarning,
            stacklevel=4,
        )
        return ModelInfo(
            vision=capabilities["vision"],
            function_calling=capabilities["function_calling"],
            json_output=capabilities["json_output"],
            family=ModelFamily.UNKNOWN,
            structured_output=False,
        )
    if model_info is None:
        return known_model_info(model)
    validate_model_info(model_info)
    return model_info


def _check_output(request: Request, finish_reason: str, content: str) -> None:
    output_type = request.output_type
    assert output_type is not None
    try:
        output_type.model_validate_json(content)
    except ValidationError as error:
        raise UnfitOutput(request.model, output_type.__name__, finish_reason, content) from error


def _warn_of_other_model(asked: str, answered: Any) -> None:
    resolved = dated_name(asked)
    if answered is not None and answered != resolved:
        warnings.warn(
            f"Resolved model mismatch: {resolved} != {answered}. "
            "Model mapping in autogen_ext.models.openai may be incorrect. "
            f"Set the model to {answered} to enhance token/cost estimation and suppress this "
            "warning.",
            stacklevel=3,
        )
