import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import BaseModel

from agentchat.agents import ApprovalRequest, ApprovalResponse, CodeExecutorAgent
from agentchat.base import TaskResult
from agentchat.core import CancellationToken, Component
from agentchat.core.code_executor import CodeBlock, CodeExecutor, CodeResult
from agentchat.core.models import AssistantMessage, CreateResult, UserMessage
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import BaseChatMessage, MultiModalMessage, TextMessage

CAPABLE: Any = {
    "vision": False,
    "function_calling": False,
    "json_output": True,
    "structured_output": True,
    "family": "unknown",
}
CODE = "```python\n1\n```"
BETTER_CODE = "```python\n2\n```"
FAILED = "The script ran, then exited with an error (POSIX exit code: 1)\nIts output was:\nbad"


class Scripted(CodeExecutor, Component[BaseModel]):
    """Gives results that were written beforehand."""

    def __init__(self, results: Sequence[CodeResult] = ()) -> None:
        self.results = list(results)
        self.executed: list[str] = []

    async def execute_code_blocks(
        self, code_blocks: list[CodeBlock], cancellation_token: CancellationToken
    ) -> CodeResult:
        self.executed += [block.code for block in code_blocks]
        return self.results.pop(0)

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def restart(self) -> None: ...


def approve(request: ApprovalRequest) -> ApprovalResponse:
    return ApprovalResponse(approved=True, reason="")


def executor_agent(
    *results: CodeResult, replies: Sequence[str | CreateResult] = (), **options: Any
) -> CodeExecutorAgent:
    if replies:
        options["model_client"] = ReplayChatCompletionClient(replies, model_info=CAPABLE)
    return CodeExecutorAgent("coder", Scripted(results), **{"approval_func": approve, **options})


def shown(result: TaskResult) -> list[tuple[str, str]]:
    return [(type(message).__name__, message.to_text()) for message in result.messages[1:]]


async def test_without_a_model_it_runs_what_it_is_given() -> None:
    agent = executor_agent(CodeResult(0, "out"), CodeResult(1, "bad"))

    results = [await agent.run(task=CODE) for _ in range(2)]

    assert [shown(result) for result in results] == [
        [("TextMessage", "out")],
        [("TextMessage", FAILED)],
    ]


async def test_it_says_so_when_there_is_no_code() -> None:
    result = await executor_agent().run(task="No code")

    assert shown(result) == [("TextMessage", CodeExecutorAgent.NO_CODE_BLOCKS_FOUND_MESSAGE)]


async def test_it_runs_code_of_its_sources_only() -> None:
    agent = executor_agent(CodeResult(0, "out"), sources=["ann"])
    task: list[BaseChatMessage] = [
        TextMessage(content=CODE, source="bob"),
        TextMessage(content=BETTER_CODE, source="ann"),
        MultiModalMessage(content=[CODE], source="ann"),
    ]

    assert await agent.extract_code_blocks_from_messages(task) == [CodeBlock("2\n", "python")]


async def test_the_model_writes_the_code_and_tells_what_came_of_it() -> None:
    agent = executor_agent(CodeResult(0, "out"), replies=[CODE, "It is out"])

    result = await agent.run(task="Go")

    assert shown(result) == [
        ("CodeGenerationEvent", CODE),
        ("CodeExecutionEvent", "out"),
        ("TextMessage", "It is out"),
    ]
    assert await agent.model_context.get_messages() == [
        UserMessage(content="Go", source="user"),
        AssistantMessage(content=CODE, source="coder"),
        UserMessage(content="out", source="coder"),
        AssistantMessage(content="It is out", source="coder"),
    ]


async def test_what_the_model_says_without_code_is_the_answer() -> None:
    result = await executor_agent(replies=["No code needed"]).run(task="Go")

    assert shown(result) == [("TextMessage", "No code needed")]


