"""SelectorGroupChat: a function or a model names the next speaker."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from inspect import isawaitable
from typing import Any, Literal

from agentchat import TRACE_LOGGER_NAME
from agentchat.base import ChatAgent, Team, TerminationCondition
from agentchat.core import AgentRuntime
from agentchat.core.model_context import ChatCompletionContext, UnboundedChatCompletionContext
from agentchat.core.models import (
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    ModelFamily,
    SystemMessage,
    UserMessage,
)
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    HandoffMessage,
    ModelClientStreamingChunkEvent,
    SelectorEvent,
)
from agentchat.state import SelectorManagerState
from agentchat.teams._conversation import Turn, Utterance
from agentchat.teams._group_chat import BaseGroupChat
from agentchat.teams._inquiry import Inquiry, Mentions
from agentchat.teams._manager import Choice, GroupChatManager, Roster, Rules
from agentchat.teams._transcript import Transcript

trace_logger = logging.getLogger(TRACE_LOGGER_NAME)

SelectorFunc = Callable[
    [Sequence[Utterance]],
    str | Sequence[str] | Awaitable[str | Sequence[str] | None] | None,
]
"""Given the thread, names who speaks next, several at once if need be; None asks the model."""

CandidateFunc = Callable[[Sequence[Utterance]], list[str] | Awaitable[list[str]]]
"""Given the thread, names those from whom the model may choose."""

DEFAULT_PROMPT = """You direct a conversation. These roles take part:
{roles}

This is what was said so far:

{history}

