"""What agents are made with and refuse, and the records that they are saved in."""

import inspect

from pydantic import BaseModel

from agentchat import state
from agentchat.agents import (
    AssistantAgent,
    BaseChatAgent,
    CodeExecutorAgent,
    MessageFilterAgent,
    MessageFilterConfig,
    PerSourceFilter,
    SocietyOfMindAgent,
    UserProxyAgent,
)
from agentchat.base import (
    ChatAgent,
    Handoff,
    Response,
    TaskResult,
    Team,
    TerminatedException,
)
from agentchat.core import CancellationToken, FunctionCall
from agentchat.core.models import FunctionExecutionResult, UserMessage
from agentchat.core.tools import FunctionTool, StaticWorkbench
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor
from agentchat.messages import (
    HandoffMessage,
    MessageFactory,
    StopMessage,
    StructuredMessage,
    TextMessage,
    ToolCallSummaryMessage,
)
from agentchat.teams import RoundRobinGroupChat
from tests.compat.parity.cast import Speaker, calls, model, said
from tests.compat.parity.observation import attempt, outcome_of, plain, show, stream_of, warned_by


class Verdict(BaseModel):
    text: str


def add(a: int, b: int) -> int:
    """Adds."""
    return a + b


def refused(**options):
    client = options.pop("client", None) or model()
    return attempt(lambda: AssistantAgent(options.pop("name", "a"), client, **options).name)


async def refusals():
    deaf = model(function_calling=False)
    return [
        refused(name="no name"),
        refused(name=""),
        refused(name="class"),
        refused(name="ä"),
        refused(client=deaf, tools=[add]),
        refused(client=deaf, handoffs=["b"]),
        refused(tools=["text"]),
        refused(tools=[add, add]),
        refused(handoffs=["b", "b"]),
        refused(handoffs=[7]),
        refused(tools=[add], handoffs=["add"]),
        refused(tools=[add], handoffs=[Handoff(target="x", name="add")]),
        refused(tools=[add], workbench=StaticWorkbench([])),
        refused(memory="m"),
        refused(max_tool_iterations=0),
        refused(workbench=[StaticWorkbench([]), StaticWorkbench([])]),
    ]


async def defaults():
    agent = AssistantAgent("a", model())
    structured = AssistantAgent("a", model(), output_content_type=Verdict)
    return [
        [each.__name__ for each in agent.produced_message_types],
        agent.component_type,
        AssistantAgent.component_version,
        agent._reflect_on_tool_use if hasattr(agent, "_reflect_on_tool_use") else False,
        isinstance(agent, ChatAgent),
        isinstance(RoundRobinGroupChat([agent]), Team),
        type(agent.model_context).__name__,
        [each.__name__ for each in structured.produced_message_types][:3],
        [each.__name__ for each in UserProxyAgent("u").produced_message_types],
        [each.__name__ for each in _society().produced_message_types],
        CodeExecutorAgent.DEFAULT_SUPPORTED_LANGUAGES,
        issubclass(TerminatedException, Exception),
    ]


def _society():
    return SocietyOfMindAgent("s", RoundRobinGroupChat([Speaker("x", "y")]), model())


async def handoffs():
    handoff = Handoff(target="Big_Boss")
    tool = handoff.handoff_tool
    return [
        plain(handoff),
        [tool.name, tool.description, tool.schema["strict"], tool.schema["parameters"]],
        await tool.run_json({}, CancellationToken()),
        attempt(lambda: Handoff(target="b", name="no name"))["raised"],
        plain(Handoff(target="b", description="d", name="n", message="m")),
    ]


async def responses():
    message = TextMessage(id="1", content="c", source="s")
    result = TaskResult(messages=[message, StopMessage(id="2", content="c", source="s")])
    return [
        attempt(lambda: Response(message))["raised"],
        Response(chat_message=message).inner_messages,
        inspect.signature(Response).parameters.keys(),
        [sorted(each) for each in plain(result)["messages"]],
        result.stop_reason,
    ]


class Echo(BaseChatAgent):
    def __init__(self, *inner):
        super().__init__("echo", "Echoes.")
        self.inner = inner
        self.heard = []

    @property
    def produced_message_types(self):
        return (TextMessage,)

    async def on_messages(self, messages, cancellation_token):
        self.heard.append([each.to_text() for each in messages])
        inner = [TextMessage(content=each, source="echo") for each in self.inner]
        text = " ".join(each.to_text() for each in messages)
        return Response(
            chat_message=TextMessage(content=f"<{text}>", source="echo"), inner_messages=inner
        )

    async def on_reset(self, cancellation_token):
        self.heard = []


async def an_agent_of_ones_own():
    agent = Echo("in", "side")
    task = [TextMessage(content="a", source="u"), TextMessage(content="b", source="u")]
    return [
        await stream_of(agent.run_stream(task="go")),
        await stream_of(agent.run_stream(task=task, output_task_messages=False)),
        (await agent.run(task="go", output_task_messages=False)).messages[-1].to_text(),
        (await agent.run()).messages[-1].to_text(),
        await outcome_of(agent.run(task=[])),
        await outcome_of(agent.run(task=["text"])),
        [agent.name, agent.description, agent.heard],
        await agent.save_state(),
        await outcome_of(agent.load_state({})),
        [
            await outcome_of(method(CancellationToken()))
            for method in (agent.on_pause, agent.on_resume)
        ],
        await outcome_of(agent.close()),
        attempt(lambda: BaseChatAgent("a", "d"))["raised"],
        attempt(agent.dump_component)["raised"],
    ]


