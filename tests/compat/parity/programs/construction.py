"""What assistants refuse to be made of."""

from agentchat.agents import AssistantAgent
from agentchat.base import Handoff
from agentchat.core.tools import FunctionTool, StaticWorkbench
from tests.compat.parity.cast import Speaker, model
from tests.compat.parity.observation import attempt, show


def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


def made(client=None, name="helper", **options):
    return attempt(lambda: AssistantAgent(name, client or model(), **options).name)


async def names():
    return [made(name=name) for name in ("ok_1", "Ünïcode", "two words", "1st", "", "a-b", "class")]


async def names_of_other_agents():
    return attempt(lambda: Speaker("not a name", "x"))


async def tools():
    mute = model(function_calling=False)
    return [
        made(mute, tools=[add]),
        made(mute, handoffs=["boss"]),
        made(tools=[add, add]),
        made(tools=[add, FunctionTool(add, "Adds", name="add")]),
        made(tools=["add"]),
        made(tools=[add], workbench=StaticWorkbench([])),
        made(tools=[], workbench=StaticWorkbench([])),
        made(mute, tools=[]),
    ]


async def handoffs():
    clash = FunctionTool(add, "Adds", name="transfer_to_boss")
    return [
        made(handoffs=["boss", "boss"]),
        made(handoffs=["boss"], tools=[clash]),
        made(handoffs=["add"], tools=[add]),
        made(handoffs=[Handoff(target="x", name="add")], tools=[add]),
        made(handoffs=[7]),
        made(handoffs=["Bad Name"]),
    ]


async def limits():
    return [made(max_tool_iterations=0), made(max_tool_iterations=-1), made(memory="notes")]


async def defaults():
    agent = AssistantAgent("helper", model())
    return [agent.description, [kind.__name__ for kind in agent.produced_message_types]]


async def main():
    await show(names, names_of_other_agents, tools, handoffs, limits, defaults)
