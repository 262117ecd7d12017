import json
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from agentchat.base import (
    Handoff,
    OrTerminationCondition,
    Response,
    TaskResult,
    TerminatedException,
    TerminationCondition,
)
from agentchat.core import CancellationToken
from agentchat.messages import BaseAgentEvent, BaseChatMessage, StopMessage, TextMessage


class Mentions(TerminationCondition):
    """A user's own condition, as it is written for upstream: three methods and no more."""

    def __init__(self, word: str) -> None:
        self._word = word
        self._met = False

    @property
    def terminated(self) -> bool:
        return self._met

    async def __call__(
        self, messages: Sequence[BaseAgentEvent | BaseChatMessage]
    ) -> StopMessage | None:
        if self._met:
            raise TerminatedException
        if not any(self._word in message.to_text() for message in messages):
            return None
        self._met = True
        return StopMessage(content=f"{self._word}!", source=f"Mentions {self._word}")

    async def reset(self) -> None:
        self._met = False


def said(text: str) -> list[TextMessage]:
    return [TextMessage(source="a", content=text)]


def reason(stop: StopMessage | None) -> tuple[str, str] | None:
    return None if stop is None else (stop.content, stop.source)


async def test_and_stops_when_the_last_member_is_met() -> None:
    both = Mentions("x") & Mentions("y")

    stops = [reason(await both(said(text))) for text in ("y", "y", "x")]

    assert stops == [None, None, ("y!, x!", "Mentions y, Mentions x")]
    assert both.terminated


async def test_or_stops_when_the_first_member_is_met() -> None:
    either = Mentions("x") | Mentions("y")

    stops = [reason(await either(said(text))) for text in ("z", "y")]

    assert stops == [None, ("y!", "Mentions y")]
    assert either.terminated


async def test_or_joins_the_reasons_of_members_met_together() -> None:
    either = Mentions("x") | Mentions("y")

    stop = await either(said("xy"))

    assert reason(stop) == ("x!, y!", "Mentions x, Mentions y")


@pytest.mark.parametrize(
    "combined",
    [Mentions("x") & Mentions("y"), Mentions("x") | Mentions("y"), Mentions("x") & Mentions("x")],
    ids=["and", "or", "and of equals"],
)
async def test_a_combination_is_asked_again_only_after_a_reset(
    combined: TerminationCondition,
) -> None:
    await combined(said("xy"))

    with pytest.raises(TerminatedException, match="has already been reached"):
        await combined(said("xy"))
    await combined.reset()

    assert not combined.terminated
    assert await combined(said("z")) is None
    assert await combined(said("xy")) is not None


async def test_and_forgets_old_reasons_at_a_reset() -> None:
    both = Mentions("x") & Mentions("y")
    await both(said("x"))

    await both.reset()

    assert reason(await both(said("xy"))) == ("x!, y!", "Mentions x, Mentions y")


async def test_a_users_condition_saves_only_its_kind() -> None:
    state = await (Mentions("x") | Mentions("y")).save_state()

    member = {"type": "Mentions", "version": "1.0.0"}
    assert state == {
        "type": "OrTerminationCondition",
        "version": "1.0.0",
        "conditions": [member, member],
    }


async def test_a_combination_refuses_the_state_of_another() -> None:
    state = await (Mentions("x") | Mentions("y")).save_state()

    with pytest.raises(ValueError, match="AndTerminationCondition can't load a state of 'OrTerm"):
        await (Mentions("x") & Mentions("y")).load_state(state)
    with pytest.raises(ValueError, match="of 1 conditions can't load a state of 2"):
        await OrTerminationCondition(Mentions("x")).load_state(state)


def test_a_handoff_follows_from_its_target() -> None:
    handoff = Handoff(target="Bob")

    assert handoff.model_dump() == {
        "target": "Bob",
        "description": "Handoff to Bob.",
        "name": "transfer_to_bob",
        "message": "Transferred to Bob, adopting the role of Bob immediately.",
    }


@pytest.mark.parametrize("missing", ["", None])
def test_an_empty_field_of_a_handoff_is_filled_in(missing: str | None) -> None:
    handoff = Handoff.model_validate({"target": "Bob", "name": missing, "message": "Your turn."})

    assert (handoff.name, handoff.message) == ("transfer_to_bob", "Your turn.")


def test_a_handoff_may_stand_beside_a_name_in_a_configuration() -> None:
    handoffs = TypeAdapter(list[Handoff | str]).validate_python(["bob", {"target": "eve"}])

    assert handoffs == ["bob", Handoff(target="eve")]


def test_a_handoff_refuses_a_name_that_is_no_identifier() -> None:
    with pytest.raises(ValidationError, match="Handoff name must be a valid identifier: to bob"):
        Handoff(target="bob", name="to bob")


async def test_a_handoff_tool_takes_nothing_and_answers_with_the_message() -> None:
    tool = Handoff(target="bob", message="Your turn.").handoff_tool

    answer = await tool.run_json({}, CancellationToken())

    assert tool.return_value_as_string(answer) == "Your turn."
    assert tool.schema == {
        "name": "transfer_to_bob",
        "description": "Handoff to bob.",
        "parameters": {
            "type": "object",
            "properties": {},
            "required": [],
            "additionalProperties": False,
        },
        "strict": True,
    }


def test_a_task_result_is_written_with_the_fields_of_each_kind() -> None:
    message = TextMessage(source="a", content="hi")

    written: dict[str, Any] = json.loads(
        TaskResult(messages=[message], stop_reason="done").model_dump_json()
    )

    assert written == {"messages": [message.dump()], "stop_reason": "done"}


def test_a_response_names_its_parts() -> None:
    message = TextMessage(source="a", content="hi")

    response = Response[TextMessage](chat_message=message)

    assert response == Response(chat_message=message, inner_messages=None)
    with pytest.raises(TypeError, match="positional argument"):
        Response(message)  # type: ignore[misc]
