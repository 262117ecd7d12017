"""RoundRobinGroupChat, and what all teams share."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Literal

import pytest

from agentchat.base import Response, TaskResult
from agentchat.conditions import (
    ExternalTermination,
    FunctionalTermination,
    MaxMessageTermination,
    TextMentionTermination,
)
from agentchat.core import CancellationToken, MessageHandlerContext
from agentchat.core import _world as world
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    TextMessage,
    ThoughtEvent,
    UserInputRequestedEvent,
)
from agentchat.state import BaseGroupChatManagerState
from agentchat.teams import BaseGroupChat, RoundRobinGroupChat
from agentchat.teams._conversation import Turn
from agentchat.teams._manager import GroupChatManager
from tests.agentchat.teams.talker import Talker


class Echo(Talker):
    """Answers with how many messages it was given, and the last of them."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.given: list[list[str]] = []

    def says(self, messages: Sequence[BaseChatMessage]) -> str:
        self.given.append([message.to_text() for message in messages])
        return f"{self.name} heard"

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self.given.clear()


class Thinker(Echo):
    """Thinks aloud before it answers, and notes when it is cleaned up."""

    def __init__(self, name: str, stall: bool = False) -> None:
        super().__init__(name)
        self.stalled = asyncio.Event() if stall else None
        self.ended = False

    async def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response, None]:
        try:
            yield ThoughtEvent(content="hm", source=self.name)
            if self.stalled is not None:
                self.stalled.set()
                await asyncio.Event().wait()
            yield await self.on_messages(messages, cancellation_token)
        finally:
            self.ended = True


