"""A request through our OpenAI client, against the SDK's own `chat.completions.create`."""

from tests.benchmarks.peer import measured, report

PROGRAM = """
import asyncio, json, time
import httpx2
from openai import AsyncOpenAI
from agentchat.core.models import AssistantMessage, SystemMessage, UserMessage
from agentchat.core.tools import FunctionTool
from agentchat.ext.models.openai import OpenAIChatCompletionClient

TEXT = "The quick brown fox jumps over the lazy dog. " * 4
REPLY = json.dumps({
    "id": "1", "object": "chat.completion", "created": 1, "model": "gpt-4o-2024-08-06",
    "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None,
                 "message": {"role": "assistant", "content": "Hello", "refusal": None}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}).encode()

class Canned(httpx2.AsyncBaseTransport):
    body = b""

    async def handle_async_request(self, request):
        self.body = request.content
        return httpx2.Response(200, content=REPLY, headers={"content-type": "application/json"})

def conversation(length):
    said = [SystemMessage(content=TEXT)]
    while len(said) < length:
        said.append(UserMessage(content=TEXT, source="user"))
        said.append(AssistantMessage(content=TEXT, source="writer"))
    return said[:length]

def add(a: int, b: int) -> int:
    return a + b

async def seconds_a_request(ask, requests):
    await ask()
    start = time.perf_counter()
    for _ in range(requests):
        await ask()
    return (time.perf_counter() - start) / requests

async def compared(length, tools, requests=100):
    transport = Canned()
    http_client = httpx2.AsyncClient(transport=transport)
    ours = OpenAIChatCompletionClient(model="gpt-4o", api_key="sk-test", http_client=http_client)
    sdk = AsyncOpenAI(api_key="sk-test", http_client=http_client)
    messages = conversation(length)
    await ours.create(messages, tools=tools)
    sent = transport.body
    body = json.loads(sent)
    body.pop("stream")
    await sdk.chat.completions.create(stream=False, **body)
    assert transport.body == sent, "the bytes on the wire differ"
    best = {"ours": 1e9, "sdk": 1e9}
    for _ in range(5):
        for name, ask in (("ours", lambda: ours.create(messages, tools=tools)),
                          ("sdk", lambda: sdk.chat.completions.create(stream=False, **body))):
            best[name] = min(best[name], await seconds_a_request(ask, requests))
    return best

async def main():
    figures = {}
    for length in (2, 20, 100):
        for name, tools in (("", []), (" and a tool", [FunctionTool(add, description="Adds")])):
            best = await compared(length, tools)
            figures |= {f"{who}: {length} messages{name}": best[who] for who in best}
    print(json.dumps(figures))

asyncio.run(main())
"""


def main() -> bool:
    """Prints the ratios, and tells whether every bar was reached."""
    figures = measured(PROGRAM)
    reached = []
    for name in [name.removeprefix("ours: ") for name in figures if name.startswith("ours: ")]:
        ours, sdk = figures[f"ours: {name}"], figures[f"sdk: {name}"]
        print(f"  {name}: {ours * 1e6:.0f} us a request, the SDK's {sdk * 1e6:.0f} us")
        ratio = sdk / ours
        reached.append(report(f"the SDK's request against ours, {name}", ratio, ">= 2", ratio >= 2))
    return all(reached)


if __name__ == "__main__":
    raise SystemExit(not main())
