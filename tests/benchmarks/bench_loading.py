"""How much faster a cassette is loaded than by vcrpy's YAML, in the same run.

    python -m tests.benchmarks.bench_loading

1,000 chat completions, each recorder's file as it writes it: vcrpy keeps all headers, as OpenAI's
client and API send them; further rows leave it none but the content types. They are either all
different, or talks that grow. Of each measure the best round counts, so what is taken from the
index was put there by the round before.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from harness.formats import Source, load, loaded
from harness.formats.own import written
from harness.interactions import Cassette, Header, Interaction, Request, Response
from tests.benchmarks.peer import report

INTERACTIONS = 1000
MESSAGES = 10
ROUNDS = 7
FIRST = "ours, the first time"
INDEXED = "ours, from the index"
VCRPY = "vcrpy"
BARE = "vcrpy, content types alone"
EDITED = "ours, edited by hand, the first time"
THEIRS = "ours of vcrpy's file, the first time"
TURNS = 20
WANTED = 3.0
URL = "https://api.openai.com/v1/chat/completions"
JSON = (("content-type", "application/json"),)
SENT = {
    "accept": "application/json",
    "accept-encoding": "gzip, deflate",
    "authorization": "Bearer sk-none",
    "connection": "keep-alive",
    "content-length": "2412",
    "content-type": "application/json",
    "host": "api.openai.com",
    "user-agent": "AsyncOpenAI/Python 3.54.0",
    "x-stainless-arch": "x64",
    "x-stainless-async": "async:asyncio",
    "x-stainless-lang": "python",
    "x-stainless-os": "Linux",
    "x-stainless-package-version": "3.54.0",
    "x-stainless-read-timeout": "600",
    "x-stainless-retry-count": "0",
    "x-stainless-runtime": "CPython",
    "x-stainless-runtime-version": "3.11.7",
}
RECEIVED = {
    "CF-RAY": "9d0d5d8a4a5b1b2c-FRA",
    "Connection": "keep-alive",
    "Content-Type": "application/json",
    "Date": "Thu, 22 Jan 2026 18:08:40 GMT",
    "Server": "cloudflare",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "Transfer-Encoding": "chunked",
    "X-Content-Type-Options": "nosniff",
    "access-control-expose-headers": "X-Request-ID",
    "alt-svc": 'h3=":443"; ma=86400',
    "cf-cache-status": "DYNAMIC",
    "openai-organization": "none",
    "openai-processing-ms": "531",
    "openai-version": "2020-10-01",
    "x-envoy-upstream-service-time": "549",
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-limit-tokens": "200000",
    "x-ratelimit-remaining-requests": "9999",
    "x-ratelimit-remaining-tokens": "199000",
    "x-ratelimit-reset-requests": "8.64s",
    "x-ratelimit-reset-tokens": "300ms",
    "x-request-id": "req_7c2b",
}
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": f"tool_{number}",
            "description": "Looks up a text.\nSays where it stands.",
            "parameters": {
                "type": "object",
                "properties": {
                    "text": {"type": "string", "description": "what to look for"},
                    "most": {"type": "integer", "description": "how many places at most"},
                },
                "required": ["text"],
            },
        },
    }
    for number in range(5)
]


def interaction(number: int) -> Interaction:
    """A conversation of its own, and its answer as OpenAI lays it out."""
    system = {"role": "system", "content": "You write Python.\nSay TERMINATE when all is done."}
    said = [
        {
            "role": "user" if turn % 2 else "assistant",
            "content": f"message {turn} of request {number}: " + "lorem ipsum dolor sit amet, " * 4,
        }
        for turn in range(MESSAGES)
    ]
    asked = {"model": "gpt-4o", "messages": [system, *said], "temperature": 0.1}
    message = {"role": "assistant", "content": f"answer {number},\nin two lines.", "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    answer = {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1700000000 + number,
        "model": "gpt-4o-2024-08-06",
        "choices": [choice],
        "usage": {"prompt_tokens": 310, "completion_tokens": 20, "total_tokens": 330},
        "service_tier": "default",
        "system_fingerprint": "fp_376a7ccef1",
    }
    body = json.dumps(asked, separators=(",", ":")).encode()
    return Interaction(
        Request("POST", URL, JSON, body),
        Response(200, JSON, json.dumps(answer, indent=2).encode() + b"\n", 812_000_000),
        ("writer#1",),
    )


def written_by_vcrpy(cassette: Cassette, sent: dict[str, str], received: dict[str, str]) -> str:
    """The same exchanges as vcrpy writes them."""
    from vcr.request import Request as VcrRequest
    from vcr.serialize import serialize
    from vcr.serializers import yamlserializer

    asked = [
        VcrRequest(each.request.method, each.request.url, each.request.body, dict(sent))
        for each in cassette.interactions
    ]
    answered = [
        {
            "status": {"code": 200, "message": "OK"},
            "headers": {name: [value] for name, value in received.items()},
            "body": {"string": each.response.content},
        }
        for each in cassette.interactions
        if isinstance(each.response, Response)
    ]
    text: str = serialize({"requests": asked, "responses": answered}, yamlserializer)
    return text


def best(actions: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Milliseconds of each action, in turns: a busy machine slows all."""
    fastest = dict.fromkeys(actions, float("inf"))
    for _ in range(ROUNDS):
        for name, action in actions.items():
            gc.collect()
            began = time.perf_counter()
            action()
            fastest[name] = min(fastest[name], (time.perf_counter() - began) * 1e3)
    return fastest