class Failing(Echo):
    """Fails at first, and then works."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.failures = 1

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        response = await super().on_messages(messages, cancellation_token)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the line is dead")
        return response


def texts(result: TaskResult) -> list[tuple[str, str]]:
    return [(message.source, message.to_text()) for message in result.messages]


async def test_speakers_follow_the_list_and_never_hear_themselves() -> None:
    one, two = Echo("one"), Echo("two")
    team = RoundRobinGroupChat([one, two], max_turns=4)

    result = await team.run(task="go")

    assert texts(result) == [
        ("user", "go"),
        ("one", "one heard"),
        ("two", "two heard"),
        ("one", "one heard"),
        ("two", "two heard"),
    ]
    assert result.stop_reason == "Maximum number of turns 4 reached."
    assert one.given == [["go"], ["two heard"]]
    assert two.given == [["go", "one heard"], ["one heard"]]


async def test_a_new_run_goes_on_with_the_next_speaker() -> None:
    one, two = Echo("one"), Echo("two")
    team = RoundRobinGroupChat([one, two], max_turns=1)
    await team.run(task="first")

    result = await team.run(task="second")

    assert texts(result) == [("user", "second"), ("two", "two heard")]
    assert two.given == [["first", "one heard", "second"]]


async def test_the_condition_sees_the_task_and_stops_before_the_first_turn() -> None:
    team = RoundRobinGroupChat([Echo("one")], termination_condition=TextMentionTermination("now"))

    result = await team.run(task="stop now")

    assert texts(result) == [("user", "stop now")]
    assert result.stop_reason == "Text 'now' mentioned"


async def test_a_condition_is_ready_again_after_it_stopped_a_run() -> None:
    team = RoundRobinGroupChat([Echo("one")], termination_condition=MaxMessageTermination(2))
    first = await team.run(task="go")

    second = await team.run(task="again")

    assert first.stop_reason == second.stop_reason
    assert second.stop_reason == "Maximum number of messages 2 reached, current message count: 2"


async def test_a_failure_names_its_class_and_keeps_the_original() -> None:
    team = RoundRobinGroupChat([Echo("one"), Failing("two")], max_turns=2)

    with pytest.raises(RuntimeError, match="ConnectionError: the line is dead") as caught:
        await team.run(task="go")

    assert isinstance(caught.value.__cause__, ConnectionError)


async def test_the_run_after_a_failure_repeats_the_failed_turn() -> None:
    one, two = Echo("one"), Failing("two")
    team = RoundRobinGroupChat([one, two], max_turns=2)
    with pytest.raises(RuntimeError, match="the line is dead"):
        await team.run(task="go")

    result = await team.run()

    assert texts(result) == [("two", "two heard")]
    assert two.given == [["go", "one heard"], ["go", "one heard"]]


async def test_cancelling_the_token_interrupts_an_agent_that_ignores_it() -> None:
    token, thinker = CancellationToken(), Thinker("one", stall=True)
    team = RoundRobinGroupChat([thinker], max_turns=1)
    running = asyncio.create_task(team.run(task="go", cancellation_token=token))
    assert thinker.stalled is not None
    await thinker.stalled.wait()

    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert thinker.ended
    thinker.stalled = None
    assert texts(await team.run()) == [("one", "hm"), ("one", "one heard")]


async def test_leaving_the_stream_ends_the_turn_at_once() -> None:
    thinker = Thinker("one", stall=True)
    stream = RoundRobinGroupChat([thinker], max_turns=1).run_stream(task="go")
    await anext(stream)
    await anext(stream)

    await stream.aclose()

    assert thinker.ended


async def test_a_team_refuses_to_run_twice_at_a_time() -> None:
    team = RoundRobinGroupChat([Echo("one")], max_turns=1)
    stream = team.run_stream(task="go")
    await anext(stream)

    with pytest.raises(ValueError, match="already running"):
        await team.run(task="go")

    await stream.aclose()
    assert (await team.run()).stop_reason == "Maximum number of turns 1 reached."


@pytest.mark.parametrize(
    ("task", "error"),
    [
        ([], "Task list cannot be empty"),
        (["words"], "All messages in task list must be valid BaseChatMessage types"),
        (7, "Task must be a string, a BaseChatMessage, or a list"),
    ],
)
async def test_what_is_no_task_is_refused(task: object, error: str) -> None:
    team = RoundRobinGroupChat([Echo("one")], max_turns=1)

    with pytest.raises(ValueError, match=error):
        await team.run(task=task)  # type: ignore[arg-type]


async def test_a_custom_message_nobody_declared_is_refused_as_a_task() -> None:
    class Note(TextMessage):
        pass

    team = RoundRobinGroupChat([Echo("one")], max_turns=1)

    with pytest.raises(ValueError, match=r"Message type .* is not registered"):
        await team.run(task=Note(content="x", source="user"))


@pytest.mark.parametrize("limit", [0, -1])
async def test_a_limit_of_no_turns_is_refused_when_the_team_first_runs(limit: int) -> None:
    team = RoundRobinGroupChat([Echo("one")], max_turns=limit)

    with pytest.raises(ValueError, match="greater than 0"):
        await team.run(task="go")


def test_participants_need_names_of_their_own() -> None:
    with pytest.raises(ValueError, match=r"must be unique\. Given more than once: one"):
        RoundRobinGroupChat([Echo("one"), Echo("one")])


async def test_saved_and_loaded_a_team_goes_on_as_if_nothing_had_happened() -> None:
    first = RoundRobinGroupChat([Echo("one"), Echo("two")], max_turns=1)
    await first.run(task="go")
    two = Echo("two")
    second = RoundRobinGroupChat([Echo("one"), two], max_turns=1)

    await second.load_state(await first.save_state())
    result = await second.run()

    assert texts(result) == [("two", "two heard")]
    assert two.given == [["go", "one heard"]]


async def test_a_state_of_other_participants_is_refused_and_changes_nothing() -> None:
    saved = await RoundRobinGroupChat([Echo("other")]).save_state()
    team = RoundRobinGroupChat([Echo("one")], max_turns=1)
    await team.run(task="go")
    before = await team.save_state()

    with pytest.raises(ValueError, match="Agent state for one not found"):
        await team.load_state(saved)

    assert await team.save_state() == before


async def test_reset_starts_with_the_first_speaker_and_an_empty_conversation() -> None:
    one, two = Echo("one"), Echo("two")
    team = RoundRobinGroupChat([one, two], max_turns=1)
    await team.run(task="go")

    await team.reset()
    result = await team.run(task="anew")

    assert texts(result) == [("user", "anew"), ("one", "one heard")]
    assert one.given == [["anew"]]


async def test_a_paused_team_holds_before_its_next_turn() -> None:
    one = Echo("one")
    team = RoundRobinGroupChat([one], max_turns=2)
    stream = team.run_stream(task="go")
    await anext(stream)
    await anext(stream)
    await team.pause()
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)

    assert not waiting.done()
    assert len(one.given) == 1

    await team.resume()
    assert (await waiting).to_text() == "one heard"
    await stream.aclose()


async def test_a_team_inside_a_team_answers_with_all_it_said() -> None:
    inner = RoundRobinGroupChat([Echo("one"), Echo("two")], name="inner", max_turns=2)
    listener = Echo("listener")
    team = RoundRobinGroupChat([inner, listener], max_turns=2)

    result = await team.run(task="go")

    assert [source for source, _ in texts(result)] == ["user", "one", "two", "listener"]
    assert listener.given == [["go", "one heard", "two heard"]]


async def test_agents_run_at_a_place_of_their_own_and_the_consumer_does_not() -> None:
    places: list[object] = []

    class Placed(Echo):
        async def on_messages(
            self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
        ) -> Response:
            places.append((world.path(), MessageHandlerContext.agent_id().type.split("_")[0]))
            return await super().on_messages(messages, cancellation_token)

    async for _ in RoundRobinGroupChat([Placed("one"), Placed("two")], max_turns=2).run_stream(
        task="go"
    ):
        places.append(world.path())

    assert places == [(), (("one#1",), "one"), (), (("two#2",), "two"), (), ()]


class Asking(Echo):
    """Asks a person who never answers."""

    async def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response, None]:
        yield UserInputRequestedEvent(request_id="1", source=self.name)
        await asyncio.Event().wait()


async def test_an_external_stop_wakes_a_team_that_waits_for_a_person() -> None:
    """AutoGen goes on waiting for the input (#4376)."""
    stop = ExternalTermination()
    team = RoundRobinGroupChat([Asking("one")], termination_condition=stop)
    stream = team.run_stream(task="go")
    await anext(stream)
    await anext(stream)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)

    stop.set()

    result = await waiting
    assert isinstance(result, TaskResult)
    assert result.stop_reason == "External termination requested"
    await stream.aclose()


