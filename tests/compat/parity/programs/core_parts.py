"""Tools, workbenches, contexts and the replayed model of the core."""

from typing import Annotated, Literal

from pydantic import BaseModel

from agentchat.core import CancellationToken, FunctionCall
from agentchat.core.model_context import (
    BufferedChatCompletionContext,
    ChatCompletionContext,
    HeadAndTailChatCompletionContext,
    TokenLimitedChatCompletionContext,
    UnboundedChatCompletionContext,
)
from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.core.tools import FunctionTool, StaticWorkbench, ToolOverride, Workbench
from agentchat.ext.models.cache import ChatCompletionCache
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.ext.models.replay import ReplayChatCompletionClient
from tests.compat.parity.cast import calls, info, model, said
from tests.compat.parity.observation import attempt, component, outcome_of, plain, show, trusting


class Point(BaseModel):
    """Where it is."""

    x: int
    y: int | None = None


def many(
    number: Annotated[int, "How many"],
    point: Point,
    names: list[str],
    mood: Literal["good", "bad"] = "good",
    ratio: float | None = None,
    table: dict[str, int] = {},  # noqa: B006 - its default is in the schema
) -> list[str]:
    return [f"{number} {point!r} {names} {mood} {ratio} {table}"]


def plain_one(a: int, b: str = "x") -> str:
    return f"{a}{b}"


def failing(a: int) -> int:
    raise ValueError(f"no {a}")


async def stopping(a: int, cancellation_token: CancellationToken) -> str:
    return type(cancellation_token).__name__


async def schemas():
    return [
        FunctionTool(many, "Does much").schema,
        FunctionTool(plain_one, "One", name="one").schema,
        FunctionTool(stopping, "Stops").schema,
        attempt(lambda: FunctionTool(plain_one, "One", strict=True).schema),
        FunctionTool(failing, "Fails", strict=True).schema,
    ]


async def functions_without_annotations():
    return attempt(lambda: FunctionTool(lambda x: x, "Untyped"))["raised"] in (
        "ValueError",
        "KeyError",
    )


async def running_tools():
    token = CancellationToken()
    tool = FunctionTool(many, "Does much")
    result = await tool.run_json({"number": "2", "point": {"x": 1}, "names": ["a"]}, token)
    return [
        result,
        tool.return_value_as_string(result),
        tool.return_value_as_string(Point(x=1)),
        tool.return_value_as_string(None),
        await FunctionTool(stopping, "Stops").run_json({"a": 1}, token),
        await outcome_of(FunctionTool(failing, "Fails").run_json({"a": 1}, token)),
        (await outcome_of(tool.run_json({}, token)))["raised"],
    ]


async def components_of_tools():
    tool = FunctionTool(plain_one, "One", name="one", global_imports=["math"])
    again = FunctionTool.load_component(tool.dump_component())
    return [component(tool), await again.run_json({"a": 3}, CancellationToken())]


async def a_tool_dumped_again():
    tool = FunctionTool(plain_one, "One", name="one", global_imports=["math"])
    return component(FunctionTool.load_component(tool.dump_component())) == component(tool)


async def a_workbench():
    bench = StaticWorkbench([FunctionTool(plain_one, "One"), FunctionTool(failing, "Fails")])
    async with bench:
        results = [
            await bench.call_tool("plain_one", {"a": 1}),
            await bench.call_tool("failing", {"a": 1}),
            await bench.call_tool("nobody", {}),
            await bench.call_tool("plain_one"),
        ]
        seen = [
            [result.name, result.is_error, result.to_text().partition("\n")[0]]
            for result in results
        ]
        return [await bench.list_tools(), seen, await bench.save_state(), component(bench)]


async def a_workbench_with_other_names():
    tools = [FunctionTool(plain_one, "One"), FunctionTool(failing, "Fails")]
    bench = StaticWorkbench(
        tools, tool_overrides={"plain_one": ToolOverride(name="uno", description="Uno")}
    )
    result = await bench.call_tool("uno", {"a": 1})
    return [
        [[schema["name"], schema["description"]] for schema in await bench.list_tools()],
        [result.name, result.to_text()],
        component(bench)["config"]["tool_overrides"],
        attempt(
            lambda: StaticWorkbench(
                tools, tool_overrides={"plain_one": ToolOverride(name="failing")}
            )
        ),
    ]


CALL = AssistantMessage(content=[FunctionCall(id="1", name="f", arguments="{}")], source="a")
RESULT = FunctionExecutionResultMessage(
    content=[FunctionExecutionResult(content="r", name="f", call_id="1", is_error=False)]
)
TALK = [
    UserMessage(content="one two", source="u"),
    AssistantMessage(content="three four five", source="a", thought="t"),
    CALL,
    RESULT,
    UserMessage(content="six", source="u"),
]


