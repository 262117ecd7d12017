"""boto3: Bedrock's `converse_stream`, whose events are binary frames."""

import json
from typing import Any

import boto3
from conversation import PARAMETERS, multiply


def answer(base_url: str, question: str) -> str:
    client = boto3.client(
        "bedrock-runtime",
        endpoint_url=base_url,
        region_name="eu-central-1",
        aws_access_key_id="no-id",
        aws_secret_access_key="no-key",
    )
    tool = {"name": "multiply", "description": "Multiplies.", "inputSchema": {"json": PARAMETERS}}
    messages: list[Any] = [{"role": "user", "content": [{"text": question}]}]
    while True:
        answered = client.converse_stream(
            modelId="amazon.nova-lite",
            messages=messages,
            toolConfig={"tools": [{"toolSpec": tool}]},
        )
        events = list(answered["stream"])
        deltas = [
            each["contentBlockDelta"]["delta"] for each in events if "contentBlockDelta" in each
        ]
        if {"messageStop": {"stopReason": "tool_use"}} not in events:
            return "".join(delta["text"] for delta in deltas)
        given = json.loads("".join(delta["toolUse"]["input"] for delta in deltas))
        called = {"toolUseId": "call-1", "name": "multiply", "input": given}
        result = {"toolUseId": "call-1", "content": [{"text": str(multiply(**given))}]}
        messages += [
            {"role": "assistant", "content": [{"toolUse": called}]},
            {"role": "user", "content": [{"toolResult": result}]},
        ]
