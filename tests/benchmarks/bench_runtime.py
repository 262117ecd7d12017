"""How much faster the in-process runtime carries messages than AutoGen's, in the same run.

    AUTOGEN_PYTHON=/path/to/venv/bin/python python -m tests.benchmarks.bench_runtime

One program text runs under both interpreters, in turns, so that a busy machine slows both; of each
measure the best round counts.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tests.benchmarks.peer import report

ROOT = Path(__file__).parents[2]
ROUNDS = 9
SUBSCRIBERS = 30
WANTED = 8.0


@dataclass
class Note:
    """What is carried."""

    text: str


NOTE = Note("hello")


def agents_of(core: ModuleType) -> tuple[type, type]:
    """An agent class that only listens, and one that answers."""

    class Listener(core.RoutedAgent):
        @core.message_handler
        async def on_note(self, message: Note, ctx: core.MessageContext) -> None:
            pass

    class Echo(core.RoutedAgent):
        @core.message_handler
        async def on_note(self, message: Note, ctx: core.MessageContext) -> Note:
            return message

    return Listener, Echo


async def measure(core: ModuleType) -> dict[str, float]:
    """Microseconds of one publication to all subscribers, and of one message with its answer."""
    listener, echo = agents_of(core)
    runtime = core.SingleThreadedAgentRuntime()
    for number in range(SUBSCRIBERS):
        name = f"listener{number}"
        await listener.register(runtime, name, lambda: listener("listens"))
        await runtime.add_subscription(core.TypeSubscription("news", name))
    await echo.register(runtime, "echo", lambda: echo("answers"))
    topic, recipient = core.TopicId("news", "today"), core.AgentId("echo", "one")

    async def publish(times: int) -> None:
        for _ in range(times):
            await runtime.publish_message(NOTE, topic)

    async def send(times: int) -> None:
        for _ in range(times):
            await runtime.send_message(NOTE, recipient)

    return {
        f"publish to {SUBSCRIBERS}": await microseconds(runtime, publish, 150),
        "send and answer": await microseconds(runtime, send, 1500),
    }


async def microseconds(runtime, action, times: int) -> float:
    """How long one turn of the action takes, all it leads to included, once everything is warm."""
    for turns in (times // 10, times):
        began = time.perf_counter()
        runtime.start()
        await action(turns)
        await runtime.stop_when_idle()
    return (time.perf_counter() - began) / times * 1e6


def measured_by(interpreter: str, package: str) -> dict[str, float]:
    """What this file measures when another interpreter runs it."""
    output = subprocess.run(
        [interpreter, __file__, package],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return json.loads(output)


def best(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The best round of each measure."""
    return {name: min(measures[name] for measures in rounds) for name in rounds[0]}


def main() -> bool:
    """Prints the ratios, and tells whether every bar was reached."""
    peer = os.environ.get("AUTOGEN_PYTHON")
    if not peer:
        print("skipped: AUTOGEN_PYTHON names no interpreter that has autogen-core")
        return True
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(measured_by(sys.executable, "agentchat.core"))
        theirs.append(measured_by(peer, "autogen_core"))
    reached = []
    for (name, mine), other in zip(best(ours).items(), best(theirs).values(), strict=True):
        print(f"  {name}: {mine:.1f} us, AutoGen's {other:.1f} us")
        ratio, bar = other / mine, f">= {WANTED:.0f}"
        reached.append(
            report(f"AutoGen's runtime against ours, {name}", ratio, bar, ratio >= WANTED)
        )
    return all(reached)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(measure(import_module(sys.argv[1])))))
    else:
        sys.exit(not main())
