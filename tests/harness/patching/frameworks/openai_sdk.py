"""The OpenAI SDK: its own loop of tools, over streams."""

import json
from typing import Any

from conversation import multiply, opening
from openai import OpenAI


def answer(base_url: str, question: str) -> str:
    client = OpenAI(base_url=base_url, api_key="no-key")
    asked = opening(question)
    messages: list[Any] = asked["messages"]
    while True:
        with client.chat.completions.stream(
            model="gpt-4o", messages=messages, tools=asked["tools"]
        ) as stream:
            message = stream.get_final_completion().choices[0].message
        if not message.tool_calls:
            return str(message.content)
        messages.append(message.model_dump(exclude_none=True, exclude={"parsed"}))
        for call in message.tool_calls:
            result = str(multiply(**json.loads(call.function.arguments)))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
