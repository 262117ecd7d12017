"""Section A of the pains: hangs, cancellation, errors, resume."""

import asyncio
import gc
import threading
import weakref
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from pydantic import BaseModel

from agentchat.agents import (
    AssistantAgent,
    MessageFilterAgent,
    MessageFilterConfig,
    PerSourceFilter,
    SocietyOfMindAgent,
    UserProxyAgent,
)
from agentchat.base import Response
from agentchat.conditions import ExternalTermination, MaxMessageTermination
from agentchat.core import (
    AgentId,
    CancellationToken,
    DefaultInterventionHandler,
    DropMessage,
    MessageContext,
    RoutedAgent,
    SingleThreadedAgentRuntime,
    TopicId,
    message_handler,
)
from agentchat.core.exceptions import UndeliverableException
from agentchat.core.tools import BaseToolWithState, FunctionTool, StaticWorkbench, ToolResult
from agentchat.messages import BaseAgentEvent, BaseChatMessage, ThoughtEvent
from agentchat.teams import DiGraphBuilder, GraphFlow, RoundRobinGroupChat, SelectorGroupChat
from tests.compat.pains.stage import (
    FailsOnce,
    Model,
    Speaker,
    assistant,
    calls,
    coder,
    failure_of,
    happens,
    kinds,
    soon,
    texts,
)


class Stalling:
    """A tool that never returns."""

    def __init__(self) -> None:
        self.called = asyncio.Event()

    async def stall(self) -> str:
        """Waits."""
        self.called.set()
        await asyncio.Event().wait()
        return ""


class Broken(StaticWorkbench):
    """Its calls fail."""

    async def call_tool(self, *_: Any, **__: Any) -> ToolResult:
        raise ConnectionError("The server is gone.")


async def a1_cancelling_during_a_tool_call_ends_the_stream() -> None:
    tool, token = Stalling(), CancellationToken()
    agent = assistant(calls("stall"), tools=[tool.stall])

    running = asyncio.create_task(agent.run(task="Go.", cancellation_token=token))
    await soon(tool.called.wait())
    token.cancel()

    assert isinstance(await failure_of(running), asyncio.CancelledError)


async def a1_cancelling_during_a_tool_call_ends_the_team() -> None:
    tool, token = Stalling(), CancellationToken()
    team = RoundRobinGroupChat([assistant(calls("stall"), tools=[tool.stall])], max_turns=1)

    running = asyncio.create_task(team.run(task="Go.", cancellation_token=token))
    await soon(tool.called.wait())
    token.cancel()

    assert isinstance(await failure_of(running), asyncio.CancelledError)


async def a1_a_workbench_that_raises_gives_an_error_result() -> None:
    broken = Broken([FunctionTool(lambda: "", "Rings.", name="ring")])

    result = await soon(assistant(calls("ring"), workbench=broken).run(task="Go."))

    assert result.messages[-1].content == "Error: The server is gone."  # type: ignore[union-attr]


async def a1_no_call_is_left_without_its_result() -> None:
    tool = Stalling()
    agent = assistant(calls("stall"), tools=[tool.stall])

    running = asyncio.create_task(agent.run(task="Go."))
    await soon(tool.called.wait())
    running.cancel()
    await failure_of(running)

    context = kinds(await agent.model_context.get_messages())
    assert context.count("AssistantMessage") == context.count("FunctionExecutionResultMessage")


async def a3_a_team_takes_the_failed_turn_again() -> None:
    agent = FailsOnce("ann")
    team = RoundRobinGroupChat([agent], max_turns=1)

    await failure_of(team.run(task="Go."))
    result = await soon(team.run())

    assert agent.heard == [["Go."], ["Go."]]
    assert result.stop_reason == "Maximum number of turns 1 reached."


async def a3_a_reset_makes_a_failed_team_new() -> None:
    team = RoundRobinGroupChat([FailsOnce("ann")], max_turns=2)

    await failure_of(team.run(task="Go."))
    await team.reset()
    result = await soon(team.run(task="Again."))

    assert texts(result.messages) == ["Again.", "ann speaks", "ann speaks"]


