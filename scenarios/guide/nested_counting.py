"""Nested chat: a team that counts, inside an agent."""

from collections.abc import Sequence

from agentchat.agents import BaseChatAgent
from agentchat.base import Response
from agentchat.core import CancellationToken
from agentchat.messages import BaseChatMessage, TextMessage
from agentchat.teams import RoundRobinGroupChat
from harness import Run, Trace, last_message, no_errors, said, scenario, speakers, within


class SimpleAgent(BaseChatAgent):
    """Answers with text, and remembers nothing."""

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        pass

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)


class CountingAgent(SimpleAgent):
    """Says the number after the last one it heard; starts with 1."""

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        last = int(messages[-1].to_text()) if messages else 0
        return Response(chat_message=TextMessage(content=str(last + 1), source=self.name))


class NestedCountingAgent(SimpleAgent):
    """Lets a team count on, and answers with the team's last number."""

    def __init__(self, name: str, counting_team: RoundRobinGroupChat) -> None:
        super().__init__(name, description="An agent that counts numbers.")
        self._counting_team = counting_team

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        result = await self._counting_team.run(task=messages, cancellation_token=cancellation_token)
        answer = result.messages[-1]
        assert isinstance(answer, TextMessage)
        return Response(chat_message=answer, inner_messages=result.messages[len(messages) : -1])

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        await self._counting_team.reset()


class Listener(SimpleAgent):
    """Says what it has heard."""

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        heard = ", ".join(message.to_text() for message in messages)
        return Response(chat_message=TextMessage(content=f"I heard {heard}.", source=self.name))


def nested_counters() -> NestedCountingAgent:
    counters = [
        CountingAgent(name, description="An agent that counts numbers.")
        for name in ("counting_agent_1", "counting_agent_2")
    ]
    return NestedCountingAgent("nested_counting_agent", RoundRobinGroupChat(counters, max_turns=5))


def every_number_once(trace: Trace) -> bool | str:
    """Every number from 1 to 6 is said once, in order."""
    said = [message.text for message in trace.chat()]
    return said == ["1", "2", "3", "4", "5", "6"] or f"said: {', '.join(said)}"


@scenario(
    task="1",
    expect=[
        speakers(
            "user",
            "counting_agent_1",
            "counting_agent_2",
            "counting_agent_1",
            "counting_agent_2",
            "counting_agent_1",
        ),
        every_number_once,
        within(turns=5, model_calls=0),
        no_errors(),
    ],
    tags=["nested", "no-model"],
)
def counts_from_two_to_six(run: Run) -> NestedCountingAgent:
    """Nested chat: a team that counts, inside an agent.

    Two agents count in turns; the outer agent shows their numbers and answers with the last.
    No model is asked.
    """
    return nested_counters()


@scenario(
    task="1",
    expect=[
        speakers("user", ..., "listener"),
        said(by="counting_agent_2", text="5"),
        last_message("I heard 1, 6.", by="listener"),
        within(turns=6, model_calls=0),
        no_errors(),
    ],
    tags=["nested", "round-robin", "no-model"],
)
def listener_outside(run: Run) -> RoundRobinGroupChat:
    """Nested chat: who is outside hears the result alone.

    The onlooker sees every number; the next agent of the outer team is told the task and the last
    number. No model is asked.
    """
    return RoundRobinGroupChat([nested_counters(), Listener("listener", "Listens.")], max_turns=2)
