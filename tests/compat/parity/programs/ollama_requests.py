"""What an Ollama client sends, and what it makes of the answers: over HTTP on this machine.

Recorded with AutoGen's extra ollama.
"""

from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.ext.models.ollama import OllamaChatCompletionClient
from tests.compat.parity.observation import outcome_of, plain, show
from tests.compat.parity.programs.models_and_pictures import picture
from tests.compat.parity.programs.openai_requests import ASKED, CALL, TOOL, Verdict, serving


def answer(content="hello", reason="stop", **message):
    return {
        "model": "llama3.2",
        "created_at": "2025-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": content, **message},
        "done": True,
        "done_reason": reason,
        "prompt_eval_count": 11,
        "eval_count": 7,
    }


async def exchange(messages, reply=None, options=None, **arguments):
    async with serving(reply or answer()) as (url, requests):
        client = OllamaChatCompletionClient(
            model="llama3.2", host=url.removesuffix("/v1"), **(options or {})
        )
        result = await outcome_of(client.create(messages, **arguments))
        usage = [plain(client.total_usage()), plain(client.actual_usage())]
        await client.close()
    seen = plain(result)
    for call in seen.get("content") or []:
        if isinstance(call, dict):
            call.pop("id")  # Numbered by the client.
    return {"sent": requests, "result": seen, "usage": usage}


async def conversations():
    result = FunctionExecutionResult(content="3", name="add", call_id="c1", is_error=False)
    long = [
        SystemMessage(content="Be kind."),
        UserMessage(content="hi", source="person"),
        AssistantMessage(content="hello", source="helper"),
        AssistantMessage(content=[CALL], source="helper", thought="I add."),
        FunctionExecutionResultMessage(content=[result]),
    ]
    pictured = [UserMessage(content=["look", picture()], source="user")]
    return [await exchange(long), await exchange(pictured)]


async def tools():
    call = {"function": {"name": "add", "arguments": {"a": 1, "b": 2}}}
    return [
        await exchange(ASKED, answer("", tool_calls=[call]), tools=[TOOL]),
        await exchange(ASKED, answer("I add.", tool_calls=[call]), tools=[TOOL]),
        await exchange(ASKED, tools=[TOOL], tool_choice="none"),
        await exchange(ASKED, tools=[TOOL], tool_choice=TOOL),
        await exchange(ASKED, tool_choice="required"),
    ]


async def settings():
    options = {"options": {"temperature": 0.5, "num_ctx": 9}}
    verdict = answer('{"text": "fine"}')
    return [
        await exchange(ASKED, options=options),
        await exchange(ASKED, extra_create_args={"options": {"temperature": 0.1}}),
        await exchange(ASKED, verdict, json_output=True),
        await exchange(ASKED, verdict, json_output=Verdict),
        (await exchange(ASKED, answer(reason="length")))["result"],
    ]


async def main():
    await show(conversations, tools, settings)
