"""A request replayed at the client's level, against the same request replayed over HTTP."""

from tests.benchmarks.peer import measured, report

PROGRAM = """
import asyncio, json, time
from pathlib import Path
from tempfile import TemporaryDirectory
import httpx2
from agentchat.core.models import AssistantMessage, SystemMessage, UserMessage
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from harness.clients import RecordingChatCompletionClient, ReplayingChatCompletionClient
from harness.session import CassetteSession, RecordMode
from harness.transport import CassetteTransport

REQUESTS = 50
TEXT = "The quick brown fox jumps over the lazy dog. " * 4
REPLY = {
    "id": "1", "object": "chat.completion", "created": 1, "model": "gpt-4o-2024-08-06",
    "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None,
                 "message": {"role": "assistant", "content": "Hello", "refusal": None}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}

def conversation(number, length=20):
    said = [SystemMessage(content=TEXT)]
    while len(said) < length:
        said.append(UserMessage(content=f"{number}: {TEXT}", source="user"))
        said.append(AssistantMessage(content=TEXT, source="writer"))
    return said[:length]

def over_http(session, inner=None):
    http = httpx2.AsyncClient(transport=CassetteTransport(session, inner))
    return OpenAIChatCompletionClient(model="gpt-4o", api_key="sk-test", http_client=http)

async def record(file):
    answers = httpx2.MockTransport(lambda _: httpx2.Response(200, json=REPLY))
    with CassetteSession(file, mode=RecordMode.REWRITE) as session:
        client = RecordingChatCompletionClient(over_http(session, answers), session)
        for number in range(REQUESTS):
            await client.create(conversation(number))

async def seconds_a_request(client):
    asked = [conversation(number) for number in range(REQUESTS)]
    # What the machine does for others meanwhile does not count.
    start = time.process_time()
    for messages in asked:
        await client.create(messages)
    return (time.process_time() - start) / REQUESTS

async def main():
    best = {"http": 1e9, "client": 1e9}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bench.yaml"
        await record(file)
        for _ in range(10):
            ready = over_http(CassetteSession(file))
            best["http"] = min(best["http"], await seconds_a_request(ready))
            ready = ReplayingChatCompletionClient(file)
            best["client"] = min(best["client"], await seconds_a_request(ready))
    print(json.dumps(best))

asyncio.run(main())
"""


def main() -> bool:
    """Prints the ratio, and tells whether the bar was reached."""
    best = measured(PROGRAM)
    http, client = best["http"], best["client"]
    print(f"  a replayed request of 20 messages: {http * 1e6:.0f} us over HTTP, "
          f"{client * 1e6:.0f} us at the client's level")  # fmt: skip
    ratio = http / client
    return report("replay over HTTP against the client's level", ratio, ">= 20", ratio >= 20)


if __name__ == "__main__":
    raise SystemExit(not main())
