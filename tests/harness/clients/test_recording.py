"""What RecordingChatCompletionClient records, ReplayingChatCompletionClient plays."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from agentchat.core import CancellationToken
from agentchat.core._usage import UsageLedger, report_usage
from agentchat.core.models import (
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    RequestUsage,
    UserMessage,
)
from agentchat.core.tools import FunctionTool
from harness.cassettes import cassette
from harness.clients import (
    FunctionModel,
    RecordingChatCompletionClient,
    ReplayingChatCompletionClient,
)
from harness.errors import CassetteError, ReplayMiss, UsageError
from harness.formats import load
from harness.interactions import Response
from harness.scripted import ScriptedModel, call
from harness.session import CassetteSession, RecordMode

ASK: list[LLMMessage] = [UserMessage(content="hi", source="user")]


def add(a: int) -> int:
    return a


def recording(file: Path, *steps: Any) -> RecordingChatCompletionClient:
    return RecordingChatCompletionClient(ScriptedModel(*steps), file)


async def streamed(
    client: ChatCompletionClient, messages: list[LLMMessage] = ASK
) -> list[str | CreateResult]:
    return [item async for item in client.create_stream(messages)]


async def test_create_gives_the_same_result_in_a_replay(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    tool = FunctionTool(add, description="Adds.")
    settings: dict[str, Any] = {
        "tools": [tool],
        "tool_choice": tool,
        "json_output": True,
        "extra_create_args": {"temperature": 0.5},
    }
    client = recording(file, call("add", a=1))
    recorded = await client.create(ASK, **settings)
    await client.close()

    replaying = ReplayingChatCompletionClient(file)

    assert await replaying.create(ASK, **settings) == recorded
    assert replaying.model_name == client.model_name == "scripted"
    assert replaying.total_usage() == client.total_usage() == recorded.usage


async def test_a_stream_gives_the_same_pieces_in_a_replay(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    client = recording(file, "Hello  there,\nyou\u2028two")
    recorded = await streamed(client)
    await client.close()

    assert await streamed(ReplayingChatCompletionClient(file)) == recorded
    assert len(recorded) > 3


async def test_create_and_create_stream_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    client = recording(file, "whole", "in pieces")
    await client.create(ASK)
    await streamed(client)
    await client.close()
    replaying = ReplayingChatCompletionClient(file)

    assert (await streamed(replaying))[-1].content == "in pieces"  # type: ignore[union-attr]
    assert (await replaying.create(ASK)).content == "whole"


async def test_a_recording_client_plays_what_is_there_and_asks_nobody(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    client = recording(file, "once")
    await client.create(ASK)
    await client.close()
    asked = ScriptedModel()

    again = RecordingChatCompletionClient(asked, file)

    assert (await again.create(ASK)).content == "once"
    assert asked.calls == ()
    assert again.actual_usage() == again.total_usage() == client.total_usage()


async def test_a_call_that_is_not_recorded_is_a_miss_that_explains_itself(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    client = recording(file, "hello")
    await client.create(ASK)
    await client.close()

    with pytest.raises(ReplayMiss, match=r"messages\[0\].content: 'hi' became 'ho'") as caught:
        await ReplayingChatCompletionClient(file).create([UserMessage(content="ho", source="user")])

    assert caught.value.cause == "a changed prompt"


async def test_a_cassette_that_somebody_broke_says_where(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    client = recording(file, "hello")
    await client.create(ASK)
    await client.close()
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("finish_reason: stop", "finish_reason: never"), encoding="utf-8")

    with pytest.raises(CassetteError, match="Interaction 1 of the cassette holds no answer"):
        await ReplayingChatCompletionClient(file).create(ASK)


async def test_a_client_that_only_replays_never_records(tmp_path: Path) -> None:
    session = CassetteSession(tmp_path / "calls.yaml", mode=RecordMode.NEW_EPISODES)

    with pytest.raises(ReplayMiss, match="only replays"):
        await ReplayingChatCompletionClient(session).create(ASK)

    assert len(session.misses) == 1
    session.finish()
    assert not session.path.exists()


async def test_which_of_several_models_is_replayed_must_be_said(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    with CassetteSession(file, mode=RecordMode.REWRITE) as session:
        for model in ("small", "large"):
            scripted = ScriptedModel(model, model=model)
            await RecordingChatCompletionClient(scripted, session).create(ASK)

    with pytest.raises(UsageError, match=r"'small' .*, 'large' .*; say which by `model=`"):
        ReplayingChatCompletionClient(file)
    with pytest.raises(UsageError, match="Did you mean 'large'"):
        ReplayingChatCompletionClient(file, model="larger")

    large = ReplayingChatCompletionClient(file, model="large")
    assert (await large.create(ASK)).content == "large"


async def test_a_call_that_is_cancelled_at_once_is_neither_played_nor_recorded(
    tmp_path: Path,
) -> None:
    file = tmp_path / "calls.yaml"
    token = CancellationToken()
    token.cancel()
    client = recording(file, "hello")
    with pytest.raises(asyncio.CancelledError):
        await client.create(ASK, cancellation_token=token)
    await client.create(ASK)
    await client.close()
    replaying = ReplayingChatCompletionClient(file)

    with pytest.raises(asyncio.CancelledError):
        await replaying.create(ASK, cancellation_token=token)

    assert (await replaying.create(ASK)).content == "hello"
    assert len(load(file).interactions) == 1


async def test_a_stream_that_was_left_early_is_left_early_again(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    client = recording(file, "one two three")
    async with aclosing(client.create_stream(ASK)) as stream:
        await anext(stream)
    await client.close()

    async with aclosing(ReplayingChatCompletionClient(file).create_stream(ASK)) as stream:
        assert await anext(stream) == "one "
    with pytest.raises(ReplayMiss, match="stopped waiting for the rest"):
        await streamed(ReplayingChatCompletionClient(file))


async def test_who_leaves_with_the_result_has_seen_the_whole_stream(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    client = recording(file, "hello")
    async with aclosing(client.create_stream(ASK)) as stream:
        async for item in stream:
            if isinstance(item, CreateResult):
                break
    await client.close()

    assert load(file).interactions[0].response.ending == "complete"


async def test_ledgers_are_told_what_they_were_told_when_it_was_recorded(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"

    class Thinking(ScriptedModel):
        def _count(self, result: CreateResult, **_: int) -> None:
            report_usage("scripted", result.usage, cached_tokens=3, reasoning_tokens=2)

    client = RecordingChatCompletionClient(Thinking("hm", "hm"), file)
    with UsageLedger() as live:
        await client.create(ASK)
        await streamed(client)
    await client.close()

    with UsageLedger() as replayed:
        replaying = ReplayingChatCompletionClient(file)
        await replaying.create(ASK)
        await streamed(replaying)

    assert replayed.calls == live.calls
    assert live.total_usage().reasoning_tokens == 4


async def test_an_answer_out_of_a_cache_costs_nothing_in_a_replay_either(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    usage = RequestUsage(prompt_tokens=5, completion_tokens=2)
    cached = CreateResult(content="hi", finish_reason="stop", usage=usage, cached=True)
    client = RecordingChatCompletionClient(FunctionModel(lambda *_: cached), file)
    await client.create(ASK)
    await client.close()

    again = RecordingChatCompletionClient(FunctionModel(lambda *_: "unasked"), file)
    for replaying in (ReplayingChatCompletionClient(file), again):
        await replaying.create(ASK)

        assert replaying.actual_usage() == RequestUsage(prompt_tokens=0, completion_tokens=0)
        assert replaying.total_usage() == usage


async def test_equal_calls_at_the_same_time_get_all_their_answers(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    client = recording(file, "a", "b", "c")
    recorded = [(await client.create(ASK)).content for _ in range(3)]
    await client.close()

    replaying = ReplayingChatCompletionClient(file)
    results = await asyncio.gather(*(replaying.create(ASK) for _ in range(3)))

    assert [result.content for result in results] == recorded


async def test_no_secret_is_written_even_word_by_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VENDOR_API_KEY", "fjord-1234-saddle-5678")
    file = tmp_path / "calls.yaml"

    async def pieces(*_: Any) -> Any:
        for piece in ("key: fjord-", "1234-sad", "dle-5678"):
            yield piece

    client = RecordingChatCompletionClient(FunctionModel(pieces), file)
    assert "".join(map(str, (await streamed(client))[:-1])) == "key: fjord-1234-saddle-5678"
    await client.close()

    (interaction,) = load(file).interactions
    assert isinstance(interaction.response, Response)
    assert b"fjord" not in interaction.response.content
    assert b"sad" not in interaction.response.content


async def test_the_cassette_in_use_is_the_one_of_the_call(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    client = RecordingChatCompletionClient(ScriptedModel("hello"))
    with cassette(file, record_mode="rewrite"):
        recorded = await client.create(ASK)

    replaying = ReplayingChatCompletionClient()
    with cassette(file) as use:
        assert await replaying.create(ASK) == recorded

    assert use.all_played
    with pytest.raises(UsageError, match="given no cassette, and none is in use"):
        await replaying.create(ASK)


async def test_a_replaying_client_is_saved_by_its_file(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    client = recording(file, "hello")
    recorded = await client.create(ASK)
    await client.close()

    saved = ReplayingChatCompletionClient(str(file)).dump_component()
    loaded = ReplayingChatCompletionClient.load_component(saved)

    assert await loaded.create(ASK) == recorded
