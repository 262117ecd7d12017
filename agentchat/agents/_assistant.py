"""AssistantAgent: a model with a conversation, tools, handoffs and memories."""

import asyncio
import warnings
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel

from agentchat.agents._assistant_config import AssistantAgentConfig
from agentchat.agents._assistant_state import FullAssistantState, restore, states_of
from agentchat.agents._equipment import (
    GivenTool,
    handoffs_from,
    memories_from,
    sequential_among,
    tools_from,
    workbenches_from,
)
from agentchat.agents._inbox import Inbox
from agentchat.agents._memory_notes import NotePad, consult
from agentchat.agents._model_call import Asker
from agentchat.agents._steps import AnswerStream
from agentchat.agents._streaming_agent import StreamingAgent
from agentchat.agents._tool_approval import ToolApprovalFunc, ToolReviewFunc
from agentchat.agents._tool_loop import Turn, check_max_tool_iterations, take_turn
from agentchat.agents._tool_summary import SummaryStyle, ToolCallSummaryFormatter
from agentchat.agents._toolbox import ToolRules, open_toolbox
from agentchat.base import Handoff, Response
from agentchat.core import CancellationToken, Component
from agentchat.core.memory import Memory
from agentchat.core.model_context import ChatCompletionContext, UnboundedChatCompletionContext
from agentchat.core.models import ChatCompletionClient, SystemMessage
from agentchat.core.tools import Workbench
from agentchat.messages import (
    BaseChatMessage,
    HandoffMessage,
    StructuredMessageFactory,
    TextMessage,
    ToolCallSummaryMessage,
)


