"""What an Anthropic client sends, and what it makes of the answers: over HTTP on this machine.

Recorded with AutoGen's extra anthropic, and anthropic<1: AutoGen does not know later releases.
"""

from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.ext.models.anthropic import AnthropicChatCompletionClient
from tests.compat.parity.observation import outcome_of, plain, show
from tests.compat.parity.programs.models_and_pictures import picture
from tests.compat.parity.programs.openai_requests import ASKED, CALL, TOOL, serving

MODEL = "claude-3-5-sonnet-20241022"


def answer(*content, reason="end_turn"):
    return {
        "id": "1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": list(content) or [{"type": "text", "text": "hello"}],
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 11, "output_tokens": 7},
    }


async def exchange(messages, reply=None, options=None, **arguments):
    async with serving(reply or answer()) as (url, requests):
        client = AnthropicChatCompletionClient(
            model=MODEL,
            api_key="sk-none",
            base_url=url.removesuffix("/v1"),
            max_retries=0,
            **{"max_tokens": 99, "temperature": 1.0, **(options or {})},
        )
        result = await outcome_of(client.create(messages, **arguments))
        usage = [plain(client.total_usage()), plain(client.actual_usage())]
        await client.close()
    return {"sent": requests, "result": plain(result), "usage": usage}


async def conversations():
    result = FunctionExecutionResult(content="3", name="add", call_id="c1", is_error=False)
    long = [
        SystemMessage(content="Be kind."),
        UserMessage(content="hi", source="person"),
        AssistantMessage(content="hello", source="helper"),
        UserMessage(content=["look", picture()], source="user"),
        AssistantMessage(content=[CALL], source="helper", thought="I add."),
        FunctionExecutionResultMessage(content=[result]),
    ]
    return [
        await exchange(long[:4]),
        await exchange(long, tools=[TOOL]),
        await exchange([long[0], SystemMessage(content="Be brief."), *ASKED]),
    ]


async def tools():
    calling = answer(
        {"type": "text", "text": "I add."},
        {"type": "tool_use", "id": "c1", "name": "add", "input": {"a": 1, "b": 2}},
        reason="tool_use",
    )
    return [
        await exchange(ASKED, calling, tools=[TOOL]),
        await exchange(ASKED, tools=[TOOL], tool_choice="required"),
        await exchange(ASKED, tools=[TOOL], tool_choice=TOOL),
        await exchange(ASKED, tools=[TOOL], tool_choice="none"),
        await exchange(ASKED, tools=[], tool_choice=TOOL),
    ]


async def settings():
    options = {"top_p": 0.9, "top_k": 3, "stop_sequences": ["END"], "temperature": 0.5}
    return [
        await exchange(ASKED, options=options),
        await exchange(ASKED, extra_create_args={"temperature": 0.1}),
        await exchange(ASKED, extra_create_args={"nonsense": 1}),
    ]


async def answers():
    reasons = ("max_tokens", "stop_sequence", "end_turn")
    thinking = {"type": "thinking", "thinking": "hm", "signature": "s"}
    return [
        [(await exchange(ASKED, answer(reason=each)))["result"] for each in reasons],
        (await exchange(ASKED, answer(thinking, {"type": "text", "text": "so"})))["result"],
    ]


async def main():
    await show(conversations, tools, settings, answers)