async def a3_a_repeated_turn_tells_the_model_each_message_once() -> None:
    model = Model(ConnectionError("The line is down."), "Done.")
    team = RoundRobinGroupChat([AssistantAgent("bob", model, system_message=None)], max_turns=1)

    await failure_of(team.run(task="Go."))
    await soon(team.run())

    assert [texts(request) for request in model.asked] == [["Go."], ["Go."]]


async def a3_a_failed_turn_that_was_saved_tells_the_model_each_message_once() -> None:
    def team_with(model: Model) -> RoundRobinGroupChat:
        return RoundRobinGroupChat([AssistantAgent("bob", model, system_message=None)], max_turns=1)

    failed, model = team_with(Model(ConnectionError("The line is down."))), Model("Done.")
    await failure_of(failed.run(task="Go."))

    resumed = team_with(model)
    await resumed.load_state(await failed.save_state())
    await soon(resumed.run())

    assert [texts(request) for request in model.asked] == [["Go."]]


async def a3_a_graph_takes_the_failed_turn_again() -> None:
    first, second = Speaker("ann"), FailsOnce("ben")
    graph = DiGraphBuilder().add_node(first).add_node(second).add_edge(first, second).build()
    team = GraphFlow([first, second], graph)

    await failure_of(team.run(task="Go."))
    result = await soon(team.run())

    assert texts(result.messages) == ["ben speaks"]
    assert result.stop_reason == "Digraph execution is complete"


async def a3_a_branch_that_has_answered_is_not_asked_again() -> None:
    ann, ben, cat = Speaker("ann"), FailsOnce("ben"), Speaker("cat")
    builder = DiGraphBuilder().add_node(ann).add_node(ben).add_node(cat)
    team = GraphFlow([ann, ben, cat], builder.add_edge(ann, cat).add_edge(ben, cat).build())

    await failure_of(team.run(task="Go."))
    result = await soon(team.run())

    assert texts(result.messages) == ["ben speaks", "cat speaks"]
    assert cat.heard == [["Go.", "ann speaks", "ben speaks"]]


class Thinker(Speaker):
    """Has many thoughts, and awaits nothing meanwhile."""

    async def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response, None]:
        for number in range(20):
            yield ThoughtEvent(content=str(number), source=self.name)
        yield await self.on_messages(messages, cancellation_token)


async def a4_cancelling_stops_what_was_about_to_be_shown() -> None:
    token = CancellationToken()
    shown: list[object] = []

    async def watch() -> None:
        async for item in Thinker("ann").run_stream(task="Go.", cancellation_token=token):
            shown.append(item)
            token.cancel()

    assert isinstance(await failure_of(watch()), asyncio.CancelledError)
    assert len(shown) == 1


async def a4_leaving_the_stream_stops_the_team() -> None:
    agent = Speaker("ann")
    team = RoundRobinGroupChat([agent], max_turns=20)

    async with aclosing(team.run_stream(task="Go.")) as stream:
        async for item in stream:
            if getattr(item, "source", "") == "ann":
                break

    assert len(agent.heard) == 1


async def a4_who_leaves_at_an_answer_has_heard_it() -> None:
    model = Model("one", "two")
    team = RoundRobinGroupChat([AssistantAgent("bob", model, system_message=None)], max_turns=2)

    async with aclosing(team.run_stream(task="Go.")) as stream:
        async for item in stream:
            if getattr(item, "source", "") == "bob":
                break
    await soon(team.run())

    assert texts(model.asked[-1]) == ["Go.", "one"]


async def a4_a_team_may_run_again_as_soon_as_its_stream_was_left() -> None:
    team = RoundRobinGroupChat([Speaker("ann")], max_turns=1)

    async for item in team.run_stream(task="Go."):
        if getattr(item, "source", "") == "ann":
            break

    assert texts((await soon(team.run())).messages) == ["ann speaks"]


