"""Every team that we have keeps its promises, also in a runtime and inside another team."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from agentchat.agents import AssistantAgent, BaseChatAgent, SocietyOfMindAgent
from agentchat.base import Response, Team
from agentchat.conditions import MaxMessageTermination, TextMentionTermination
from agentchat.core import AgentRuntime, CancellationToken, FunctionCall, SingleThreadedAgentRuntime
from agentchat.core.models import (
    CreateResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    RequestUsage,
)
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    HandoffMessage,
    TextMessage,
    ThoughtEvent,
)
from agentchat.teams import (
    DiGraphBuilder,
    GraphFlow,
    MagenticOneGroupChat,
    RoundRobinGroupChat,
    SelectorGroupChat,
    Swarm,
)
from agentchat.tools import TeamTool
from harness.conformance import check_team
from harness.scripted import ScriptedModel

Runtime = AgentRuntime | None
Build = Callable[[Runtime], Team]


class Speaker(BaseChatAgent):
    """Thinks, waits a little, and says how often it has spoken and what it was given."""

    def __init__(self, name: str, *targets: str) -> None:
        super().__init__(name, f"The {name}.")
        self._targets = targets
        self._turns = 0

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage, HandoffMessage)

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        await asyncio.sleep(0)
        self._turns += 1
        heard = "+".join(message.to_text() for message in messages)
        text = f"{self._turns}:{len(heard)}:{heard[-20:]}"
        if not self._targets:
            return Response(chat_message=TextMessage(content=text, source=self.name))
        target = self._targets[self._turns % len(self._targets)]
        return Response(chat_message=HandoffMessage(content=text, source=self.name, target=target))

    async def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response, None]:
        thought = ThoughtEvent(content="hm", source=self.name)
        await asyncio.sleep(0)
        yield thought
        response = await self.on_messages(messages, cancellation_token)
        yield Response(chat_message=response.chat_message, inner_messages=[thought])

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self._turns = 0

    async def save_state(self) -> dict[str, Any]:
        return {"turns": self._turns}

    async def load_state(self, state: Any) -> None:
        self._turns = state["turns"]


class Deciding(ScriptedModel):
    """A model whose answer follows from the request alone."""

    def __init__(self, rule: Callable[[Sequence[LLMMessage]], str | list[FunctionCall]]) -> None:
        super().__init__()
        self._rule = rule

    async def create(self, messages: Sequence[LLMMessage], **_: Any) -> CreateResult:
        await asyncio.sleep(0)
        return CreateResult(
            content=self._rule(messages),
            finish_reason="stop",
            usage=RequestUsage(prompt_tokens=1, completion_tokens=1),
            cached=False,
        )

    async def create_stream(
        self, messages: Sequence[LLMMessage], **_: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        result = await self.create(messages)
        if isinstance(result.content, str):
            yield result.content
        yield result


def look_then_answer(messages: Sequence[LLMMessage]) -> str | list[FunctionCall]:
    if isinstance(messages[-1], FunctionExecutionResultMessage):
        return f"Seen after {len(messages)} messages."
    return [
        FunctionCall(id=f"{len(messages)}-{number}", name=name, arguments='{"task": "Look."}')
        for number, name in enumerate(("look", "stumble"))
    ]


def sum_up(messages: Sequence[LLMMessage]) -> str:
    return f"In short: {len(messages)}."


def name_the_next(messages: Sequence[LLMMessage]) -> str:
    return ("red", "blue", "green")[str(messages[-1].content).count(": ") % 3]


def lead(messages: Sequence[LLMMessage]) -> str:
    question = str(messages[-1].content)
    if "is_request_satisfied" not in question:
        return "Something."
    rounds = sum("Do it" in str(message.content) for message in messages)
    answers: dict[str, object] = {
        "is_request_satisfied": rounds >= 2,
        "is_in_loop": False,
        "is_progress_being_made": True,
        "next_speaker": ("red", "blue")[rounds % 2],
        "instruction_or_question": "Do it.",
    }
    return json.dumps({key: {"reason": "so", "answer": value} for key, value in answers.items()})


async def look() -> str:
    """Looks."""
    await asyncio.sleep(0)
    return "seen"


async def stumble() -> str:
    """Fails."""
    await asyncio.sleep(0)
    raise LookupError("nothing there")


def speakers(*names: str) -> list[Any]:
    return [Speaker(name) for name in names]


def assistant(name: str, **options: Any) -> AssistantAgent:
    return AssistantAgent(
        name, Deciding(look_then_answer), tools=[look, stumble], max_tool_iterations=3, **options
    )


def round_robin(runtime: Runtime) -> Team:
    return RoundRobinGroupChat(
        speakers("red", "blue"),
        runtime=runtime,
        termination_condition=MaxMessageTermination(4),
        emit_team_events=True,
    )


def limited(runtime: Runtime) -> Team:
    return RoundRobinGroupChat(speakers("red", "blue", "green"), runtime=runtime, max_turns=2)


def assistants(runtime: Runtime) -> Team:
    return RoundRobinGroupChat(
        [assistant("red"), assistant("blue", model_client_stream=True)],
        runtime=runtime,
        max_turns=2,
    )


def teams_as_tools(runtime: Runtime) -> Team:
    # Tools keep what they know when the agent is reset, so this one's answer is always the same.
    looker = AssistantAgent("green", Deciding(lambda messages: "Seen."))
    inner = TeamTool(RoundRobinGroupChat([looker], max_turns=1), "look", "Looks.")
    asking = AssistantAgent("red", Deciding(look_then_answer), tools=[inner, stumble])
    return RoundRobinGroupChat([asking], runtime=runtime, max_turns=1)


def selector_by_function(runtime: Runtime) -> Team:
    def choose(thread: Sequence[Any]) -> str | list[str]:
        return ["red", "blue"] if len(thread) % 2 else "green"

    return SelectorGroupChat(
        speakers("red", "blue", "green"),
        ScriptedModel(),
        selector_func=choose,
        runtime=runtime,
        max_turns=2,
    )


def selector_by_model(runtime: Runtime) -> Team:
    return SelectorGroupChat(
        speakers("red", "blue", "green"),
        Deciding(name_the_next),
        runtime=runtime,
        termination_condition=MaxMessageTermination(4),
        model_client_streaming=True,
        emit_team_events=True,
    )


def swarm(runtime: Runtime) -> Team:
    members: list[Any] = [Speaker("red", "blue", "red"), Speaker("blue", "red")]
    return Swarm(members, runtime=runtime, termination_condition=MaxMessageTermination(4))


def graph(runtime: Runtime) -> Team:
    a, b, c, d = speakers("a", "b", "c", "d")
    builder = DiGraphBuilder().add_node(a).add_node(b).add_node(c).add_node(d)
    builder.add_edge(a, b).add_edge(a, c).add_edge(b, d).add_edge(c, d)
    return GraphFlow(builder.get_participants(), builder.build(), runtime=runtime)


def looping_graph(runtime: Runtime) -> Team:
    a, b, c = speakers("a", "b", "c")
    builder = DiGraphBuilder().add_node(a).add_node(b).add_node(c)
    builder.add_edge(a, b, activation_group="in")
    builder.add_edge(b, a, condition=lambda message: not message.to_text().startswith("2"))
    builder.add_edge(b, c, condition="2:")
    builder.set_entry_point(a)
    return GraphFlow(builder.get_participants(), builder.build(), runtime=runtime, max_turns=9)


def magentic_one(runtime: Runtime) -> Team:
    return MagenticOneGroupChat(speakers("red", "blue"), Deciding(lead), runtime=runtime)


def nested(runtime: Runtime) -> Team:
    inner = RoundRobinGroupChat(speakers("red", "blue"), name="inner", max_turns=2)
    members: list[Any] = [inner, *speakers("green")]
    return RoundRobinGroupChat(
        members, runtime=runtime, termination_condition=MaxMessageTermination(5)
    )


def society(runtime: Runtime) -> Team:
    inner = RoundRobinGroupChat(speakers("red", "blue"), max_turns=2)
    members: list[Any] = [
        SocietyOfMindAgent("mind", inner, Deciding(sum_up)),
        *speakers("green"),
    ]
    return RoundRobinGroupChat(
        members, runtime=runtime, termination_condition=TextMentionTermination("2:"), max_turns=4
    )


BUILDS: list[Build] = [
    round_robin,
    limited,
    assistants,
    teams_as_tools,
    selector_by_function,
    selector_by_model,
    swarm,
    graph,
    looping_graph,
    magentic_one,
    nested,
    society,
]


@asynccontextmanager
async def running() -> AsyncIterator[SingleThreadedAgentRuntime]:
    runtime = SingleThreadedAgentRuntime()
    runtime.start()
    try:
        yield runtime
    finally:
        await runtime.close()


@pytest.mark.parametrize("build", BUILDS)
async def test_keeps_its_promises(build: Build) -> None:
    await check_team(lambda: build(None))


@pytest.mark.parametrize("build", BUILDS)
async def test_keeps_its_promises_in_a_runtime(build: Build) -> None:
    async with running() as runtime:
        await check_team(lambda: build(runtime))
