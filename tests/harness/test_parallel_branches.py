"""Branches of a team that run side by side and ask the same: no matter who is answered first."""

import json
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import copy_context
from pathlib import Path
from threading import Barrier, Condition
from typing import NamedTuple

import httpx2
import pytest

from agentchat.agents import BaseChatAgent
from agentchat.base import Response
from agentchat.core import CancellationToken, _world
from agentchat.messages import BaseChatMessage, TextMessage
from agentchat.teams import DiGraphBuilder, GraphFlow
from harness.errors import ReplayMiss
from harness.formats import load
from harness.session import CassetteSession, RecordMode, served
from harness.simulation import SeededWorld
from harness.transport import CassetteTransport

URL = "https://api.openai.com/v1/chat/completions"
BRANCHES = [f"branch_{letter}" for letter in "hgfedcba"]
ORDERS = 200


class Told(NamedTuple):
    """What a run did, whatever the order of its events."""

    by_path: dict[_world.Path, list[tuple[str, str]]]
    """Interactions and answers of each slot, in its order."""

    last: str


class Hesitating(httpx2.AsyncBaseTransport):
    """Lets others go first, now and then, before a request is sent and before its answer comes."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, order: int) -> None:
        self._inner = inner
        self._chance = SeededWorld(order).randomness("order")
        self.completed: list[str] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await self._hesitate()
        response = await self._inner.handle_async_request(request)
        await self._hesitate()
        self.completed.append(_world.path()[-1])
        return response

    async def _hesitate(self) -> None:
        for _ in range(self._chance.randint(0, 12)):
            await _world.sleep(0)


class Model(httpx2.AsyncBaseTransport, httpx2.BaseTransport):
    """Answers with the name of who asks, and how often it did."""

    def __init__(self) -> None:
        self._asked: dict[str, int] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return self.handle_request(request)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        name = _world.path()[-1].partition("#")[0]
        self._asked[name] = number = self._asked.get(name, 0) + 1
        return httpx2.Response(200, json={"answer": f"{name} {number}"})


class Asking(BaseChatAgent):
    """Asks the model what all others of its kind ask, more than once, and tells the answers."""

    produced_message_types = (TextMessage,)

    def __init__(self, name: str, client: httpx2.AsyncClient, told: Told, times: int) -> None:
        super().__init__(name, "Asks.")
        self._client, self._told, self._times = client, told, times

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        heard = [message.to_text() for message in messages]
        answers = [await self._asked(heard) for _ in range(self._times)]
        return Response(chat_message=TextMessage(content=", ".join(answers), source=self.name))

    async def on_reset(self, cancellation_token: CancellationToken) -> None: ...

    async def _asked(self, heard: Sequence[str]) -> str:
        noted: list[str] = []
        token = served.set(noted)
        response = await self._client.post(URL, json={"messages": heard})
        served.reset(token)
        answer = str(json.loads(response.content)["answer"])
        self._told.by_path.setdefault(_world.path(), []).append((noted[0], answer))
        return answer


async def performed(transport: httpx2.AsyncBaseTransport) -> Told:
    """Eight agents side by side, and one that hears them all."""
    told = Told({}, "")
    async with httpx2.AsyncClient(transport=transport) as client:
        start = Asking("start", client, told, 1)
        branches = [Asking(name, client, told, 2 + n % 2) for n, name in enumerate(BRANCHES)]
        end = Asking("end", client, told, 1)
        graph = DiGraphBuilder().add_node(start).add_node(end)
        for branch in branches:
            graph.add_node(branch).add_edge(start, branch).add_edge(branch, end)
        team = GraphFlow([start, *branches, end], graph.build())
        result = await team.run(task="Go.")
    return told._replace(last=result.messages[-1].to_text())


@asynccontextmanager
async def recording(folder: Path, order: int) -> AsyncIterator[tuple[CassetteSession, Hesitating]]:
    path = folder / f"{order}.yaml"
    with _world.entered(SeededWorld()):
        session = CassetteSession(path, mode=RecordMode.REWRITE)
        yield session, Hesitating(CassetteTransport(session, Hesitating(Model(), order)), -order)
        session.finish()


async def test_a_recording_is_the_same_in_whatever_order_answers_come(tmp_path: Path) -> None:
    orders, contents, named = set(), set(), set()
    for order in range(ORDERS):
        async with recording(tmp_path, order) as (session, transport):
            told = await performed(transport)
        final = {
            path: [(session.final(noted).partition("#")[2], answer) for noted, answer in said]
            for path, said in told.by_path.items()
        }
        orders.add(tuple(transport.completed))
        contents.add((tmp_path / f"{order}.yaml").read_bytes())
        named.add(json.dumps(sorted(final.items())))

    assert len(orders) > ORDERS * 0.9
    assert len(contents) == len(named) == 1
    paths = [each.agent_path[-1] for each in load(tmp_path / "0.yaml").interactions]
    turns = [f"{name}#{n}" for n, name in enumerate(BRANCHES, start=2) for _ in range(2 + n % 2)]
    assert paths == ["start#1", *turns, "end#10"]


async def test_a_replay_is_the_same_in_whatever_order_answers_come(tmp_path: Path) -> None:
    async with recording(tmp_path, 0) as (_, transport):
        await performed(transport)
    orders, replays = set(), []
    for order in range(ORDERS):
        session = CassetteSession(tmp_path / "0.yaml")
        with _world.entered(SeededWorld()):
            transport = Hesitating(CassetteTransport(session), order)
            replays.append(await performed(transport))
        orders.add(tuple(transport.completed))
        assert session.unplayed == []

    assert len(orders) > ORDERS * 0.9
    assert all(replay == replays[0] for replay in replays)
    for (*_, place), said in replays[0].by_path.items():
        name = place.partition("#")[0]
        assert [answer for _, answer in said] == [f"{name} {n + 1}" for n in range(len(said))]


async def test_a_branch_that_asks_once_too_often_gets_nobody_elses_answer(tmp_path: Path) -> None:
    async with recording(tmp_path, 0) as (_, transport):
        await performed(transport)
    session = CassetteSession(tmp_path / "0.yaml", owner="team")
    asked = load(tmp_path / "0.yaml").interactions[1].request

    for _ in range(2):
        assert session.play(asked, ("branch_h#2",)) is not None
    with pytest.raises(ReplayMiss, match="recorded for 'branch_g'") as caught:
        session.play(asked, ("branch_h#2",))

    assert "agent 'branch_h', its call 3" in str(caught.value)


class InTurn(httpx2.BaseTransport):
    """Waits until a request has come of each thread, then passes them on in a seeded order."""

    def __init__(self, inner: httpx2.BaseTransport, order: int) -> None:
        self._inner = inner
        self._chance = SeededWorld(order).randomness("order")
        # Only a thread that fails keeps the others waiting.
        self._all_have_come = Barrier(len(BRANCHES), self._begin, timeout=60)
        self._next = Condition()
        self._waiting: list[str] = []
        self.completed: list[str] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._all_have_come.wait()
        with self._next:
            self._next.wait_for(lambda: self._waiting[0] == _world.path()[-1])
            try:
                return self._inner.handle_request(request)
            finally:
                self.completed.append(self._waiting.pop(0))
                self._next.notify_all()

    def _begin(self) -> None:
        self._waiting = self._chance.sample(BRANCHES, len(BRANCHES))


def asked_in_threads(transport: httpx2.BaseTransport) -> dict[str, list[str]]:
    """What each of eight threads is told that ask the same at the same time, twice."""

    def ask(name: str) -> list[str]:
        with _world.scope(name):
            responses = [client.post(URL, json={"messages": ["Go."]}) for _ in range(2)]
        return [str(response.json()["answer"]) for response in responses]

    with httpx2.Client(transport=transport) as client, ThreadPoolExecutor(len(BRANCHES)) as pool:
        futures = [pool.submit(copy_context().run, ask, name) for name in BRANCHES]
        return {name: each.result() for name, each in zip(BRANCHES, futures, strict=True)}


OWN_ANSWERS = {name: [f"{name} 1", f"{name} 2"] for name in BRANCHES}


def test_real_threads_record_the_same_in_whatever_order_answers_come(tmp_path: Path) -> None:
    orders, contents = set(), set()
    for order in range(ORDERS):
        path = tmp_path / f"{order}.yaml"
        answered = InTurn(Model(), order)
        with (
            _world.entered(SeededWorld()),
            CassetteSession(path, mode=RecordMode.REWRITE) as session,
        ):
            assert asked_in_threads(CassetteTransport(session, answered)) == OWN_ANSWERS
        orders.add(tuple(answered.completed))
        contents.add(path.read_bytes())

    assert len(orders) > ORDERS * 0.9
    assert len(contents) == 1


def test_real_threads_get_their_own_answers_in_whatever_order_they_ask(tmp_path: Path) -> None:
    path = tmp_path / "0.yaml"
    with CassetteSession(path, mode=RecordMode.REWRITE) as session:
        asked_in_threads(CassetteTransport(session, Model()))
    orders = set()
    for order in range(ORDERS):
        session = CassetteSession(path)
        asked = InTurn(CassetteTransport(session), order)
        assert asked_in_threads(asked) == OWN_ANSWERS
        assert session.unplayed == []
        orders.add(tuple(asked.completed))

    assert len(orders) > ORDERS * 0.9
