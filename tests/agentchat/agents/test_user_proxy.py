import asyncio
import io
from typing import Any

import pytest

from agentchat.agents import UserProxyAgent
from agentchat.base import TaskResult
from agentchat.core import CancellationToken
from agentchat.messages import HandoffMessage, TextMessage, UserInputRequestedEvent

HANDOFF = HandoffMessage(content="Over to you", source="bob", target="ann")


class Person:
    """Answers, and notes what was asked and for which request."""

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self.request_ids: list[str] = []

    def answer(self, prompt: str) -> str:
        self.prompts.append(prompt)
        self.request_ids.append(UserProxyAgent.InputRequestContext.request_id())
        return "Yes"

    async def answer_later(self, prompt: str, token: CancellationToken | None) -> str:
        await asyncio.sleep(0)
        return self.answer(prompt)


@pytest.mark.parametrize("way", ["answer", "answer_later"])
async def test_it_answers_with_what_the_person_enters(way: str) -> None:
    person = Person()
    agent = UserProxyAgent("ann", input_func=getattr(person, way))

    _, event, answer, result = [item async for item in agent.run_stream(task="Ready?")]

    assert isinstance(event, UserInputRequestedEvent)
    assert person.request_ids == [event.request_id]
    assert person.prompts == ["Enter your response: "]
    assert isinstance(answer, TextMessage)
    assert (answer.source, answer.content) == ("ann", "Yes")
    assert isinstance(result, TaskResult)


async def test_a_handoff_is_answered_by_a_handoff_back() -> None:
    person = Person()
    agent = UserProxyAgent("ann", input_func=person.answer)

    result = await agent.run(task=HANDOFF)

    assert person.prompts == ["Handoff received from bob. Enter your response: "]
    answer = result.messages[-1]
    assert isinstance(answer, HandoffMessage)
    assert (answer.source, answer.content, answer.target) == ("ann", "Yes", "bob")


async def test_only_the_last_message_hands_over() -> None:
    agent = UserProxyAgent("ann", input_func=Person().answer)

    result = await agent.run(task=[HANDOFF, TextMessage(content="Ready?", source="bob")])

    assert isinstance(result.messages[-1], TextMessage)


async def test_a_handoff_to_somebody_else_is_an_error() -> None:
    agent = UserProxyAgent("cy", input_func=Person().answer)

    with pytest.raises(RuntimeError, match="Handoff message target does not match agent name"):
        await agent.run(task=HANDOFF)


async def test_a_failed_input_is_the_cause_of_the_error() -> None:
    def refuse(prompt: str) -> str:
        raise EOFError("nobody there")

    agent = UserProxyAgent("ann", input_func=refuse)

    with pytest.raises(RuntimeError, match="Failed to get user input: nobody there") as raised:
        await agent.run(task="Ready?")

    assert isinstance(raised.value.__cause__, EOFError)


async def test_the_token_ends_the_wait_for_an_answer() -> None:
    """E37: an input function that knows nothing of the token kept the program waiting."""
    asked = asyncio.Event()

    async def never(prompt: str, token: CancellationToken | None) -> str:
        asked.set()
        await asyncio.Event().wait()
        return ""

    token = CancellationToken()
    agent = UserProxyAgent("ann", input_func=never)
    turn = asyncio.create_task(agent.run(task="Ready?", cancellation_token=token))
    await asked.wait()

    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await turn


async def test_the_terminal_is_asked_by_default(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("From the keyboard\n"))

    result = await UserProxyAgent("ann").run(task="Ready?")

    assert result.messages[-1].to_text() == "From the keyboard"
    assert capsys.readouterr().out == "Enter your response: "


async def test_a_closed_terminal_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    with pytest.raises(RuntimeError, match="Failed to get user input: EOF when reading a line"):
        await UserProxyAgent("ann").run(task="Ready?")


def test_the_request_is_known_only_while_it_is_answered() -> None:
    with pytest.raises(RuntimeError, match="must be called within the input callback"):
        UserProxyAgent.InputRequestContext.request_id()
    with pytest.raises(RuntimeError, match="InputRequestContext cannot be instantiated"):
        UserProxyAgent.InputRequestContext()


def test_its_form_leaves_the_input_function_out_and_says_so() -> None:
    agent = UserProxyAgent("ann", input_func=Person().answer)

    with pytest.warns(UserWarning, match="'ann' leaves out its input_func"):
        form = agent.dump_component()
    loaded: Any = UserProxyAgent.load_component(form)

    assert form.config == {"name": "ann", "description": "A human user"}
    assert loaded.dump_component() == form