class AssistantAgent(StreamingAgent, Component[AssistantAgentConfig]):
    """An agent that answers with a model, and calls tools when the model asks for them.

    It keeps the conversation in its model context: it is given what is new since the last call.
    When the model asks for tools, they are called, and the results are the answer: as a summary,
    or, with `reflect_on_tool_use`, in the model's words. When the model asks for a handoff, the
    answer is a HandoffMessage.

    A turn that failed may be repeated with the same messages; none is remembered twice.

    Args:
        name: A Python identifier, unique in a team.
        model_client: Answers.
        tools: Tools, or functions that their docstring describes.
        workbench: One or several, instead of tools.
        handoffs: Agents that the turn may be handed over to, by name or in detail.
        model_context: Keeps the conversation; by default all of it.
        description: What the agent can do, for those who choose a speaker.
        system_message: Stands before the conversation in every request; None for nothing.
        model_client_stream: Yield the model's answer piece by piece as well.
        reflect_on_tool_use: Ask the model to put the tools' results into words. By default only
            when there is an `output_content_type`.
        max_tool_iterations: How often the model may ask for tools in one turn. When there were
            more than one, and the model still wants more, a ThoughtEvent says so.
        tool_call_summary_format: Puts a call into words, by `tool_name`, `arguments`, `result`
            and `is_error`.
        tool_call_summary_formatter: Does so instead; a configuration leaves it out, with a
            UserWarning.
        output_content_type: What the answer shall be, as JSON that the model is held to; the
            agent then answers with a StructuredMessage of it.
        output_content_type_format: How such a message is shown as text.
        memory: Asked in every turn; what they say is told to the model, and not kept.
        metadata: Notes of the application.
        tool_call_summary_rounds: Whether a summary tells of the last round of calls or of all.
        max_parallel_tools: How many calls may run at a time; None for all of a round. Calls of
            tools whose `sequential` is true never overlap.
        tool_approval: Asked before every call; may allow it, deny it or change its arguments.
        tool_review: Shown every result before the model is; may change it.

    Raises:
        ValueError: The model can't call tools, a name is taken twice, something is no tool or
            handoff, there are tools beside a workbench, or a limit is below 1.
        TypeError: `memory` is no list.
    """

    component_config_schema: ClassVar[type[BaseModel]] = AssistantAgentConfig
    component_version: ClassVar[int] = 2
    component_provider_override: ClassVar[str] = "agentchat.agents.AssistantAgent"

    def __init__(  # noqa: PLR0913 - upstream's signature, and four options more
        self,
        name: str,
        model_client: ChatCompletionClient,
        *,
        tools: Sequence[GivenTool] | None = None,
        workbench: Workbench | Sequence[Workbench] | None = None,
        handoffs: Sequence[Handoff | str] | None = None,
        model_context: ChatCompletionContext | None = None,
        description: str = "An agent that provides assistance with ability to use tools.",
        system_message: str | None = (
            "You are an AI assistant that helps with whatever it is asked. Use the tools you have "
            "where they bring the task forward. Reply with TERMINATE when the task is done."
        ),
        model_client_stream: bool = False,
        reflect_on_tool_use: bool | None = None,
        max_tool_iterations: int = 1,
        tool_call_summary_format: str = "{result}",
        tool_call_summary_formatter: ToolCallSummaryFormatter | None = None,
        output_content_type: type[BaseModel] | None = None,
        output_content_type_format: str | None = None,
        memory: Sequence[Memory] | None = None,
        metadata: dict[str, str] | None = None,
        tool_call_summary_rounds: Literal["last", "all"] = "last",
        max_parallel_tools: int | None = None,
        tool_approval: ToolApprovalFunc | None = None,
        tool_review: ToolReviewFunc | None = None,
    ) -> None:
        super().__init__(name, description)
        check_max_tool_iterations(max_tool_iterations)
        if max_parallel_tools is not None and max_parallel_tools < 1:
            raise ValueError(f"max_parallel_tools must be at least 1, got {max_parallel_tools}")
        if reflect_on_tool_use is None:
            reflect_on_tool_use = output_content_type is not None
        self._model_client = model_client
        self._model_client_stream = model_client_stream
        if model_context is None:
            model_context = UnboundedChatCompletionContext()
        self._model_context = model_context
        self._system_messages = (
            [] if system_message is None else [SystemMessage(content=system_message)]
        )
        self._memory = memories_from(memory)
        self._tools = tools_from(tools, model_client)
        self._handoffs = handoffs_from(handoffs, self._tools, model_client)
        self._handoff_tools = {name: each.handoff_tool for name, each in self._handoffs.items()}
        self._workbench = workbenches_from(workbench, self._tools)
        self._tool_rules = ToolRules(
            approve=tool_approval,
            review=tool_review,
            max_parallel=max_parallel_tools,
            sequential=sequential_among(self._workbench),
        )
        self._max_tool_iterations = max_tool_iterations
        self._reflect_on_tool_use = reflect_on_tool_use
        self._summary_style = SummaryStyle(
            tool_call_summary_format, tool_call_summary_formatter, tool_call_summary_rounds
        )
        self._metadata = metadata or {}
        self._structured = (
            None
            if output_content_type is None
            else StructuredMessageFactory(
                input_model=output_content_type, format_string=output_content_type_format
            )
        )
        self._inbox = Inbox(self._model_context)
        self._resumed: asyncio.Event | None = None

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        types: list[type[BaseChatMessage]] = [TextMessage, ToolCallSummaryMessage, HandoffMessage]
        return types if self._structured is None else [*types, self._structured.StructuredMessage]

    @property
    def model_context(self) -> ChatCompletionContext:
        """The conversation as the model knows it."""
        return self._model_context

    async def on_pause(self, cancellation_token: CancellationToken) -> None:
        """Holds a turn before its next question to the model, until `on_resume`."""
        if self._resumed is None:
            self._resumed = asyncio.Event()

    async def on_resume(self, cancellation_token: CancellationToken) -> None:
        if self._resumed is not None:
            self._resumed.set()
            self._resumed = None

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self._inbox.answered()
        await self._model_context.clear()

    async def save_state(self) -> Mapping[str, Any]:
        return FullAssistantState(
            llm_context=await self._model_context.save_state(),
            unanswered=self._inbox.unanswered,
            workbenches=await states_of(self._workbench),
            memories=await states_of(self._memory),
        ).written()

    async def load_state(self, state: Mapping[str, Any]) -> None:
        saved = FullAssistantState.model_validate(state)
        await restore(self._workbench, saved.workbenches, "workbenches")
        await restore(self._memory, saved.memories, "memories")
        self._inbox.unanswered = saved.unanswered
        await self._model_context.load_state(saved.llm_context)

    async def _answer(
        self, messages: Sequence[BaseChatMessage], token: CancellationToken
    ) -> AnswerStream:
        await self._inbox.take(messages)
        notes: NotePad | None = None
        if self._memory:
            notes = await NotePad.on(self._model_context)
            async with aclosing(consult(self._memory, notes, self.name)) as events:
                async for event in events:
                    yield event
        async with aclosing(take_turn(await self._turn(notes, token))) as turn:
            async for item in turn:
                if isinstance(item, Response):
                    self._inbox.answered()
                yield item

    async def _turn(self, notes: NotePad | None, token: CancellationToken) -> Turn:
        structured = self._structured
        asker = Asker(
            source=self.name,
            client=self._model_client,
            context=self._model_context,
            system_messages=self._system_messages,
            streams=self._model_client_stream,
            token=token,
            notes=notes,
            output_type=None if structured is None else structured.ContentModel,
        )
        return Turn(
            asker=asker,
            toolbox=await open_toolbox(
                self.name, self._workbench, self._handoff_tools, self._tool_rules
            ),
            handoff_by_name=self._handoffs,
            max_tool_iterations=self._max_tool_iterations,
            reflects=self._reflect_on_tool_use,
            summary=self._summary_style,
            structured=structured,
            ready=self._ready,
        )

    async def _ready(self) -> None:
        """Returns when the agent is not paused."""
        if self._resumed is not None:
            await self._resumed.wait()

    def _to_config(self) -> AssistantAgentConfig:
        if self._tool_rules.approve is not None or self._tool_rules.review is not None:
            # Loaded again, the agent would call its tools unasked.
            raise ValueError(
                "Cannot serialize AssistantAgent with tool_approval or tool_review set."
            )
        style = self._summary_style
        if style.formatter is not None:
            warnings.warn(
                "The configuration of this AssistantAgent leaves out its "
                "tool_call_summary_formatter, since that is a function.",
                UserWarning,
                stacklevel=3,
            )
        return AssistantAgentConfig(
            name=self.name,
            model_client=self._model_client,
            workbench=self._workbench,
            handoffs=list(self._handoffs.values()) or None,
            model_context=self._model_context,
            memory=self._memory or None,
            description=self.description,
            system_message=self._system_messages[0].content if self._system_messages else None,
            model_client_stream=self._model_client_stream,
            reflect_on_tool_use=self._reflect_on_tool_use,
            tool_call_summary_format=style.format,
            max_tool_iterations=self._max_tool_iterations,
            metadata=self._metadata,
            structured_message_factory=self._structured,
            tool_call_summary_rounds=None if style.rounds == "last" else style.rounds,
            max_parallel_tools=self._tool_rules.max_parallel,
        )

    @classmethod
    def _from_config(cls, config: AssistantAgentConfig) -> Self:
        structured = config.structured_message_factory
        options = {
            field: getattr(config, field)
            for field in type(config).model_fields
            if field not in ("structured_message_factory", "tool_call_summary_rounds")
        }
        return cls(
            **options,
            output_content_type=None if structured is None else structured.ContentModel,
            output_content_type_format=None if structured is None else structured.format_string,
            tool_call_summary_rounds=config.tool_call_summary_rounds or "last",
        )
