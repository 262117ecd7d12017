"""Agents as configurations, and back."""

from pydantic import BaseModel

from agentchat.agents import AssistantAgent, CodeExecutorAgent
from agentchat.base import ChatAgent, Handoff
from agentchat.core.memory import ListMemory, MemoryContent, MemoryMimeType
from agentchat.core.model_context import BufferedChatCompletionContext
from agentchat.core.tools import FunctionTool, StaticWorkbench
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor
from tests.compat.parity.cast import Speaker, calls, model, said
from tests.compat.parity.observation import attempt, component, show, stream_of, trusting


class Verdict(BaseModel):
    text: str


def add(a: int, b: int = 2) -> int:
    """Adds two numbers."""
    return a + b


def rich(*tools):
    return AssistantAgent(
        "helper",
        model(said("hello")),
        tools=list(tools),
        handoffs=["boss", Handoff(target="clerk", name="to_clerk", message="m", description="d")],
        model_context=BufferedChatCompletionContext(5),
        description="Helps.",
        system_message="Help.",
        model_client_stream=True,
        reflect_on_tool_use=True,
        max_tool_iterations=3,
        tool_call_summary_format="{tool_name}",
        memory=[ListMemory("m", [MemoryContent(content="x", mime_type=MemoryMimeType.TEXT)])],
        metadata={"k": "v"},
    )


async def an_assistant():
    return component(AssistantAgent("helper", model("hello"), system_message="s", description="d"))


async def an_assistant_without_a_system_message():
    return component(AssistantAgent("helper", model("hello"), system_message=None))


async def an_assistant_with_everything():
    return component(rich(FunctionTool(add, "Adds", name="plus"), add))


async def an_assistant_with_a_structure():
    agent = AssistantAgent(
        "judge",
        model(),
        output_content_type=Verdict,
        output_content_type_format="{text}",
        system_message="s",
    )
    return component(agent)


async def an_assistant_with_workbenches():
    benches = [StaticWorkbench([FunctionTool(add, "Adds")]), StaticWorkbench([])]
    return component(AssistantAgent("worker", model(), workbench=benches, system_message="s"))


async def loaded_again():
    dumped = rich().dump_component()
    agent = AssistantAgent.load_component(dumped)
    return [component(agent) == component(rich()), agent.name, agent.description]


async def functions_dumped_again():
    with trusting("autogen_core.tools.FunctionTool"):
        again = AssistantAgent.load_component(rich(add).dump_component())
    return component(again) == component(rich(add))


async def loaded_by_what_it_is():
    dumped = rich().dump_component()
    return type(ChatAgent.load_component(dumped)).__name__


async def working_after_being_loaded():
    agent = AssistantAgent("worker", model(calls(("add", '{"a": 5}'))), tools=[add])
    with trusting("autogen_core.tools.FunctionTool"):
        again = AssistantAgent.load_component(agent.dump_component())
    return await stream_of(again.run_stream(task="go"))


async def a_structure_after_being_loaded():
    agent = AssistantAgent("judge", model(said('{"text": "fine"}')), output_content_type=Verdict)
    again = AssistantAgent.load_component(agent.dump_component())
    return await stream_of(again.run_stream(task="go"))


async def a_runner_of_code():
    executor = LocalCommandLineCodeExecutor(work_dir="work", timeout=7)
    return [
        component(CodeExecutorAgent("runner", executor, description="d", system_message="s")),
        component(
            CodeExecutorAgent(
                "runner",
                executor,
                model_client=model(),
                system_message="s",
                sources=["a"],
                supported_languages=["sh"],
                description="d",
                model_client_stream=True,
            )
        ),
    ]


async def refusals():
    provider = f"{AssistantAgent.__module__.partition('.')[0]}.agents.AssistantAgent"
    return [
        attempt(lambda: Speaker("x", "y").dump_component())["raised"],
        attempt(lambda: AssistantAgent.load_component({"provider": "nodots", "config": {}})),
        attempt(lambda: AssistantAgent.load_component({"provider": provider, "config": {}}))[
            "raised"
        ],
        attempt(lambda: AssistantAgent.load_component({"provider": provider + "s", "config": {}}))[
            "raised"
        ],
        attempt(lambda: ListMemory.load_component(rich().dump_component()))["raised"],
    ]


async def main():
    await show(
        an_assistant,
        an_assistant_without_a_system_message,
        an_assistant_with_everything,
        an_assistant_with_a_structure,
        an_assistant_with_workbenches,
        loaded_again,
        functions_dumped_again,
        loaded_by_what_it_is,
        working_after_being_loaded,
        a_structure_after_being_loaded,
        a_runner_of_code,
        refusals,
    )
