"""MagenticOneGroupChat: an orchestrator plans, instructs, watches progress and plans again.

After Fourney et al., Magentic-One: A Generalist Multi-Agent System for Solving Complex Tasks,
arXiv:2411.04468.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from agentchat.base import ChatAgent, TerminationCondition
from agentchat.core import AgentRuntime
from agentchat.core.models import AssistantMessage, ChatCompletionClient, LLMMessage, UserMessage
from agentchat.messages import BaseAgentEvent, BaseChatMessage, TextMessage
from agentchat.state import MagenticOneOrchestratorState
from agentchat.teams import _magentic_one_prompts as prompts
from agentchat.teams._conversation import Turn, Utterance
from agentchat.teams._group_chat import BaseGroupChat, check_are_agents
from agentchat.teams._magentic_one_ledger import ProgressLedger, asked_for_progress
from agentchat.teams._manager import Choice, GroupChatManager, Roster, Rules
from agentchat.utils import remove_images


class MagenticOneOrchestrator(GroupChatManager):
    """Keeps a ledger of the task (facts, plan) and one of the progress, and acts on both."""

    announces: bool = True
    task_may_end: bool = False

    def __init__(
        self,
        client: ChatCompletionClient,
        max_stalls: int,
        final_answer_prompt: str,
        name: str,
        roster: Roster,
        rules: Rules,
    ) -> None:
        # Rounds are counted here, where also the instructions without an answer are seen.
        super().__init__(name, roster, replace(rules, max_turns=None))
        self._max_rounds = rules.max_turns
        self._client = client
        self._max_stalls = max_stalls
        self._final_answer_prompt = final_answer_prompt
        self._names = roster.names
        self._team = "\n".join(f"{seat.name}: {seat.description}" for seat in roster.seats)
        self._start("")

    def _start(self, task: str) -> None:
        self._task = task
        self._facts = self._plan = ""
        self._rounds = self._stalls = 0

    async def check_task(self, task: Sequence[BaseChatMessage]) -> None:
        if task:
            self._start(" ".join(message.to_model_text() for message in task))
        elif not self._task:
            raise AssertionError("A MagenticOneGroupChat needs a task for its first run.")

    async def select_speakers(self, thread: Sequence[Utterance]) -> Sequence[str]:
        return ()

    async def choose(self, choice: Choice) -> AsyncGenerator[Utterance, None]:
        if not self._plan:
            await self._make_plan()
            yield await self._enter_outer_loop()
        while self._max_rounds is None or self._rounds <= self._max_rounds:
            self._rounds += 1
            ledger = await self._progress()
            if ledger.is_request_satisfied.answer:
                await self._end(choice, ledger.is_request_satisfied.reason)
                return
            if not self._has_stalled(ledger):
                yield self._say(ledger.instruction_or_question.answer)
                choice.speakers = (ledger.next_speaker.answer,)
                return
            await self._revise_plan()
            yield await self._enter_outer_loop()
        await self._end(choice, "Max rounds reached.")

    def turn_over(self, turns: Sequence[Turn]) -> None:
        """There is nothing to note; the conversation tells it all."""

    async def forget(self) -> None:
        await super().forget()
        self._start("")

    def state(self) -> MagenticOneOrchestratorState:
        return MagenticOneOrchestratorState(
            task=self._task,
            facts=self._facts,
            plan=self._plan,
            n_rounds=self._rounds,
            n_stalls=self._stalls,
        )

    async def load(self, state: Mapping[str, Any]) -> MagenticOneOrchestratorState:
        loaded = MagenticOneOrchestratorState.model_validate(state)
        self._task, self._facts, self._plan = loaded.task, loaded.facts, loaded.plan
        self._rounds, self._stalls = loaded.n_rounds, loaded.n_stalls
        return loaded

    async def _make_plan(self) -> None:
        question = self._asking(prompts.FACTS.format(task=self._task))
        self._facts = await self._text([question])
        answer = AssistantMessage(content=self._facts, source=self.name)
        follow_up = self._asking(prompts.PLAN.format(team=self._team))
        self._plan = await self._text([question, answer, follow_up])

    async def _revise_plan(self) -> None:
        context = self._context()
        context.append(
            self._asking(prompts.FACTS_UPDATE.format(task=self._task, facts=self._facts))
        )
        self._facts = await self._text(context)
        context.append(AssistantMessage(content=self._facts, source=self.name))
        context.append(self._asking(prompts.PLAN_UPDATE.format(team=self._team)))
        self._plan = await self._text(context)
        self._stalls = 0

    async def _enter_outer_loop(self) -> TextMessage:
        """Lets everybody start afresh, with the ledger as all they know."""
        for seat in self.roster.seats:
            await seat.reset()
        self.conversation.forget()
        return self._say(
            prompts.LEDGER.format(
                task=self._task, team=self._team, facts=self._facts, plan=self._plan
            )
        )

    async def _progress(self) -> ProgressLedger:
        question = prompts.PROGRESS.format(
            task=self._task, team=self._team, names=", ".join(self._names)
        )
        context = [*self._context(), self._asking(question)]
        return await asked_for_progress(self._client, context, self._names)

    def _has_stalled(self, ledger: ProgressLedger) -> bool:
        if ledger.is_in_loop.answer or not ledger.is_progress_being_made.answer:
            self._stalls += 1
        else:
            self._stalls = max(0, self._stalls - 1)
        return self._stalls >= self._max_stalls

    async def _end(self, choice: Choice, reason: str) -> None:
        question = self._asking(self._final_answer_prompt.format(task=self._task))
        choice.last_word = self._say(await self._text([*self._context(), question]))
        choice.ending = reason

    def _say(self, text: str) -> TextMessage:
        message = TextMessage(content=text, source=self.name)
        self.conversation.announce([message])
        return message

    def _asking(self, text: str) -> UserMessage:
        return UserMessage(content=text, source=self.name)

    async def _text(self, messages: list[LLMMessage]) -> str:
        result = await self._client.create(self._readable(messages))
        return result.content if isinstance(result.content, str) else ""

    def _context(self) -> list[LLMMessage]:
        """The conversation as the model sees it: its own words, and those of the others."""
        messages: list[LLMMessage] = []
        for message in self.conversation.thread:
            if not isinstance(message, BaseChatMessage):
                continue
            if message.source == self.name:
                messages.append(AssistantMessage(content=message.to_model_text(), source=self.name))
            else:
                messages.append(message.to_model_message())
        return self._readable(messages)

    def _readable(self, messages: list[LLMMessage]) -> list[LLMMessage]:
        return messages if self._client.model_info["vision"] else remove_images(messages)


class MagenticOneGroupChat(BaseGroupChat):
    """A team that an orchestrator leads: it plans, instructs one after the other, and re-plans.

    A run with a task makes a new plan; one without goes on with the task before, such as after an
    error, or when a saved state was loaded.

    Args:
        participants: Agents, with names of their own.
        model_client: The orchestrator's model.
        name: Of the team, when it takes part in another.
        description: What the team can do, for those who choose a speaker.
        termination_condition: Ends a run before the orchestrator does.
        max_turns: How many rounds of instructions there may be; None for no limit.
        runtime: Where the participants live as actors; by default they are called directly.
        max_stalls: After how many rounds without progress a new plan is made.
        final_answer_prompt: A template with `{task}`, asked at the end.
        custom_message_types: Kinds of message that no participant declares to produce.
        emit_team_events: Whether the stream tells who was chosen to speak.

    Raises:
        TypeError: A participant is no agent.
        ValueError: There are no participants, or two have the same name.
    """

    def __init__(  # noqa: PLR0913 - upstream's signature
        self,
        participants: Sequence[ChatAgent],
        model_client: ChatCompletionClient,
        *,
        name: str | None = None,
        description: str | None = None,
        termination_condition: TerminationCondition | None = None,
        max_turns: int | None = 20,
        runtime: AgentRuntime | None = None,
        max_stalls: int = 3,
        final_answer_prompt: str = prompts.FINAL_ANSWER,
        custom_message_types: Sequence[type[BaseAgentEvent | BaseChatMessage]] | None = None,
        emit_team_events: bool = False,
    ) -> None:
        check_are_agents(participants)
        super().__init__(
            name=name or "MagenticOneGroupChat",
            description=description or "A team of agents.",
            participants=participants,
            group_chat_manager_name="MagenticOneOrchestrator",
            group_chat_manager_class=partial(
                MagenticOneOrchestrator, model_client, max_stalls, final_answer_prompt
            ),
            termination_condition=termination_condition,
            max_turns=max_turns,
            runtime=runtime,
            custom_message_types=custom_message_types,
            emit_team_events=emit_team_events,
        )
