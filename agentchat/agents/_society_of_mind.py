"""SocietyOfMindAgent: a team that speaks with one voice."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar

from pydantic import BaseModel

from agentchat.agents._inbox import Inbox
from agentchat.agents._model_call import text_of
from agentchat.agents._steps import AnswerStream, place_of
from agentchat.agents._streaming_agent import StreamingAgent
from agentchat.base import Response, TaskResult, Team
from agentchat.core import CancellationToken, Component
from agentchat.core._streams import stepped
from agentchat.core.model_context import ChatCompletionContext, UnboundedChatCompletionContext
from agentchat.core.models import (
    AssistantMessage,
    ChatCompletionClient,
    LLMMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    HandoffMessage,
    TextMessage,
)
from agentchat.state import SocietyOfMindAgentState as TeamOnlyState
from agentchat.utils import remove_images


class SocietyOfMindAgentState(TeamOnlyState):
    """A SocietyOfMindAgent: its inner team, and what has been said before."""

    llm_context: Mapping[str, Any] | None = None
    """The state of its model context; None in what upstream wrote, which left it out."""


class SocietyOfMindAgent(StreamingAgent, Component[BaseModel]):
    """Has a team work on what is said to it, and sums up the team's conversation as its answer.

    The team starts anew for each answer; what was said before, by others and by this agent, is
    given to it with the task. What happens inside is on the stream, and not among the response's
    inner messages.

    Args:
        name: A Python identifier, unique in the outer team.
        team: Works on each answer; it needs a way to stop.
        model_client: Sums up.
        description: What the agent can do, for those who choose a speaker.
        instruction: Stands before the team's conversation when the model sums up.
        response_prompt: Stands behind it.
        model_context: Keeps what was said to and by this agent; by default all of it.
    """

    component_provider_override: ClassVar[str] = "agentchat.agents.SocietyOfMindAgent"

    DEFAULT_INSTRUCTION: ClassVar[str] = (
        "Some time ago you were given a request. You have worked on it together with your team. "
        "This is what was said in the course of the work:"
    )
    DEFAULT_RESPONSE_PROMPT: ClassVar[str] = (
        "Now answer the request. The answer stands for itself: whoever reads it knows nothing of "
        "the conversation above, and should not have to."
    )
    DEFAULT_DESCRIPTION: ClassVar[str] = (
        "An agent that uses an inner team of agents to generate responses."
    )

    def __init__(  # noqa: PLR0913 - upstream's signature
        self,
        name: str,
        team: Team,
        model_client: ChatCompletionClient,
        *,
        description: str = DEFAULT_DESCRIPTION,
        instruction: str = DEFAULT_INSTRUCTION,
        response_prompt: str = DEFAULT_RESPONSE_PROMPT,
        model_context: ChatCompletionContext | None = None,
    ) -> None:
        super().__init__(name, description)
        if model_context is None:
            model_context = UnboundedChatCompletionContext()
        self._team = team
        self._model_client = model_client
        self._instruction = instruction
        self._response_prompt = response_prompt
        self._model_context = model_context

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)

    @property
    def model_context(self) -> ChatCompletionContext:
        """What was said to this agent, and what it answered."""
        return self._model_context

    async def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AnswerStream:
        answer = self._answer(messages, cancellation_token)
        async with aclosing(stepped(answer, place_of(self.name, cancellation_token))) as steps:
            async for item in steps:
                yield item

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        await self._team.reset()
        await self._model_context.clear()

    async def save_state(self) -> Mapping[str, Any]:
        return SocietyOfMindAgentState(
            inner_team_state=await self._team.save_state(),
            llm_context=await self._model_context.save_state(),
        ).model_dump()

    async def load_state(self, state: Mapping[str, Any]) -> None:
        saved = SocietyOfMindAgentState.model_validate(state)
        await self._team.load_state(saved.inner_team_state)
        if saved.llm_context is not None:
            await self._model_context.load_state(saved.llm_context)

    async def _answer(
        self, messages: Sequence[BaseChatMessage], token: CancellationToken
    ) -> AnswerStream:
        said: list[BaseChatMessage] = []
        async with aclosing(self._work(await self._task(messages), token)) as work:
            async for item in work:
                if isinstance(item, BaseChatMessage):
                    said.append(item)
                yield item
        answer = TextMessage(content="No response.", source=self.name)
        if said:
            answer = await self._summed_up(said, token)
        await Inbox(self._model_context).take(messages)
        await self._model_context.add_message(
            AssistantMessage(content=answer.content, source=self.name)
        )
        yield Response(chat_message=answer, inner_messages=[])

    async def _task(self, messages: Sequence[BaseChatMessage]) -> list[BaseChatMessage] | None:
        """What the team is given; None when there is nothing to say to it."""
        before = await self._model_context.get_messages()
        if before:
            known = HandoffMessage(
                content="relevant previous messages",
                source=self.name,
                target="",
                context=before,
            )
            return [known, *messages]
        return list(messages) or None

    async def _work(
        self, task: list[BaseChatMessage] | None, token: CancellationToken
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage, None]:
        """Everything that the team says and does."""
        stream = self._team.run_stream(
            task=task, cancellation_token=token, output_task_messages=False
        )
        try:
            async with aclosing(stream):
                async for item in stream:
                    if not isinstance(item, TaskResult):
                        yield item
        finally:
            # Also when it failed: half a conversation must not run into the next.
            await self._team.reset()

    async def _summed_up(
        self, said: Sequence[BaseChatMessage], token: CancellationToken
    ) -> TextMessage:
        model_info = self._model_client.model_info
        request: list[LLMMessage] = [
            self._directive(self._instruction),
            *(message.to_model_message() for message in said),
            self._directive(self._response_prompt),
        ]
        if not model_info["vision"]:
            request = remove_images(request)
        reply = await self._model_client.create(request, cancellation_token=token)
        return TextMessage(content=text_of(reply), source=self.name, models_usage=reply.usage)

    def _directive(self, text: str) -> LLMMessage:
        if self._model_client.model_info.get("multiple_system_messages"):
            return SystemMessage(content=text)
        return UserMessage(content=text, source="user")
