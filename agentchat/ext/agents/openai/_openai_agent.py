"""OpenAIAgent: an agent whose conversation and tools are the Responses API's."""

import logging
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar, Final, Literal, Self

from openai import AsyncAzureOpenAI, AsyncOpenAI, OpenAIError
from pydantic import BaseModel

from agentchat import EVENT_LOGGER_NAME
from agentchat.agents._steps import AnswerStream
from agentchat.agents._streaming_agent import StreamingAgent
from agentchat.agents._tool_loop import check_max_tool_iterations
from agentchat.agents._tool_round import ToolRound
from agentchat.agents._tool_summary import SummaryStyle
from agentchat.base import Response
from agentchat.core import CancellationToken, Component, FunctionCall, Image
from agentchat.core._component_arguments import NotConfigurable
from agentchat.core.models import RequestUsage
from agentchat.core.tools import BaseTool
from agentchat.ext.agents.openai._conversation import Conversation
from agentchat.ext.agents.openai._openai_config import OpenAIAgentConfig, OpenAIAgentState
from agentchat.ext.agents.openai._responses_call import ResponsesReply, ask
from agentchat.ext.agents.openai._tools import (
    GivenTool,
    LocalTool,
    builtin_tool,
    local_tool,
    named_as_here,
    toolbox_of,
)
from agentchat.ext.models._errors import ModelReplyError
from agentchat.ext.models._requests import tool_schemas
from agentchat.ext.models.openai_responses._input import (
    Item,
    function_tools,
    input_items,
    result_item,
)
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    HandoffMessage,
    MultiModalMessage,
    StopMessage,
    TextMessage,
    ThoughtEvent,
    ToolCallExecutionEvent,
    ToolCallRequestEvent,
    ToolCallSummaryMessage,
)

_event_log = logging.getLogger(EVENT_LOGGER_NAME)

_ROLES: Final = ("system", "assistant")
_SUMMARY: Final = SummaryStyle("{result}", formatter=None, rounds="last")

_Events = AsyncGenerator[BaseAgentEvent | BaseChatMessage, None]


