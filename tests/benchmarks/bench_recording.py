"""What recording adds to an exchange, and what a replayed one costs in a long cassette."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from harness.formats import load, save
from harness.interactions import Cassette, Header, Interaction, Request, Response
from harness.session import CassetteSession, RecordMode
from harness.transport import CassetteTransport
from tests.benchmarks.peer import report

URL = "https://api.openai.com/v1/chat/completions"
HEADERS = {"content-type": "application/json", "authorization": "Bearer sk-bench-0123456789abcdef"}
# What the machine does for others meanwhile does not count.
_clock = time.process_time


def body(number: int) -> bytes:
    """A request of ten messages, 2.6 KB, that differs from all others."""
    said = f"Message of conversation {number}. " + "It says what such messages say. " * 7
    messages = [{"role": "user", "content": f"{n}: {said}"} for n in range(10)]
    return json.dumps({"model": "gpt-4o", "messages": messages}).encode()


def answer() -> bytes:
    """An answer of one kilobyte."""
    message = {"role": "assistant", "content": "An answer of some words. " * 32}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return json.dumps({"id": "1", "object": "chat.completion", "choices": [choice]}).encode()


class Canned(httpx2.AsyncBaseTransport):
    """Answers at once."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await request.aread()
        stream = httpx2.ByteStream(answer())
        return httpx2.Response(200, headers={"content-type": "application/json"}, stream=stream)


async def seconds_each(transport: httpx2.AsyncBaseTransport, count: int) -> float:
    """What an exchange takes, without a client's own work."""
    requests = [httpx2.Request("POST", URL, headers=HEADERS, content=body(n)) for n in range(count)]
    began = _clock()
    for request in requests:
        response = await transport.handle_async_request(request)
        await response.aread()
    return (_clock() - began) / count


def asked_seconds(folder: Path, mode: RecordMode, count: int = 300) -> float:
    """What an exchange takes that is passed on; if it is recorded, then redacted, searched for
    secrets, and kept in the journal."""
    session = CassetteSession(folder / "bench.yaml", mode=mode)
    seconds = asyncio.run(seconds_each(CassetteTransport(session, Canned()), count))
    session.discard()
    return seconds


def replayed_seconds(cassette: Path, count: int) -> float:
    """What an exchange takes while it is replayed."""
    return asyncio.run(seconds_each(CassetteTransport(CassetteSession(cassette)), count))


def cassette_file(path: Path, count: int) -> Path:
    """A cassette of so many interactions."""
    headers = (("content-type", "application/json"),)
    interactions = tuple(
        Interaction(Request("POST", URL, headers, body(n)), Response(200, headers, answer(), 7))
        for n in range(count)
    )
    save(path, Cassette(Header("2026-01-01", "agentchat-harness 0.1.0"), interactions))
    return path


def best(measured: Callable[[], float], times: int) -> float:
    """The least of several measurements."""
    return min(measured() for _ in range(times))


def main() -> bool:
    """Prints the figures, and tells whether every bar was reached."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        live = best(lambda: asked_seconds(folder, RecordMode.LIVE), 9)
        recorded = best(lambda: asked_seconds(folder, RecordMode.REWRITE), 9)
        added = (recorded - live) * 1e6
        print(f"  an exchange: {live * 1e6:.0f} us, recorded {recorded * 1e6:.0f} us")
        few, many = (cassette_file(folder / f"{n}.yaml", n) for n in (50, 5000))
        short = best(lambda: replayed_seconds(few, 50), 15)
        long = best(lambda: replayed_seconds(many, 1000), 3)
        print(f"  a replayed exchange: {short * 1e6:.0f} us of 50, {long * 1e6:.0f} us of 5,000")
        reading = best(lambda: _seconds(lambda: load(many)), 2)
        opening = best(lambda: _seconds(lambda: CassetteSession(many)), 2)
        print(f"  opening 5,000: {opening:.2f} s, of which reading the file {reading:.2f} s")
    return all(
        [
            report("recording adds to an exchange, in 100 us", added / 100, "<= 1", added <= 100),
            report("replayed of 5,000 against of 50", long / short, "<= 1.3", long <= 1.3 * short),
        ]
    )


def _seconds(work: Callable[[], object]) -> float:
    began = _clock()
    work()
    return _clock() - began


if __name__ == "__main__":
    raise SystemExit(not main())