async def test_a_failed_try_is_repeated_with_each_message_told_once() -> None:
    """E36: the task was told again with each try, and events were missing from the result."""
    decision = json.dumps({"reason": "Add one", "retry": True})
    results = CodeResult(1, "bad"), CodeResult(0, "out")
    agent = executor_agent(
        *results, replies=[CODE, decision, BETTER_CODE, "Done"], max_retries_on_error=2
    )

    result = await agent.run(task="Go")

    assert shown(result) == [
        ("CodeGenerationEvent", CODE),
        ("CodeExecutionEvent", FAILED),
        ("CodeGenerationEvent", "Attempt number: 1\nProposed correction: Add one"),
        ("CodeGenerationEvent", BETTER_CODE),
        ("CodeExecutionEvent", "out"),
        ("TextMessage", "Done"),
    ]
    told = await agent.model_context.get_messages()
    assert told.count(UserMessage(content="Go", source="user")) == 1


@pytest.mark.parametrize(
    ("replies", "retries"),
    [
        ([CODE, json.dumps({"reason": "Hopeless", "retry": False}), "Sorry"], 2),
        ([CODE, "Sorry"], 0),
    ],
)
async def test_it_gives_up_when_the_model_or_the_limit_says_so(
    replies: list[str], retries: int
) -> None:
    agent = executor_agent(CodeResult(1, "bad"), replies=replies, max_retries_on_error=retries)

    result = await agent.run(task="Go")

    assert shown(result) == [
        ("CodeGenerationEvent", CODE),
        ("CodeExecutionEvent", FAILED),
        ("TextMessage", "Sorry"),
    ]


async def deny(request: ApprovalRequest) -> ApprovalResponse:
    return ApprovalResponse(approved=False, reason=request.code)


async def test_code_that_is_not_approved_does_not_run() -> None:
    """E36."""
    agent = executor_agent(approval_func=deny)

    result = await agent.run(task=CODE)

    denied = "Code execution was not approved. Reason: ```python\n1\n\n```"
    assert shown(result) == [("TextMessage", denied)]


def test_it_warns_when_nobody_approves() -> None:
    with pytest.warns(UserWarning, match="No approval function set for CodeExecutorAgent"):
        executor_agent(approval_func=None)


async def test_its_state_is_the_conversation_which_a_reset_forgets() -> None:
    """E36, A10: upstream saves nothing, and forgets nothing."""
    agent, successor = executor_agent(replies=["Hi"]), executor_agent(replies=["Hi"])
    await agent.run(task="Go")

    await successor.load_state(json.loads(json.dumps(await agent.save_state())))
    told = await successor.model_context.get_messages()
    await successor.on_reset(CancellationToken())

    assert told == await agent.model_context.get_messages() != []
    assert await successor.model_context.get_messages() == []


async def test_a_state_of_upstream_loads() -> None:
    agent = executor_agent()

    await agent.load_state({"type": "BaseState", "version": "1.0.0"})

    assert await agent.model_context.get_messages() == []


async def test_the_token_stops_an_executor_that_ignores_it() -> None:
    begun, token = asyncio.Event(), CancellationToken()

    class Stuck(Scripted):
        async def execute_code_blocks(self, *_: Any, **__: Any) -> CodeResult:
            begun.set()
            await asyncio.Event().wait()
            return CodeResult(0, "")

    agent = CodeExecutorAgent("coder", Stuck(), approval_func=approve)
    turn = asyncio.create_task(agent.run(task=CODE, cancellation_token=token))
    await begun.wait()

    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await turn


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({}, "model_client.model_info must be provided when max_retries_on_error > 0"),
        (
            {"model_client": ReplayChatCompletionClient([])},
            "Specified model_client doesn't support structured output mode",
        ),
    ],
)
def test_retries_need_a_model_that_can_decide(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        executor_agent(max_retries_on_error=1, **options)


def test_an_approval_function_is_not_left_out_of_its_form_in_silence() -> None:
    with pytest.raises(ValueError, match="Cannot serialize CodeExecutorAgent with approval_func"):
        executor_agent().dump_component()


@pytest.mark.filterwarnings("ignore:No approval function set")
def test_it_comes_back_from_its_form() -> None:
    agent = executor_agent(approval_func=None, replies=["Hi"], max_retries_on_error=2)
    form = agent.dump_component()

    loaded = CodeExecutorAgent.load_component(form, allow=[Scripted.__module__])

    assert loaded.dump_component() == form
    assert form.config["max_retries_on_error"] == 2
