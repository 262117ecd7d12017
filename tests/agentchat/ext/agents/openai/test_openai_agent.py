"""OpenAIAgent against a server on this machine that speaks the Responses API."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agentchat.base import Response as Answer
from agentchat.core import CancellationToken, FunctionCall, Image
from agentchat.core._component_arguments import NotConfigurable
from agentchat.core.models import FunctionExecutionResult, RequestUsage
from agentchat.ext.agents.openai import OpenAIAgent
from agentchat.messages import (
    MultiModalMessage,
    TextMessage,
    ThoughtEvent,
    ToolCallExecutionEvent,
    ToolCallRequestEvent,
    ToolCallSummaryMessage,
)
from agentchat.usage import UsageLedger
from harness.server import listening
from tests.agentchat.ext.models.vendor import PIXEL

USAGE = {
    "input_tokens": 10,
    "output_tokens": 5,
    "input_tokens_details": {"cached_tokens": 4},
    "output_tokens_details": {"reasoning_tokens": 3},
}


class Server:
    """Answers one request after the other, and keeps what it was sent."""

    def __init__(self, replies: Sequence[Any]) -> None:
        self.replies = list(replies)
        self.bodies: list[dict[str, Any]] = []

    async def responses(self, request: Request) -> Response:
        self.bodies.append(json.loads(await request.body()))
        reply = self.replies.pop(0)
        if isinstance(reply, int):
            error = {"error": {"message": "out of order", "code": "broken"}}
            return JSONResponse(error, reply, {"x-should-retry": "false"})
        number = len(self.bodies)
        body = {"id": f"resp_{number}", "status": "completed", "output": reply, "usage": USAGE}
        return JSONResponse(body)


@asynccontextmanager
async def serving(*replies: Any) -> AsyncIterator[tuple[AsyncOpenAI, Server]]:
    server = Server(replies)
    app = Starlette(routes=[Route("/v1/responses", server.responses, methods=["POST"])])
    with listening(app) as url:
        async with AsyncOpenAI(api_key="sk-test", base_url=f"{url}/v1") as client:
            yield client, server


def says(text: str) -> dict[str, Any]:
    return {"type": "message", "content": [{"type": "output_text", "text": text}]}


def calls(name: str, call_id: str = "call_1", **arguments: Any) -> dict[str, Any]:
    return {
        "type": "function_call",
        "call_id": call_id,
        "name": name,
        "arguments": json.dumps(arguments),
    }


def agent_of(client: AsyncOpenAI, **settings: Any) -> OpenAIAgent:
    return OpenAIAgent(
        **{
            "name": "helper",
            "description": "Helps.",
            "client": client,
            "model": "gpt-4.1",
            "instructions": "Be brief.",
            **settings,
        }
    )


async def asked(agent: OpenAIAgent, *messages: Any) -> Answer:
    said = [
        TextMessage(content=each, source="user") if isinstance(each, str) else each
        for each in messages
    ]
    return await agent.on_messages(said, CancellationToken())


def weather(city: str) -> str:
    """Tells the weather."""
    return f"sunny in {city}"


async def test_an_answer_comes_with_its_cost() -> None:
    async with serving([says("Hello")]) as (client, server):
        with UsageLedger() as ledger:
            answer = await asked(agent_of(client), "Hi")

    message = answer.chat_message
    assert isinstance(message, TextMessage)
    assert (message.content, message.models_usage) == ("Hello", RequestUsage(10, 5))
    assert server.bodies == [
        {
            "model": "gpt-4.1",
            "instructions": "Be brief.",
            "input": [{"role": "user", "content": "Hi"}],
            "store": True,
            "truncation": "disabled",
        }
    ]
    (call,) = ledger.calls
    assert (call.model, call.cached_tokens, call.reasoning_tokens) == ("gpt-4.1", 4, 3)


async def test_a_server_that_keeps_the_conversation_is_told_only_what_is_new() -> None:
    async with serving([says("one")], [says("two")]) as (client, server):
        agent = agent_of(client)
        await asked(agent, "first")
        await asked(agent, "second")

    assert server.bodies[1]["input"] == [{"role": "user", "content": "second"}]
    assert server.bodies[1]["previous_response_id"] == "resp_1"


async def test_a_server_that_keeps_nothing_is_told_everything() -> None:
    async with serving([says("one")], [says("two")]) as (client, server):
        agent = agent_of(client, store=False)
        await asked(agent, "first")
        await asked(agent, "second")

    assert "previous_response_id" not in server.bodies[1]
    assert server.bodies[1]["input"] == [
        {"role": "user", "content": "first"},
        {"role": "assistant", "content": "one"},
        {"role": "user", "content": "second"},
    ]


async def test_an_error_becomes_the_answer_and_its_question_is_asked_again() -> None:
    async with serving(400, [says("two")]) as (client, server):
        agent = agent_of(client)
        failed = await asked(agent, "first")
        await asked(agent, "second")

    assert isinstance(failed.chat_message, TextMessage)
    assert failed.chat_message.content.startswith("Error generating response: Error code: 400")
    assert [item["content"] for item in server.bodies[1]["input"]] == ["first", "second"]


async def test_local_tools_are_called_until_there_is_an_answer() -> None:
    reasoning = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Look it up."}]}
    asks = [reasoning, calls("weather", city="Oslo")]
    async with serving(asks, [says("Sunny.")]) as (client, server):
        answer = await asked(agent_of(client, tools=[weather]), "Weather?")

    call = FunctionCall(id="call_1", name="weather", arguments='{"city": "Oslo"}')
    result = FunctionExecutionResult(
        content="sunny in Oslo", name="weather", call_id="call_1", is_error=False
    )
    kinds = [
        (type(event), getattr(event, "content", None)) for event in answer.inner_messages or ()
    ]
    assert kinds == [
        (ThoughtEvent, "Look it up."),
        (ToolCallRequestEvent, [call]),
        (ToolCallExecutionEvent, [result]),
    ]
    assert server.bodies[1]["previous_response_id"] == "resp_1"
    assert server.bodies[1]["input"] == [
        {"type": "function_call_output", "call_id": "call_1", "output": "sunny in Oslo"}
    ]


async def test_a_tool_that_fails_is_told_of() -> None:
    async with serving([calls("missing")], [says("Oh.")]) as (client, server):
        await asked(agent_of(client, store=False), "Try")

    assert server.bodies[1]["input"][1:] == [
        calls("missing"),
        {
            "type": "function_call_output",
            "call_id": "call_1",
            "output": "Error: tool 'missing' not found in any workbench",
        },
    ]


async def test_rounds_of_calls_come_to_an_end() -> None:
    asks = [calls("weather", city="Oslo")]
    async with serving(asks, asks) as (client, server):
        answer = await asked(agent_of(client, tools=[weather], max_tool_iterations=2), "Weather?")

    assert isinstance(answer.chat_message, ToolCallSummaryMessage)
    assert answer.chat_message.content == "sunny in Oslo"
    assert len(server.bodies) == 2


async def test_a_call_that_was_cancelled_has_a_result_for_the_next_turn() -> None:
    token = CancellationToken()

    async def wait() -> str:
        """Waits."""
        token.cancel()
        await asyncio.Event().wait()
        return "never"

    async with serving([calls("wait")], [says("Fine.")]) as (client, server):
        agent = agent_of(client, tools=[wait])
        with pytest.raises(asyncio.CancelledError):
            await agent.on_messages([TextMessage(content="Wait", source="user")], token)
        await asked(agent, "Go on")

    assert server.bodies[1]["input"] == [
        {
            "type": "function_call_output",
            "call_id": "call_1",
            "output": "Error: the call ended without a result",
        },
        {"role": "user", "content": "Go on"},
    ]


async def test_images_travel_both_ways() -> None:
    drawn = {"type": "image_generation_call", "result": PIXEL}
    question = MultiModalMessage(content=["Like this:", Image.from_base64(PIXEL)], source="user")
    async with serving([drawn, says("Here.")]) as (client, server):
        answer = await asked(agent_of(client, tools=["image_generation"]), question)

    assert isinstance(answer.chat_message, MultiModalMessage)
    assert answer.chat_message.content == ["Here.", Image.from_base64(PIXEL)]
    assert server.bodies[0]["input"][0]["content"] == [
        {"type": "input_text", "text": "Like this:"},
        {
            "type": "input_image",
            "image_url": f"data:image/png;base64,{PIXEL}",
            "detail": "auto",
        },
    ]


async def test_a_conversation_goes_on_after_it_was_saved() -> None:
    async with serving([says("one")], [says("two")]) as (client, server):
        first, second = agent_of(client), agent_of(client)
        await asked(first, "first")
        await second.load_state(await first.save_state())
        await asked(second, "second")

    assert server.bodies[1]["previous_response_id"] == "resp_1"
    assert server.bodies[1]["input"] == [{"role": "user", "content": "second"}]


async def test_a_state_of_upstream_is_taken_up() -> None:
    state = {
        "type": "OpenAIAgentState",
        "response_id": "resp_0",
        "history": [{"role": "user", "content": "first"}],
    }
    async with serving([says("two")]) as (client, server):
        agent = agent_of(client)
        await agent.load_state(state)
        await asked(agent, "second")

    assert server.bodies[0]["previous_response_id"] == "resp_0"
    assert server.bodies[0]["input"] == [{"role": "user", "content": "second"}]


async def test_a_reset_begins_a_new_conversation() -> None:
    async with serving([says("one")], [says("two")]) as (client, server):
        agent = agent_of(client)
        await asked(agent, "first")
        await agent.on_reset(CancellationToken())
        await asked(agent, "second")

    assert "previous_response_id" not in server.bodies[1]


def test_a_configuration_makes_the_same_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    client = AsyncOpenAI(base_url="http://localhost:1/v1")
    search = {"type": "file_search", "vector_store_ids": ["vs_1"]}
    agent = agent_of(client, tools=["web_search_preview", search, weather], json_mode=True)

    saved = agent.dump_component()
    with pytest.warns(UserWarning, match="SECURITY WARNING"):
        loaded = OpenAIAgent.load_component(saved, allow=["agentchat.core.tools.FunctionTool"])

    assert saved.provider == "agentchat.ext.agents.openai.OpenAIAgent"
    assert loaded.tools == agent.tools
    assert loaded.to_config() == agent.to_config()


def test_a_client_of_azure_has_no_configuration() -> None:
    client = AsyncAzureOpenAI(api_key="k", api_version="1", azure_endpoint="http://localhost:1")

    with pytest.raises(NotConfigurable, match=r"OpenAIAgent\(client=\.\.\.\)"):
        agent_of(client).dump_component()


@pytest.mark.parametrize(
    ("tool", "error"),
    [
        ("file_search", r"Required parameters for file_search: vector_store_ids \(List\[str\]\)"),
        ("telepathy", "Unsupported built-in tool type: telepathy"),
        ("local_shell", "only supported with model 'codex-mini-latest'"),
        (42, "Unsupported tool type: <class 'int'>"),
    ],
)
def test_refuses_tools_that_it_can_not_have(tool: Any, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        agent_of(AsyncOpenAI(api_key="sk-test"), tools=[tool])
