"""What a session plays, records and writes, mode by mode; and what a miss says."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.errors import ReplayMiss, SecretFound, UnreadableCassette
from harness.formats import load, save
from harness.interactions import Cassette, Header, Interaction, Request, Response
from harness.matching import Ignore
from harness.session import CassetteSession, RecordMode, served

URL = "https://api.openai.com/v1/chat/completions"
PLAYED_UP = "an extra call: all that was recorded is played already"
WRITER, CRITIC = ("writer#1",), ("team#1", "critic#2")
CLEAN = (("content-type", "application/json"),)


def request(text: str = "Say Hi to all.", **body: Any) -> Request:
    messages = [{"role": "system", "content": text}]
    whole = {"model": "gpt-4o", "messages": messages, **body}
    return Request("POST", URL, CLEAN, json.dumps(whole, separators=(",", ":")).encode())


def interaction(text: str, answer: str, path: tuple[str, ...] = ()) -> Interaction:
    body = json.dumps({"answer": answer}, separators=(",", ":")).encode()
    return Interaction(request(text), Response(200, CLEAN, body, duration_ns=7), path)


def cassette_file(folder: Path, *interactions: Interaction) -> Path:
    path = folder / "cassettes" / "guide" / "chat.yaml"
    save(path, Cassette(Header("2026-01-01", "tests"), interactions))
    return path


def played(session: CassetteSession, asked: Request, path: tuple[str, ...] = ()) -> Any:
    playing = session.play(asked, path)
    assert playing is not None
    assert isinstance(playing.response, Response)
    return json.loads(playing.response.content)["answer"]


def record(session: CassetteSession, asked: Request, answer: str) -> None:
    recording = session.record(asked, WRITER)
    recording.answered(200, CLEAN)
    recording.received(json.dumps({"answer": answer}, separators=(",", ":")).encode())
    recording.ended("complete")


def answers(path: Path) -> list[tuple[str, str]]:
    """What the cassette holds: prompt and answer of each interaction."""
    told = []
    for each in load(path).interactions:
        assert isinstance(each.response, Response)
        prompt = json.loads(each.request.body)["messages"][0]["content"]
        told.append((prompt, json.loads(each.response.content)["answer"]))
    return told


def miss_of(session: CassetteSession, asked: Request, path: tuple[str, ...] = ()) -> ReplayMiss:
    with pytest.raises(ReplayMiss, match="No recorded reply") as caught:
        session.play(asked, path)
    return caught.value


def test_plays_requests_in_whatever_order_they_come(tmp_path: Path) -> None:
    path = cassette_file(tmp_path, interaction("a", "1"), interaction("b", "2"))
    session = CassetteSession(path)

    assert [played(session, request("b")), played(session, request("a"))] == ["2", "1"]
    assert (session.played, session.unplayed) == ([1, 0], [])


def test_plays_equal_requests_in_the_order_they_were_recorded(tmp_path: Path) -> None:
    recorded = [interaction("a", "1"), interaction("b", "2"), interaction("a", "3")]
    session = CassetteSession(cassette_file(tmp_path, *recorded))

    assert [played(session, request("a")), played(session, request("a"))] == ["1", "3"]
    assert session.unplayed == [1]


def test_who_asks_decides_between_equal_requests_alone(tmp_path: Path) -> None:
    path = cassette_file(
        tmp_path, interaction("a", "writer's", WRITER), interaction("a", "critic's", CRITIC)
    )
    in_turn, moved = CassetteSession(path), CassetteSession(path)

    assert played(in_turn, request("a"), CRITIC) == "critic's"
    assert played(in_turn, request("a"), WRITER) == "writer's"
    assert played(moved, request("a"), ("somebody#9",)) == "writer's"


def test_playing_an_interaction_twice_is_a_miss(tmp_path: Path) -> None:
    session = CassetteSession(cassette_file(tmp_path, interaction("a", "1")))
    played(session, request("a"))

    miss = miss_of(session, request("a"))

    assert miss.cause == (
        "an extra call: this very request was recorded once, and is played already"
    )
    assert session.misses == [miss]


def test_the_miss_of_a_changed_word_names_agent_call_word_and_command(tmp_path: Path) -> None:
    path = cassette_file(
        tmp_path, interaction("x", "0"), interaction("Say Hi to all.", "1", WRITER)
    )
    session = CassetteSession(path, owner="hello", rerecord="harness run hello")
    played(session, request("x"))

    miss = miss_of(session, request("Say Hello to all."), ("writer#2",))

    assert str(miss) == (
        "No recorded reply for model call 2 of 'hello' (agent 'writer', its call 1).\n"
        "  cassette: cassettes/guide/chat.yaml\n"
        "  cause:    a changed prompt\n"
        "  nearest:  interaction 2 (agent 'writer') differs at messages[0].content: "
        "'Hi' became 'Hello' in 'Say Hello to all.'\n"
        "  fix:      harness run hello"
    )


CAUSES = [
    ([], request("a"), "the cassette is empty", None),
    ([interaction("Say Hi to all.", "1")], request(model="gpt-5"), "a changed model",
     "interaction 1 differs at model: 'gpt-4o' became 'gpt-5'"),
    ([interaction("Say Hi to all.", "1")], request(tools=[{"name": "add"}]),
     "a changed tool schema",
     "interaction 1 differs at tools: was not set, is [{'name': 'add'}]"),
    ([interaction("Say Hi to all.", "1")], request("Something else", model="gpt-5"),
     "a changed model",
     "interaction 1 differs at model: 'gpt-4o' became 'gpt-5'; messages changed too"),
    ([interaction("a", "1")], Request("GET", "https://example.com/", (), b""),
     "an extra call: nothing like it is recorded",
     "interaction 1 differs at method: 'POST' became 'GET'; host, path, body changed too"),
]  # fmt: skip


@pytest.mark.parametrize(("recorded", "asked", "cause", "nearest"), CAUSES)
def test_a_miss_says_what_it_looks_like(
    tmp_path: Path, recorded: Sequence[Interaction], asked: Request, cause: str, nearest: str
) -> None:
    session = CassetteSession(cassette_file(tmp_path, *recorded))

    miss = miss_of(session, asked)

    assert (miss.cause, miss.nearest) == (cause, nearest)


def test_the_nearest_is_one_that_was_not_played_while_there_is_one(tmp_path: Path) -> None:
    recorded = [interaction("Say Hi to all of them.", "1"), interaction("Say Hi to nobody.", "2")]
    session = CassetteSession(cassette_file(tmp_path, *recorded))
    played(session, request("Say Hi to all of them."))

    first = miss_of(session, request("Say Hi to all of us."))
    played(session, request("Say Hi to nobody."))
    second = miss_of(session, request("Say Hi to all of us."))

    assert first.nearest is not None
    assert first.nearest.startswith("interaction 2 ")
    assert second.cause == PLAYED_UP
    assert second.nearest is not None
    assert second.nearest.startswith("interaction 1 ")


def test_a_missing_cassette_is_told_at_the_first_call(tmp_path: Path) -> None:
    session = CassetteSession(tmp_path / "cassettes" / "gone.yaml")

    miss = miss_of(session, request())

    assert (miss.cause, miss.cassette) == ("the cassette is missing", Path("cassettes/gone.yaml"))


def test_nothing_is_written_in_mode_none(tmp_path: Path) -> None:
    path = cassette_file(tmp_path, interaction("a", "1"))
    before = path.read_bytes()

    with CassetteSession(path) as session:
        played(session, request("a"))

    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


OLD = [("a", "old 1"), ("b", "old 2"), ("a", "old 3")]
MODES = [
    (RecordMode.NEW_EPISODES, [*OLD, ("c", "new c")]),
    (RecordMode.ALL, [("a", "new a"), ("b", "old 2"), ("a", "old 3"), ("c", "new c")]),
    (RecordMode.REWRITE, [("a", "new a"), ("c", "new c")]),
]


@pytest.mark.parametrize(("mode", "held"), MODES)
def test_a_mode_decides_what_is_played_recorded_and_kept(
    tmp_path: Path, mode: RecordMode, held: list[tuple[str, str]]
) -> None:
    path = cassette_file(tmp_path, *(interaction(*each) for each in OLD))

    with CassetteSession(path, mode=mode) as session:
        for text in ("a", "c"):
            if session.play(request(text)) is None:
                record(session, request(text), f"new {text}")

    assert answers(path) == held


def test_once_records_when_there_is_no_cassette_and_plays_when_there_is(tmp_path: Path) -> None:
    path = tmp_path / "cassettes" / "new.yaml"

    with CassetteSession(path, mode=RecordMode.ONCE) as first:
        assert first.play(request("a")) is None
        record(first, request("a"), "1")
    second = CassetteSession(path, mode=RecordMode.ONCE)

    assert played(second, request("a")) == "1"
    assert miss_of(second, request("b")).cause == PLAYED_UP


@pytest.mark.parametrize("mode", [RecordMode.NEW_EPISODES, RecordMode.ALL, RecordMode.REWRITE])
def test_the_old_cassette_stays_whole_when_a_recording_fails(
    tmp_path: Path, mode: RecordMode
) -> None:
    path = cassette_file(tmp_path, interaction("a", "1"))
    before = path.read_bytes()

    def fail() -> None:
        with CassetteSession(path, mode=mode) as session:
            record(session, request("b"), "2")
            raise ZeroDivisionError("the test's own")

    with pytest.raises(ZeroDivisionError, match="the test's own"):
        fail()

    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_damaged_cassette_is_neither_played_nor_written_over(tmp_path: Path) -> None:
    path = cassette_file(tmp_path, interaction("a", "1"))
    damaged = path.read_bytes()[:-20]
    path.write_bytes(damaged)

    for mode in (RecordMode.NONE, RecordMode.ONCE, RecordMode.NEW_EPISODES, RecordMode.ALL):
        with pytest.raises(UnreadableCassette, match="truncated"):
            CassetteSession(path, mode=mode)

    assert path.read_bytes() == damaged


def test_interactions_stand_in_the_order_of_the_requests(tmp_path: Path) -> None:
    path = tmp_path / "cassettes" / "new.yaml"

    with CassetteSession(path, mode=RecordMode.ONCE) as session:
        slow = session.record(request("slow"), WRITER)
        record(session, request("quick"), "2")
        slow.answered(200, CLEAN)
        slow.received(b'{"answer":"1"}')
        slow.ended("complete")

    assert answers(path) == [("slow", "1"), ("quick", "2")]


def test_threads_never_get_the_same_interaction(tmp_path: Path) -> None:
    numbers = [str(number) for number in range(200)]
    path = cassette_file(tmp_path, *(interaction("a", number) for number in numbers))
    session = CassetteSession(path)

    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(lambda _: played(session, request("a")), numbers))

    assert sorted(given) == sorted(numbers)
    assert session.unplayed == []


def test_what_serves_a_model_call_is_noted_for_whoever_wants_to_know(tmp_path: Path) -> None:
    path = cassette_file(tmp_path, interaction("a", "1"))
    session = CassetteSession(path, mode=RecordMode.NEW_EPISODES)
    noted: list[str] = []
    token = served.set(noted)

    played(session, request("a"))
    record(session, request("b"), "2")
    served.reset(token)

    assert noted == ["guide/chat.yaml#1", "guide/chat.yaml#2"]


def test_volatile_texts_are_stored_stable_and_come_back_in_a_replay(tmp_path: Path) -> None:
    path = tmp_path / "cassettes" / "new.yaml"
    with CassetteSession(path, mode=RecordMode.ONCE, replace={"/tmp/a1": "<workdir>"}) as session:
        record(session, request("look into /tmp/a1/x"), "cat /tmp/a1/x")

    replay = CassetteSession(path, replace={"/tmp/b2": "<workdir>"})

    assert answers(path) == [("look into <workdir>/x", "cat <workdir>/x")]
    assert played(replay, request("look into /tmp/b2/x")) == "cat /tmp/b2/x"


def test_declared_parts_do_not_count(tmp_path: Path) -> None:
    path = cassette_file(tmp_path, interaction("a", "1"))
    session = CassetteSession(path, key_parts=[Ignore("/user")])

    assert played(session, request("a", user="me")) == "1"


def test_a_replay_with_another_key_matches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cassettes" / "new.yaml"
    for key in ("sk-one-4567890123456789", "sk-two-9876543210987654"):
        monkeypatch.setenv("OPENAI_API_KEY", key)
        headers = (*CLEAN, ("authorization", f"Bearer {key}"))
        asked = replace(request(f"My key is {key}."), headers=headers)
        with CassetteSession(path, mode=RecordMode.ONCE) as session:
            if session.play(asked) is None:
                record(session, asked, f"It is {key}.")

    assert session.played == [0]
    assert answers(path) == [("My key is <secret:authorization>.", "It is <secret:authorization>.")]


def test_requests_that_differ_in_a_secret_alone_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "cassettes" / "new.yaml"
    one, other = (request(f"Whose is org-{mark * 24}?") for mark in ("a1", "b2"))
    with CassetteSession(path, mode=RecordMode.ONCE) as session:
        record(session, one, "one")
        record(session, other, "other")

    replay = CassetteSession(path)

    assert [played(replay, other), played(replay, one)] == ["other", "one"]
    assert b"a1a1a1" not in path.read_bytes()


def test_a_secret_that_can_not_be_redacted_stops_the_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = cassette_file(tmp_path, interaction("a", "1"))
    before = path.read_bytes()
    monkeypatch.setenv("VAULT_TOKEN", "s3cr3t-agent-name")
    session = CassetteSession(path, mode=RecordMode.REWRITE)
    recording = session.record(request("b"), ("s3cr3t-agent-name#1",))
    recording.answered(200, CLEAN)

    with pytest.raises(SecretFound, match="VAULT_TOKEN") as caught:
        session.finish()

    assert caught.value.place == "interaction 1, agent path"
    assert path.read_bytes() == before


def test_a_secret_in_the_name_of_a_cassette_stops_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_TOKEN", "s3cr3t-parameter")
    session = CassetteSession(tmp_path / "test_a[s3cr3t-parameter].yaml", mode=RecordMode.ALL)

    with pytest.raises(SecretFound, match="VAULT_TOKEN") as caught:
        session.record(request("a"))

    assert caught.value.place == "the file's name"
    assert list(tmp_path.iterdir()) == []
