"""Branches of a team that run side by side leave one trace, no matter who is answered first."""

import asyncio
import json
import re
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from agentchat.agents import AssistantAgent
from agentchat.core import _world
from agentchat.core.tools import FunctionTool
from agentchat.teams import DiGraphBuilder, GraphFlow
from harness import Run, Scenario
from harness.formats import load, save
from harness.interactions import Cassette
from harness.run import Settings
from harness.runner import Trial, run_trial
from harness.session import RecordMode
from harness.simulation import SeededWorld
from harness.trace import MessageSent, ModelCalled, to_lines
from harness.transport import CassetteTransport

BRANCHES = [f"branch_{letter}" for letter in "hgfedcba"]
ORDERS = 200
TIMES = re.compile(r'"(at_ns|duration_ns|created_at)":("[^"]*"|\d+)')


class Server(httpx2.AsyncBaseTransport):
    """Answers whoever asks first with two tool calls, then with words; each takes its own time."""

    def __init__(self) -> None:
        self._asked: dict[str, int] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        name = _world.path()[-1].partition("#")[0]
        self._asked[name] = number = self._asked.get(name, 0) + 1
        await _world.sleep(sum(name.encode()) * number % 7)
        said: dict[str, Any] = {"role": "assistant", "content": f"{name} {number}"}
        if number == 1 and name in BRANCHES:
            calls = [
                {"id": f"{n}", "type": "function",
                 "function": {"name": "look_up", "arguments": json.dumps({"word": word})}}
                for n, word in enumerate(("apple", "bear"))
            ]  # fmt: skip
            said = {"role": "assistant", "content": None, "tool_calls": calls}
        choice = {"index": 0, "message": said, "finish_reason": "stop"}
        usage = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
        answer = {"id": "1", "object": "chat.completion", "created": 1, "model": "gpt-4o"}
        return httpx2.Response(200, json=answer | {"choices": [choice], "usage": usage})


class Order:
    """A seeded order in which who works side by side gets on."""

    def __init__(self, seed: int) -> None:
        self._chance = SeededWorld(seed).randomness("order")
        self.completed: list[str] = []

    async def hesitate(self) -> None:
        """Lets others go first, now and then."""
        for _ in range(self._chance.randint(0, 12)):
            await asyncio.sleep(0)


order: ContextVar[Order] = ContextVar("order")


async def look_up(word: str) -> str:
    await order.get().hesitate()
    await _world.sleep(len(word))
    return f"{word}, looked up"


LOOK_UP = FunctionTool(look_up, description="Looks a word up.")


class Hesitating(CassetteTransport):
    """Whoever asks must let others go first, now and then, before and after."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await order.get().hesitate()
        response = await super().handle_async_request(request)
        await order.get().hesitate()
        order.get().completed.append(_world.path()[-1])
        return response


def team(run: Run) -> GraphFlow:
    """Agents that are asked the same side by side, between one before and one after them."""
    model = run.model("gpt-4o")

    def agent(name: str, **settings: Any) -> AssistantAgent:
        return AssistantAgent(name, model, system_message="Help.", **settings)

    start, end = agent("start"), agent("end")
    branches = [agent(name, tools=[LOOK_UP], reflect_on_tool_use=True) for name in BRANCHES]
    graph = DiGraphBuilder().add_node(start).add_node(end)
    for branch in branches:
        graph.add_node(branch).add_edge(start, branch).add_edge(branch, end)
    return GraphFlow([start, *branches, end], graph.build())


def performed(
    story: Scenario, seed: int, mode: RecordMode = RecordMode.NONE
) -> tuple[Trial, list[str]]:
    """A trial, and in which order the replies came."""
    token = order.set(Order(seed))
    trial = run_trial(story, Settings(record_mode=mode))
    completed = order.get().completed
    order.reset(token)
    return trial, completed


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    """The story with its cassette."""
    server = SimpleNamespace(origin="scripted", api_key="none", transport=lambda _: Server())
    monkeypatch.setattr("harness.run.source_for", lambda *_: server)
    monkeypatch.setattr("harness.run.CassetteTransport", Hesitating)
    story = Scenario("team", tmp_path / "scenarios/a.py", 1, tmp_path, team, "A team", task="Go.")
    trial, _ = performed(story, 0, RecordMode.REWRITE)
    assert trial.result.outcome == "passed", trial.result.failure
    return story


def test_a_replay_leaves_the_same_bytes_in_whatever_order_replies_come(recorded: Scenario) -> None:
    traces, results, orders = set(), set(), set()
    for seed in range(ORDERS):
        trial, completed = performed(recorded, seed)
        traces.add("".join(to_lines(trial.trace)))
        results.add(trial.result.model_dump_json())
        orders.add(tuple(completed))

    assert len(orders) > ORDERS * 0.9
    assert len(traces) == len(results) == 1


def test_how_long_answers_took_changes_nothing_but_times(recorded: Scenario) -> None:
    cassette = load(recorded.cassette)
    traces, timeless, orders = set(), set(), set()
    for seed in range(ORDERS // 10):
        save(recorded.cassette, with_other_durations(cassette, seed))
        trial, completed = performed(recorded, seed)
        lines = "".join(to_lines(trial.trace))
        traces.add(lines)
        timeless.add(TIMES.sub("", lines))
        orders.add(tuple(completed))

    assert len(traces) == ORDERS // 10
    assert len(orders) > len(traces) * 0.9
    assert len(timeless) == 1


def with_other_durations(cassette: Cassette, seed: int) -> Cassette:
    """The same answers, each as fast or as slow as may be."""
    chance = SeededWorld(seed).randomness("durations")
    return replace(
        cassette,
        interactions=tuple(
            replace(each, response=replace(each.response, duration_ns=chance.randrange(10**10)))
            for each in cassette.interactions
        ),
    )


def test_branches_are_told_one_after_the_other(recorded: Scenario) -> None:
    trial, completed = performed(recorded, 1)

    told = [
        (each.agent if isinstance(each, ModelCalled) else each.source, each.kind)
        for each in trial.trace.events
        if isinstance(each, ModelCalled | MessageSent)
    ]
    each_says = ["model_call", "message", "message", "model_call", "message"]
    assert [name for name, _ in told[3:-2]] == [name for name in BRANCHES for _ in each_says]
    assert [kind for _, kind in told[3:-2]] == each_says * len(BRANCHES)
    assert [name for name, _ in (*told[:3], *told[-2:])] == ["user", "start", "start", "end", "end"]
    assert completed[1:17] != sorted(completed[1:17], key=lambda place: place.partition("#")[2])


def test_who_waits_for_all_branches_waits_as_long_as_for_the_slowest(recorded: Scenario) -> None:
    events = performed(recorded, 1)[0].trace.events

    end = next(each for each in events if isinstance(each, ModelCalled) and each.agent == "end")
    branches = [
        each for each in events if isinstance(each, MessageSent) and each.source in BRANCHES
    ]
    assert end.at_ns - end.duration_ns == max(each.at_ns for each in branches)
    by_source = [[each.at_ns for each in branches if each.source == name] for name in BRANCHES]
    assert all(times == sorted(times) for times in by_source)
    assert len({times[-1] for times in by_source}) > 1
