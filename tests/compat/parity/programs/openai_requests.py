"""What an OpenAI client sends, and what it makes of the answers: over HTTP on this machine."""

import asyncio
import json
from contextlib import asynccontextmanager

from pydantic import BaseModel

from agentchat.core import FunctionCall
from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.core.tools import FunctionTool
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from tests.compat.parity.cast import info
from tests.compat.parity.observation import attempt, outcome_of, plain, show, warned_by
from tests.compat.parity.programs.models_and_pictures import picture


def answer(content="hello", finish="stop", model="gpt-4o-2024-08-06", **message):
    choice = {
        "index": 0,
        "finish_reason": finish,
        "message": {"role": "assistant", "content": content, **message},
    }
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [choice],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    }


def tool_call(name="add", arguments='{"a": 1, "b": 2}'):
    return {"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}}


def chunk(finish=None, usage=None, choices=True, **delta):
    return {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-4o-2024-08-06",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}] if choices else [],
        "usage": usage,
    }


def head_of(raw):
    lines = raw.decode().split("\r\n")
    return {
        name.lower(): value
        for name, _, value in (line.partition(": ") for line in lines[1:] if line)
    }


@asynccontextmanager
async def serving(*answers):
    """An endpoint that gives the answers in turn, and the requests it was sent."""
    requests, left = [], list(answers)

    async def handle(reader, writer):
        try:
            while True:
                head = head_of(await reader.readuntil(b"\r\n\r\n"))
                requests.append(json.loads(await reader.readexactly(int(head["content-length"]))))
                reply = left.pop(0)
                if isinstance(reply, list):
                    events = [f"data: {json.dumps(each)}\n\n" for each in reply]
                    body = "".join([*events, "data: [DONE]\n\n"]).encode()
                    kind = b"text/event-stream"
                else:
                    body, kind = json.dumps(reply).encode(), b"application/json"
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: "
                    + kind
                    + b"\r\ncontent-length: "
                    + str(len(body)).encode()
                    + b"\r\n\r\n"
                    + body
                )
                await writer.drain()
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", requests
    finally:
        server.close()


def client_of(url, **options):
    options.setdefault("model", "gpt-4o")
    return OpenAIChatCompletionClient(api_key="sk-none", base_url=url, max_retries=0, **options)


async def exchange(messages, reply=None, options=None, **arguments):
    async with serving(reply or answer()) as (url, requests):
        client = client_of(url, **(options or {}))
        result = await outcome_of(client.create(messages, **arguments))
        usage = [plain(client.total_usage()), plain(client.actual_usage())]
        await client.close()
    return {"sent": requests, "result": plain(result), "usage": usage}


async def streamed(messages, chunks, options=None, **arguments):
    async with serving(chunks) as (url, requests):
        client = client_of(url, **(options or {}))
        seen = []
        try:
            async for piece in client.create_stream(messages, **arguments):
                seen.append(plain(piece))
        except Exception as error:
            seen.append([type(error).__name__, str(error)])
        await client.close()
    return {"sent": requests, "seen": seen}


def add(a: int, b: int = 2) -> int:
    """Adds two numbers."""
    return a + b


TOOL = FunctionTool(add, description="Adds.")
STRICT = FunctionTool(lambda: None, name="strict", description="Strict.", strict=True)
ASKED = [UserMessage(content="hi", source="user")]
CALL = FunctionCall(id="c1", name="add", arguments='{"a": 1}')


class Verdict(BaseModel):
    text: str


async def conversations():
    result = FunctionExecutionResult(content="3", name="add", call_id="c1", is_error=False)
    long = [
        SystemMessage(content="Be kind."),
        UserMessage(content="hi", source="person"),
        AssistantMessage(content="hello", source="helper"),
        AssistantMessage(content=[CALL], source="helper", thought="I add."),
        FunctionExecutionResultMessage(content=[result, result]),
        UserMessage(content=["look", picture()], source="user"),
    ]
    return [
        await exchange(long),
        await exchange(long[:3], options={"add_name_prefixes": True}),
        await exchange(long[:3], options={"include_name_in_message": False}),
        await exchange(
            [AssistantMessage(content=[CALL], source="h"), AssistantMessage(content="", source="h")]
        ),
    ]


async def a_name_that_the_api_does_not_take():
    return await exchange([UserMessage(content="hi", source="a person")])


async def settings():
    options = {
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 9,
        "seed": 7,
        "stop": ["END"],
        "frequency_penalty": 0.1,
        "presence_penalty": 0.2,
        "user": "me",
        "logit_bias": {"1": 2},
    }
    return [
        await exchange(ASKED, options=options),
        await exchange(ASKED, extra_create_args={"temperature": 0.1, "n": 1}),
        await exchange(ASKED, options={"parallel_tool_calls": False}, tools=[TOOL]),
        await exchange(ASKED, extra_create_args={"nonsense": 1}),
    ]


