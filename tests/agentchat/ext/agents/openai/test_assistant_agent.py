"""OpenAIAssistantAgent against a server on this machine that speaks the Assistants API."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agentchat.core import CancellationToken, FunctionCall, Image
from agentchat.core._world import SystemWorld, entered
from agentchat.core.models import FunctionExecutionResult, RequestUsage
from agentchat.ext.agents.openai import AssistantRunEnded, OpenAIAssistantAgent
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import (
    MultiModalMessage,
    TextMessage,
    ToolCallExecutionEvent,
    ToolCallRequestEvent,
)
from agentchat.usage import UsageLedger
from harness.server import listening
from tests.agentchat.ext.models.vendor import PIXEL

USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "prompt_token_details": {"cached_tokens": 4}}
DONE = {"status": "completed", "usage": USAGE}


class InstantWorld(SystemWorld):
    """Waits for nothing."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


class Server:
    """The part of the Assistants API that an agent uses, kept in memory.

    A run goes through the given steps: what it is at first, at the next poll, and so on.
    """

    def __init__(self, steps: Sequence[dict[str, Any]], answer: str = "Hello") -> None:
        self.steps = list(steps)
        self.answer = answer
        self.things: dict[str, dict[str, Any]] = {}
        self.messages: list[dict[str, Any]] = []
        self.seen: list[tuple[str, str]] = []
        self.bodies: list[Any] = []
        self.batch_statuses = ["in_progress", "completed"]

    def made(self, kind: str, **fields: Any) -> dict[str, Any]:
        number = sum(name.startswith(f"{kind}_") for name in self.things) + 1
        thing = {"id": f"{kind}_{number}", **fields}
        self.things[thing["id"]] = thing
        return thing

    async def handle(self, request: Request) -> Response:
        path = request.url.path.removeprefix("/v1")
        self.seen.append((request.method, path))
        content = await request.body()
        is_json = request.headers.get("content-type") == "application/json"
        body = json.loads(content) if content and is_json else {}
        self.bodies.append(body)
        made = self.created(request.method, path.strip("/").split("/"), body)
        return made or self.used(request, path.strip("/").split("/"), body)

    def created(self, method: str, path: list[str], body: Any) -> Response | None:
        match method, path:
            case "POST", ["assistants"]:
                return JSONResponse(self.made("asst", **body))
            case "POST", ["threads"]:
                return JSONResponse(self.made("thread"))
            case "POST", ["files"]:
                return JSONResponse(self.made("file", object="file", **FILE))
            case "POST", ["vector_stores"]:
                return JSONResponse(self.made("vs"))
        return None

    def used(self, request: Request, path: list[str], body: Any) -> Response:
        match request.method, path:
            case _, ["vector_stores", _, "file_batches", *_]:
                return JSONResponse({"id": "batch_1", "status": self.batch_statuses.pop(0)})
            case _, ["threads", _, "messages", *rest]:
                return self.handle_messages(request, rest, body)
            case _, ["threads", _, "runs", *_]:
                return self.handle_run(path[-1])
            case "DELETE", [*_, name]:
                return self.deleted(name)
            case _, [*_, name]:
                return JSONResponse(self.things.setdefault(name, {"id": name}) | body)
        raise AssertionError(path)

    def deleted(self, name: str) -> Response:
        if self.things.pop(name, None) is None:
            error = {"error": {"message": "no such thing"}}
            return JSONResponse(error, 404, {"x-should-retry": "false"})
        return JSONResponse({"id": name, "deleted": True, "object": "file"})

    def handle_run(self, action: str) -> Response:
        if action == "cancel":
            return JSONResponse({"id": "run_1", "status": "cancelling"})
        step = self.steps.pop(0)
        if step["status"] == "completed":
            text = [{"type": "text", "text": {"value": self.answer}}] if self.answer else []
            self.messages.append({"id": f"msg_{len(self.messages)}", "content": text, "run": True})
        return JSONResponse({"id": "run_1", **step})

    def handle_messages(self, request: Request, rest: list[str], body: Any) -> Response:
        if request.method == "POST":
            self.messages.append({"id": f"msg_{len(self.messages)}", **body})
            return JSONResponse(self.messages[-1])
        if request.method == "DELETE":
            self.messages = [each for each in self.messages if each["id"] != rest[0]]
            return JSONResponse({"id": rest[0], "deleted": True})
        if request.query_params["order"] == "desc":
            return JSONResponse({"data": [each for each in self.messages if "run" in each][-1:]})
        ids = [each["id"] for each in self.messages]
        after = request.query_params.get("after")
        start = ids.index(after) + 1 if after else 0
        # Pages of two, however many were asked for.
        page = self.messages[start : start + 2]
        return JSONResponse({"data": page, "has_more": start + 2 < len(ids)})