async def a5_the_original_exception_can_be_caught() -> None:
    error = await failure_of(RoundRobinGroupChat([FailsOnce("ann")], max_turns=1).run(task="Go."))

    assert isinstance(error, RuntimeError)
    assert isinstance(error.__cause__, ConnectionError)


async def a6_a_passing_failure_of_the_model_does_not_end_the_run() -> None:
    from agentchat.ext.models.retry import (  # AutoGen has none.
        RetryingChatCompletionClient,
        RetryPolicy,
    )

    model = Model(ConnectionError("The line is down."), "Done.")
    client = RetryingChatCompletionClient(model, RetryPolicy(first_wait_seconds=0))
    team = RoundRobinGroupChat([AssistantAgent("bob", client)], max_turns=1)

    assert texts((await soon(team.run(task="Go."))).messages) == ["Go.", "Done."]


async def a7_external_termination_wakes_a_team_that_waits_for_a_person() -> None:
    asked = asyncio.Event()

    async def ask(prompt: str, token: CancellationToken | None) -> str:
        asked.set()
        await asyncio.Event().wait()
        return ""

    stop = ExternalTermination()
    team = RoundRobinGroupChat([UserProxyAgent("pat", input_func=ask)], termination_condition=stop)

    running = asyncio.create_task(team.run(task="Go."))
    await soon(asked.wait())
    stop.set()

    assert (await soon(running)).stop_reason == "External termination requested"


async def a7_external_termination_at_an_answer_comes_before_the_next_turn() -> None:
    agent, stop = Speaker("ann"), ExternalTermination()
    team = RoundRobinGroupChat([agent], termination_condition=stop, max_turns=20)

    async for item in team.run_stream(task="Go."):
        if getattr(item, "source", "") == "ann":
            stop.set()

    assert len(agent.heard) == 1


class Pausing(Speaker):
    """Pauses its team."""

    team: RoundRobinGroupChat

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        await self.team.pause()
        return await super().on_messages(messages, cancellation_token)


async def a8_a_paused_team_waits_before_the_next_turn() -> None:
    first, second = Pausing("ann"), Speaker("ben")
    first.team = team = RoundRobinGroupChat([first, second], max_turns=2)

    running = asyncio.create_task(team.run(task="Go."))
    await soon(first.spoke.wait())

    assert not await happens(second.spoke)
    await team.resume()
    assert texts((await soon(running)).messages) == ["Go.", "ann speaks", "ben speaks"]


async def a8_a_paused_team_can_be_saved() -> None:
    first, second, other = Pausing("ann"), Speaker("ben"), Speaker("ben")
    first.team = team = RoundRobinGroupChat([first, second], max_turns=2)
    running = asyncio.create_task(team.run(task="Go."))
    await soon(first.spoke.wait())
    await happens(second.spoke)  # It does not, where a pause is one.

    resumed = RoundRobinGroupChat([Speaker("ann"), other], max_turns=2)
    await resumed.load_state(await team.save_state())
    running.cancel()

    assert texts((await soon(resumed.run())).messages) == ["ben speaks"]
    assert other.heard == [["Go.", "ann speaks"]]


async def _requests_while_paused(**options: Any) -> tuple[int, int]:
    """How often the model is asked when a tool pauses its agent: before and after it goes on."""
    called, token = asyncio.Event(), CancellationToken()
    model = Model(calls("hold"), "Done.")

    async def hold() -> str:
        """Pauses the agent."""
        await agent.on_pause(token)
        called.set()
        return ""

    agent = AssistantAgent("bob", model, tools=[hold], **options)
    running = asyncio.create_task(agent.run(task="Go."))
    await soon(called.wait())
    await happens(asyncio.Event())
    paused = len(model.asked)
    await agent.on_resume(token)
    await soon(running)
    return paused, len(model.asked)


