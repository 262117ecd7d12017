"""Fragments of error texts that users, and AutoGen's own tests, search for."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from agentchat.agents import AssistantAgent, CodeExecutorAgent
from agentchat.conditions import MaxMessageTermination
from agentchat.core import (
    CancellationToken,
    ComponentLoader,
    RoutedAgent,
    SingleThreadedAgentRuntime,
    TypeSubscription,
)
from agentchat.core.models import ModelInfo, UserMessage, validate_model_info
from agentchat.core.tools import FunctionTool, StaticWorkbench
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import StructuredMessage
from agentchat.teams import (
    DiGraph,
    DiGraphEdge,
    DiGraphNode,
    GraphFlow,
    MagenticOneGroupChat,
    RoundRobinGroupChat,
    Swarm,
)

UNSAFE = "ignore:.*LocalCommandLineCodeExecutor:UserWarning"
ABLE = ModelInfo(
    vision=False, function_calling=True, json_output=True, family="unknown", structured_output=True
)
UNABLE = ModelInfo(
    vision=False, function_calling=False, json_output=True, family="unknown", structured_output=True
)


class Place(BaseModel):
    """Something to tell in a message."""

    city: str


def add(a: int, b: int = 1) -> int:
    """Adds."""
    return a + b


def model(*replies: str, info: ModelInfo = ABLE) -> ReplayChatCompletionClient:
    return ReplayChatCompletionClient(list(replies), model_info=info)


def assistant(info: ModelInfo = ABLE, **options: Any) -> AssistantAgent:
    return AssistantAgent("helper", model("hello", info=info), **options)


def team() -> RoundRobinGroupChat:
    return RoundRobinGroupChat([assistant()], max_turns=1)


def graph(*edges: str, start: str | None = None) -> DiGraph:
    """Of edges such as `A>B`, or `A>B?word` with a condition."""
    nodes: dict[str, DiGraphNode] = {}
    for edge in edges:
        source, target, word = re.fullmatch(r"(\w)>(\w)(?:\?(\w+))?", edge).groups()
        for name in (source, target):
            nodes.setdefault(name, DiGraphNode(name=name, edges=[]))
        nodes[source].edges.append(DiGraphEdge(target=target, condition=word))
    return DiGraph(nodes=nodes, default_start_node=start)


CONSTRUCTIONS: list[tuple[str, type[Exception], Callable[[], Any]]] = [
    ("Tool names must be unique", ValueError, lambda: assistant(tools=[add, add])),
    (
        "Handoff names must be unique from tool names",
        ValueError,
        lambda: assistant(tools=[add], handoffs=["add"]),
    ),
    ("Unsupported tool type", ValueError, lambda: assistant(tools=["add"])),
    ("Unsupported handoff type", ValueError, lambda: assistant(handoffs=[7])),
    (
        "Tools cannot be used with a workbench",
        ValueError,
        lambda: assistant(tools=[add], workbench=StaticWorkbench([])),
    ),
    (
        "The model does not support function calling",
        ValueError,
        lambda: assistant(UNABLE, tools=[add]),
    ),
    (
        "The model does not support function calling, which is needed for handoffs",
        ValueError,
        lambda: assistant(UNABLE, handoffs=["boss"]),
    ),
    (
        r"Expected Memory, List\[Memory\], or None",
        TypeError,
        lambda: assistant(memory="notes"),
    ),
    (
        "Maximum number of tool iterations must be greater than or equal to 1",
        ValueError,
        lambda: assistant(max_tool_iterations=0),
    ),
    (
        "Strict mode is enabled",
        ValueError,
        lambda: FunctionTool(add, "Adds", strict=True).schema,
    ),
    ("Missing required field '", ValueError, lambda: validate_model_info({"vision": True})),
    ("Field required", ValueError, lambda: MaxMessageTermination.load_component(NO_LIMIT)),
    ("not in a trusted namespace", ValueError, lambda: ComponentLoader.load_component(STRANGER)),
    (
        "Graph must have at least one start node",
        ValueError,
        lambda: graph("A>B", "B>A").graph_validate(),
    ),
    (
        "Graph must have at least one leaf node",
        ValueError,
        lambda: graph("S>A", "A>B", "B>A").graph_validate(),
    ),
    (
        "Node 'A' has a mix of conditional and unconditional edges",
        ValueError,
        lambda: graph("A>B", "A>C?yes").graph_validate(),
    ),
    (
        "Cycle detected without exit condition: A -> B -> C -> A",
        ValueError,
        lambda: graph("A>B", "B>C", "C>A", "C>D", start="A").graph_validate(),
    ),
    ("Participant .* must be a ChatAgent", TypeError, lambda: Swarm([team()])),
    (
        "Participant .* must be a ChatAgent",
        TypeError,
        lambda: MagenticOneGroupChat([team()], model()),
    ),
    ("Participant .* must be a ChatAgent", TypeError, lambda: GraphFlow([team()], graph("A>B"))),
    (
        "Cannot serialize CodeExecutorAgent with approval_func set",
        ValueError,
        lambda: CodeExecutorAgent(
            "runner", executor(), approval_func=lambda request: None
        ).dump_component(),
    ),
    (
        r"Timeout must be greater than or equal to 1\.",
        ValueError,
        lambda: executor(timeout=0),
    ),
    (
        "Module name must be a valid Python identifier",
        ValueError,
        lambda: executor(functions_module="not a name"),
    ),
]
NO_LIMIT = {"provider": "agentchat.conditions.MaxMessageTermination", "config": {}}
STRANGER = {"provider": "somebody.Else", "config": {}}


def executor(**options: Any) -> LocalCommandLineCodeExecutor:
    return LocalCommandLineCodeExecutor(**options)


@pytest.mark.filterwarnings(UNSAFE)
@pytest.mark.parametrize(
    ("fragment", "kind", "make"), CONSTRUCTIONS, ids=[fragment for fragment, *_ in CONSTRUCTIONS]
)
def test_what_cannot_be_made_is_refused_in_upstreams_words(
    fragment: str, kind: type[Exception], make: Callable[[], Any]
) -> None:
    with pytest.raises(kind, match=fragment):
        make()


@pytest.mark.parametrize("runner", [assistant, team])
async def test_an_empty_task_is_refused(runner: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match="Task list cannot be empty"):
        await runner().run(task=[])


async def test_a_task_of_strings_is_refused() -> None:
    with pytest.raises(
        ValueError, match="All messages in task list must be valid BaseChatMessage types"
    ):
        await team().run(task=["hi"])


async def test_a_task_of_an_undeclared_type_is_refused() -> None:
    task = StructuredMessage[Place](content=Place(city="Ulm"), source="user")

    with pytest.raises(ValueError, match=r"Message type .* is not registered"):
        await team().run(task=task)


async def test_a_subscription_is_added_once() -> None:
    runtime = SingleThreadedAgentRuntime()
    await RoutedAgent.register(runtime, "reader", lambda: RoutedAgent("Reads."))
    await runtime.add_subscription(TypeSubscription("news", "reader"))

    with pytest.raises(ValueError, match="Subscription already exists"):
        await runtime.add_subscription(TypeSubscription("news", "reader"))


async def test_a_replayed_model_says_when_it_has_no_more_to_say() -> None:
    with pytest.raises(ValueError, match="No more mock responses available"):
        await model().create(
            [UserMessage(content="hi", source="user")], cancellation_token=CancellationToken()
        )


@pytest.mark.filterwarnings(UNSAFE)
def test_the_current_directory_is_no_place_to_run_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.warns(
        DeprecationWarning, match=r"Using the current directory as work_dir is deprecated\."
    ):
        executor(work_dir=tmp_path)