async def test_an_external_stop_lets_a_working_agent_finish_its_turn() -> None:
    stop = ExternalTermination()
    team = RoundRobinGroupChat([Thinker("one")], termination_condition=stop)
    stream = team.run_stream(task="go")
    await anext(stream)
    await anext(stream)

    stop.set()

    rest = [item async for item in stream]
    assert [type(item).__name__ for item in rest] == ["TextMessage", "TaskResult"]


async def test_a_condition_serves_one_running_team_at_a_time() -> None:
    """AutoGen lets the teams count each other's messages (#5248)."""
    shared = MaxMessageTermination(9)
    first = RoundRobinGroupChat([Echo("one")], termination_condition=shared)
    second = RoundRobinGroupChat([Echo("two")], termination_condition=shared)
    stream = first.run_stream(task="go")
    await anext(stream)

    with pytest.raises(ValueError, match="at work in another running team"):
        await second.run(task="go")

    await stream.aclose()
    assert (await second.run(task="go")).stop_reason is not None


class Silent(Echo):
    """Ends its stream without an answer."""

    async def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response, None]:
        yield ThoughtEvent(content="hm", source=self.name)


async def test_an_agent_that_gives_no_answer_fails_the_turn() -> None:
    with pytest.raises(RuntimeError, match="did not produce a final response"):
        await RoundRobinGroupChat([Silent("one")], max_turns=1).run(task="go")


class Note(TextMessage):
    """A kind of message of the application's own."""

    type: Literal["Note"] = "Note"  # type: ignore[assignment]


class Noting(Echo):
    """Says what it has not declared to say."""

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        return Response(chat_message=Note(content="noted", source=self.name))


async def test_a_kind_of_message_must_be_declared_so_that_a_state_can_be_loaded() -> None:
    with pytest.raises(RuntimeError, match=r"Message type .*Note.* is not registered"):
        await RoundRobinGroupChat([Noting("one")], max_turns=1).run(task="go")

    team = RoundRobinGroupChat([Noting("one")], max_turns=1, custom_message_types=[Note])
    assert (await team.run(task="go")).messages[-1].to_text() == "noted"


async def test_a_condition_that_fails_hides_no_answer() -> None:
    def judge(messages: Sequence[BaseAgentEvent | BaseChatMessage]) -> bool:
        if messages[-1].source == "one":
            raise LookupError("no such rule")
        return False

    team = RoundRobinGroupChat([Echo("one")], termination_condition=FunctionalTermination(judge))
    stream = team.run_stream(task="go")

    shown = [await anext(stream), await anext(stream)]

    assert [item.source for item in shown if isinstance(item, TextMessage)] == ["user", "one"]
    with pytest.raises(RuntimeError, match="LookupError: no such rule"):
        await anext(stream)


class Silence(GroupChatManager):
    """Lets nobody speak."""

    async def select_speakers(
        self, thread: Sequence[BaseAgentEvent | BaseChatMessage]
    ) -> list[str]:
        return []

    def turn_over(self, turns: Sequence[Turn]) -> None:
        raise AssertionError("Nobody has had a turn.")

    def state(self) -> BaseGroupChatManagerState:
        return BaseGroupChatManagerState()

    async def load(self, state: object) -> BaseGroupChatManagerState:
        return BaseGroupChatManagerState()


async def test_a_team_in_which_nobody_speaks_is_stopped() -> None:
    team = BaseGroupChat("silent", "Says nothing.", [Echo("one")], "Silence", Silence)

    result = await team.run(task="go")

    assert result.stop_reason == "The group chat is stopped."
    assert [message.to_text() for message in result.messages] == ["go"]


async def test_what_all_have_heard_is_let_go() -> None:
    team = RoundRobinGroupChat([Echo("one"), Echo("two")], max_turns=500)

    await team.run(task="go")

    conversation = team._opened().conversation
    assert len(conversation.thread) == 501
    assert len(conversation._heard) < 100