async def filters():
    last = PerSourceFilter(source="user", position="last", count=1)
    by_source = {
        "last of user": [last],
        "first of user": [PerSourceFilter(source="user", position="first", count=1)],
        "all of b": [PerSourceFilter(source="b")],
        "two": [PerSourceFilter(source="b"), last],
        "nobody": [PerSourceFilter(source="nobody")],
    }
    messages = [
        TextMessage(content=text, source=source)
        for text, source in (("u1", "user"), ("b1", "b"), ("u2", "user"), ("b2", "b"))
    ]
    seen = {}
    for name, filters in by_source.items():
        inner = Echo()
        agent = MessageFilterAgent("filtered", inner, MessageFilterConfig(per_source=filters))
        await outcome_of(agent.on_messages(messages, CancellationToken()))
        seen[name] = inner.heard
    return [seen, plain(MessageFilterConfig(per_source=by_source["two"]))]


async def state_records():
    records = {
        name: each
        for name, each in vars(state).items()
        if isinstance(each, type) and issubclass(each, state.BaseState)
    }
    seen = {}
    for name, record in sorted(records.items()):
        seen[name] = attempt(lambda record=record: plain(record()))
        if "raised" in seen[name]:
            seen[name] = "needs more"
    return seen


async def the_state_of_an_assistant():
    agent = AssistantAgent("a", model(calls(("add", '{"a": 1, "b": 2}')), "x"), tools=[add])
    await agent.run(task="go")
    saved = await agent.save_state()
    other = AssistantAgent("a", model("y"), tools=[add])
    await other.load_state(saved)
    before = await other.save_state() == saved
    await agent.on_reset(CancellationToken())
    return [saved, before, await agent.save_state()]


async def a_factory_of_messages():
    factory = MessageFactory()
    kinds = [TextMessage, StopMessage, HandoffMessage, ToolCallSummaryMessage]
    message = HandoffMessage(
        id="1", content="c", source="s", target="t", context=[UserMessage(content="x", source="y")]
    )
    factory.register(StructuredMessage[Verdict])
    structured = StructuredMessage[Verdict](
        id="2", content=Verdict(text="v"), source="s", format_string="<{text}>"
    )
    return [
        [factory.is_registered(kind) for kind in (*kinds, StructuredMessage)],
        factory.create(message.dump()) == message,
        factory.create(structured.dump()) == structured,
        structured.to_text(),
        structured.to_model_text(),
        plain(structured.to_model_message()),
        structured.type,
        attempt(lambda: factory.register(TextMessage)),
        attempt(lambda: factory.create({"type": "No"})),
        attempt(lambda: factory.create({"content": "x"})),
        sorted(message.dump()),
    ]


async def summaries():
    def formatter(call: FunctionCall, result: FunctionExecutionResult) -> str:
        return f"{call.name}={result.content}"

    made = [
        {"tool_call_summary_format": "{tool_name}({arguments}) -> {result} {is_error}"},
        {"tool_call_summary_formatter": formatter},
        {"tool_call_summary_format": "{nothing}"},
    ]
    request = calls(("add", '{"a": 1, "b": 2}'), ("add", "{}"))
    seen = []
    for options in made:
        agent = AssistantAgent("a", model(request), tools=[add], **options)
        items = await stream_of(agent.run_stream(task="go"))
        last = items[-2] if "class" in items[-1] else items[-1]
        seen.append(last.get("to_text", last.get("raised")).partition("validation")[0])
    return seen


async def code_executors():
    executor = LocalCommandLineCodeExecutor(work_dir="work")
    unwarned = await warned_by(_made(lambda: CodeExecutorAgent("a", executor)))
    return [
        [each.partition(".")[0][:60] for each in unwarned][:1] != [],
        attempt(lambda: CodeExecutorAgent("a", executor, max_retries_on_error=1)),
        attempt(
            lambda: CodeExecutorAgent(
                "a", executor, max_retries_on_error=1, model_client=model(structured_output=False)
            )
        ),
        attempt(
            lambda: CodeExecutorAgent(
                "a", executor, approval_func=lambda request: None
            ).dump_component()
        ),
    ]


async def _made(make):
    return make()


async def two_answers_in_a_row():
    agent = AssistantAgent("a", model(said("one"), said("two")), system_message="s")
    first = await agent.on_messages([TextMessage(content="x", source="u")], CancellationToken())
    second = await agent.on_messages([TextMessage(content="y", source="u")], CancellationToken())
    asked = [plain(call["messages"]) for call in agent._model_client.create_calls]
    return [first.chat_message.to_text(), second.chat_message.to_text(), asked]


async def tools_that_are_objects():
    tool = FunctionTool(add, description="Adds two.", name="plus")
    agent = AssistantAgent("a", model(calls(("plus", '{"a": 2, "b": 2}'))), tools=[tool])
    return await stream_of(agent.run_stream(task="go"))


async def main():
    await show(
        refusals,
        defaults,
        handoffs,
        responses,
        an_agent_of_ones_own,
        filters,
        state_records,
        the_state_of_an_assistant,
        a_factory_of_messages,
        summaries,
        code_executors,
        two_answers_in_a_row,
        tools_that_are_objects,
    )
