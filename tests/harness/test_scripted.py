"""ScriptedModel: a model's replies, written in the test."""

from contextlib import suppress

import pytest

from agentchat.core import FunctionCall
from agentchat.core.models import CreateResult, RequestUsage, SystemMessage, UserMessage
from harness.errors import UnexpectedModelCall, UnusedReplies
from harness.script import Reply, Tokens, When
from harness.scripted import ScriptedFailure, ScriptedModel, call, calls, fail, say

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
