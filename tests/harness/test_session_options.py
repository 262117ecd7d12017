"""What a session can be told besides its mode: order, repeats, layers, tests, floors, age."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agentchat.core._world import SystemWorld, entered
from harness.errors import ReplayMiss, UnwritableCassette
from harness.formats import load, save
from harness.interactions import Cassette, Header, Interaction, Request, Response, Unanswered
from harness.session import CassetteSession, Expired, RecordMode, may_go_live, served
from harness.simulation import SeededWorld

URL = "https://api.openai.com/v1/chat/completions"
JSON = (("content-type", "application/json"),)
WRITER, CRITIC = ("writer#1",), ("critic#2",)


def request(text: str, method: str = "POST") -> Request:
    return Request(method, URL, JSON, json.dumps({"messages": [text]}).encode())


def interaction(
    text: str, answer: str, path: tuple[str, ...] = (), beneath: tuple[int, ...] = ()
) -> Interaction:
    method = "CREATE" if beneath else "POST"
    body = json.dumps({"id": "1", "answer": answer}).encode()
    return Interaction(request(text, method), Response(200, JSON, body, 7), path, beneath=beneath)


def cassette_file(path: Path, *interactions: Interaction, **header: object) -> Path:
    save(path, Cassette(replace(Header("2026-01-01", "tests"), **header), interactions))
    return path


def record(session: CassetteSession, text: str, answer: str, method: str = "POST") -> None:
    recording = session.record(request(text, method))
    recording.answered(200, JSON)
    recording.received(json.dumps({"id": "2", "answer": answer}).encode())
    recording.ended("complete")


def answer(session: CassetteSession, text: str, path: tuple[str, ...] = ()) -> str:
    playing = session.play(request(text), path)
    assert playing is not None
    assert isinstance(playing.response, Response)
    return str(json.loads(playing.response.content)["answer"])


def answers(path: Path) -> list[str]:
    return [
        json.loads(each.response.content)["answer"]
        for each in load(path).interactions
        if isinstance(each.response, Response)
    ]


def test_strict_plays_in_recorded_order_alone(tmp_path: Path) -> None:
    path = cassette_file(tmp_path / "a.yaml", interaction("a", "1"), interaction("b", "2"))
    session = CassetteSession(path, strict=True)

    with pytest.raises(ReplayMiss, match="out of order") as caught:
        session.play(request("b"))

    assert caught.value.cause == (
        "out of order: this is interaction 2, and interaction 1 was expected next"
    )
    assert caught.value.nearest == ("interaction 1 differs at messages[0]: 'a' became 'b'")
    assert [answer(session, "a"), answer(session, "b")] == ["1", "2"]


def test_a_strict_miss_is_compared_with_what_was_expected_next(tmp_path: Path) -> None:
    path = cassette_file(tmp_path / "a.yaml", interaction("one", "1"), interaction("two x", "2"))
    session = CassetteSession(path, strict=True)

    with pytest.raises(ReplayMiss, match="two y") as caught:
        session.play(request("two y"))

    assert caught.value.nearest is not None
    assert caught.value.nearest.startswith("interaction 1 ")


def test_strict_takes_equal_requests_in_order_whoever_asks(tmp_path: Path) -> None:
    path = cassette_file(
        tmp_path / "a.yaml", interaction("a", "1", WRITER), interaction("a", "2", CRITIC)
    )
    session = CassetteSession(path, strict=True)

    assert [answer(session, "a", CRITIC), answer(session, "a", WRITER)] == ["1", "2"]


def test_what_was_played_last_is_played_again_where_repeats_are_allowed(tmp_path: Path) -> None:
    path = cassette_file(tmp_path / "a.yaml", interaction("a", "1"), interaction("a", "2"))
    session = CassetteSession(path, allow_playback_repeats=True)

    assert [answer(session, "a") for _ in range(4)] == ["1", "2", "2", "2"]
    assert session.unplayed == []


def test_shared_cassettes_answer_what_the_own_one_does_not(tmp_path: Path) -> None:
    own = cassette_file(tmp_path / "own.yaml", interaction("a", "own"))
    shared = cassette_file(
        tmp_path / "shared.yaml", interaction("a", "shared"), interaction("b", "shared")
    )
    session = CassetteSession(own, shared=[shared])
    noted: list[str] = []
    token = served.set(noted)

    given = [answer(session, "b"), answer(session, "a"), answer(session, "a")]
    served.reset(token)

    assert given == ["shared", "own", "shared"]
    assert noted == ["shared.yaml#2", "own.yaml#1", "shared.yaml#1"]
    assert (session.played, session.unplayed) == ([0], [])


def test_what_is_recorded_goes_into_the_own_cassette(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    shared = cassette_file(tmp_path / "shared.yaml", interaction("a", "shared"))
    before = shared.read_bytes()

    with CassetteSession(own, mode=RecordMode.NEW_EPISODES, shared=[shared]) as session:
        assert answer(session, "a") == "shared"
        record(session, "b", "new")

    assert answers(own) == ["new"]
    assert shared.read_bytes() == before


def test_tests_that_share_a_cassette_stand_in_the_order_of_their_names(tmp_path: Path) -> None:
    path = tmp_path / "shared.yaml"
    for name in ("test_b", "test_a", "test_c"):
        with CassetteSession(path, mode=RecordMode.NEW_EPISODES, test=name) as session:
            record(session, f"{name} 1", "1")
            record(session, f"{name} 2", "2")

    tests = [(each.test, each.request.body[14:22]) for each in load(path).interactions]
    assert [test for test, _ in tests] == ["test_a"] * 2 + ["test_b"] * 2 + ["test_c"] * 2
    assert answers(path) == ["1", "2"] * 3


def test_a_call_of_a_client_is_linked_with_what_lies_beneath_it(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with CassetteSession(path, mode=RecordMode.ONCE) as session:
        record(session, "before", "0")
        call = session.record(request("ask", "CREATE"))
        for text in ("first try", "second try"):
            with call.beneath():
                record(session, text, text)
        call.answered(200, JSON)
        call.ended("complete")

    beneath = [each.beneath for each in load(path).interactions]
    assert beneath == [(), (3, 4), (), ()]


def test_either_floor_counts_as_both(tmp_path: Path) -> None:
    recorded = [
        interaction("ask", "1", beneath=(2, 3)),
        interaction("a", "1"),
        interaction("b", ""),
    ]
    path = cassette_file(tmp_path / "a.yaml", *recorded)
    above, beneath = CassetteSession(path), CassetteSession(path)

    above.play(request("ask", "CREATE"))
    beneath.play(request("a"))
    halfway = beneath.unplayed
    beneath.play(request("b"))

    assert (above.unplayed, above.played) == ([], [0])
    assert (halfway, beneath.unplayed, beneath.played) == ([0, 2], [], [1, 2])


def test_a_recording_that_an_error_ended_is_kept_where_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"

    def fail() -> None:
        with CassetteSession(path, mode=RecordMode.ONCE, record_on_exception=True) as session:
            record(session, "a", "1")
            raise ZeroDivisionError("the test's own")

    with pytest.raises(ZeroDivisionError, match="the test's own"):
        fail()

    assert answers(path) == ["1"]
    assert load(path).header.unfinished == ("",)


def test_the_mode_once_goes_on_with_what_was_broken_off(tmp_path: Path) -> None:
    path = cassette_file(tmp_path / "a.yaml", interaction("a", "1"), unfinished=("",))
    assert may_go_live(path, RecordMode.ONCE)

    with CassetteSession(path, mode=RecordMode.ONCE) as session:
        assert answer(session, "a") == "1"
        assert session.play(request("b")) is None
        record(session, "b", "2")

    assert answers(path) == ["1", "2"]
    assert load(path).header.unfinished == ()
    assert not may_go_live(path, RecordMode.ONCE)


def test_going_on_to_the_end_finishes_a_recording_that_lacked_nothing(tmp_path: Path) -> None:
    path = cassette_file(tmp_path / "a.yaml", interaction("a", "1"), unfinished=("", "test_b"))

    with CassetteSession(path, mode=RecordMode.ONCE) as session:
        answer(session, "a")

    assert load(path).header.unfinished == ("test_b",)


def test_a_miss_in_a_recording_that_was_broken_off_says_so(tmp_path: Path) -> None:
    path = cassette_file(tmp_path / "a.yaml", interaction("a", "1"), unfinished=("",))

    with pytest.raises(ReplayMiss, match="was broken off") as caught:
        CassetteSession(path).play(request("b"))

    assert caught.value.cause.endswith(
        "; its recording was broken off, and the record mode `once` goes on with it"
    )


def test_verify_asks_live_and_tells_what_drifted(tmp_path: Path) -> None:
    path = cassette_file(
        tmp_path / "a.yaml", interaction("a", "It is five."), interaction("b", "same")
    )
    before = path.read_bytes()

    with CassetteSession(path, mode=RecordMode.VERIFY) as session:
        assert session.play(request("a")) is None
        record(session, "a", "It is six.")
        record(session, "b", "same")
        record(session, "never seen", "")

    assert [(each.number, each.path) for each in session.drifts] == [
        (1, "answer"),
        (None, "request"),
    ]
    assert session.drifts[0].words == "'five' became 'six' in 'It is six.'"
    assert session.unplayed == []
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_stream_that_says_the_same_in_other_pieces_has_not_drifted(tmp_path: Path) -> None:
    def stream(*said: str) -> bytes:
        events = [{"id": str(said), "choices": [{"delta": {"content": each}}]} for each in said]
        return b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in events)

    recorded = Interaction(request("a"), Response(200, (), stream("Hel", "lo ", "you"), 7))
    path = cassette_file(tmp_path / "a.yaml", recorded, recorded)
    session = CassetteSession(path, mode=RecordMode.VERIFY)

    for said in (stream("Hello", " you"), stream("Hello", " me")):
        recording = session.record(request("a"))
        recording.answered(200, ())
        recording.received(said)
        recording.ended("complete")

    assert [(each.number, each.words) for each in session.drifts] == [
        (2, "'you' became 'me' in 'Hello me'")
    ]


def test_live_has_nothing_to_do_with_the_cassette(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("no cassette at all")

    with CassetteSession(path, mode=RecordMode.LIVE) as session:
        assert session.play(request("a")) is None
        record(session, "a", "1")

    assert path.read_text() == "no cassette at all"
    assert list(tmp_path.iterdir()) == [path]


def test_a_cassette_that_is_too_old_is_told(tmp_path: Path) -> None:
    today = SystemWorld().now().date()
    old = (today - timedelta(days=31)).isoformat()
    path = cassette_file(tmp_path / "a.yaml", interaction("a", "1"), recorded=old)
    session = CassetteSession(path)

    assert session.expired(days=30) == Expired(path, old, 31)
    assert session.expired(days=31) is None


def test_a_folder_that_can_not_be_written_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "cassettes").write_text("a file")
    session = CassetteSession(tmp_path / "cassettes" / "a.yaml", mode=RecordMode.ONCE)

    with pytest.raises(UnwritableCassette, match="can't be recorded"):
        session.record(request("a"))


def test_a_cassette_that_can_not_be_made_at_the_end_leaves_the_recording_in_its_journal(
    tmp_path: Path,
) -> None:
    session = CassetteSession(tmp_path / "a.yaml", mode=RecordMode.ONCE)
    record(session, "a", "1")
    lock = tmp_path / ".a.yaml.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()  # Nobody can open it.

    with pytest.raises(UnwritableCassette, match=r"in its journal\n  fix: .* doctor --recover"):
        session.finish()

    lock.rmdir()
    with CassetteSession(tmp_path / "a.yaml", mode=RecordMode.NEW_EPISODES) as later:
        assert later.play(request("a")) is not None


async def test_a_miss_names_agent_and_call_in_whatever_task_it_happens(tmp_path: Path) -> None:
    path = cassette_file(tmp_path / "a.yaml", interaction("a", "1", WRITER))
    session = CassetteSession(path, owner="hello")

    async def ask(text: str) -> None:
        session.play(request(text), WRITER)

    done = await asyncio.gather(ask("a"), ask("b"), return_exceptions=True)

    assert isinstance(done[1], ReplayMiss)
    assert (
        done[1]
        .args[0]
        .startswith("No recorded reply for model call 2 of 'hello' (agent 'writer', its call 2).\n")
    )


async def test_branches_that_overtake_each_other_are_recorded_alike(tmp_path: Path) -> None:
    async def branch(session: CassetteSession, name: str, turn: int) -> None:
        for _ in range(turn):
            await asyncio.sleep(0)
        for number in range(2):
            recording = session.record(request(f"{name} {number}"), (f"{name}#{ord(name)}",))
            recording.ended("stopped")
            await asyncio.sleep(0)

    async def recorded(order: str) -> Cassette:
        path = tmp_path / f"{order}.yaml"
        with CassetteSession(path, mode=RecordMode.ONCE) as session:
            record(session, "first", "")
            await asyncio.gather(*(branch(session, name, order.index(name)) for name in "abc"))
            record(session, "last", "")
        return load(path)

    with entered(SeededWorld()):
        cassettes = [await recorded(order) for order in ("abc", "cab", "bca", "cba")]

    assert cassettes == [cassettes[0]] * 4
    asked = [json.loads(each.request.body)["messages"][0] for each in cassettes[0].interactions]
    assert asked == ["first", "a 0", "a 1", "b 0", "b 1", "c 0", "c 1", "last"]


def test_teams_that_run_one_after_the_other_stay_in_that_order(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with CassetteSession(path, mode=RecordMode.ONCE) as session:
        for place in (("b#1",), ("c#2",), ("a#1",), ("b#2",)):
            recording = session.record(request(str(place)), place)
            recording.ended("stopped")

    places = [each.agent_path[0] for each in load(path).interactions]
    assert places == ["b#1", "c#2", "a#1", "b#2"]


def test_threads_record_without_losing_anything(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with CassetteSession(path, mode=RecordMode.ONCE) as session, ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: record(session, str(number), str(number)), range(100)))

    assert sorted(answers(path), key=int) == [str(number) for number in range(100)]


def test_a_call_that_was_given_up_is_an_interaction(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with CassetteSession(path, mode=RecordMode.ONCE) as session:
        session.record(request("a")).ended("stopped")

    [recorded] = load(path).interactions
    assert isinstance(recorded.response, Unanswered)
