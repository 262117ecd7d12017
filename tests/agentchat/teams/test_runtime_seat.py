"""Teams whose participants live in a runtime that the user owns."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from agentchat.base import Response
from agentchat.core import (
    AgentId,
    CancellationToken,
    DefaultInterventionHandler,
    DropMessage,
    MessageContext,
    SingleThreadedAgentRuntime,
)
from agentchat.messages import BaseAgentEvent, BaseChatMessage, ThoughtEvent
from agentchat.teams import RoundRobinGroupChat
from tests.agentchat.teams.talker import Talker


class Thinker(Talker):
    """Thinks, and says what it was given."""

    def says(self, messages: Sequence[BaseChatMessage]) -> str:
        return f"[{'+'.join(message.to_text() for message in messages)}]"

    async def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response, None]:
        for _ in range(2):
            yield ThoughtEvent(content="hm", source=self.name)
        yield await self.on_messages(messages, cancellation_token)


class Failing(Thinker):
    """Can't answer."""

    async def on_messages(self, *_: Any) -> Response:
        raise ConnectionError("gone")


class Stalling(Thinker):
    """Never answers."""

    async def on_messages(self, *_: Any) -> Response:
        await asyncio.Event().wait()
        raise AssertionError


class Seeing(DefaultInterventionHandler):
    """Keeps the kinds of all messages that pass."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def on_send(
        self, message: Any, *, message_context: MessageContext, recipient: AgentId
    ) -> Any:
        self.seen.append(type(message).__name__)
        return message

    async def on_publish(self, message: Any, *, message_context: MessageContext) -> Any:
        self.seen.append(type(message).__name__)
        return message


@asynccontextmanager
async def running(*handlers: Any) -> AsyncIterator[SingleThreadedAgentRuntime]:
    runtime = SingleThreadedAgentRuntime(intervention_handlers=list(handlers))
    runtime.start()
    try:
        yield runtime
    finally:
        await runtime.stop()


async def spoken(team: RoundRobinGroupChat) -> list[str]:
    return [message.to_text() for message in (await team.run(task="go")).messages]


async def test_a_team_says_the_same_in_a_runtime_and_without() -> None:
    def agents() -> list[Any]:
        return [Thinker("one", "One."), Thinker("two", "Two.")]

    async with running() as runtime:
        apart = await spoken(RoundRobinGroupChat(agents(), max_turns=3, runtime=runtime))

    assert apart == await spoken(RoundRobinGroupChat(agents(), max_turns=3))


async def test_intervention_handlers_see_every_hop() -> None:
    seeing = Seeing()

    async with running(seeing) as runtime:
        await spoken(RoundRobinGroupChat([Thinker("one", "One.")], max_turns=1, runtime=runtime))

    assert seeing.seen == ["GroupChatRequest", "GroupChatMessage", "GroupChatMessage"]


async def test_several_teams_share_a_runtime() -> None:
    async with running() as runtime:
        teams = [
            RoundRobinGroupChat([Thinker("one", "One.")], max_turns=1, runtime=runtime)
            for _ in range(3)
        ]
        said = await asyncio.gather(*map(spoken, teams))

    assert said == [["go", "hm", "hm", "[go]"]] * 3


async def test_a_failure_crosses_the_runtime_with_its_cause() -> None:
    async with running() as runtime:
        team = RoundRobinGroupChat([Failing("one", "One.")], max_turns=1, runtime=runtime)

        with pytest.raises(RuntimeError, match="ConnectionError: gone") as caught:
            await team.run(task="go")

    assert isinstance(caught.value.__cause__, ConnectionError)


async def test_cancelling_reaches_through_the_runtime() -> None:
    token = CancellationToken()
    async with running() as runtime:
        team = RoundRobinGroupChat([Stalling("one", "One.")], max_turns=1, runtime=runtime)
        stream = team.run_stream(task="go", cancellation_token=token)
        for _ in range(3):
            await anext(stream)
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)

        token.cancel()

        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_reset_and_state_work_through_the_runtime() -> None:
    async with running() as runtime:
        team = RoundRobinGroupChat([Thinker("one", "One.")], max_turns=1, runtime=runtime)
        fresh = await team.save_state()
        await team.run(task="go")

        await team.reset()

        assert await team.save_state() == fresh


class LastWord(Thinker):
    """Has the run cancelled just when it has answered."""

    def __init__(self, name: str, token: CancellationToken) -> None:
        super().__init__(name, "Answers.")
        self.token = token
        self.asked = 0

    async def on_messages(self, *arguments: Any) -> Response:
        self.asked += 1
        self.token.cancel()
        return await super().on_messages(*arguments)


async def test_an_answer_on_its_way_when_the_turn_is_broken_off_is_not_asked_for_again() -> None:
    token = CancellationToken()
    agent = LastWord("ann", token)
    runtime = SingleThreadedAgentRuntime()
    team = RoundRobinGroupChat([agent], runtime=runtime, max_turns=1)
    runtime.start()

    with pytest.raises(asyncio.CancelledError):
        await team.run(task="go", cancellation_token=token)
    result = await team.run()
    await runtime.stop()

    assert [message.to_text() for message in result.messages] == ["[go]"]
    assert agent.asked == 1


async def test_an_answer_that_is_refused_on_its_way_is_given_anew() -> None:
    class Refusing(DefaultInterventionHandler):
        refusals = 1

        async def on_response(self, message: Any, *, sender: Any, recipient: Any) -> Any:
            if isinstance(message, Response) and self.refusals:
                self.refusals = 0
                return DropMessage
            return message

    runtime = SingleThreadedAgentRuntime(intervention_handlers=[Refusing()])
    agent = LastWord("ann", CancellationToken())
    team = RoundRobinGroupChat([agent], runtime=runtime, max_turns=1)
    runtime.start()

    with pytest.raises(RuntimeError):
        await team.run(task="go")
    await team.run()
    await runtime.stop()

    assert agent.asked == 2


async def test_an_answer_on_its_way_is_no_answer_after_an_earlier_state_was_loaded() -> None:
    token = CancellationToken()
    agent = LastWord("ann", token)
    runtime = SingleThreadedAgentRuntime()
    team = RoundRobinGroupChat([agent], runtime=runtime, max_turns=1)
    runtime.start()
    with pytest.raises(asyncio.CancelledError):
        await team.run(task="go", cancellation_token=token)

    await team.load_state(await team.save_state())
    await team.run()
    await runtime.stop()

    assert agent.asked == 2
