"""Tools of one's own: schemas, streams, states; workbenches and agents of tools."""

import asyncio
import functools
from collections.abc import AsyncGenerator
from typing import Annotated, Any, Literal, Optional

from pydantic import BaseModel, Field

from agentchat.core import (
    AgentId,
    CancellationToken,
    FunctionCall,
    Image,
    SingleThreadedAgentRuntime,
)
from agentchat.core.models import UserMessage
from agentchat.core.tool_agent import (
    InvalidToolArgumentsException,
    ToolAgent,
    ToolException,
    ToolExecutionException,
    ToolNotFoundException,
    tool_agent_caller_loop,
)
from agentchat.core.tools import (
    BaseStreamTool,
    BaseTool,
    BaseToolWithState,
    FunctionTool,
    ImageResultContent,
    StaticStreamWorkbench,
    StaticWorkbench,
    TextResultContent,
    Tool,
    ToolOverride,
    ToolResult,
)
from tests.compat.parity.cast import calls, model, said
from tests.compat.parity.observation import attempt, outcome_of, plain, show
from tests.compat.parity.programs.models_and_pictures import picture


class Inner(BaseModel):
    """The inner one."""

    number: int = Field(description="A number", ge=0)


class Arguments(BaseModel):
    query: str = Field(description="What to find")
    inner: Inner
    others: list[Inner] = []
    kind: Literal["a", "b"] = "a"


class Answer(BaseModel):
    text: str


class Finder(BaseTool[Arguments, Answer]):
    def __init__(self, strict=False):
        super().__init__(Arguments, Answer, "finder", "Finds.", strict)

    async def run(self, args, cancellation_token):
        if args.query == "fail":
            raise LookupError("nothing found")
        return Answer(text=f"{args.query} {args.inner.number} {args.kind}")


async def own_tools():
    tool = Finder()
    token = CancellationToken()
    result = await tool.run_json({"query": "q", "inner": {"number": 1}}, token)
    return [
        tool.schema,
        [tool.name, tool.description],
        tool.args_type().__name__,
        tool.return_type().__name__,
        tool.state_type(),
        tool.return_value_as_string(result),
        [tool.return_value_as_string(each) for each in (1, "a", [1], {"a": 1}, None, True)],
        await outcome_of(tool.run_json({"query": "fail", "inner": {"number": 1}}, token)),
        await outcome_of(tool.run_json({}, token)),
        await tool.save_state_json(),
        await outcome_of(tool.load_state_json({})),
        isinstance(tool, Tool),
        attempt(lambda: Finder(strict=True).schema),
    ]


class StrictArguments(BaseModel):
    model_config = {"extra": "forbid"}
    query: str


class OpenArguments(BaseModel):
    model_config = {"extra": "allow"}
    query: str


async def strictness():
    class Of(BaseTool[BaseModel, str]):
        def __init__(self, arguments):
            super().__init__(arguments, str, "of", "d", True)

        async def run(self, args, cancellation_token):
            return ""

    return [attempt(lambda each=each: Of(each).schema) for each in (StrictArguments, OpenArguments)]


class Counting(BaseStreamTool[StrictArguments, str, int]):
    def __init__(self, *items):
        super().__init__(StrictArguments, int, "counting", "Counts.")
        self.items = items

    async def run(self, args, cancellation_token):
        return 7

    async def run_stream(self, args, cancellation_token) -> AsyncGenerator[Any, None]:
        for item in self.items:
            if item == "fail":
                raise LookupError("lost count")
            yield item


async def items_of(stream):
    seen = []
    try:
        async for item in stream:
            seen.append(plain(item))
    except Exception as error:
        seen.append(f"{type(error).__name__}")
    return seen


async def streams():
    token = CancellationToken()
    tools = Counting("a", "b", 3), Counting("a", "b"), Counting(), Counting("a", "fail")
    direct = [await items_of(tool.run_json_stream({"query": "q"}, token)) for tool in tools]
    through = [
        await items_of(StaticStreamWorkbench([tool]).call_tool_stream("counting", {"query": "q"}))
        for tool in tools
    ]
    bench = StaticStreamWorkbench([Counting(3), Finder()])
    return [
        direct,
        through,
        await items_of(bench.call_tool_stream("nobody", {})),
        await items_of(bench.call_tool_stream("finder", {"query": "q", "inner": {"number": 1}})),
        plain(await bench.call_tool("counting", {"query": "q"})),
    ]


class Total(BaseModel):
    total: int = 0


class Adding(BaseToolWithState[Inner, int, Total]):
    def __init__(self):
        super().__init__(Inner, int, Total, "adding", "Adds up.")
        self.total = 0

    async def run(self, args, cancellation_token):
        self.total += args.number
        return self.total

    def save_state(self):
        return Total(total=self.total)

    def load_state(self, state):
        self.total = state.total


async def states():
    bench = StaticWorkbench([Adding(), Finder()])
    await bench.call_tool("adding", {"number": 2})
    await bench.call_tool("adding", {"number": 3})
    state = await bench.save_state()
    other = StaticWorkbench([Adding(), Finder()])
    await other.load_state(state)
    return [
        state,
        plain(await other.call_tool("adding", {"number": 1})),
        await Adding().save_state_json(),
        await outcome_of(other.reset()),
        plain(await other.call_tool("adding")),
        plain(await other.call_tool("nobody", {})),
    ]


