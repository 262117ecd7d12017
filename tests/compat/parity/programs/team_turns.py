"""What all teams share, shown on a round robin: tasks, turns, resuming, resetting, refusals."""

import asyncio

from pydantic import BaseModel

from agentchat.agents import AssistantAgent
from agentchat.base import TaskResult
from agentchat.conditions import MaxMessageTermination
from agentchat.core import CancellationToken
from agentchat.messages import StopMessage, StructuredMessage, TextMessage
from agentchat.teams import RoundRobinGroupChat
from tests.compat.parity.cast import Speaker, calls, model
from tests.compat.parity.observation import attempt, outcome_of, show, stream_of


def speakers():
    return [Speaker("a", "a1", "a2"), Speaker("b", "b1", "b2"), Speaker("c", "c1")]


def team(**options):
    options.setdefault("max_turns", 2)
    return RoundRobinGroupChat(speakers(), **options)


async def a_run():
    return await stream_of(team().run_stream(task="go"))


async def with_team_events():
    return await stream_of(team(emit_team_events=True).run_stream(task="go"))


async def without_the_task():
    return await stream_of(team().run_stream(task="go", output_task_messages=False))


async def several_messages_as_task():
    task = [TextMessage(content="x", source="user"), StopMessage(content="y", source="b")]
    return await stream_of(team(max_turns=3).run_stream(task=task))


async def no_task():
    return await stream_of(team().run_stream())


async def resumed():
    chat = team()
    return [await stream_of(chat.run_stream(task=task)) for task in ("go", None, "more")]


async def reset():
    chat = team()
    await chat.run(task="go")
    await chat.reset()
    return await stream_of(chat.run_stream(task="again"))


async def reset_before_any_run():
    chat = team()
    await chat.reset()
    return await stream_of(chat.run_stream(task="go"))


async def tools_inside():
    def add(a: int, b: int) -> int:
        """Adds two numbers."""
        return a + b

    worker = AssistantAgent(
        "worker", model(calls(("add", '{"a": 1, "b": 2}'), thought="so")), tools=[add]
    )
    chat = RoundRobinGroupChat([worker, Speaker("b", "b1")], max_turns=2)
    return await stream_of(chat.run_stream(task="go"))


async def refused_tasks():
    class Odd(BaseModel):
        x: int

    odd = StructuredMessage[Odd](content=Odd(x=1), source="user")
    seen = [await outcome_of(team().run(task=task)) for task in ([], ["x"], 7, ("x",))]
    return [*seen, (await outcome_of(team().run(task=odd)))["raised"]]


async def refused_teams():
    same = [Speaker("a", "x"), Speaker("a", "y")]
    return [
        attempt(lambda: RoundRobinGroupChat([])),
        attempt(lambda: RoundRobinGroupChat(same)),
        await outcome_of(team(max_turns=0).run(task="go")),
        attempt(lambda: team(custom_message_types=[TextMessage]))["raised"],
    ]


async def twice_at_once():
    chat = team()
    stream = chat.run_stream(task="go")
    await anext(stream)
    second = await outcome_of(chat.run(task="too"))
    states = [await outcome_of(chat.reset()), await outcome_of(chat.load_state({}))]
    rest = await stream_of(stream)
    return [second, states, len(rest)]


async def pausing_before_any_run():
    chat = team()
    return [await outcome_of(chat.pause()), await outcome_of(chat.resume())]


async def pausing_after_a_run():
    chat = team()
    await chat.run(task="go")
    return [await chat.pause(), await chat.resume()]


async def cancelled():
    class Sleeper(Speaker):
        async def on_messages(self, messages, cancellation_token):
            token.cancel()
            await asyncio.sleep(0)
            return await super().on_messages(messages, cancellation_token)

    token = CancellationToken()
    chat = RoundRobinGroupChat([Sleeper("a", "a1")], max_turns=2)
    result = await outcome_of(chat.run(task="go", cancellation_token=token))
    return result.get("raised")


async def names():
    chat = RoundRobinGroupChat(speakers())
    named = RoundRobinGroupChat(speakers(), name="crew", description="A crew.")
    return [chat.name, chat.description, named.name, named.description]


async def the_result_holds_the_stream():
    chat = team(termination_condition=MaxMessageTermination(3))
    items = [item async for item in chat.run_stream(task="go")]
    return [isinstance(items[-1], TaskResult), list(items[-1].messages) == items[:-1]]


async def main():
    await show(
        a_run,
        with_team_events,
        without_the_task,
        several_messages_as_task,
        no_task,
        resumed,
        reset,
        reset_before_any_run,
        tools_inside,
        refused_tasks,
        refused_teams,
        twice_at_once,
        pausing_before_any_run,
        pausing_after_a_run,
        cancelled,
        names,
        the_result_holds_the_stream,
    )