FILE = {
    "bytes": 1,
    "created_at": 1,
    "filename": "a",
    "purpose": "assistants",
    "status": "processed",
}


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[AsyncOpenAI]:
    methods = ["GET", "POST", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", server.handle, methods=methods)])
    with listening(app) as url, entered(InstantWorld()):
        async with AsyncOpenAI(api_key="sk-test", base_url=f"{url}/v1") as client:
            yield client


def agent_of(client: Any, **settings: Any) -> OpenAIAssistantAgent:
    return OpenAIAssistantAgent(
        **{
            "name": "helper",
            "description": "Helps.",
            "client": client,
            "model": "gpt-4.1",
            "instructions": "Be brief.",
            **settings,
        }
    )


def wants(*calls: tuple[str, str]) -> dict[str, Any]:
    asked = [
        {"id": f"call_{name}", "type": "function", "function": {"name": name, "arguments": text}}
        for name, text in calls
    ]
    action = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": asked}}
    return {"status": "requires_action", "required_action": action}


def weather(city: str) -> str:
    """Tells the weather."""
    return f"sunny in {city}"


HI = [TextMessage(content="Hi", source="user")]


async def test_an_answer_is_waited_for_and_comes_with_its_cost() -> None:
    server = Server([{"status": "queued"}, {"status": "in_progress"}, DONE])

    async with serving(server) as client:
        agent = agent_of(client, tools=["code_interpreter", weather])
        with UsageLedger() as ledger:
            answer = await agent.on_messages(HI, CancellationToken())

    assert isinstance(answer.chat_message, TextMessage)
    assert answer.chat_message.content == "Hello"
    assert answer.chat_message.models_usage == RequestUsage(10, 5)
    assert [(call.model, call.cached_tokens) for call in ledger.calls] == [("gpt-4.1", 4)]
    assert [tool["type"] for tool in server.things["asst_1"]["tools"]] == [
        "code_interpreter",
        "function",
    ]


async def test_calls_are_made_and_their_results_submitted() -> None:
    asks = wants(("weather", '{"city": "Oslo"}'), ("missing", "{}"))
    server = Server([asks, {"status": "in_progress"}, DONE])

    async with serving(server) as client:
        answer = await agent_of(client, tools=[weather]).on_messages(HI, CancellationToken())

    calls = [
        FunctionCall(id="call_weather", name="weather", arguments='{"city": "Oslo"}'),
        FunctionCall(id="call_missing", name="missing", arguments="{}"),
    ]
    results = [
        FunctionExecutionResult(
            content="sunny in Oslo", name="weather", call_id="call_weather", is_error=False
        ),
        FunctionExecutionResult(
            content="Error: tool 'missing' not found in any workbench",
            name="missing",
            call_id="call_missing",
            is_error=True,
        ),
    ]
    events = [(type(event), getattr(event, "content", 0)) for event in answer.inner_messages or ()]
    assert events == [(ToolCallRequestEvent, calls), (ToolCallExecutionEvent, results)]
    outputs = [{"tool_call_id": each.call_id, "output": each.content} for each in results]
    assert {"tool_outputs": outputs} in server.bodies


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (
            {"status": "failed", "last_error": {"code": "server_error", "message": "Sorry."}},
            r"Run failed: server_error: Sorry. \(run_1\)",
        ),
        ({"status": "expired"}, r"Run expired: the server gives no reason \(run_1\)"),
        ({"status": "cancelled"}, "Run cancelled"),
        (
            {"status": "incomplete", "incomplete_details": {"reason": "max_prompt_tokens"}},
            "Run incomplete: max_prompt_tokens",
        ),
    ],
)
async def test_a_run_without_an_answer_is_an_error(step: dict[str, Any], error: str) -> None:
    async with serving(Server([step])) as client:
        with pytest.raises(AssistantRunEnded, match=error):
            await agent_of(client).on_messages(HI, CancellationToken())


async def test_an_empty_answer_is_an_error() -> None:
    server = Server([DONE], answer="")

    async with serving(server) as client:
        with pytest.raises(ValueError, match="No content in the last"):
            await agent_of(client).on_messages(HI, CancellationToken())


