"""Claude on Bedrock: the messages API at Amazon's addresses."""

import json

import httpx2

from agentchat.core.models import CreateResult, RequestUsage, UserMessage
from agentchat.ext.models.anthropic import AnthropicBedrockChatCompletionClient

MODEL = "anthropic.claude-sonnet-4-20250514-v1:0"
QUESTION = [UserMessage(content="Hi", source="user")]
REPLY = {
    "type": "message",
    "role": "assistant",
    "content": [{"type": "text", "text": "Hello"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 3, "output_tokens": 4},
}


async def test_a_model_is_asked_at_its_own_address_with_a_bearer_key() -> None:
    sent: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(200, json=REPLY)

    client = AnthropicBedrockChatCompletionClient(
        model=MODEL,
        api_key="bedrock-key",
        bedrock_info={"aws_region": "eu-west-1"},  # type: ignore[typeddict-item]
        http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(answer)),
    )

    result = await client.create(QUESTION)

    [request] = sent
    assert request.url.host == "bedrock-runtime.eu-west-1.amazonaws.com"
    assert request.url.path == f"/model/{MODEL}/invoke"
    assert request.headers["authorization"] == "Bearer bedrock-key"
    assert json.loads(request.content)["messages"] == [{"role": "user", "content": "Hi"}]
    assert result == CreateResult(
        finish_reason="stop", content="Hello", usage=RequestUsage(3, 4), cached=False
    )
