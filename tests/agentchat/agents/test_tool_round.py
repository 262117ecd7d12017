"""Calls beside each other: in which order, how many at a time, and under whose eyes."""

import asyncio
from typing import Any

import pytest

from agentchat.agents import (
    AssistantAgent,
    ToolApproval,
    ToolApprovalRequest,
)
from agentchat.core import FunctionCall, _world
from agentchat.core.models import CreateResult, FunctionExecutionResult
from agentchat.core.tools import FunctionTool, StaticStreamWorkbench, ToolOverride
from agentchat.ext.models.replay import ReplayChatCompletionClient
from tests.agentchat.agents.replies import CAPABLE, calling


class Desk:
    """Tools that note when they begin and end."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.under_way = 0
        self.most_under_way = 0

    async def work(self, name: str) -> str:
        """Takes a while."""
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        self.notes.append(f"begin {name}")
        for _ in range(3):
            await asyncio.sleep(0)
        self.notes.append(f"end {name}")
        self.under_way -= 1
        return f"done {name}"


class Sequential(FunctionTool):
    sequential = True


async def answer_to(reply: CreateResult, **options: Any) -> str:
    client = ReplayChatCompletionClient([reply], model_info=CAPABLE)
    result = await AssistantAgent("bob", client, **options).run(task="Go")
    return result.messages[-1].to_text()


THREE_JOBS = calling(*(("work", f'{{"name": "{name}"}}') for name in "abc"))


async def test_calls_run_beside_each_other_and_answer_in_the_order_of_the_request() -> None:
    desk = Desk()

    answer = await answer_to(THREE_JOBS, tools=[desk.work])

    assert answer == "done a\ndone b\ndone c"
    assert desk.notes[:3] == ["begin a", "begin b", "begin c"]


async def test_no_more_calls_run_at_a_time_than_allowed() -> None:
    """D26."""
    desk = Desk()

    answer = await answer_to(THREE_JOBS, tools=[desk.work], max_parallel_tools=2)

    assert answer == "done a\ndone b\ndone c"
    assert desk.most_under_way == 2


async def test_calls_of_sequential_tools_never_overlap() -> None:
    """D26: agents and teams as tools can't be run twice at a time."""
    desk = Desk()

    answer = await answer_to(THREE_JOBS, tools=[Sequential(desk.work, "Works.")])

    assert answer == "done a\ndone b\ndone c"
    assert desk.notes == ["begin a", "end a", "begin b", "end b", "begin c", "end c"]


async def test_other_calls_run_beside_the_sequential_ones() -> None:
    desk = Desk()
    jobs = calling(*((tool, f'{{"name": "{tool}"}}') for tool in ("slow", "slow", "fast")))
    slow = Sequential(desk.work, "Works.", name="slow")
    fast = FunctionTool(desk.work, "Works.", name="fast")

    await answer_to(jobs, tools=[slow, fast])

    assert desk.notes[:2] == ["begin slow", "begin fast"]
    assert desk.most_under_way == 2


async def test_a_sequential_tool_stays_so_under_another_name() -> None:
    desk = Desk()
    jobs = calling(("job", '{"name": "a"}'), ("job", '{"name": "b"}'))
    tool = Sequential(desk.work, "Works.")
    workbench = StaticStreamWorkbench([tool], tool_overrides={"work": ToolOverride(name="job")})

    await answer_to(jobs, workbench=workbench)

    assert desk.most_under_way == 1


async def test_each_call_has_a_part_of_the_run_to_itself() -> None:
    paths: list[_world.Path] = []

    async def where() -> str:
        """Notes where it runs."""
        paths.append(_world.path())
        return ""

    await answer_to(calling(("where", "{}"), ("where", "{}")), tools=[where])

    assert paths == [("bob", "where#0"), ("bob", "where#1")]


def decide(request: ToolApprovalRequest) -> ToolApproval:
    if request.arguments == {"name": "a"}:
        return ToolApproval(approved=False, reason="not a")
    if request.arguments == {"name": "b"}:
        return ToolApproval(approved=True, arguments={"name": "z"})
    return ToolApproval(approved=True)


async def decide_later(request: ToolApprovalRequest) -> ToolApproval:
    await asyncio.sleep(0)
    return decide(request)


@pytest.mark.parametrize("hook", [decide, decide_later])
async def test_a_hook_allows_denies_and_edits_calls(hook: Any) -> None:
    """D27."""
    desk = Desk()

    answer = await answer_to(THREE_JOBS, tools=[desk.work], tool_approval=hook)

    denied = "Error: the call was not approved. Reason: not a"
    assert answer == f"{denied}\ndone z\ndone c"
    assert "begin a" not in desk.notes


async def test_a_handoff_that_is_denied_does_not_happen() -> None:
    """D27: handoffs are calls like others."""
    requests: list[ToolApprovalRequest] = []

    def deny(request: ToolApprovalRequest) -> ToolApproval:
        requests.append(request)
        return ToolApproval(approved=False, reason="stay")

    reply = calling(("transfer_to_al", ""))
    answer = await answer_to(reply, handoffs=["al"], tool_approval=deny)

    assert answer == "Error: the call was not approved. Reason: stay"
    call = FunctionCall(id="0", name="transfer_to_al", arguments="")
    assert requests == [ToolApprovalRequest(agent="bob", call=call, arguments={})]


async def test_a_hook_sees_each_result_before_the_model_does() -> None:
    """D27."""

    async def shout(call: FunctionCall, result: FunctionExecutionResult) -> FunctionExecutionResult:
        return result.model_copy(update={"content": f"{call.name}: {result.content.upper()}"})

    answer = await answer_to(THREE_JOBS, tools=[Desk().work], tool_review=shout)

    assert answer == "work: DONE A\nwork: DONE B\nwork: DONE C"


async def test_a_hook_that_fails_ends_the_turn() -> None:
    def fail(request: ToolApprovalRequest) -> ToolApproval:
        raise PermissionError(f"nobody may decide on {request.call.name}")

    with pytest.raises(PermissionError, match="nobody may decide on work"):
        await answer_to(THREE_JOBS, tools=[Desk().work], tool_approval=fail)


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("nobody", "{}", "Error: tool 'nobody' not found in any workbench"),
        ("work", "{bad", "Error: Expecting property name enclosed in double quotes"),
        ("work", "3", "Error: the arguments must be a JSON object, got 3"),
        ("work", "{}", "1 validation error"),
    ],
)
async def test_what_is_wrong_with_a_call_is_its_result(
    name: str, arguments: str, error: str
) -> None:
    answer = await answer_to(calling((name, arguments)), tools=[Desk().work])

    assert answer.startswith(error)