async def a8_a_paused_assistant_waits_before_the_next_tool_round() -> None:
    assert await _requests_while_paused(max_tool_iterations=2) == (1, 2)


async def a8_a_paused_assistant_waits_before_it_reflects() -> None:
    assert await _requests_while_paused(reflect_on_tool_use=True) == (1, 2)


async def a9_nothing_runs_on_when_a_run_was_cancelled() -> None:
    before, tool = asyncio.all_tasks(), Stalling()
    team = RoundRobinGroupChat([assistant(calls("stall"), tools=[tool.stall])], max_turns=1)

    running = asyncio.create_task(team.run(task="Go."))
    await soon(tool.called.wait())
    running.cancel()
    await failure_of(running)

    assert asyncio.all_tasks() == before


class Note(BaseModel):
    text: str = ""


class Reader(RoutedAgent):
    """Reads notes."""

    @message_handler
    async def on_note(self, message: Note, ctx: MessageContext) -> None:
        """Reads it."""


async def a9_nobody_waits_for_an_answer_from_a_stopped_runtime() -> None:
    runtime = SingleThreadedAgentRuntime()
    await Reader.register(runtime, "reader", lambda: Reader("Reads."))
    runtime.start()

    sending = asyncio.create_task(runtime.send_message(Note(), AgentId("reader", "default")))
    await runtime.stop()

    assert isinstance(await failure_of(sending), UndeliverableException)


class DropsAll(DefaultInterventionHandler):
    """Lets nothing through."""

    async def on_publish(self, message: Any, *, message_context: MessageContext) -> Any:
        return DropMessage


async def a9_a_dropped_message_does_not_keep_the_runtime_from_stopping() -> None:
    runtime = SingleThreadedAgentRuntime(intervention_handlers=[DropsAll()])
    runtime.start()

    await runtime.publish_message(Note(), TopicId("default", "default"))

    await soon(runtime.stop_when_idle())


async def a10_a_condition_goes_on_counting_where_it_was_saved() -> None:
    def team_with(last: Speaker) -> RoundRobinGroupChat:
        return RoundRobinGroupChat(
            [Speaker("ann"), last], termination_condition=MaxMessageTermination(3)
        )

    failed, resumed = team_with(FailsOnce("ben")), team_with(Speaker("ben"))
    await failure_of(failed.run(task="Go."))
    await resumed.load_state(await failed.save_state())
    result = await soon(resumed.run())

    assert texts(result.messages) == ["ben speaks"]
    assert result.stop_reason == "Maximum number of messages 3 reached, current message count: 3"


async def a10_a_selector_is_told_a_loaded_conversation_once() -> None:
    model = Model("ann", "ben")
    speakers: list[Any] = [Speaker("ann"), Speaker("ben"), Speaker("cat")]
    team = SelectorGroupChat(speakers, model, max_turns=1)

    await soon(team.run(task="Go."))
    await team.load_state(await team.save_state())
    await soon(team.run())

    assert str(model.asked[1][0].content).count("Go.") == 1


async def a10_a_graph_that_was_saved_inside_a_loop_goes_round_again() -> None:
    def team_of(*lines: str, max_turns: int = 2) -> GraphFlow:
        ann, ben, cat = Speaker("ann"), Speaker("ben", *lines), Speaker("cat")
        builder = DiGraphBuilder().add_node(ann).add_node(ben).add_node(cat)
        builder.add_edge(ann, ben).add_edge(ben, ann, "more").add_edge(ben, cat, "enough")
        builder.set_entry_point(ann)
        return GraphFlow([ann, ben, cat], builder.build(), max_turns=max_turns)

    before, after = team_of("more"), team_of("more", "enough", max_turns=9)
    await soon(before.run(task="Go."))
    await after.load_state(await before.save_state())
    result = await soon(after.run())

    assert texts(result.messages) == ["ann speaks", "more", "ann speaks", "enough", "cat speaks"]


