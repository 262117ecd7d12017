"""Nested chat: a team that counts, inside an agent."""

from collections.abc import Sequence

from agentchat.agents import BaseChatAgent
from agentchat.base import Response
from agentchat.core import CancellationToken
from agentchat.messages import BaseChatMessage, TextMessage
from agentchat.teams import RoundRobinGroupChat
from harness import Run, no_errors, scenario, speakers, within
from harness.trace import Trace


class CountingAgent(BaseChatAgent):
    """Says the number after the last one it heard; starts with 1."""

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        last = int(messages[-1].to_text()) if messages else 0
        return Response(chat_message=TextMessage(content=str(last + 1), source=self.name))

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        pass

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)


class NestedCountingAgent(BaseChatAgent):
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

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)


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
    counters = [
        CountingAgent(name, description="An agent that counts numbers.")
        for name in ("counting_agent_1", "counting_agent_2")
    ]
    return NestedCountingAgent("nested_counting_agent", RoundRobinGroupChat(counters, max_turns=5))
