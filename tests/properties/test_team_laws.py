"""Laws of teams: whatever interrupts a conversation, it goes on as if nothing had happened."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentchat.agents import AssistantAgent, BaseChatAgent
from agentchat.base import Response, TaskResult, Team
from agentchat.conditions import MaxMessageTermination
from agentchat.core import CancellationToken, FunctionCall, SingleThreadedAgentRuntime
from agentchat.core.model_context import ChatCompletionContextState
from agentchat.core.models import FunctionExecutionResult, LLMMessage, UserMessage
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    HandoffMessage,
    TextMessage,
    ThoughtEvent,
)
from agentchat.teams import DiGraphBuilder, GraphFlow, RoundRobinGroupChat, SelectorGroupChat, Swarm
from harness.script import Reply
from harness.scripted import ScriptedModel, calls, fail, say

LAW = settings(max_examples=60, deadline=None)

NAMES = ("red", "blue", "green")


@dataclass(frozen=True)
class Act:
    """What happens at one place of a conversation."""

    speakers: tuple[str, ...]
    thoughts: int
    failures: int
    """How often a speaker fails there before it speaks."""


@dataclass(frozen=True)
class Play:
    acts: tuple[Act, ...]
    weather: dict[str, int]
    """How often each speaker has failed; no team knows."""

    def act_at(self, messages: int) -> tuple[Act, int]:
        """The act that so many messages of speakers lead to, and how many of them are its own."""
        for act in self.acts:
            if messages < len(act.speakers):
                return act, messages
            messages -= len(act.speakers)
        return self.acts[-1], 0

    @property
    def messages(self) -> int:
        return sum(len(act.speakers) for act in self.acts)


Kind = Literal[
    "close", "save and close", "cancel at an item", "cancel the token", "cancel the task"
]


@dataclass(frozen=True)
class Interruption:
    kind: Kind
    after: int
    """Items, or steps of the event loop."""

    reloads: bool
    """Whether the conversation goes on in a fresh team, from what was saved."""


class Witness(BaseChatAgent):
    """Says how much it has heard, and remembers it."""

    def __init__(self, name: str, play: Play) -> None:
        super().__init__(name, f"The {name}.")
        self._play = play
        self._heard: list[tuple[str, str]] = []
        self._said = 0

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage, HandoffMessage)

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        raise NotImplementedError

    async def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response, None]:
        place = len(self._heard) + len(messages) + self._said - 1
        act, _ = self._play.act_at(place)
        thoughts = []
        for number in range(act.thoughts):
            await asyncio.sleep(0)
            thoughts.append(ThoughtEvent(content=f"hm {number}", source=self.name))
            yield thoughts[-1]
        self._maybe_fail(f"{self.name} at {place}", act.failures)
        self._heard += [(message.source, message.to_text()) for message in messages]
        self._said += 1
        text = f"{self.name} has heard {len(self._heard)} and said {self._said}"
        target = self._play.act_at(place + 1)[0].speakers[0]
        yield Response(
            chat_message=HandoffMessage(content=text, source=self.name, target=target),
            inner_messages=thoughts,
        )

    def _maybe_fail(self, place: str, failures: int) -> None:
        failed = self._play.weather.get(place, 0)
        if failed < failures:
            self._play.weather[place] = failed + 1
            raise ConnectionError(place)

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self._heard, self._said = [], 0

    async def save_state(self) -> Mapping[str, Any]:
        return {"heard": list(self._heard), "said": self._said}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        self._heard, self._said = list(state["heard"]), state["said"]


def witnesses(play: Play) -> list[Any]:
    return [Witness(name, play) for name in NAMES]


def ending(play: Play) -> MaxMessageTermination:
    return MaxMessageTermination(1 + play.messages)


def round_robin(play: Play, runtime: Any) -> Team:
    return RoundRobinGroupChat(
        witnesses(play), termination_condition=ending(play), runtime=runtime, emit_team_events=True
    )


def selector(play: Play, runtime: Any) -> Team:
    def choose(thread: Sequence[BaseAgentEvent | BaseChatMessage]) -> list[str]:
        said = sum(isinstance(message, BaseChatMessage) for message in thread) - 1
        act, begun = play.act_at(said)
        return list(act.speakers[begun:])

    return SelectorGroupChat(
        witnesses(play),
        ScriptedModel(),
        selector_func=choose,
        termination_condition=ending(play),
        runtime=runtime,
    )


def swarm(play: Play, runtime: Any) -> Team:
    return Swarm(witnesses(play), termination_condition=ending(play), runtime=runtime)


def ring(play: Play, runtime: Any) -> Team:
    builder = DiGraphBuilder()
    # A graph must have an end; nobody ever comes to it.
    *members, end = [*witnesses(play), Witness("end", play)]
    for member in (*members, end):
        builder.add_node(member)
    for source, target in zip(members, [*members[1:], members[0]], strict=True):
        builder.add_edge(source, target, condition=lambda message: True)
    builder.add_edge(members[0], end, condition=lambda message: False).set_entry_point(members[0])
    return GraphFlow(
        builder.get_participants(),
        builder.build(),
        termination_condition=ending(play),
        runtime=runtime,
    )


BUILDS = [round_robin, selector, swarm, ring]


def plays(at_once: int = 1, failures: int = 0) -> st.SearchStrategy[Play]:
    speakers = st.lists(st.sampled_from(NAMES), min_size=1, max_size=at_once, unique=True)
    act = st.builds(Act, speakers.map(tuple), st.integers(0, 2), st.integers(0, failures))
    acts = st.lists(act, min_size=1, max_size=5).map(tuple)
    return st.builds(Play, acts, st.builds(dict))


def interruptions(*further_kinds: Kind) -> st.SearchStrategy[list[Interruption]]:
    kinds = ("close", "cancel at an item", "cancel the token", "cancel the task", *further_kinds)
    interruption = st.builds(
        Interruption, st.sampled_from(kinds), st.integers(0, 25), st.booleans()
    )
    return st.lists(interruption, max_size=4)


def in_words(message: Mapping[str, Any]) -> tuple[str, str]:
    """A dumped message, its id and time aside."""
    return message["source"], str(message["content"])


async def thread_of(team: Team) -> list[Mapping[str, Any]]:
    """All that counts as said and done."""
    states = (await team.save_state())["agent_states"].values()
    (thread,) = [state["message_thread"] for state in states if "message_thread" in state]
    return list(thread)


async def talk_of(team: Team) -> list[tuple[str, str]]:
    """What counts as said, without thoughts and other events."""
    return [
        in_words(message)
        for message in await thread_of(team)
        if not message["type"].endswith("Event")
    ]


async def buffers_of(team: Team) -> dict[str, list[tuple[str, str]]]:
    """What each participant is still to be given."""
    states = (await team.save_state())["agent_states"]
    return {
        name: list(map(in_words, states[name]["message_buffer"]))
        for name in NAMES
        if name in states
    }


async def hearing_of(team: Team) -> dict[str, list[tuple[str, str]]]:
    """What each witness was given, and what it is still to be given."""
    states = (await team.save_state())["agent_states"]
    return {
        name: [*map(tuple, states[name]["agent_state"]["heard"]), *unheard]
        for name, unheard in (await buffers_of(team)).items()
    }


async def interrupt(team: Team, task: str | None, how: Interruption) -> Mapping[str, Any]:
    """Runs a team, but not to its end; what is saved of it."""
    token = CancellationToken()
    if how.kind in ("cancel the token", "cancel the task"):
        run = asyncio.ensure_future(team.run(task=task, cancellation_token=token))
        for _ in range(how.after):
            await asyncio.sleep(0)
        stop = token.cancel if how.kind == "cancel the token" else run.cancel
        stop()
        with suppress(asyncio.CancelledError):
            await run
        return await team.save_state()
    async with aclosing(team.run_stream(task=task, cancellation_token=token)) as stream:
        for _ in range(how.after):
            await anext(stream, None)
        if how.kind == "save and close":
            return await team.save_state()
        if how.kind == "cancel at an item":
            token.cancel()
            with suppress(asyncio.CancelledError):
                # Unless all was done before.
                assert isinstance(await anext(stream, None), TaskResult | None)
    return await team.save_state()


async def performed(make: Callable[[], Team], total: int, how: Sequence[Interruption]) -> Team:
    """A team that has come to the end of its play, interrupted so often."""
    team, left = make(), list(how)
    for _ in range(100):
        talk = await talk_of(team)
        if len(talk) > total:
            return team
        task = None if talk else "go"
        with suppress(RuntimeError):
            if not left:
                await team.run(task=task)
                continue
            interruption = left.pop(0)
            state = json.dumps(await interrupt(team, task, interruption))
            if interruption.reloads:
                team = make()
                await team.load_state(json.loads(state))
    raise AssertionError("The play never ends.")


@asynccontextmanager
async def leaving_no_task() -> AsyncGenerator[None, None]:
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() == before


@LAW
@pytest.mark.parametrize("build", BUILDS)
@given(play=plays(), how=interruptions("save and close"))
async def test_interruptions_saving_and_loading_change_nothing(
    build: Callable[..., Team], play: Play, how: list[Interruption]
) -> None:
    whole = build(play, None)
    await whole.run(task="go")

    async with leaving_no_task():
        team = await performed(lambda: build(play, None), play.messages, how)

    assert list(map(in_words, await thread_of(team))) == list(map(in_words, await thread_of(whole)))
    assert await hearing_of(team) == await hearing_of(whole)


@LAW
@pytest.mark.parametrize("build", BUILDS)
@given(play=plays(at_once=3, failures=2), how=interruptions())
async def test_everybody_hears_everybody_else_once_and_in_order(
    build: Callable[..., Team], play: Play, how: list[Interruption]
) -> None:
    async with leaving_no_task():
        team = await performed(lambda: build(play, None), play.messages, how)

    talk = await talk_of(team)
    assert len(talk) == 1 + play.messages
    assert await hearing_of(team) == {
        name: [said for said in talk if said[0] != name] for name in NAMES
    }


@LAW
@given(play=plays(at_once=3, failures=1))
async def test_the_same_holds_in_a_runtime(play: Play) -> None:
    runtime = SingleThreadedAgentRuntime()
    runtime.start()

    team = await performed(lambda: selector(play, runtime), play.messages, [])
    await runtime.close()

    talk = await talk_of(team)
    assert len(talk) == 1 + play.messages
    assert await hearing_of(team) == {
        name: [said for said in talk if said[0] != name] for name in NAMES
    }


async def look() -> str:
    """Looks."""
    await asyncio.sleep(0)
    return "seen"


async def stumble() -> str:
    """Fails."""
    await asyncio.sleep(0)
    raise LookupError("nothing there")


async def give_up() -> str:
    """Gives up by itself."""
    raise asyncio.CancelledError


tools_called = st.lists(st.sampled_from(["look", "stumble", "give_up", "unknown"]), min_size=1)
replies = st.lists(
    st.one_of(
        st.just(say("Well.", think="hm")),
        tools_called.map(lambda names: calls(*({name: {}} for name in names))),
        st.just(fail(503)),
    ),
    max_size=8,
)


@dataclass(frozen=True)
class Habits:
    """How assistants go about their work."""

    streams: bool
    reflects: bool
    rounds: int
    at_a_time: int | None


habits = st.builds(
    Habits, st.booleans(), st.booleans(), st.integers(1, 3), st.sampled_from([None, 1, 2])
)


def assistants(said: Sequence[Reply], how: Habits) -> Team:
    members: list[Any] = [
        AssistantAgent(
            name,
            ScriptedModel(*said, *["Done."] * 50),
            tools=[look, stumble, give_up],
            model_client_stream=how.streams,
            reflect_on_tool_use=how.reflects,
            max_tool_iterations=how.rounds,
            max_parallel_tools=how.at_a_time,
        )
        for name in NAMES[:2]
    ]
    return RoundRobinGroupChat(members, termination_condition=MaxMessageTermination(5))


def check_calls_have_results(context: Sequence[LLMMessage]) -> None:
    """Each call is followed by its one result, and no result stands elsewhere."""
    asked: list[str] = []
    for message in context:
        content = message.content if isinstance(message.content, list) else []
        answered = [part.call_id for part in content if isinstance(part, FunctionExecutionResult)]
        assert answered == asked
        asked = [part.id for part in content if isinstance(part, FunctionCall)]
    assert asked == []


@LAW
@given(said=replies, habits=habits, how=interruptions("save and close"))
async def test_an_assistant_hears_everything_once_and_has_a_result_for_each_call(
    said: list[Reply], habits: Habits, how: list[Interruption]
) -> None:
    async with leaving_no_task():
        team = await performed(lambda: assistants(said, habits), 4, how)

    talk = await talk_of(team)
    for name, unheard in (await buffers_of(team)).items():
        state = (await team.save_state())["agent_states"][name]["agent_state"]["llm_context"]
        context = ChatCompletionContextState.model_validate(state).messages
        check_calls_have_results(context)
        heard = [(m.source, str(m.content)) for m in context if isinstance(m, UserMessage)]
        assert heard + unheard == [said for said in talk if said[0] != name]
