"""CassetteStore: a cache's answers in a file that people review."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentchat.core.models import LLMMessage, UserMessage
from agentchat.ext.models.cache import ChatCompletionCache
from harness.cassette_store import CassetteStore
from harness.clients import RecordingChatCompletionClient, ReplayingChatCompletionClient
from harness.errors import UnreadableCassette, UsageError
from harness.formats import load
from harness.formats._index import SMALLEST
from harness.scripted import ScriptedModel

ASK: list[LLMMessage] = [UserMessage(content="hi", source="user")]
SECRET = "fjord-1234-saddle-5678"

json_values = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(values=st.dictionaries(st.text(), json_values, max_size=4))
def test_what_is_set_is_got_by_whoever_opens_the_file(values: dict[str, Any]) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "cache.yaml"
        store: CassetteStore[Any] = CassetteStore(file)

        for key, value in values.items():
            store.set(key, value)

        again: CassetteStore[Any] = CassetteStore(file)
        assert {key: again.get(key) for key in values} == values
        assert {key: store.get(key) for key in values} == values


def test_the_file_does_not_tell_what_came_first(tmp_path: Path) -> None:
    pairs = [(f"key {n}", {"n": n}) for n in range(5)]
    files = [tmp_path / "one.yaml", tmp_path / "other.yaml"]

    for file, order in zip(files, (pairs, pairs[::-1]), strict=True):
        for key, value in order:
            CassetteStore[Any](file).set(key, value)

    assert files[0].read_bytes() == files[1].read_bytes()


def test_what_another_recorder_wrote_is_not_added_to(tmp_path: Path) -> None:
    file = tmp_path / "old.yaml"
    file.write_text(
        "version: 1\ninteractions:\n"
        "- request: {method: GET, uri: 'http://127.0.0.1/', headers: {}, body: null}\n"
        "  response: {status: {code: 200, message: OK}, headers: {}, body: {string: '{}'}}\n"
    )
    before = file.read_bytes()

    with pytest.raises(UsageError, match=r"was recorded by vcrpy: .*\n  fix: .* import "):
        CassetteStore[Any](file).set("key", 1)

    assert file.read_bytes() == before


def test_a_value_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    store: CassetteStore[Any] = CassetteStore(tmp_path / "cache.yaml")
    store.set("key", 1)

    store.set("key", 2)

    assert (store.get("key"), store.get("other", 3)) == (2, 3)
    assert len(load(store.path).interactions) == 1


async def test_a_cache_answers_from_it_in_another_process(tmp_path: Path) -> None:
    file = tmp_path / "cache.yaml"
    first = ChatCompletionCache(ScriptedModel("hello there", "whole"), CassetteStore(file))
    streamed = [item async for item in first.create_stream(ASK)]
    created = await first.create([*ASK, *ASK])

    again = ChatCompletionCache(ScriptedModel(), CassetteStore(file))

    pieces = [item async for item in again.create_stream(ASK)]
    assert pieces[:-1] == streamed[:-1] == ["hello ", "there"]
    assert (await again.create([*ASK, *ASK])).content == created.content
    assert again.statistics.hits == 2


async def test_the_file_is_structured_data(tmp_path: Path) -> None:
    store: CassetteStore[Any] = CassetteStore(tmp_path / "cache.yaml")
    await ChatCompletionCache(ScriptedModel("hello"), store).create(ASK)

    text = store.path.read_text(encoding="utf-8")

    assert "    json:\n      finish_reason: stop\n      content: hello\n" in text


async def test_the_file_shows_what_was_asked(tmp_path: Path) -> None:
    store: CassetteStore[Any] = CassetteStore(tmp_path / "cache.yaml")
    cache = ChatCompletionCache(ScriptedModel("hello", "hello again", model="gpt-4o"), store)
    await cache.create(ASK, extra_create_args={"seed": 1})
    [_ async for _ in cache.create_stream(ASK)]

    bodies = [json.loads(each.request.body) for each in load(store.path).interactions]

    asked = {"model": "gpt-4o", "messages": [each.model_dump() for each in ASK]}
    assert sorted(bodies, key=len) == [asked, asked | {"extra_create_args": {"seed": 1}}]


async def test_no_secret_in_a_question_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VENDOR_API_KEY", SECRET)
    store: CassetteStore[Any] = CassetteStore(tmp_path / "cache.yaml")
    told: list[LLMMessage] = [UserMessage(content=f"my key is {SECRET}", source="user")]
    cache = ChatCompletionCache(ScriptedModel("fine"), store)

    answers = [(await cache.create(told)).content for _ in range(2)]

    assert answers == ["fine", "fine"]
    assert SECRET not in store.path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "value",
    [f"key: {SECRET}", {"content": SECRET}, ["key: fjord-", "1234-sad", "dle-5678", {"n": 1}]],
)
def test_no_secret_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: Any) -> None:
    monkeypatch.setenv("VENDOR_API_KEY", SECRET)
    store: CassetteStore[Any] = CassetteStore(tmp_path / "cache.yaml")

    store.set("key", value)

    text = store.path.read_text(encoding="utf-8")
    assert "<secret:VENDOR_API_KEY>" in text
    assert not any(part in text for part in ("fjord", "sad", "5678"))


def test_threads_keep_each_others_values(tmp_path: Path) -> None:
    file = tmp_path / "cache.yaml"
    stores: list[CassetteStore[Any]] = [CassetteStore(file), CassetteStore(file)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: stores[n % 2].set(f"key {n}", n), range(20)))

    assert [stores[0].get(f"key {n}") for n in range(20)] == list(range(20))


def test_processes_keep_each_others_values(tmp_path: Path) -> None:
    file = tmp_path / "cache.yaml"
    program = (
        "import sys; from harness.cassette_store import CassetteStore\n"
        "store = CassetteStore(sys.argv[1])\n"
        "for n in range(5): store.set(sys.argv[2] + str(n), n)"
    )

    started = [subprocess.Popen([sys.executable, "-c", program, str(file), name]) for name in "abc"]
    assert [each.wait() for each in started] == [0, 0, 0]

    store: CassetteStore[Any] = CassetteStore(file)
    assert [store.get(f"{name}{n}") for name in "abc" for n in range(5)] == [0, 1, 2, 3, 4] * 3


def test_a_file_that_grows_leaves_no_copies_of_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes = tmp_path / "indexes"
    monkeypatch.setenv("XDG_CACHE_HOME", str(indexes))
    store: CassetteStore[Any] = CassetteStore(tmp_path / "cache.yaml")

    for number in range(3):
        store.set(str(number), "word " * SMALLEST)

    assert [store.get(str(number)) for number in range(3)] == ["word " * SMALLEST] * 3
    assert list(indexes.rglob("*")) == []


async def test_other_interactions_of_the_file_stay(tmp_path: Path) -> None:
    file = tmp_path / "cache.yaml"
    client = RecordingChatCompletionClient(ScriptedModel("hello"), file)
    await client.create(ASK)
    await client.close()
    (recorded,) = load(file).interactions

    CassetteStore[Any](file).set("key", 1)

    assert load(file).interactions[0] == recorded
    assert CassetteStore[Any](file).get("key") == 1


async def test_recorded_calls_are_replayed_out_of_a_file_that_is_a_cache_too(
    tmp_path: Path,
) -> None:
    file = tmp_path / "calls.yaml"
    client = RecordingChatCompletionClient(ScriptedModel("recorded"), file)
    await client.create(ASK)
    await client.close()
    await ChatCompletionCache(ScriptedModel("kept"), CassetteStore(file)).create(ASK)

    replayed = await ReplayingChatCompletionClient(file).create(ASK)

    assert replayed.content == "recorded"


async def test_a_file_that_is_only_a_cache_says_how_it_is_replayed(tmp_path: Path) -> None:
    file = tmp_path / "cache.yaml"
    await ChatCompletionCache(ScriptedModel("kept"), CassetteStore(file)).create(ASK)

    with pytest.raises(UsageError, match=r"only answers of a cache.*CassetteStore"):
        ReplayingChatCompletionClient(file)


def test_a_damaged_file_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "cache.yaml"
    file.write_text("harness: cassette\nversion: 1\n", encoding="utf-8")

    with pytest.raises(UnreadableCassette, match=r"cache\.yaml"):
        CassetteStore[Any](file).set("key", 1)

    assert file.read_text(encoding="utf-8") == "harness: cassette\nversion: 1\n"


def test_it_is_saved_by_its_file(tmp_path: Path) -> None:
    store: CassetteStore[Any] = CassetteStore(tmp_path / "cache.yaml")
    store.set("key", 1)

    assert CassetteStore.load_component(store.dump_component()).get("key") == 1