class OpenAIAgent(StreamingAgent, Component[OpenAIAgentConfig]):
    """Answers through OpenAI's Responses API, which has tools of its own and keeps conversations.

    The server's tools run there; local tools are called here, and their results are sent back until
    there is an answer. An error of the API becomes the text of the answer, so that a team goes on;
    what was said then is said again with the next message.

    Args:
        name: A Python identifier, unique in a team.
        description: What the agent can do, for those who choose a speaker.
        client: The SDK's client; the caller closes it.
        model: Name of the model.
        instructions: What the model shall be and do; sent with every request.
        tools: Names of the server's tools that need no settings (`web_search_preview`,
            `image_generation`, `local_shell`), settings of others as a dict with a `type`, and
            local tools or plain functions.
        temperature: 1 is the API's own default and not sent, since models that reason refuse it.
        max_output_tokens: How long an answer, with its reasoning, may become.
        json_mode: Whether the answer shall be JSON.
        store: Whether the server keeps the conversation, so that only what is new is sent.
            Otherwise all of it is sent each time.
        truncation: `auto` lets the server drop the middle of what is too long; `disabled` makes
            that an error.
        max_tool_iterations: How many rounds of local calls a turn may have; then the last results
            are the answer.

    Raises:
        ValueError: The name is no identifier, a tool is not known or lacks its settings, or there
            may be no round of calls.
    """

    component_config_schema: ClassVar[type[BaseModel]] = OpenAIAgentConfig
    component_provider_override: ClassVar[str] = "agentchat.ext.agents.openai.OpenAIAgent"

    def __init__(  # noqa: PLR0913
        self,
        name: str,
        description: str,
        client: AsyncOpenAI | AsyncAzureOpenAI,
        model: str,
        instructions: str,
        tools: Iterable[
            Literal["web_search_preview", "image_generation", "local_shell"]
            | dict[str, Any]
            | GivenTool
        ]
        | None = None,
        temperature: float | None = 1,
        max_output_tokens: int | None = None,
        json_mode: bool = False,
        store: bool = True,
        truncation: str = "disabled",
        *,
        max_tool_iterations: int = 10,
    ) -> None:
        super().__init__(name, description)
        check_max_tool_iterations(max_tool_iterations)
        self._client = client
        self._model = model
        self._instructions = instructions
        self._temperature = temperature
        self._max_output_tokens = max_output_tokens
        self._json_mode = json_mode
        self._store = store
        self._truncation = truncation
        self._max_tool_iterations = max_tool_iterations
        self._builtin_tools: list[dict[str, Any]] = []
        self._local_tools: list[LocalTool] = []
        for tool in tools or ():
            self._add_tool(tool)
        self._conversation = Conversation(is_kept=store)

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return [TextMessage, MultiModalMessage, StopMessage, ToolCallSummaryMessage, HandoffMessage]

    @property
    def tools(self) -> list[Any]:
        """The tools in the API's form."""
        return [*self._builtin_tools, *function_tools(tool_schemas(self._local_tools))]

    @property
    def model(self) -> str:
        """Name of the model."""
        return self._model

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Begins a new conversation; the server may keep the old one, which nobody asks for."""
        self._conversation.clear()

    async def save_state(self) -> Mapping[str, Any]:
        return self._conversation.saved().model_dump()

    async def load_state(self, state: Mapping[str, Any]) -> None:
        self._conversation.load(OpenAIAgentState.model_validate(state))

    def to_config(self) -> OpenAIAgentConfig:
        """How the agent was made; its client is told of by its address alone.

        Raises:
            NotConfigurable: The client is Azure's.
        """
        if isinstance(self._client, AsyncAzureOpenAI):
            raise NotConfigurable(self._client, "OpenAIAgent(client=...)")
        local = [tool.dump_component().model_dump(exclude_none=True) for tool in self._local_tools]
        base_url = str(self._client.base_url)
        return OpenAIAgentConfig(
            name=self.name,
            description=self.description,
            model=self._model,
            instructions=self._instructions,
            tools=[*self._builtin_tools, *local],
            temperature=self._temperature,
            max_output_tokens=self._max_output_tokens,
            json_mode=self._json_mode,
            store=self._store,
            truncation=self._truncation,
            max_tool_iterations=self._max_tool_iterations,
            base_url=None if base_url.startswith("https://api.openai.com/") else base_url,
        )

    @classmethod
    def from_config(cls, config: OpenAIAgentConfig) -> Self:
        """An agent that was made so, with a client whose key is in the environment."""
        settings = config.model_dump(exclude={"base_url", "tools"})
        tools = [_loaded_tool(tool) for tool in config.tools or []]
        return cls(**settings, tools=tools, client=AsyncOpenAI(base_url=config.base_url))

    def _to_config(self) -> OpenAIAgentConfig:
        return self.to_config()

    @classmethod
    def _from_config(cls, config: OpenAIAgentConfig) -> Self:
        return cls.from_config(config)

    def _add_tool(self, tool: Any) -> None:
        if isinstance(tool, str):
            if all(each["type"] != tool for each in self._builtin_tools):
                self._builtin_tools.append(builtin_tool(tool, self._model))
        elif isinstance(tool, dict) and "type" in tool:
            self._builtin_tools.append(tool)
        else:
            self._local_tools.append(local_tool(tool))

    async def _answer(
        self, messages: Sequence[BaseChatMessage], token: CancellationToken
    ) -> AnswerStream:
        self._conversation.add(_items_of(messages))
        try:
            async with aclosing(self._rounds(token)) as steps:
                async for step in steps:
                    yield step
        except (OpenAIError, ModelReplyError) as error:
            text = f"Error generating response: {error}"
            _event_log.error("API error: %s", text, exc_info=True)
            yield Response(chat_message=TextMessage(content=text, source=self.name))

    async def _rounds(self, token: CancellationToken) -> AnswerStream:
        rounds: list[ToolRound] = []
        while len(rounds) < self._max_tool_iterations:
            reply = await ask(self._client, self._body(), token)
            self._conversation.add_response(reply.response)
            result = reply.result
            if result.thought:
                yield ThoughtEvent(content=result.thought, source=self.name)
            if isinstance(result.content, str):
                yield Response(chat_message=_message(reply, result.content, self.name))
                return
            tool_round = ToolRound(named_as_here(result.content, self._local_tools))
            rounds.append(tool_round)
            async with aclosing(self._call(tool_round, result.usage, token)) as events:
                async for event in events:
                    yield event
        yield Response(chat_message=_SUMMARY.message(self.name, rounds))

    async def _call(
        self, tool_round: ToolRound, usage: RequestUsage, token: CancellationToken
    ) -> _Events:
        calls: list[FunctionCall] = [*tool_round.calls]
        yield ToolCallRequestEvent(content=calls, source=self.name, models_usage=usage)
        toolbox = await toolbox_of(self.name, self._local_tools)
        try:
            async with aclosing(tool_round.perform(toolbox, token)) as events:
                async for event in events:
                    yield event
        finally:
            # Also when it was cancelled: the API goes on from no call without its result.
            self._conversation.add([result_item(result) for result in tool_round.results])
        yield ToolCallExecutionEvent(content=tool_round.results, source=self.name)

    def _body(self) -> dict[str, Any]:
        body = {
            "model": self._model,
            "instructions": self._instructions or None,
            "input": self._conversation.unsent,
            "previous_response_id": self._conversation.response_id,
            "temperature": None if self._temperature == 1 else self._temperature,
            "max_output_tokens": self._max_output_tokens,
            "tools": self.tools or None,
            "text": {"format": {"type": "json_object"}} if self._json_mode else None,
            "store": self._store,
            "truncation": self._truncation,
        }
        return {name: value for name, value in body.items() if value is not None}


def _items_of(messages: Sequence[BaseChatMessage]) -> list[Item]:
    items: list[Item] = []
    for message in messages:
        if isinstance(message, HandoffMessage):
            items += input_items(message.context)
        if isinstance(message, TextMessage) and message.source in _ROLES:
            items.append({"role": message.source, "content": message.content})
        else:
            items += input_items([message.to_model_message()])
    return items


def _message(reply: ResponsesReply, text: str, source: str) -> TextMessage | MultiModalMessage:
    usage = reply.result.usage
    images = [
        Image.from_base64(item["result"])
        for item in reply.response["output"]
        if item.get("type") == "image_generation_call" and item.get("result")
    ]
    if images:
        said: list[str | Image] = [text] if text else []
        return MultiModalMessage(content=[*said, *images], source=source, models_usage=usage)
    return TextMessage(content=text, source=source, models_usage=usage)


def _loaded_tool(saved: dict[str, Any] | str) -> Any:
    if isinstance(saved, dict) and "provider" in saved:
        return BaseTool.load_component(saved)
    return saved