async def a10_a_message_filter_agent_saves_the_agent_inside() -> None:
    def filtering(inner: AssistantAgent) -> MessageFilterAgent:
        passes = MessageFilterConfig(per_source=[PerSourceFilter(source="user")])
        return MessageFilterAgent("filter", inner, passes)

    told, fresh = assistant("Hello."), assistant()
    before, after = filtering(told), filtering(fresh)
    await soon(before.run(task="Go."))
    await after.load_state(await before.save_state())

    assert texts(await fresh.model_context.get_messages()) == ["Go.", "Hello."]


async def a10_a_code_executor_agent_saves_its_conversation() -> None:
    before, after = coder(Model("Hello.")), coder(Model())
    await soon(before.run(task="Go."))
    await after.load_state(await before.save_state())

    assert texts(await after.model_context.get_messages()) == ["Go.", "Hello."]


async def a10_a_society_of_mind_agent_saves_its_conversation() -> None:
    def society(*replies: str) -> SocietyOfMindAgent:
        team = RoundRobinGroupChat([Speaker("ann")], max_turns=1)
        return SocietyOfMindAgent("society", team, Model(*replies))

    before, after = society("Hello."), society()
    await soon(before.run(task="Go."))
    await after.load_state(await before.save_state())

    assert "Go." in texts(await after.model_context.get_messages())


class CounterState(BaseModel):
    count: int = 0


class Counter(BaseToolWithState[Note, int, CounterState]):
    """Counts its calls."""

    def __init__(self) -> None:
        super().__init__(Note, int, CounterState, "count", "Counts.")
        self.counted = 0

    async def run(self, args: Note, cancellation_token: CancellationToken) -> int:
        self.counted += 1
        return self.counted

    def save_state(self) -> CounterState:
        return CounterState(count=self.counted)

    def load_state(self, state: CounterState) -> None:
        self.counted = state.count


async def a10_an_assistant_saves_the_state_of_its_tools() -> None:
    used, fresh = Counter(), Counter()
    before, after = assistant(calls("count"), tools=[used]), assistant(tools=[fresh])

    await soon(before.run(task="Go."))
    await after.load_state(await before.save_state())

    assert fresh.counted == 1


async def a10_what_was_saved_in_the_middle_of_a_turn_is_told_once() -> None:
    tool, model = Stalling(), Model("Done.")
    before = RoundRobinGroupChat([assistant(calls("stall"), tools=[tool.stall])], max_turns=1)
    after = RoundRobinGroupChat([AssistantAgent("bob", model, system_message=None)], max_turns=1)

    running = asyncio.create_task(before.run(task="Go."))
    await soon(tool.called.wait())
    await after.load_state(await before.save_state())
    running.cancel()
    await soon(after.run())

    assert [texts(request) for request in model.asked] == [["Go."]]


async def a11_a_token_forgets_what_is_done() -> None:
    token = CancellationToken()
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    linked = weakref.ref(token.link_future(future))

    future.set_result(None)
    await asyncio.sleep(0)
    del future
    gc.collect()

    assert linked() is None


async def a11_a_callback_may_use_its_token() -> None:
    token = CancellationToken()
    seen: list[bool] = []
    token.add_callback(lambda: seen.append(token.is_cancelled()))

    # In a thread that nobody waits for at the end: it may be stuck.
    thread = threading.Thread(target=token.cancel, daemon=True)
    thread.start()
    thread.join(timeout=1)

    assert seen == [True]


async def a11_a_token_may_be_cancelled_from_another_thread() -> None:
    loop, token = asyncio.get_running_loop(), CancellationToken()
    waiting = asyncio.create_task(failure_of(token.link_future(loop.create_future())))
    await asyncio.sleep(0)

    loop.set_debug(True)  # So that it refuses what another thread does to it.
    try:
        await asyncio.to_thread(token.cancel)
    finally:
        loop.set_debug(False)

    assert isinstance(await waiting, asyncio.CancelledError)
