"""A team inside an agent counts on, and prints what it always printed."""

import re
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import asyncio
from typing import Sequence
from autogen_core import CancellationToken
from autogen_agentchat.agents import BaseChatAgent
from autogen_agentchat.base import Response
from autogen_agentchat.messages import BaseChatMessage, TextMessage
from autogen_agentchat.teams import RoundRobinGroupChat

class Counting(BaseChatAgent):
    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        last = int(messages[-1].content) if messages else 0
        return Response(chat_message=TextMessage(content=str(last + 1), source=self.name))

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        pass

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)

class Nested(Counting):
    def __init__(self, name: str, team: RoundRobinGroupChat) -> None:
        super().__init__(name, description="Counts with a team.")
        self._team = team

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        result = await self._team.run(task=messages, cancellation_token=cancellation_token)
        return Response(
            chat_message=result.messages[-1], inner_messages=result.messages[len(messages):-1]
        )

async def main() -> None:
    one, two = (Counting(f"counting_agent_{n}", description="Counts.") for n in (1, 2))
    nested = Nested("nested", RoundRobinGroupChat([one, two], max_turns=5))
    task = TextMessage(content="1", source="user")
    response = await nested.on_messages([task], CancellationToken())
    for message in [*response.inner_messages, response.chat_message]:
        print(message)

asyncio.run(main())
"""


def printed(*command: str) -> list[tuple[str, str, str]]:
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=True, timeout=60
    )
    fields = r"source='(\w+)'.* content='(\d)' type='(\w+)'"
    return [re.search(fields, line).groups() for line in done.stdout.splitlines()]  # type: ignore[union-attr]


COUNTED = [
    (f"counting_agent_{1 + number % 2}", str(number), "TextMessage") for number in range(2, 7)
]


def test_it_runs_unmodified_through_the_aliases(tmp_path: Path) -> None:
    program = tmp_path / "nested.py"
    program.write_text(PROGRAM, encoding="utf-8")

    assert printed("-m", "agentchat.compat", str(program)) == COUNTED


def test_it_runs_with_only_the_import_names_changed(tmp_path: Path) -> None:
    program = tmp_path / "nested.py"
    ours = PROGRAM.replace("autogen_core", "agentchat.core").replace("autogen_", "")
    program.write_text(ours, encoding="utf-8")

    assert printed(str(program)) == COUNTED
