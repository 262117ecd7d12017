import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentchat.core import CancellationToken, FunctionCall
from agentchat.core.models import CreateResult, RequestUsage, UserMessage
from agentchat.ext.models.replay import ReplayChatCompletionClient

QUESTION = [UserMessage(content="What can you do?", source="user")]


def result_of(text: str, completion_tokens: int = 7) -> CreateResult:
    usage = RequestUsage(prompt_tokens=5, completion_tokens=completion_tokens)
    return CreateResult(finish_reason="length", content=text, usage=usage, cached=False)


async def streamed(client: ReplayChatCompletionClient) -> list[str | CreateResult]:
    return [piece async for piece in client.create_stream(QUESTION)]


async def test_gives_the_replies_in_order() -> None:
    given_result = result_of("two")
    client = ReplayChatCompletionClient(["one and only", given_result])

    first, second = await client.create(QUESTION), await client.create(QUESTION)

    usage = RequestUsage(prompt_tokens=4, completion_tokens=3)
    assert first == CreateResult(
        finish_reason="stop", content="one and only", usage=usage, cached=True
    )
    assert second is given_result


async def test_says_when_there_is_nothing_more_to_say() -> None:
    client = ReplayChatCompletionClient(["only"])
    await client.create(QUESTION)

    with pytest.raises(ValueError, match="No more mock responses available"):
        await client.create(QUESTION)
    with pytest.raises(ValueError, match="No more mock responses available"):
        await streamed(client)


async def test_streams_word_by_word_and_then_the_result() -> None:
    client = ReplayChatCompletionClient(["Hello big world"])

    *pieces, result = await streamed(client)

    assert pieces == ["Hello ", "big ", "world"]
    assert isinstance(result, CreateResult)
    assert result.content == "Hello big world"


@given(text=st.text())
async def test_the_pieces_of_a_stream_add_up_to_the_text(text: str) -> None:
    client = ReplayChatCompletionClient([text])

    *pieces, result = await streamed(client)

    assert "".join(str(piece) for piece in pieces) == text
    assert isinstance(result, CreateResult)


async def test_streams_the_text_of_a_given_result_and_then_the_result() -> None:
    given_result = result_of("as it is")
    client = ReplayChatCompletionClient([given_result])

    assert await streamed(client) == ["as ", "it ", "is", given_result]


async def test_streams_a_result_that_is_no_text_alone() -> None:
    usage = RequestUsage(prompt_tokens=1, completion_tokens=1)
    calls = [FunctionCall(id="1", name="add", arguments="{}")]
    given_result = CreateResult(
        finish_reason="function_calls", content=calls, usage=usage, cached=False
    )

    assert await streamed(ReplayChatCompletionClient([given_result])) == [given_result]


async def test_a_stream_that_is_left_has_used_its_reply() -> None:
    client = ReplayChatCompletionClient(["one two", "next"])
    stream = client.create_stream(QUESTION)

    await anext(stream)
    await stream.aclose()

    assert (await client.create(QUESTION)).content == "next"


async def test_counts_words() -> None:
    client = ReplayChatCompletionClient(["one two", result_of("x", completion_tokens=10)])

    await client.create(QUESTION)
    await client.create(QUESTION)

    assert client.actual_usage() == RequestUsage(prompt_tokens=4, completion_tokens=10)
    assert client.total_usage() == RequestUsage(prompt_tokens=8, completion_tokens=12)
    assert client.count_tokens(QUESTION) == 4
    assert client.remaining_tokens(QUESTION) == 10_000 - 20


async def test_reset_begins_again() -> None:
    client = ReplayChatCompletionClient(["one"])
    await client.create(QUESTION)

    client.reset()

    assert client.total_usage() == RequestUsage(prompt_tokens=0, completion_tokens=0)
    assert (await client.create(QUESTION)).content == "one"


async def test_remembers_the_arguments_of_create() -> None:
    client = ReplayChatCompletionClient(["one", "two"])

    await client.create(QUESTION, json_output=False)
    await streamed(client)

    assert client.create_calls == [
        {
            "messages": QUESTION,
            "tools": [],
            "tool_choice": "auto",
            "json_output": False,
            "extra_create_args": {},
            "cancellation_token": None,
        }
    ]


async def test_what_cached_says_can_be_set() -> None:
    client = ReplayChatCompletionClient(["one"])

    client.set_cached_bool_value(False)

    assert (await client.create(QUESTION)).cached is False


async def test_logs_a_tool_choice_that_it_ignores(caplog: pytest.LogCaptureFixture) -> None:
    client = ReplayChatCompletionClient(["one"])

    await client.create(QUESTION, tool_choice="required")

    assert caplog.messages == ["tool_choice parameter specified but is ignored in replay mode"]


async def test_a_cancelled_call_uses_no_reply() -> None:
    client = ReplayChatCompletionClient(["one"])
    token = CancellationToken()
    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await client.create(QUESTION, cancellation_token=token)

    assert (await client.create(QUESTION)).content == "one"


async def test_can_be_saved_and_loaded() -> None:
    given_result = result_of("two")
    client = ReplayChatCompletionClient(["one", given_result])

    saved = client.dump_component().model_dump_json()
    loaded = ReplayChatCompletionClient.load_component(
        type(client.dump_component()).model_validate_json(saved)
    )

    assert loaded.chat_completions == ["one", given_result]


def test_can_do_nothing_by_default() -> None:
    client = ReplayChatCompletionClient([])

    assert client.model_info == {
        "vision": False,
        "function_calling": False,
        "json_output": False,
        "family": "unknown",
        "structured_output": False,
    }
    with pytest.warns(DeprecationWarning, match="use model_info instead"):
        assert client.capabilities == client.model_info
