"""Tools whose results are the answer, as a summary."""

from pydantic import BaseModel

from agentchat.agents import AssistantAgent
from agentchat.core.tools import FunctionTool, StaticWorkbench
from tests.compat.parity.cast import calls, model, said
from tests.compat.parity.observation import plain, show, stream_of


class Weather(BaseModel):
    city: str
    degrees: float = 20.0


def add(a: int, b: int = 2) -> int:
    """Adds two numbers."""
    return a + b


async def weather(city: str) -> Weather:
    """Tells the weather."""
    return Weather(city=city)


async def divide(a: float, b: float) -> float:
    """Divides."""
    return a / b


def nothing() -> None:
    """Does nothing."""


def table() -> dict[str, list[int]]:
    """Gives a table."""
    return {"primes": [2, 3, 5]}


async def seen(reply, **options):
    tools = [add, weather, FunctionTool(divide, "Divides", name="div"), nothing, table]
    agent = AssistantAgent("worker", model(reply, said("after")), tools=tools, **options)
    items = await stream_of(agent.run_stream(task="go"))
    return {"stream": items, "context": plain(await agent.model_context.get_messages())}


async def one_call():
    return await seen(calls(("add", '{"a": 1, "b": 4}')))


async def a_default_argument():
    return await seen(calls(("add", '{"a": 1}')))


async def several_calls():
    return await seen(
        calls(("weather", '{"city": "Ulm"}'), ("add", '{"a": "3"}'), ("nothing", "{}"))
    )


async def a_format():
    return await seen(
        calls(("add", '{"a": 1}'), ("div", '{"a": 1, "b": 0}')),
        tool_call_summary_format="{tool_name}({arguments}) -> {result} [{is_error}]",
    )


async def a_formatter():
    return await seen(
        calls(("add", '{"a": 1}'), ("table", "{}")),
        tool_call_summary_formatter=lambda call, result: f"{call.id}:{result.content}",
    )


async def with_a_thought():
    return await seen(calls(("add", '{"a": 1}'), thought="I should add."))


async def an_unknown_tool():
    return await seen(calls(("subtract", '{"a": 1}'), ("add", '{"a": 1}')))


async def arguments_that_are_not_json():
    return await seen(calls(("add", "{a: 1}")))


async def arguments_that_are_no_object():
    return await seen(calls(("add", "[1, 2]")))


async def empty_arguments():
    return await seen(calls(("nothing", "")))


async def a_missing_argument():
    return await seen(calls(("add", "{}")))


async def an_argument_of_the_wrong_kind():
    return await seen(calls(("add", '{"a": "many"}')))


async def a_tool_that_raises():
    return await seen(calls(("div", '{"a": 1, "b": 0}')))


async def a_workbench():
    workbench = StaticWorkbench([FunctionTool(add, "Adds", name="plus")])
    agent = AssistantAgent("worker", model(calls(("plus", '{"a": 1}'))), workbench=workbench)
    return await stream_of(agent.run_stream(task="go"))


async def several_workbenches():
    benches = [StaticWorkbench([FunctionTool(f, "A tool")]) for f in (add, table)]
    reply = calls(("table", "{}"), ("add", '{"a": 2}'))
    agent = AssistantAgent("worker", model(reply), workbench=benches)
    return await stream_of(agent.run_stream(task="go"))


async def main():
    await show(
        one_call,
        a_default_argument,
        several_calls,
        a_format,
        a_formatter,
        with_a_thought,
        an_unknown_tool,
        arguments_that_are_not_json,
        arguments_that_are_no_object,
        empty_arguments,
        a_missing_argument,
        an_argument_of_the_wrong_kind,
        a_tool_that_raises,
        a_workbench,
        several_workbenches,
    )