async def test_cancelling_frees_the_thread() -> None:
    token = CancellationToken()

    async def wait() -> str:
        """Waits."""
        token.cancel()
        await asyncio.Event().wait()
        return "never"

    server = Server([wants(("wait", "{}"))])
    async with serving(server) as client:
        with pytest.raises(asyncio.CancelledError):
            await agent_of(client, tools=[wait]).on_messages(HI, token)

    assert server.seen[-1] == ("POST", "/threads/thread_1/runs/run_1/cancel")


async def test_an_image_is_sent_as_a_data_uri() -> None:
    server = Server([DONE])
    question = MultiModalMessage(content=["Look:", Image.from_base64(PIXEL)], source="user")

    async with serving(server) as client:
        await agent_of(client).on_messages([question], CancellationToken())

    assert server.messages[0]["content"] == [
        {"type": "text", "text": "Look:"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
    ]


async def test_a_reset_leaves_what_was_there_from_the_start() -> None:
    server = Server([DONE, DONE])
    server.messages = [{"id": "old_1"}, {"id": "old_2"}, {"id": "old_3"}]

    async with serving(server) as client:
        agent = agent_of(client, thread_id="thread_0")
        await agent.on_messages(HI, CancellationToken())
        await agent.on_reset(CancellationToken())

    assert [message["id"] for message in server.messages] == ["old_1", "old_2", "old_3"]


async def test_what_was_said_before_it_was_saved_is_still_reset_afterwards() -> None:
    server = Server([DONE])

    async with serving(server) as client:
        first, second = agent_of(client), agent_of(client)
        await first.on_messages(HI, CancellationToken())
        await second.load_state(await first.save_state())
        await second.on_reset(CancellationToken())
        await second.delete_assistant(CancellationToken())

    assert server.messages == []
    assert "asst_1" not in server.things


async def test_files_are_given_to_the_code_interpreter(tmp_path: Path) -> None:
    server = Server([])
    (tmp_path / "a.csv").write_text("1,2")

    async with serving(server) as client:
        agent = agent_of(client, tools=["code_interpreter"])
        await agent.on_upload_for_code_interpreter(str(tmp_path / "a.csv"), CancellationToken())
        await agent.delete_uploaded_files(CancellationToken())

    assert server.bodies[-2] == {
        "tool_resources": {"code_interpreter": {"file_ids": ["file_1"]}},
    }
    assert server.seen[-1] == ("DELETE", "/files/file_1")


async def test_files_are_made_searchable(tmp_path: Path) -> None:
    server = Server([])
    (tmp_path / "a.txt").write_text("hello")

    async with serving(server) as client:
        agent = agent_of(client, tools=["file_search"])
        await agent.on_upload_for_file_search([str(tmp_path / "a.txt")], CancellationToken())
        await agent.delete_vector_store(CancellationToken())

    search = {"file_search": {"vector_store_ids": ["vs_1"]}}
    assert {"tool_resources": search} in server.bodies
    assert {"file_ids": ["file_1"]} in server.bodies
    assert "vs_1" not in server.things


async def test_files_that_can_not_be_searched_are_an_error(tmp_path: Path) -> None:
    server = Server([])
    server.batch_statuses = ["failed"]
    (tmp_path / "a.txt").write_text("hello")

    async with serving(server) as client:
        with pytest.raises(ValueError, match="the batch is failed"):
            await agent_of(client, tools=["file_search"]).on_upload_for_file_search(
                str(tmp_path / "a.txt"), CancellationToken()
            )


async def test_what_can_not_be_deleted_is_kept_in_mind(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(Server([])) as client:
        agent = agent_of(client)
        await agent.load_state({"uploaded_file_ids": ["file_9"]})
        await agent.delete_uploaded_files(CancellationToken())
        state = await agent.save_state()

    assert state["uploaded_file_ids"] == ["file_9"]
    assert "Failed to delete file file_9" in caplog.text


async def test_searching_needs_the_tool_for_it() -> None:
    agent = agent_of(AsyncOpenAI(api_key="sk-test"), tools=["code_interpreter"])

    with pytest.raises(ValueError, match="File search is not enabled for this assistant"):
        await agent.on_upload_for_file_search("a.txt", CancellationToken())


def test_refuses_a_client_of_another_kind() -> None:
    with pytest.raises(ValueError, match="Incorrect client passed to OpenAIAssistantAgent"):
        agent_of(ReplayChatCompletionClient([]))