def main() -> bool:
    """Prints the ratios, and tells whether every bar was reached."""
    if find_spec("vcr") is None:
        print("skipped: vcrpy is not installed")
        return True
    header = Header("2026-01-01", "bench")
    distinct = Cassette(header, tuple(interaction(number) for number in range(INTERACTIONS)))
    growing = Cassette(header, tuple(growing_talks()))
    reached = True
    for name, cassette in ("requests all different", distinct), ("talks that grow", growing):
        with TemporaryDirectory() as folder:
            os.environ["XDG_CACHE_HOME"] = folder
            took = measured(name, cassette, Path(folder))
        for row, theirs, ours, bar in (
            (f"{name}: vcrpy's YAML against ours", VCRPY, FIRST, WANTED),
            (f"{name}: that, from the index", VCRPY, INDEXED, WANTED),
            (f"{name}: content types alone", BARE, FIRST, 0.0),
            (f"{name}: content types alone, from the index", BARE, INDEXED, WANTED),
        ):
            ratio = took[theirs] / took[ours]
            text = f">= {bar}x" if bar else "none"
            reached &= report(row, ratio, text, ratio >= bar)
    return reached


def growing_talks() -> Iterator[Interaction]:
    """As agents talk: each call sends again all that was said, and the same five tools."""
    for talk in range(INTERACTIONS // TURNS):
        said: list[dict[str, str]] = []
        for turn in range(TURNS):
            each = interaction(talk * TURNS + turn)
            asked = json.loads(each.request.body)
            system, *_, last = asked["messages"]
            said.append(last)
            body = {**asked, "messages": [system, *said], "tools": TOOLS}
            data = json.dumps(body, separators=(",", ":")).encode()
            yield replace(each, request=replace(each.request, body=data))
            said.append(
                {"role": "assistant", "content": f"answer {turn} of {talk},\nin two lines."}
            )


def measured(name: str, cassette: Cassette, folder: Path) -> dict[str, float]:
    """Milliseconds of each way to load the same exchanges."""
    import vcr
    from vcr.serialize import deserialize
    from vcr.serializers import yamlserializer

    ours, path = written(cassette), folder / "chat.yaml"
    path.write_bytes(ours)
    whole = written_by_vcrpy(cassette, SENT, RECEIVED)
    bare = written_by_vcrpy(cassette, dict(JSON), dict(JSON))
    took = best(
        {
            FIRST: lambda: loaded(Source(path, ours)),
            INDEXED: lambda: load(path),
            EDITED: lambda: loaded(Source(path, b"# edited\n" + ours)),
            VCRPY: lambda: deserialize(whole, yamlserializer),
            BARE: lambda: deserialize(bare, yamlserializer),
            THEIRS: lambda: loaded(Source(path, whole.encode())),
        }
    )
    size = f"{len(cassette.interactions)} interactions, {len(ours) / 1e6:.1f} MB"
    print(f"  {name}: {size}; vcrpy {vcr.__version__}")
    for what, milliseconds in took.items():
        print(f"       {what:<40} {milliseconds:8.1f} ms")
    return took


if __name__ == "__main__":
    sys.exit(not main())