def one(
    a: int,
    b: Annotated[str, "The b"],
    c: Optional[list[int]] = None,  # noqa: UP045
    *,
    d: float = 1.5,
) -> str:
    """One."""
    return f"{a!r} {b!r} {c!r} {d!r}"


async def two(inner: Inner, kind: Literal["x", "y"] = "x") -> dict[str, int]:
    return {"number": inner.number, type(inner).__name__: 1}


def three(a: int, cancellation_token: CancellationToken) -> bool:
    return isinstance(cancellation_token, CancellationToken)


class Owner:
    def method(self, a: int) -> int:
        """Method."""
        return a + 1

    async def __call__(self, a: int) -> int:
        return a + 2


async def functions():
    partial = functools.partial(one, b="given")
    tools = [
        FunctionTool(one, description="d"),
        FunctionTool(two, description="d", name="other"),
        FunctionTool(three, description="d"),
        FunctionTool(Owner().method, description="d"),
        FunctionTool(partial, description="d"),
        FunctionTool(lambda: None, description="d"),
    ]
    token = CancellationToken()
    arguments = [
        {"a": 1, "b": "x", "d": 2},
        {"inner": {"number": 3}},
        {"a": 1},
        {"a": 1},
        {"a": 1},
        {},
    ]
    ran = [
        plain(await outcome_of(tool.run_json(given, token)))
        for tool, given in zip(tools, arguments, strict=True)
    ]
    return [[tool.schema for tool in tools], ran, [tool.name for tool in tools]]


async def strict_functions():
    def required(a: int) -> int:
        return a

    def optional(a: int = 1) -> int:
        return a

    return [
        FunctionTool(required, description="d", strict=True).schema,
        attempt(lambda: FunctionTool(optional, description="d", strict=True).schema),
        attempt(lambda: FunctionTool(required, description="d").schema["strict"]),
    ]


async def overrides():
    tools = [FunctionTool(one, description="One."), FunctionTool(three, description="Three.")]
    renamed = StaticWorkbench(
        tools,
        {"one": ToolOverride(name="uno", description="Uno."), "nobody": ToolOverride(name="x")},
    )
    called = [
        plain(await renamed.call_tool(name, {"a": 1, "b": "b"})) for name in ("uno", "one", "three")
    ]
    return [
        [[each["name"], each["description"]] for each in await renamed.list_tools()],
        called,
        attempt(lambda: StaticWorkbench(tools, {"one": ToolOverride(name="three")})),
        attempt(
            lambda: StaticWorkbench(
                tools, {"one": ToolOverride(name="x"), "three": ToolOverride(name="x")}
            )
        ),
    ]


async def results():
    image = picture()
    result = ToolResult(
        name="n",
        result=[TextResultContent(content="a"), ImageResultContent(content=image)],
    )
    return [
        result.to_text(replace_image="[pic]"),
        result.to_text().startswith("a\n[Image: "),
        result.is_error,
        sorted(result.model_dump()),
        isinstance(result.result[1].content, Image),
        ToolResult(name="n", result=[]).to_text(),
    ]


async def a_cancelled_tool():
    async def sleep(seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "slept"

    token = CancellationToken()
    bench = StaticWorkbench([FunctionTool(sleep, description="d")])
    call = asyncio.ensure_future(bench.call_tool("sleep", {"seconds": 3}, token))
    await asyncio.sleep(0.01)
    token.cancel()
    return (await outcome_of(call))["raised"]


async def running_tool_agent():
    runtime = SingleThreadedAgentRuntime()
    tools = [Finder(), FunctionTool(one, description="One.")]
    await ToolAgent.register(runtime, "tools", lambda: ToolAgent("Has tools.", tools))
    runtime.start()
    return runtime, AgentId("tools", "default")


async def an_agent_of_tools():
    runtime, agent = await running_tool_agent()
    seen = []
    for name, arguments in (
        ("one", '{"a": 1, "b": "b"}'),
        ("nobody", "{}"),
        ("one", "no json"),
        ("one", "{}"),
        ("finder", '{"query": "fail", "inner": {"number": 1}}'),
    ):
        try:
            result = await runtime.send_message(FunctionCall("1", arguments, name), agent)
            seen.append(plain(result))
        except ToolException as error:
            seen.append([type(error).__name__, error.call_id, error.name, error.content[:30]])
    await runtime.stop()
    kinds = ToolNotFoundException, InvalidToolArgumentsException, ToolExecutionException
    return [
        seen,
        [issubclass(kind, ToolException) for kind in kinds],
        issubclass(ToolException, Exception),
    ]


async def a_loop_of_tools():
    runtime, agent = await running_tool_agent()
    client = model(
        calls(("one", '{"a": 1, "b": "b"}'), ("nobody", "{}")), calls(("one", "{}")), said("done")
    )
    asked = [UserMessage(content="go", source="me")]
    schemas = [FunctionTool(one, description="One.").schema]
    generated = await tool_agent_caller_loop(runtime, agent, client, asked, schemas)
    await runtime.stop()
    seen = plain(generated)
    seen[3]["content"][0]["content"] = seen[3]["content"][0]["content"][:20]
    return seen


async def main():
    await show(
        own_tools,
        strictness,
        streams,
        states,
        functions,
        strict_functions,
        overrides,
        results,
        a_cancelled_tool,
        an_agent_of_tools,
        a_loop_of_tools,
    )
