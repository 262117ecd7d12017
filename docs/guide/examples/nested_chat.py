"""Nested chat: a team that counts, inside an agent.

No model is asked, so no key is needed:

    python docs/guide/examples/nested_chat.py
"""

import asyncio
from collections.abc import Sequence

from agentchat.agents import BaseChatAgent
from agentchat.base import Response
from agentchat.core import CancellationToken
from agentchat.messages import BaseChatMessage, TextMessage
from agentchat.teams import RoundRobinGroupChat


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
        *inner, answer = result.messages[len(messages) :]
        assert isinstance(answer, TextMessage)
        return Response(chat_message=answer, inner_messages=inner)

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        await self._counting_team.reset()

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)


async def main() -> None:
    """Counts on from 1, and prints who said which number."""
    counters = [
        CountingAgent(name, description="An agent that counts numbers.")
        for name in ("counting_agent_1", "counting_agent_2")
    ]
    nested = NestedCountingAgent(
        "nested_counting_agent", RoundRobinGroupChat(counters, max_turns=5)
    )

    one = TextMessage(content="1", source="user")
    response = await nested.on_messages([one], CancellationToken())
    for message in [*(response.inner_messages or ()), response.chat_message]:
        print(f"{message.source}: {message.to_text()}")


if __name__ == "__main__":
    asyncio.run(main())
