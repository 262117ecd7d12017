"""An assistant that hands its turn over."""

from agentchat.agents import AssistantAgent
from agentchat.base import Handoff
from tests.compat.parity.cast import calls, model, said
from tests.compat.parity.observation import attempt, plain, show, stream_of, warned_by


def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


ADD = ("add", '{"a": 1, "b": 2}')
TO_BOSS = ("transfer_to_boss", "{}")
TO_CLERK = ("to_the_clerk", "{}")


def agent(*replies, **options):
    clerk = Handoff(
        target="clerk", name="to_the_clerk", message="Clerk, please.", description="Down."
    )
    return AssistantAgent("desk", model(*replies), tools=[add], handoffs=["boss", clerk], **options)


async def seen(desk):
    return {
        "stream": await stream_of(desk.run_stream(task="go")),
        "context": plain(await desk.model_context.get_messages()),
    }


async def a_handoff():
    return await seen(agent(calls(TO_BOSS)))


async def a_handoff_of_its_own_name():
    return await seen(agent(calls(TO_CLERK)))


async def beside_other_tools():
    return await seen(agent(calls(ADD, TO_BOSS, ("minus", "{}"), thought="both")))


async def with_a_thought():
    return await seen(agent(calls(TO_BOSS, thought="the boss knows")))


async def after_a_round_of_tools():
    return await seen(agent(calls(ADD), calls(TO_BOSS), max_tool_iterations=3))


async def reflection_is_left_out():
    return await seen(agent(calls(TO_BOSS), said("unused"), reflect_on_tool_use=True))


async def two_at_once():
    return await seen(agent(calls(TO_CLERK, TO_BOSS)))


async def two_at_once_warn():
    given = await warned_by(agent(calls(TO_CLERK, TO_BOSS)).run(task="go"))
    return [warning[:41] for warning in given]


async def the_tools_the_model_sees():
    desk = agent(said("no"))
    await desk.run(task="go")
    tools = desk._model_client.create_calls[0]["tools"]
    return [getattr(tool, "schema", tool) for tool in tools]


async def the_handoff_itself():
    handoff = Handoff(target="Night Shift")
    named = attempt(lambda: Handoff(target="boss", name="to boss"))
    return [handoff, handoff.handoff_tool.schema, named["raised"]]


async def main():
    await show(
        a_handoff,
        a_handoff_of_its_own_name,
        beside_other_tools,
        with_a_thought,
        after_a_round_of_tools,
        reflection_is_left_out,
        two_at_once,
        two_at_once_warn,
        the_tools_the_model_sees,
        the_handoff_itself,
    )
