import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from agentchat.agents import AssistantAgent, ToolApproval
from agentchat.base import Handoff
from agentchat.core import CancellationToken
from agentchat.core.memory import ListMemory
from agentchat.core.models import AssistantMessage, UserMessage
from agentchat.core.tools import FunctionTool, StaticWorkbench
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import (
    HandoffMessage,
    StructuredMessage,
    TextMessage,
    ToolCallSummaryMessage,
)
from tests.agentchat.agents.replies import CAPABLE, add

CAPABLE_BUT_FOR_TOOLS: Any = {**CAPABLE, "function_calling": False}


class Verdict(BaseModel):
    answer: str


def assistant(
    *replies: str, model_info: Any = CAPABLE, name: str = "bob", **options: Any
) -> AssistantAgent:
    client = ReplayChatCompletionClient(replies, model_info=model_info)
    return AssistantAgent(name, client, **options)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"tools": [1]}, "Unsupported tool type: <class 'int'>"),
        ({"tools": [add, add]}, r"Tool names must be unique: \['add', 'add'\]"),
        ({"handoffs": [1]}, "Unsupported handoff type: <class 'int'>"),
        ({"handoffs": ["al", "al"]}, "Handoff names must be unique"),
        ({"tools": [add], "handoffs": ["add"]}, "Handoff names must be unique from tool names"),
        (
            {"tools": [add], "handoffs": [Handoff(target="al", name="add")]},
            "Handoff names must be unique from tool names",
        ),
        ({"tools": [add], "workbench": StaticWorkbench([])}, "Tools cannot be used with a workb"),
        ({"max_tool_iterations": 0}, "Maximum number of tool iterations must be greater than or"),
        ({"max_parallel_tools": 0}, "max_parallel_tools must be at least 1, got 0"),
        (
            {"tools": [add], "model_info": CAPABLE_BUT_FOR_TOOLS},
            "The model does not support function calling",
        ),
        (
            {"handoffs": ["al"], "model_info": CAPABLE_BUT_FOR_TOOLS},
            "The model does not support function calling, which is needed for handoffs",
        ),
    ],
)
def test_what_can_not_work_is_refused(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        assistant(**options)


def test_memory_is_a_list() -> None:
    with pytest.raises(TypeError, match=r"Expected Memory, List\[Memory\], or None"):
        assistant(memory=ListMemory())


def test_it_names_the_messages_that_it_produces() -> None:
    """C22: a team can't restore a structured message that nobody told it of."""
    plain = assistant().produced_message_types
    structured = assistant(output_content_type=Verdict).produced_message_types

    assert plain == [TextMessage, ToolCallSummaryMessage, HandoffMessage]
    assert structured == [*plain, StructuredMessage[Verdict]]


async def test_a_handoff_brings_its_context_along() -> None:
    agent = assistant("Hi")
    known = AssistantMessage(content="Known.", source="al")

    await agent.run(task=HandoffMessage(content="Go", source="al", target="bob", context=[known]))

    assert await agent.model_context.get_messages() == [
        known,
        UserMessage(content="Go", source="al"),
        AssistantMessage(content="Hi", source="bob"),
    ]


async def test_its_state_is_the_conversation() -> None:
    agent, successor = assistant("Hi"), assistant("Hi again")
    await agent.run(task="Go")

    state = json.loads(json.dumps(await agent.save_state()))
    await successor.load_state(state)

    messages = [
        {"content": "Go", "source": "user", "type": "UserMessage"},
        {"content": "Hi", "thought": None, "source": "bob", "type": "AssistantMessage"},
    ]
    assert state == {
        "type": "AssistantAgentState",
        "version": "1.0.0",
        "llm_context": {"messages": messages},
    }
    assert await successor.save_state() == state


async def test_a_reset_forgets_the_conversation() -> None:
    agent = assistant("Hi")
    await agent.run(task="Go")

    await agent.on_reset(CancellationToken())

    assert await agent.model_context.get_messages() == []


CLIENT = {
    "component_type": "replay_chat_completion_client",
    "version": 1,
    "component_version": 1,
    "label": "ReplayChatCompletionClient",
    "config": {"chat_completions": [], "model_info": CAPABLE},
}


def without(form: Any, *keys: str) -> Any:
    """The form of a component, without what upstream words in its own way."""
    if isinstance(form, list):
        return [without(each, *keys) for each in form]
    if not isinstance(form, dict):
        return form
    return {key: without(value, *keys) for key, value in form.items() if key not in keys}


def test_its_form_is_upstreams() -> None:
    agent = assistant(handoffs=["al"], system_message=None, metadata={"k": "v"})

    config = without(agent.dump_component().config, "description", "provider", "tool_overrides")

    kind = {"version": 1, "component_version": 1}
    assert config == {
        "name": "bob",
        "model_client": CLIENT,
        "workbench": [
            {
                "component_type": "workbench",
                **kind,
                "label": "StaticStreamWorkbench",
                "config": {"tools": []},
            }
        ],
        "handoffs": [
            {
                "target": "al",
                "name": "transfer_to_al",
                "message": "Transferred to al, adopting the role of al immediately.",
            }
        ],
        "model_context": {
            "component_type": "chat_completion_context",
            **kind,
            "label": "UnboundedChatCompletionContext",
            "config": {},
        },
        "model_client_stream": False,
        "reflect_on_tool_use": False,
        "tool_call_summary_format": "{result}",
        "max_tool_iterations": 1,
        "metadata": {"k": "v"},
    }


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"system_message": None, "model_client_stream": True, "memory": [ListMemory()]},
        {"handoffs": ["al", Handoff(target="cy", message="Go")], "max_tool_iterations": 3},
        {"output_content_type": Verdict, "output_content_type_format": "{answer}"},
        {"tool_call_summary_rounds": "all", "max_parallel_tools": 2, "metadata": {"k": "v"}},
    ],
)
def test_it_comes_back_from_its_form(options: dict[str, Any]) -> None:
    form = assistant(**options).dump_component()
    written = json.loads(form.model_dump_json())

    loaded = AssistantAgent.load_component(written)

    assert loaded.dump_component() == form
    assert (form.provider, form.version) == ("agentchat.agents.AssistantAgent", 2)


def test_its_functions_come_back_when_that_is_allowed() -> None:
    form = assistant(tools=[FunctionTool(add, "Adds.")]).dump_component()

    with pytest.warns(UserWarning, match="SECURITY WARNING"):
        loaded = AssistantAgent.load_component(form, allow=["agentchat.core.tools.FunctionTool"])

    assert loaded.dump_component() == form


@pytest.mark.parametrize(
    "hook",
    [
        {"tool_approval": lambda request: ToolApproval(approved=True)},
        {"tool_review": lambda call, result: result},
    ],
)
def test_hooks_are_not_left_out_of_its_form_in_silence(hook: dict[str, Callable[..., Any]]) -> None:
    agent = assistant(**hook)

    with pytest.raises(ValueError, match="Cannot serialize AssistantAgent with tool_approval"):
        agent.dump_component()