async def tools():
    calling = answer(None, "tool_calls", tool_calls=[tool_call(), tool_call("other", "{}")])
    return [
        await exchange(ASKED, calling, tools=[TOOL]),
        await exchange(ASKED, tools=[TOOL], tool_choice="required"),
        await exchange(ASKED, tools=[TOOL], tool_choice="none"),
        await exchange(ASKED, tools=[TOOL], tool_choice=TOOL),
        await exchange(ASKED, tools=[STRICT], tool_choice=TOOL),
        await exchange(ASKED, tool_choice="required"),
        await exchange(
            ASKED, answer("I think.", "tool_calls", tool_calls=[tool_call()]), tools=[TOOL]
        ),
        await exchange(ASKED, options={"model_info": info(function_calling=False)}, tools=[TOOL]),
    ]


async def forms_of_answers():
    verdict = answer('{"text": "fine"}')
    return [
        await exchange(ASKED, verdict, json_output=True),
        await exchange(ASKED, verdict, json_output=False),
        await exchange(ASKED, verdict, json_output=Verdict),
        await exchange(ASKED, json_output=True, options={"model_info": info(json_output=False)}),
        await exchange(
            ASKED, json_output=Verdict, options={"model_info": info(structured_output=False)}
        ),
        await exchange(ASKED, extra_create_args={"response_format": {"type": "json_object"}}),
    ]


async def answers():
    reasons = ("length", "content_filter", "function_call", "stop", "odd")
    r1 = {"model_info": info("r1")}
    return [
        [(await exchange(ASKED, answer(finish=each)))["result"] for each in reasons],
        (await exchange(ASKED, answer("<think>hm</think>so"), options=r1))["result"],
        (await exchange(ASKED, answer("no thought"), options=r1))["result"],
        (await exchange(ASKED, answer("x", reasoning_content="because")))["result"],
        (await exchange(ASKED, answer(None)))["result"],
    ]


async def refused_messages():
    blind = {"model_info": info(vision=False)}
    one_system = {"model_info": info(multiple_system_messages=False)}
    spread = [SystemMessage(content="a"), *ASKED, SystemMessage(content="b")]
    return [
        await exchange([UserMessage(content=[picture()], source="u")], options=blind),
        await exchange([SystemMessage(content="a"), *spread[:2]], options=one_system),
        await exchange(spread, options=one_system),
        attempt(lambda: OpenAIChatCompletionClient(model="no-such", api_key="x"))["text"],
        attempt(lambda: OpenAIChatCompletionClient(api_key="x"))["raised"],
    ]


USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


async def streams():
    first = {
        "index": 0,
        "id": "c1",
        "type": "function",
        "function": {"name": "add", "arguments": ""},
    }
    rest = [{"index": 0, "function": {"arguments": each}} for each in ('{"a"', ": 1}")]
    return [
        await streamed(
            ASKED,
            [chunk(content="hel"), chunk(content="lo"), chunk("stop")],
        ),
        await streamed(
            ASKED,
            [chunk(content="hi"), chunk("stop"), chunk(usage=USAGE, choices=False)],
            include_usage=True,
        ),
        await streamed(
            ASKED,
            [*(chunk(tool_calls=[each]) for each in (first, *rest)), chunk("tool_calls")],
            tools=[TOOL],
        ),
        await streamed(
            ASKED,
            [chunk(content="<think>hm"), chunk(content="</think>so"), chunk("stop")],
            options={"model_info": info("r1")},
        ),
        await streamed(ASKED, [chunk(reasoning_content="hm"), chunk(content="so"), chunk("stop")]),
        await streamed(ASKED, [chunk(content='{"text": "a"}'), chunk("stop")], json_output=Verdict),
        await streamed(ASKED, [chunk(content="cut"), chunk("length")]),
    ]


async def families():
    seen = {}
    for family in ("claude-3-5-sonnet", "gemini-2.0-flash", "llama-3.3-8b", "mistral"):
        messages = [
            SystemMessage(content="s"),
            UserMessage(content="", source="person"),
            AssistantMessage(content=[CALL], source="h", thought="t"),
            UserMessage(content="go", source="user"),
            AssistantMessage(content=" ", source="h"),
        ]
        outcome = await exchange(messages, options={"model_info": info(family)})
        seen[family] = outcome["sent"]
    return seen


async def limits():
    client = client_of("http://127.0.0.1:1/v1")
    return [
        plain(client.model_info),
        plain(client.capabilities) if hasattr(client, "capabilities") else None,
        await warned_by(_renamed()),
    ]


async def _renamed():
    return await exchange(ASKED, answer(model="gpt-4o-other"))


async def main():
    await show(
        conversations,
        a_name_that_the_api_does_not_take,
        settings,
        tools,
        forms_of_answers,
        answers,
        refused_messages,
        streams,
        families,
        limits,
    )
