"""Swarm: the turn goes where it is handed."""

from collections.abc import Sequence

import pytest

from agentchat.agents import BaseChatAgent
from agentchat.base import Response
from agentchat.conditions import HandoffTermination
from agentchat.core import CancellationToken
from agentchat.messages import BaseChatMessage, HandoffMessage, TextMessage
from agentchat.teams import RoundRobinGroupChat, Swarm


class Passing(BaseChatAgent):
    """Hands the turn to each of its targets, one a turn, and speaks itself when none is left."""

    def __init__(self, name: str, *targets: str) -> None:
        super().__init__(name, "Passes on.")
        self.targets = list(targets)

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage, HandoffMessage)

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        if not self.targets:
            return Response(chat_message=TextMessage(content="mine", source=self.name))
        target = self.targets.pop(0)
        message = HandoffMessage(content=f"to {target}", target=target, source=self.name)
        return Response(chat_message=message)

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        pass


async def spoken(team: Swarm, task: str | BaseChatMessage | None = "go") -> list[str]:
    result = await team.run(task=task)
    return [message.source for message in result.messages if message.source != "user"]


async def test_the_turn_follows_the_handoffs_and_stays_without_one() -> None:
    team = Swarm([Passing("a", "c"), Passing("b"), Passing("c", "b")], max_turns=4)

    assert await spoken(team) == ["a", "c", "b", "b"]


async def test_a_handoff_in_the_task_decides_who_begins() -> None:
    team = Swarm([Passing("a"), Passing("b")], max_turns=1)

    task = HandoffMessage(content="you", target="b", source="user")

    assert await spoken(team, task) == ["b"]


async def test_a_handoff_outside_stops_and_a_handoff_back_resumes() -> None:
    team = Swarm(
        [Passing("a", "user")], termination_condition=HandoffTermination("user"), max_turns=2
    )
    result = await team.run(task="go")
    assert result.stop_reason == "Handoff to user from a detected."

    with pytest.raises(ValueError, match="The existing handoff target user is not one of"):
        await team.run(task="words alone")
    resumed = await team.run(task=HandoffMessage(content="go on", target="a", source="user"))

    assert [message.to_text() for message in resumed.messages] == ["go on", "mine", "mine"]


async def test_an_unknown_target_is_an_error_that_says_what_to_do() -> None:
    team = Swarm([Passing("a", "nobody")], max_turns=3)

    with pytest.raises(RuntimeError, match=r"give the team a HandoffTermination\('nobody'\)"):
        await team.run(task="go")


async def test_a_task_for_a_stranger_is_refused() -> None:
    team = Swarm([Passing("a")], max_turns=1)

    with pytest.raises(ValueError, match="The target stranger is not one of the participants"):
        await team.run(task=HandoffMessage(content="x", target="stranger", source="user"))


async def test_saved_and_loaded_the_turn_stays_where_it_was() -> None:
    first = Swarm([Passing("a", "b"), Passing("b")], max_turns=2)
    await first.run(task="go")
    second = Swarm([Passing("a"), Passing("b")], max_turns=1)

    await second.load_state(await first.save_state())

    assert await spoken(second, None) == ["b"]


def test_the_first_participant_must_be_able_to_hand_off() -> None:
    class Mute(Passing):
        @property
        def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
            return (TextMessage,)

    with pytest.raises(ValueError, match="must be able to produce a handoff"):
        Swarm([Mute("a")])


def test_a_team_can_not_take_part() -> None:
    inner = RoundRobinGroupChat([Passing("a")])

    with pytest.raises(TypeError, match=r"Participant .* must be a ChatAgent"):
        Swarm([inner])  # type: ignore[list-item]


async def test_an_outsiders_plain_answer_goes_to_who_had_asked() -> None:
    team = Swarm(
        [Passing("a", "b"), Passing("b", "user")],
        termination_condition=HandoffTermination("user"),
        max_turns=3,
        outsiders=["user"],
    )
    await team.run(task="go")
    again = Swarm([Passing("a"), Passing("b")], max_turns=1, outsiders=["user"])
    await again.load_state(await team.save_state())

    assert await spoken(again, "Yes.") == ["b"]


async def test_an_outsider_has_to_answer_first() -> None:
    team = Swarm(
        [Passing("a", "user")],
        termination_condition=HandoffTermination("user"),
        outsiders=["user"],
    )
    await team.run(task="go")

    with pytest.raises(ValueError, match="The existing handoff target user is not one of"):
        await team.run()
