"""Section D of the pains: tools."""

import asyncio
from typing import Any

from pydantic import BaseModel

from agentchat.agents import AssistantAgent
from agentchat.core import CancellationToken, FunctionCall
from agentchat.core.models import FunctionExecutionResult
from agentchat.core.tools import FunctionTool
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.teams import RoundRobinGroupChat
from agentchat.tools import AgentTool, TeamTool
from tests.compat.pains.stage import (
    Speaker,
    assistant,
    calls,
    endpoint,
    failure_of,
    kinds,
    soon,
    texts,
)


def one() -> str:
    """Says one."""
    return "one"


def two() -> str:
    """Says two."""
    return "two"


async def d24_a_summary_can_tell_of_all_rounds() -> None:
    agent = assistant(
        calls("one"),
        calls("two"),
        tools=[one, two],
        max_tool_iterations=2,
        tool_call_summary_rounds="all",
    )

    result = await soon(agent.run(task="Go."))

    assert result.messages[-1].content == "one\ntwo"  # type: ignore[union-attr]


async def d24_it_is_said_when_the_limit_has_ended_the_loop() -> None:
    agent = assistant(calls("one"), calls("two"), tools=[one, two], max_tool_iterations=2)

    result = await soon(agent.run(task="Go."))

    assert kinds(result.messages)[-2:] == ["ThoughtEvent", "ToolCallSummaryMessage"]


async def d25_strict_is_kept_in_a_configuration() -> None:
    tool = FunctionTool(one, "Says one.", strict=True)

    assert tool.dump_component().config["strict"] is True


class Verdict(BaseModel):
    guilty: bool


async def _request_with(tool: FunctionTool, **options: Any) -> Any:
    """What an assistant that has the tool sends to OpenAI."""
    async with endpoint('{"guilty": false}') as (address, requests):
        client = OpenAIChatCompletionClient(model="gpt-4o", api_key="none", base_url=address)
        agent = AssistantAgent("bob", client, tools=[tool], **options)
        await soon(agent.run(task="Go."))
        await client.close()
    return requests[-1]


async def d25_strict_is_sent_only_for_tools_that_ask_for_it() -> None:
    request = await _request_with(FunctionTool(one, "Says one."))

    assert "strict" not in request["tools"][0]["function"]


async def d25_any_tool_goes_with_structured_output() -> None:
    request = await _request_with(FunctionTool(one, "Says one."), output_content_type=Verdict)

    assert request["response_format"]["json_schema"]["strict"] is True


def _results(messages: Any) -> list[str]:
    """The results of the tool calls."""
    (event,) = [message for message in messages if kinds([message]) == ["ToolCallExecutionEvent"]]
    return [result.content for result in event.content]


async def d26_a_team_as_a_tool_may_be_called_twice_at_once() -> None:
    team = RoundRobinGroupChat([Speaker("ann")], max_turns=1)
    tool = TeamTool(team, "ask_team", "Asks.", return_value_as_last_message=True)
    agent = assistant(calls("ask_team", "ask_team", arguments='{"task": "Go."}'), tools=[tool])

    result = await soon(agent.run(task="Go."))

    assert _results(result.messages) == ["ann speaks", "ann speaks"]


class Busy:
    """A tool that knows how many of its calls run at a time."""

    def __init__(self) -> None:
        self.running = self.most = 0

    async def work(self) -> str:
        """Works."""
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        return "done"


async def d26_calls_of_a_sequential_tool_do_not_overlap() -> None:
    busy = Busy()
    tool = FunctionTool(busy.work, "Works.")
    tool.sequential = True  # type: ignore[attr-defined]

    await soon(assistant(calls("work", "work"), tools=[tool]).run(task="Go."))

    assert busy.most == 1


async def d26_the_calls_at_a_time_can_be_limited() -> None:
    busy = Busy()
    three = calls("work", "work", "work")

    await soon(assistant(three, tools=[busy.work], max_parallel_tools=2).run(task="Go."))

    assert busy.most == 2


async def d26_an_agent_as_a_tool_keeps_two_tasks_apart() -> None:
    inner = assistant("one", "two", system_message=None, description="Helps.")
    tool = AgentTool(inner, return_value_as_last_message=True)
    agent = assistant(calls("bob", "bob", arguments='{"task": "Go."}'), tools=[tool])

    await soon(agent.run(task="Go."))

    context = texts(await inner.model_context.get_messages())
    assert context == ["Go.", "one", "Go.", "two"]


