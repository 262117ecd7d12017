"""LiteLLM: a tool call and an answer, streamed, through its transport made of aiohttp."""

import asyncio
import json
from typing import Any

import litellm
from conversation import multiply, opening


async def _answer(base_url: str, question: str) -> str:
    asked = opening(question)
    messages: list[Any] = asked["messages"]
    while True:
        stream = await litellm.acompletion(
            model="openai/gpt-4o",
            api_base=base_url,
            api_key="no-key",
            messages=messages,
            tools=asked["tools"],
            stream=True,
        )
        chunks = [chunk async for chunk in stream]
        message = litellm.stream_chunk_builder(chunks).choices[0].message
        if not message.tool_calls:
            return str(message.content)
        messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls:
            result = str(multiply(**json.loads(call.function.arguments)))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})


def answer(base_url: str, question: str) -> str:
    return asyncio.run(_answer(base_url, question))