Name the one role of {participants} that should speak next. Answer with its name alone."""


@dataclass(frozen=True)
class Selection:
    """How a selector team chooses its speakers."""

    model_client: ChatCompletionClient
    prompt: str
    allow_repeated_speaker: bool
    max_attempts: int
    selector_func: SelectorFunc | None
    candidate_func: CandidateFunc | None
    streams: bool
    model_context: ChatCompletionContext
    wants_json: bool


class SelectorGroupChatManager(GroupChatManager):
    """Asks the function first, then the model, and falls back to whoever is left."""

    def __init__(self, selection: Selection, name: str, roster: Roster, rules: Rules) -> None:
        super().__init__(name, roster, rules)
        self.announces = selection.streams and rules.emit_team_events
        self._selection = selection
        self._names = roster.names
        self._roles = "\n".join(
            " ".join(f"{seat.name}: {seat.description}".split()) for seat in roster.seats
        )
        self._mentions = Mentions(self._names)
        self._transcript = Transcript()
        self._previous: str | None = None
        # How much of the thread the model context has been told.
        self._told = 0

    async def select_speakers(self, thread: Sequence[Utterance]) -> Sequence[str]:
        if self._selection.streams:
            choice = Choice()
            async for _ in self.choose(choice):
                pass
            return choice.speakers
        named = await self._named(thread)
        if not isinstance(named, Inquiry):
            return named
        client = self._selection.model_client
        while named.is_open:
            result = await client.create(named.messages, json_output=named.output_type)
            named.hear(_text_of(result))
        return (self._speaker_of(named),)

    async def choose(self, choice: Choice) -> AsyncGenerator[Utterance, None]:
        named = await self._named(self.conversation.thread)
        if not isinstance(named, Inquiry):
            choice.speakers = named
            return
        while named.is_open:
            async with aclosing(self._streamed_answer(named)) as events:
                async for event in events:
                    yield event
        choice.speakers = (self._speaker_of(named),)

    def turn_over(self, turns: Sequence[Turn]) -> None:
        self._previous = turns[-1].speaker

    async def forget(self) -> None:
        await super().forget()
        await self._selection.model_context.clear()
        self._previous = None
        self._told = 0

    def state(self) -> SelectorManagerState:
        return SelectorManagerState(previous_speaker=self._previous)

    async def load(self, state: Mapping[str, Any]) -> SelectorManagerState:
        loaded = SelectorManagerState.model_validate(state)
        self._previous = loaded.previous_speaker
        # The context is told the loaded thread, from its start, when it is next needed.
        await self._selection.model_context.clear()
        self._told = 0
        return loaded

    async def _named(self, thread: Sequence[Utterance]) -> Sequence[str] | Inquiry:
        """Who speaks next; an inquiry when that is left to the model."""
        selector = self._selection.selector_func
        if selector is not None and (names := await self._named_by(selector, thread)):
            return names
        candidates = await self._candidates(thread)
        if len(candidates) == 1:
            return candidates
        return Inquiry(
            self._question(candidates, await self._history(thread)),
            candidates,
            self._previous,
            mentions=self._mentions,
            attempts=self._selection.max_attempts,
            wants_json=self._selection.wants_json,
        )

    async def _named_by(self, selector: SelectorFunc, thread: Sequence[Utterance]) -> Sequence[str]:
        answer = selector(thread)
        named = (await answer if isawaitable(answer) else answer) or ()
        names = [named] if isinstance(named, str) else list(named)
        if strangers := self._strangers(names):
            raise ValueError(
                f"Selector function returned an invalid speaker name: {', '.join(strangers)}. "
                f"Expected one of: {list(self._names)}."
            )
        return names

    async def _candidates(self, thread: Sequence[Utterance]) -> list[str]:
        candidates = list(self._names)
        if self._selection.candidate_func is not None:
            answer = self._selection.candidate_func(thread)
            candidates = list(await answer if isawaitable(answer) else answer)
            if not candidates:
                raise ValueError(
                    "Candidate function must return a non-empty list of participant names."
                )
            if self._strangers(candidates):
                raise ValueError(
                    f"Candidate function returned invalid participant names: {candidates}. "
                    f"Expected one of: {list(self._names)}."
                )
        if self._selection.allow_repeated_speaker:
            return candidates
        return [name for name in candidates if name != self._previous] or candidates

    def _strangers(self, names: Sequence[str]) -> list[str]:
        return [str(name) for name in names if name not in self._names]

    async def _streamed_answer(self, inquiry: Inquiry) -> AsyncGenerator[BaseAgentEvent, None]:
        stream = self._selection.model_client.create_stream(
            inquiry.messages, json_output=inquiry.output_type
        )
        answer = ""
        async with aclosing(stream):
            async for item in stream:
                if isinstance(item, CreateResult):
                    answer = _text_of(item)
                    yield SelectorEvent(content=answer, source=self.name)
                else:
                    yield ModelClientStreamingChunkEvent(content=item, source=self.name)
        inquiry.hear(answer)

    def _question(self, candidates: list[str], history: str) -> LLMMessage:
        text = self._selection.prompt.format(
            roles=self._roles, participants=str(candidates), history=history
        )
        if ModelFamily.is_openai(self._selection.model_client.model_info["family"]):
            return SystemMessage(content=text)
        return UserMessage(content=text, source="user")

    async def _history(self, thread: Sequence[Utterance]) -> str:
        context = self._selection.model_context
        for message in thread[self._told :]:
            if isinstance(message, HandoffMessage):
                for known in message.context:
                    await context.add_message(known)
            if isinstance(message, BaseChatMessage):
                await context.add_message(message.to_model_message())
        self._told = len(thread)
        return self._transcript.of(await context.get_messages())

    def _speaker_of(self, inquiry: Inquiry) -> str:
        if inquiry.speaker is not None:
            return inquiry.speaker
        trace_logger.warning(
            "The model named no single speaker in %d attempts; %s goes on.",
            self._selection.max_attempts,
            inquiry.fallback,
        )
        return inquiry.fallback


def _text_of(result: CreateResult) -> str:
    return result.content if isinstance(result.content, str) else ""


class SelectorGroupChat(BaseGroupChat):
    """A team in which a function or a model names the next speaker.

    Args:
        participants: At least two agents or teams, with names of their own.
        model_client: Chooses, when the functions leave a choice.
        name: Of the team, when it takes part in another.
        description: What the team can do, for those who choose a speaker.
        termination_condition: Ends a run; without it and without `max_turns` a run never ends.
        max_turns: Ends a run after so many turns.
        runtime: Where the participants live as actors; by default they are called directly.
        selector_prompt: A template with `{roles}`, `{participants}` and `{history}`.
        allow_repeated_speaker: Whether the previous speaker may go on.
        max_selector_attempts: How often the model is asked before a speaker is taken anyway.
        selector_func: Names the next speaker from the thread; None leaves it to the model.
        candidate_func: Narrows the choice; only who it names can be chosen by the model.
        custom_message_types: Kinds of message that no participant declares to produce.
        emit_team_events: Whether the stream tells who was chosen to speak.
        model_client_streaming: Whether the model's choice is streamed.
        model_context: What of the conversation the model sees; by default all of it.
        choice_format: `json` holds the model to JSON that can name nobody but a candidate; None
            looks for a name in its words.

    Raises:
        ValueError: There are fewer than two participants, two have the same name, or the model
            can't be held to JSON.
    """

    def __init__(  # noqa: PLR0913 - upstream's signature, and one option more
        self,
        participants: Sequence[ChatAgent | Team],
        model_client: ChatCompletionClient,
        *,
        name: str | None = None,
        description: str | None = None,
        termination_condition: TerminationCondition | None = None,
        max_turns: int | None = None,
        runtime: AgentRuntime | None = None,
        selector_prompt: str = DEFAULT_PROMPT,
        allow_repeated_speaker: bool = False,
        max_selector_attempts: int = 3,
        selector_func: SelectorFunc | None = None,
        candidate_func: CandidateFunc | None = None,
        custom_message_types: Sequence[type[BaseAgentEvent | BaseChatMessage]] | None = None,
        emit_team_events: bool = False,
        model_client_streaming: bool = False,
        model_context: ChatCompletionContext | None = None,
        choice_format: Literal["json"] | None = None,
    ) -> None:
        if choice_format is not None and not model_client.model_info.get("structured_output"):
            raise ValueError(
                f"{type(model_client).__name__} can't be held to a schema (its model_info says "
                f"structured_output=False), as choice_format={choice_format!r} asks for. Leave "
                "choice_format out, and the speaker is looked for in the model's words."
            )
        selection = Selection(
            model_client=model_client,
            prompt=selector_prompt,
            allow_repeated_speaker=allow_repeated_speaker,
            max_attempts=max_selector_attempts,
            selector_func=selector_func,
            candidate_func=candidate_func,
            streams=model_client_streaming,
            model_context=model_context or UnboundedChatCompletionContext(),
            wants_json=choice_format == "json",
        )
        super().__init__(
            name=name or "SelectorGroupChat",
            description=description or "A team of agents.",
            participants=participants,
            group_chat_manager_name="SelectorGroupChatManager",
            group_chat_manager_class=partial(SelectorGroupChatManager, selection),
            termination_condition=termination_condition,
            max_turns=max_turns,
            runtime=runtime,
            custom_message_types=custom_message_types,
            emit_team_events=emit_team_events,
        )
        if len(participants) < 2:
            raise ValueError("At least two participants are required for SelectorGroupChat.")