async def d27_a_tool_call_can_be_denied() -> None:
    from agentchat.agents import ToolApproval  # AutoGen has no such hook.

    agent = assistant(
        calls("one"),
        tools=[one],
        tool_approval=lambda _: ToolApproval(approved=False, reason="Not today."),
    )

    result = await soon(agent.run(task="Go."))

    assert _results(result.messages) == ["Error: the call was not approved. Reason: Not today."]


async def d27_the_arguments_of_a_call_can_be_edited() -> None:
    from agentchat.agents import ToolApproval, ToolApprovalRequest  # AutoGen has no such hook.

    def pay(amount: int) -> str:
        """Pays."""
        return f"paid {amount}"

    async def capped(request: ToolApprovalRequest) -> ToolApproval:
        return ToolApproval(
            approved=True, arguments={"amount": min(10, request.arguments["amount"])}
        )

    agent = assistant(calls("pay", arguments='{"amount": 99}'), tools=[pay], tool_approval=capped)

    assert _results((await soon(agent.run(task="Go."))).messages) == ["paid 10"]


async def d27_the_result_of_a_call_can_be_edited() -> None:
    def redact(call: FunctionCall, result: FunctionExecutionResult) -> FunctionExecutionResult:
        return result.model_copy(update={"content": "***"})

    agent = assistant(calls("one"), tools=[one], tool_review=redact)

    assert _results((await soon(agent.run(task="Go."))).messages) == ["***"]


async def d27_a_handoff_can_be_denied() -> None:
    from agentchat.agents import ToolApproval  # AutoGen has no such hook.

    agent = assistant(
        calls("transfer_to_ann"),
        handoffs=["ann"],
        tool_approval=lambda _: ToolApproval(approved=False, reason="Stay."),
    )

    assert kinds((await soon(agent.run(task="Go."))).messages)[-1] == "ToolCallSummaryMessage"


async def d27_a_call_may_wait_for_a_person_and_a_later_run() -> None:
    from agentchat.agents import ToolApproval  # AutoGen has no such hook.

    answers = iter([None, ToolApproval(approved=True)])

    def ask(_: object) -> ToolApproval:
        answer = next(answers)
        if answer is None:
            raise TimeoutError("Nobody is there.")
        return answer

    agent = assistant(calls("one"), calls("one"), tools=[one], tool_approval=ask)
    team = RoundRobinGroupChat([agent], max_turns=1)

    await failure_of(team.run(task="Go."))
    result = await soon(team.run())

    assert _results(result.messages) == ["one"]


def _parameters(function: Any) -> dict[str, Any]:
    """What a model is told of a function's parameters."""
    return dict(FunctionTool(function, "Works.").schema["parameters"])


async def d29_the_docstring_describes_the_parameters() -> None:
    def greet(name: str) -> str:
        """Greets.

        Args:
            name: Whom to greet.
        """
        return f"Hello, {name}."

    assert _parameters(greet)["properties"]["name"]["description"] == "Whom to greet."


async def d29_a_default_is_enough_of_a_type() -> None:
    def greet(name="you") -> str:  # type: ignore[no-untyped-def]
        return f"Hello, {name}."

    assert _parameters(greet)["properties"]["name"]["type"] == "string"


async def d29_further_keywords_are_no_required_argument() -> None:
    def greet(**names: str) -> str:
        return f"Hello, {', '.join(names)}."

    parameters = _parameters(greet)
    greeting = await FunctionTool(greet, "Greets.").run_json({"ann": "1"}, CancellationToken())

    assert parameters["required"] == []
    assert parameters["additionalProperties"] is not False
    assert greeting == "Hello, ann."


async def d29_a_parameter_without_a_type_is_named() -> None:
    def greet(name) -> str:  # type: ignore[no-untyped-def]
        return f"Hello, {name}."

    async def make() -> None:
        FunctionTool(greet, "Greets.")

    error = await failure_of(make())

    assert isinstance(error, ValueError)
    assert "'name'" in str(error)
    assert "'greet'" in str(error)


async def d29_a_type_may_be_local_to_a_function() -> None:
    class Person(BaseModel):
        name: str

    def greet(person: "Person") -> str:
        return f"Hello, {person.name}."

    tool = FunctionTool(greet, "Greets.")

    assert await tool.run_json({"person": {"name": "Ann"}}, CancellationToken()) == "Hello, Ann."