async def filled(context):
    for message in TALK:
        await context.add_message(message)
    kept = plain(await context.get_messages())
    state = await context.save_state()
    await context.clear()
    cleared = plain(await context.get_messages())
    await context.load_state(state)
    return [kept, state, cleared, plain(await context.get_messages()) == kept]


async def contexts():
    start = [SystemMessage(content="start")]
    return {
        "unbounded": await filled(UnboundedChatCompletionContext()),
        "unbounded from": await filled(UnboundedChatCompletionContext(start)),
        "buffered 2": await filled(BufferedChatCompletionContext(2)),
        "head and tail": await filled(HeadAndTailChatCompletionContext(1, 1)),
        "nothing skipped": await filled(HeadAndTailChatCompletionContext(3, 3)),
    }


async def contexts_that_cut_a_call_from_its_result():
    buffered = await filled(BufferedChatCompletionContext(2))
    ends = await filled(HeadAndTailChatCompletionContext(3, 2))
    return [buffered[0], ends[0]]


async def a_context_of_few_tokens():
    return (await filled(TokenLimitedChatCompletionContext(model(), token_limit=6)))[0]


async def components_of_contexts():
    start = [UserMessage(content="start", source="u")]
    contexts = [
        UnboundedChatCompletionContext(),
        UnboundedChatCompletionContext(start),
        BufferedChatCompletionContext(4, start),
        HeadAndTailChatCompletionContext(1, 2),
        TokenLimitedChatCompletionContext(model("x"), token_limit=9),
    ]
    return [
        [
            component(each),
            component(ChatCompletionContext.load_component(each.dump_component()))
            == component(each),
        ]
        for each in contexts
    ]


async def refused_contexts():
    return [
        attempt(lambda: BufferedChatCompletionContext(0)),
        attempt(lambda: HeadAndTailChatCompletionContext(0, 1)),
        attempt(lambda: HeadAndTailChatCompletionContext(1, 0)),
        attempt(lambda: TokenLimitedChatCompletionContext(model(), token_limit=0)),
    ]


async def a_replayed_model():
    client = ReplayChatCompletionClient(["one two", said("three"), calls(("f", "{}"))])
    asked = [UserMessage(content="a b c", source="u")]
    seen = [client.actual_usage()]
    for _ in range(4):
        seen.append([plain(await outcome_of(client.create(asked))), repr(client.total_usage())])
    client.reset()
    streamed = [plain(piece) async for piece in client.create_stream(asked)]
    return [
        seen,
        streamed,
        client.model_info,
        client.count_tokens(asked),
        client.remaining_tokens(asked),
    ]


async def components_of_models():
    client = model("one", said("two"))
    return [component(client), component(ChatCompletionCache(client))]


async def components_of_openai_clients():
    """The key is not compared: here it may be a reference to an environment variable."""
    client = OpenAIChatCompletionClient(
        model="gpt-4o", api_key="sk-secret", temperature=0.5, base_url="https://models.test/v1"
    )
    of_another_kind = OpenAIChatCompletionClient(
        model="home-grown", api_key="sk-secret", model_info=info("unknown")
    )
    written = [component(client), component(of_another_kind)]
    for each in written:
        each["config"].pop("api_key")
    return [*written, attempt(lambda: OpenAIChatCompletionClient(model="home-grown", api_key="x"))]


async def a_cache():
    client = model("one", "two")
    cache = ChatCompletionCache(client)
    asked = [UserMessage(content="a", source="u")]
    first = await cache.create(asked)
    again = await cache.create(asked)
    other = await cache.create([UserMessage(content="b", source="u")])
    streamed = [plain(piece) async for piece in cache.create_stream(asked)]
    return [first.content, again.content, again.cached, other.content, streamed]


async def a_workbench_by_what_it_is():
    bench = StaticWorkbench([FunctionTool(plain_one, "One")])
    with trusting("autogen_core.tools.FunctionTool"):
        return type(Workbench.load_component(bench.dump_component())).__name__


async def main():
    await show(
        schemas,
        functions_without_annotations,
        running_tools,
        components_of_tools,
        a_tool_dumped_again,
        a_workbench,
        a_workbench_with_other_names,
        contexts,
        contexts_that_cut_a_call_from_its_result,
        a_context_of_few_tokens,
        components_of_contexts,
        refused_contexts,
        a_replayed_model,
        components_of_models,
        components_of_openai_clients,
        a_cache,
        a_workbench_by_what_it_is,
    )
