"""The checks find what they are for: parts that break one promise each."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from agentchat.agents import AssistantAgent
from agentchat.base import TaskResult
from agentchat.conditions import MaxMessageTermination
from agentchat.core import AgentRuntime, SingleThreadedAgentRuntime
from agentchat.core.memory import ListMemory, UpdateContextResult
from agentchat.core.model_context import BufferedChatCompletionContext, ChatCompletionContext
from agentchat.core.models import CreateResult, LLMMessage, RequestUsage, SystemMessage
from agentchat.core.tools import FunctionTool, StaticWorkbench, ToolResult
from agentchat.messages import TextMessage
from agentchat.teams import RoundRobinGroupChat
from harness.conformance import (
    ToolUse,
    ToolUses,
    check_condition,
    check_memory,
    check_model_client,
    check_model_context,
    check_runtime,
    check_team,
    check_workbench,
)
from harness.scripted import ScriptedModel

STORY = [TextMessage(content="Hello.", source="user"), TextMessage(content="Hi.", source="red")]


class Deaf(ScriptedModel):
    """A client that does not listen to its token."""

    async def create(self, messages: Any, **options: Any) -> CreateResult:
        return await super().create(messages, **{**options, "cancellation_token": None})


class Endless(ScriptedModel):
    """A client whose streams have no result."""

    async def create_stream(self, *_: Any, **__: Any) -> AsyncGenerator[str | CreateResult, None]:
        yield "Well."


class Careless(ScriptedModel):
    """A client that does not count."""

    def total_usage(self) -> RequestUsage:
        return RequestUsage(prompt_tokens=0, completion_tokens=0)


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        (Deaf, "create ends with CancelledError when its token has been cancelled"),
        (Endless, "A stream is pieces of text, and at the end, once, the CreateResult"),
        (Careless, "An answer that is not cached adds its usage to total_usage, once"),
    ],
)
async def test_of_a_model_client(kind: type[ScriptedModel], promise: str) -> None:
    with pytest.raises(AssertionError, match=f"Broken promise: {promise}"):
        await check_model_client(lambda: kind("Paris, I think.", "Paris.", "Paris."))


class Torn(BufferedChatCompletionContext):
    """A context that shows results without their calls."""

    async def get_messages(self) -> list[LLMMessage]:
        return self._messages[-3:]


class Lent(ChatCompletionContext):
    """A context that lends its own list."""

    async def get_messages(self) -> list[LLMMessage]:
        return self._messages


@pytest.mark.parametrize(
    ("context", "promise"),
    [
        (lambda: Torn(3), "A call is shown together with its result"),
        (Lent, "To change the list that was shown changes nothing in the context"),
    ],
)
async def test_of_a_model_context(context: Any, promise: str) -> None:
    with pytest.raises(AssertionError, match=f"Broken promise: {promise}"):
        await check_model_context(context)


class Forgetful(MaxMessageTermination):
    """A condition that saves nothing."""

    async def save_state(self) -> Mapping[str, Any]:
        return {"type": "Forgetful", "count": 0, "terminated": False}


class Hasty(MaxMessageTermination):
    """A condition that looks at the last message of a batch only."""

    async def __call__(self, messages: Any) -> Any:
        return await super().__call__(messages[-1:])


@pytest.mark.parametrize("kind", [Forgetful, Hasty])
async def test_of_a_condition(kind: type[MaxMessageTermination]) -> None:
    with pytest.raises(AssertionError, match="Broken promise: A condition is met by the last"):
        await check_condition(lambda: kind(2), STORY)


class Leaving(RoundRobinGroupChat):
    """A team that leaves a task behind."""

    async def run_stream(self, **options: Any) -> AsyncGenerator[Any, None]:
        self.left = asyncio.create_task(asyncio.Event().wait())
        async for item in super().run_stream(**options):
            yield item


class Chatty(RoundRobinGroupChat):
    """A team that goes on after its result."""

    async def run_stream(self, **options: Any) -> AsyncGenerator[Any, None]:
        async for item in super().run_stream(**options):
            yield item
            if isinstance(item, TaskResult):
                yield STORY[0]


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        (Leaving, "A team leaves no task behind"),
        (Chatty, "The last item of a run, and no other, is its TaskResult"),
    ],
)
async def test_of_a_team(kind: type[RoundRobinGroupChat], promise: str) -> None:
    def make() -> RoundRobinGroupChat:
        return kind([AssistantAgent("red", ScriptedModel(*["Hi."] * 9))], max_turns=1)

    with pytest.raises(AssertionError, match=f"Broken promise: {promise}"):
        await check_team(make)

    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        if "Event.wait" in repr(task):
            task.cancel()


@asynccontextmanager
async def shouting() -> AsyncIterator[AgentRuntime]:
    """A runtime that publishes everything twice."""

    class Shouting(SingleThreadedAgentRuntime):
        async def publish_message(self, *arguments: Any, **options: Any) -> None:
            await super().publish_message(*arguments, **options)
            await super().publish_message(*arguments, **options)

    runtime = Shouting()
    runtime.start()
    yield runtime
    await runtime.stop_when_idle()


async def test_of_a_runtime() -> None:
    promise = "Who listens to a topic hears each message once"

    with pytest.raises(AssertionError, match=f"Broken promise: {promise}"):
        await check_runtime(shouting)


class Insistent(ListMemory):
    """A memory that repeats itself."""

    async def update_context(self, model_context: ChatCompletionContext) -> UpdateContextResult:
        found = await self.query()
        for fact in found.results:
            await model_context.add_message(SystemMessage(content=str(fact.content)))
        return UpdateContextResult(memories=found)


async def test_of_a_memory() -> None:
    promise = "What a memory tells twice stands in the context once"

    with pytest.raises(AssertionError, match=f"Broken promise: {promise}"):
        await check_memory(Insistent)


class Brittle(StaticWorkbench):
    """A workbench that raises when it does not know a tool."""

    async def call_tool(self, name: str, *arguments: Any) -> ToolResult:
        if name == "add":
            return await super().call_tool(name, *arguments)
        raise LookupError(name)


async def test_of_a_workbench() -> None:
    async def add(x: int) -> int:
        return x + 1

    add_one = ToolUse("add", {"x": 1})

    promise = "what goes wrong in a call is a ToolResult"

    with pytest.raises(AssertionError, match=f"Broken promise: {promise}"):
        await check_workbench(
            lambda: Brittle([FunctionTool(add, "")]), ToolUses(add_one, ToolUse("add"), add_one)
        )
