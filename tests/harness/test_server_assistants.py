"""The scripted Assistants API, used by the agent that is made for it."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest
from openai import AsyncOpenAI, OpenAI

from agentchat.core import CancellationToken
from agentchat.core._world import SystemWorld, entered
from agentchat.ext.agents.openai import AssistantRunEnded, OpenAIAssistantAgent
from agentchat.messages import TextMessage
from harness.script import HttpFailure, Reply, Script, Tokens, When
from harness.server import serving

HI = [TextMessage(content="What is the weather in Oslo?", source="user")]


class InstantWorld(SystemWorld):
    """Waits for nothing."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


def weather(city: str) -> str:
    """Tells the weather."""
    return f"sunny in {city}"


def agent_of(client: AsyncOpenAI, **settings: Any) -> OpenAIAssistantAgent:
    return OpenAIAssistantAgent(
        **{
            "name": "helper",
            "description": "Helps.",
            "client": client,
            "model": "gpt-4o",
            "instructions": "Be brief.",
            **settings,
        }
    )


async def answered(*replies: Reply, turns: int = 1, **settings: Any) -> list[Any]:
    with serving(Script(replies=replies)) as url, entered(InstantWorld()):
        async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:
            agent = agent_of(client, **settings)
            return [await agent.on_messages(HI, CancellationToken()) for _ in range(turns)]


async def test_an_assistant_says_what_the_script_does() -> None:
    when = When(model="gpt-4o", system="Be brief.", last="Oslo")

    [answer] = await answered(Reply(when=when, say="Sunny.", usage=Tokens(prompt=9, completion=2)))

    assert answer.chat_message.content == "Sunny."
    assert answer.chat_message.models_usage.prompt_tokens == 9


async def test_calls_are_made_and_their_results_are_what_the_next_reply_is_for() -> None:
    [answer] = await answered(
        Reply(when=When(tool="weather"), call={"weather": {"city": "Oslo"}}),
        Reply(when=When(last="sunny in Oslo"), call={"weather": {"city": "Rome"}}),
        Reply(when=When(last="sunny in Rome"), say="Sunny in both."),
        tools=[weather],
    )

    requests = [event.content for event in answer.inner_messages if "Request" in event.type]
    assert answer.chat_message.content == "Sunny in both."
    assert [calls[0].arguments for calls in requests] == ['{"city":"Oslo"}', '{"city":"Rome"}']
    assert len({calls[0].id for calls in requests}) == 2


async def test_a_thread_goes_on() -> None:
    answers = await answered(Reply(say="Sunny."), Reply(say="Still sunny."), turns=2)

    assert [each.chat_message.content for each in answers] == ["Sunny.", "Still sunny."]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(fail=HttpFailure(status=429, message="slow")), "failed: rate_limit_exceeded: slow"),
        (Reply(say="and", finish="length"), "incomplete: max_completion_tokens"),
    ],
)
async def test_a_failure_ends_the_run(reply: Reply, error: str) -> None:
    with pytest.raises(AssistantRunEnded, match=error):
        await answered(reply)


async def test_files_are_uploaded_searched_and_deleted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    token = CancellationToken()

    with serving(Script()) as url, entered(InstantWorld()):
        async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:
            agent = agent_of(client, tools=["file_search", "code_interpreter"])
            await agent.on_upload_for_file_search(str(tmp_path / "a.txt"), token)
            [uploaded] = (await client.files.list()).data
            content = await client.files.content(uploaded.id)
            await agent.delete_uploaded_files(token)
            await agent.delete_vector_store(token)
            await agent.on_reset(token)
            await agent.delete_assistant(token)
            left = (await client.files.list()).data

    assert (uploaded.filename, uploaded.bytes, uploaded.purpose) == ("a.txt", 5, "assistants")
    assert (content.content, left) == (b"hello", [])


@pytest.fixture
def api() -> Any:
    with serving(Script(replies=(Reply(say="Sunny."),))) as url, httpx2.Client(base_url=url) as it:
        it.post("/assistants", json={"model": "gpt-4o"})
        yield it


def test_a_thread_and_its_run_can_be_made_at_once(api: httpx2.Client) -> None:
    thread = {"messages": [{"role": "user", "content": "Hi"}]}
    run = api.post("/threads/runs", json={"assistant_id": "asst_1", "thread": thread}).json()

    done = api.get(f"/threads/{run['thread_id']}/runs/{run['id']}").json()
    said = api.get(f"/threads/{run['thread_id']}/messages").json()

    assert (run["status"], done["status"]) == ("queued", "completed")
    texts = [message["content"][0]["text"]["value"] for message in said["data"]]
    assert texts == ["Sunny.", "Hi"]


def test_a_run_that_is_cancelled_takes_no_reply(api: httpx2.Client) -> None:
    run = api.post("/threads/runs", json={"assistant_id": "asst_1"}).json()
    path = f"/threads/thread_1/runs/{run['id']}"

    statuses = [api.post(f"{path}/cancel").json()["status"], api.get(path).json()["status"]]

    assert statuses == ["cancelling", "cancelled"]


def test_lists_come_in_pages(api: httpx2.Client) -> None:
    api.post("/threads", json={"messages": [{"role": "user", "content": str(n)} for n in range(3)]})
    path = "/threads/thread_1/messages"

    first = api.get(path, params={"order": "asc", "limit": 2}).json()
    rest = api.get(path, params={"order": "asc", "after": first["last_id"]}).json()

    assert [each["id"] for each in first["data"]] == ["msg_1", "msg_2"]
    assert ([each["id"] for each in rest["data"]], rest["has_more"]) == (["msg_3"], False)


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/threads/thread_9", "not_found"),
        ("DELETE", "/files/file_9", "not_found"),
        ("GET", "/threads/thread_9/messages", "not_found"),
        ("GET", "/files/file_9/content", "not_found"),
        ("GET", "/fine_tuning/jobs", "not_served"),
        ("PATCH", "/threads", "not_served"),
        ("POST", "/threads/runs", "malformed"),
    ],
)
def test_what_is_not_there_is_named(api: httpx2.Client, method: str, path: str, code: str) -> None:
    answer = api.request(method, path)

    assert answer.json()["error"]["code"] == code


def test_the_sdks_own_uploads_are_understood() -> None:
    with serving(Script()) as url, OpenAI(base_url=url, api_key="none") as sdk:
        file = sdk.files.create(file=("ä b.bin", b"\x00\r\n\r\n--x\xff"), purpose="assistants")
        content = sdk.files.content(file.id).content

    assert (file.filename, content) == ("ä b.bin", b"\x00\r\n\r\n--x\xff")
