"""ScriptedModel: a model's replies, written in the test."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from agentchat.core import FunctionCall
from agentchat.core.models import CreateResult, RequestUsage, SystemMessage, UserMessage
from agentchat.ext.models._transience import is_transient, seconds_to_wait
from harness.errors import UnexpectedModelCall, UnusedReplies, UsageError
from harness.script import Reply, Tokens, When
from harness.scripted import ScriptedFailure, ScriptedModel, call, calls, fail, say, stream

ASK = [UserMessage(content="hi", source="user")]


async def test_steps_answer_in_order() -> None:
    model = ScriptedModel("one", say("two", think="hm", usage=Tokens(prompt=5, completion=2)))

    await model.create(ASK)
    result = await model.create(ASK)

    assert result == CreateResult(
        content="two",
        thought="hm",
        finish_reason="stop",
        usage=RequestUsage(prompt_tokens=5, completion_tokens=2),
        cached=False,
    )
    model.assert_complete()


async def test_calls_get_ids_of_their_own() -> None:
    model = ScriptedModel(call("add", a=1), calls({"add": {"a": 2}}, {"add": {"a": 3}}))

    one, two = await model.create(ASK), await model.create(ASK)

    assert one.content == [FunctionCall(id="call_1_0", name="add", arguments='{"a":1}')]
    assert two.content == [
        FunctionCall(id="call_2_0", name="add", arguments='{"a":2}'),
        FunctionCall(id="call_2_1", name="add", arguments='{"a":3}'),
    ]
    assert (one.finish_reason, two.finish_reason) == ("function_calls", "function_calls")


async def test_a_stream_is_the_same_answer_in_pieces() -> None:
    model = ScriptedModel(" one  two\nthree")

    items = [item async for item in model.create_stream(ASK)]

    assert "".join(items[:-1]) == " one  two\nthree"
    assert len(items) > 3
    assert items[-1].content == " one  two\nthree"


async def test_a_step_may_be_for_certain_requests_only() -> None:
    model = ScriptedModel(
        Reply(when=When(system="critic"), say="no"),
        Reply(when=When(model="big"), say="yes"),
        model="big",
    )

    answers = [
        await model.create(ASK),
        await model.create([SystemMessage(content="you are a critic"), *ASK]),
    ]

    assert [answer.content for answer in answers] == ["yes", "no"]


async def test_a_missing_step_is_not_swallowed_by_except_exception() -> None:
    async def retrying() -> None:
        with suppress(Exception):
            await ScriptedModel().create(ASK)

    with pytest.raises(UnexpectedModelCall, match="no reply for model call 1"):
        await retrying()


async def test_a_step_left_over_is_an_error() -> None:
    with pytest.raises(UnusedReplies, match="1 of the script's replies"):
        ScriptedModel("one").assert_complete()


async def test_a_step_may_fail() -> None:
    with pytest.raises(ScriptedFailure, match="503: busy") as caught:
        await ScriptedModel(fail(503, "busy")).create(ASK)

    assert caught.value.status == 503


async def test_a_step_may_raise_any_error() -> None:
    error = TimeoutError("too slow")

    with pytest.raises(TimeoutError, match="too slow") as caught:
        await ScriptedModel(fail(error)).create(ASK)

    assert caught.value is error


async def test_retries_read_a_scripted_failure_as_that_of_a_server() -> None:
    with pytest.raises(ScriptedFailure) as caught:
        await ScriptedModel(fail(429, retry_after="7")).create(ASK)

    assert (is_transient(caught.value), seconds_to_wait(caught.value)) == (True, 7)


async def test_a_stream_step_comes_in_its_own_pieces() -> None:
    model = ScriptedModel(stream("He", "l", "lo"), stream("He", "l", "lo"))

    *pieces, last = [item async for item in model.create_stream(ASK)]

    assert pieces == ["He", "l", "lo"]
    assert (await model.create(ASK)).content == last.content == "Hello"


@pytest.mark.parametrize(("error", "message"), [(503, "503: The"), (OSError("cut"), "cut")])
async def test_a_stream_step_may_break_behind_its_pieces(
    error: int | Exception, message: str
) -> None:
    model, seen = ScriptedModel(stream("He", error=error), stream("He", error=error)), []

    async def read() -> None:
        async for piece in model.create_stream(ASK):
            seen.append(piece)

    with pytest.raises((ScriptedFailure, OSError), match=message):
        await read()
    with pytest.raises((ScriptedFailure, OSError), match=message):
        await model.create(ASK)

    assert seen == ["He"]
    assert model.total_usage() == RequestUsage(prompt_tokens=0, completion_tokens=0)


@pytest.mark.parametrize(
    ("steps", "message"),
    [((3,), "Step 1 of a ScriptedModel is 3"), (("a", ["b"]), r"Step 2 .*ScriptedModel\(\*steps")],
)
def test_a_wrong_step_is_named_when_the_model_is_made(steps: tuple[Any, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ScriptedModel(*steps)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (
            lambda: say(3),
            "^The step say() can't be made: say is 3. Input should be a valid",
        ),
        (lambda: calls(), "^The step calls() can't be made: a reply has one of: say and/or call"),
        (lambda: fail(200), "^The step fail() can't be made: status is 200. .* equal to 400."),
        (lambda: fail("no"), "^The step fail() can't be made: error is 'no'. .* of Exception."),
        (lambda: stream("a", error=99), "^The step stream() can't be made: status is 99."),
    ],
)
def test_a_step_that_makes_no_sense_says_why(step: Callable[[], Reply], message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("()", r"\(\)")):
        step()


async def test_what_was_asked_can_be_looked_at() -> None:
    model, said = ScriptedModel("one"), list(ASK)
    await model.create(said, json_output=True)
    said.clear()

    (asked,) = model.calls

    assert (asked.messages, asked.json_output) == (tuple(ASK), True)


async def test_the_tokens_of_a_request_are_estimated_without_a_network() -> None:
    model = ScriptedModel()

    assert 0 < model.count_tokens(ASK) < model.count_tokens(ASK * 2)
    assert model.remaining_tokens(ASK) == 128_000 - model.count_tokens(ASK)
