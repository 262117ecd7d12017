"""A team inside a team, broken off and gone on with."""

from collections.abc import Callable, Sequence

import pytest

from agentchat.core import CancellationToken
from agentchat.messages import BaseChatMessage
from agentchat.teams import RoundRobinGroupChat
from tests.agentchat.teams.talker import Talker


class Listener(Talker):
    """Says how much it has heard, and keeps it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.heard: list[str] = []

    def says(self, messages: Sequence[BaseChatMessage]) -> str:
        self.heard += [message.to_text() for message in messages]
        return f"{self.name}:{len(self.heard)}"

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self.heard.clear()

    async def save_state(self) -> dict[str, list[str]]:
        return {"heard": list(self.heard)}

    async def load_state(self, state: object) -> None:
        assert isinstance(state, dict)
        self.heard = list(state["heard"])


class Cast:
    """Two who talk among themselves, and one who listens to them."""

    def __init__(self) -> None:
        self.one, self.two, self.outer = Listener("one"), Listener("two"), Listener("outer")
        inner = RoundRobinGroupChat([self.one, self.two], name="inner", max_turns=3)
        self.team = RoundRobinGroupChat([inner, self.outer], max_turns=4)

    @property
    def heard(self) -> list[list[str]]:
        return [self.one.heard, self.two.heard, self.outer.heard]


async def gone_on_with(cast: Cast) -> Cast:
    return cast


async def reloaded(cast: Cast) -> Cast:
    fresh = Cast()
    await fresh.team.load_state(await cast.team.save_state())
    return fresh


@pytest.mark.parametrize("gone_on", [gone_on_with, reloaded])
@pytest.mark.parametrize("after", range(1, 9))
async def test_a_run_broken_off_anywhere_ends_as_if_it_had_not_been(
    after: int, gone_on: Callable[[Cast], object]
) -> None:
    """AutoGen tells the inner team again what it knows."""
    whole = Cast()
    await whole.team.run(task="go")
    cast = Cast()
    stream = cast.team.run_stream(task="go")
    for _ in range(after):
        await anext(stream)
    await stream.aclose()

    cast = await gone_on(cast)  # type: ignore[misc]
    await cast.team.run()

    assert cast.heard == whole.heard


async def test_after_a_reset_nothing_is_left_of_a_broken_turn() -> None:
    cast = Cast()
    stream = cast.team.run_stream(task="go")
    for _ in range(3):
        await anext(stream)
    await stream.aclose()

    await cast.team.reset()
    await cast.team.run(task="go")

    whole = Cast()
    await whole.team.run(task="go")
    assert cast.heard == whole.heard
