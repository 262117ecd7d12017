"""A replay through the OpenAI SDK, against the SDK alone, and against vcrpy."""

import sys
from importlib.util import find_spec

from tests.benchmarks.peer import measured, report

TRAFFIC = """
import asyncio, json, time
from pathlib import Path
from tempfile import TemporaryDirectory
import httpx2
from openai import AsyncOpenAI
from harness.interactions import Cassette, Header, Interaction, Request, Response
from harness.formats import save
from harness.session import CassetteSession
from harness.transport import CassetteTransport
from tests.benchmarks.bench_loading import RECEIVED, SENT, written_by_vcrpy

URL = "https://api.openai.com/v1/chat/completions"
JSON = (("content-type", "application/json"),)
REQUESTS = 400
WORDS = "the quick brown fox jumps over a lazy dog and says what it thinks of lorem ipsum".split()

def asked(number, messages=10):
    said = [{"role": "system", "content": "You are a helpful assistant that writes reports."}]
    for turn in range(messages - 1):
        words = [WORDS[(number * 31 + turn * 17 + at * at) % len(WORDS)] for at in range(40)]
        role = "assistant" if turn % 2 else "user"
        said.append({"role": role, "content": f"{number}.{turn}: {' '.join(words)}"})
    return {"messages": said, "model": "gpt-4o", "temperature": 0.5}

def answer(number):
    message = {"role": "assistant", "content": f"Answer {number}", "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    usage = {"prompt_tokens": 310, "completion_tokens": 20, "total_tokens": 330}
    reply = {"id": f"{number}", "object": "chat.completion", "created": 1, "model": "gpt-4o"}
    return json.dumps(reply | {"choices": [choice], "usage": usage}).encode()

def interaction(number):
    request = Request("POST", URL, JSON, json.dumps(asked(number)).encode())
    return Interaction(request, Response(200, JSON, answer(number), 7))

CASSETTE = Cassette(Header("2026-01-01", "bench"), tuple(map(interaction, range(REQUESTS))))

class Canned(httpx2.AsyncBaseTransport):
    async def handle_async_request(self, request):
        await request.aread()
        return httpx2.Response(200, headers=dict(JSON), stream=httpx2.ByteStream(REPLY))

REPLY = answer(0)

async def answered(transport, numbers):
    # What the machine does for others meanwhile does not count.
    async with AsyncOpenAI(
        api_key="sk-none", max_retries=0, http_client=httpx2.AsyncClient(transport=transport)
    ) as client:
        began = time.process_time()
        for number in numbers:
            given = await client.chat.completions.create(**asked(number))
        return given.choices[0].message.content, time.process_time() - began

def seconds(transport, numbers=range(REQUESTS)):
    said, took = asyncio.run(answered(transport, numbers))
    return took
"""

OWN = (
    TRAFFIC
    + """
with TemporaryDirectory() as folder:
    file = Path(folder) / "bench.yaml"
    save(file, CASSETTE)
    best = {"floor": 1e9, "replayed": 1e9, "opened": 1e9}
    for _ in range(5):
        best["floor"] = min(best["floor"], seconds(Canned()))
        began = time.process_time()
        session = CassetteSession(file)
        best["opened"] = min(best["opened"], time.process_time() - began)
        best["replayed"] = min(best["replayed"], seconds(CassetteTransport(session)))
        assert session.unplayed == []
print(json.dumps(best))
"""
)

VCRPY = (
    TRAFFIC
    + """
import vcr

# A few of the 400: each is looked for among all, whatever was played before.
SOME = range(0, REQUESTS, 50)
with TemporaryDirectory() as folder:
    file = Path(folder) / "bench.yaml"
    file.write_text(written_by_vcrpy(CASSETTE, SENT, RECEIVED))
    on = ["method", "scheme", "host", "port", "path", "query", "body"]
    began = time.process_time()
    with vcr.use_cassette(str(file), record_mode="none", match_on=on) as cassette:
        assert len(cassette) == REQUESTS
        opened = time.process_time() - began
        took = seconds(httpx2.AsyncHTTPTransport(), SOME)
        assert cassette.play_count == len(SOME)
print(json.dumps({"opened": opened, "replayed": took / len(SOME) * REQUESTS}))
"""
)


def main() -> bool:
    """Prints the ratios, and tells whether every bar was reached."""
    own = measured(OWN, runs=1)
    floor, replayed = own["floor"], own["replayed"]
    print(f"  400 requests of 10 messages: {replayed:.2f} s, the SDK alone {floor:.2f} s; "
          f"opening the cassette {own['opened']:.2f} s")  # fmt: skip
    ratio = replayed / floor
    reached = report("replay through the SDK against the SDK alone", ratio, "<= 1.3", ratio <= 1.3)
    if find_spec("vcr") is None:
        print(f"  skipped: {sys.executable} has no vcrpy")
        return reached
    vcrpy = measured(VCRPY, runs=1)
    print(f"  vcrpy: {vcrpy['replayed']:.1f} s, opening the cassette {vcrpy['opened']:.2f} s")
    ratio = sum(vcrpy.values()) / (replayed + own["opened"])
    return report("vcrpy's replay through the SDK against ours, in all", ratio, ">= 20",
                  ratio >= 20) and reached  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(not main())
