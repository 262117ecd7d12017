"""The Anthropic SDK: a tool call and an answer, streamed."""

from typing import Any

from anthropic import Anthropic
from conversation import PARAMETERS, multiply


def answer(base_url: str, question: str) -> str:
    client = Anthropic(base_url=base_url, api_key="no-key")
    tool = {"name": "multiply", "description": "Multiplies.", "input_schema": PARAMETERS}
    messages: list[Any] = [{"role": "user", "content": question}]
    while True:
        with client.messages.stream(
            model="claude-opus-4-1", max_tokens=99, messages=messages, tools=[tool]
        ) as stream:
            message = stream.get_final_message()
        if message.stop_reason != "tool_use":
            return message.content[0].text
        results = [
            {"type": "tool_result", "tool_use_id": call.id, "content": str(multiply(**call.input))}
            for call in message.content
        ]
        messages += [
            {"role": "assistant", "content": message.model_dump(exclude_none=True)["content"]},
            {"role": "user", "content": results},
        ]
