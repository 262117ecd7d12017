"""How much faster a cassette is loaded than by vcrpy's YAML, in the same run.

    python -m tests.benchmarks.bench_loading

The same 1,000 chat completions of 10 messages, each recorder's file as it writes it: vcrpy keeps
all headers, as OpenAI's client and API send them. A second row leaves it none but the content
types. Of each measure the best round counts.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.formats import Source, loaded
from harness.formats._yaml_reading import read_yaml
from harness.formats.own import written
from harness.interactions import Cassette, Header, Interaction, Request, Response
from tests.benchmarks.peer import report

INTERACTIONS = 1000
MESSAGES = 10
ROUNDS = 7
BARE = "vcrpy, content types alone"
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
    """Prints the ratios, and tells whether the bar was reached."""
    try:
        import vcr
        from vcr.serialize import deserialize
        from vcr.serializers import yamlserializer
    except ImportError:
        print("skipped: vcrpy is not installed")
        return True
    cassette = Cassette(
        Header("2026-01-01", "bench"), tuple(interaction(number) for number in range(INTERACTIONS))
    )
    ours = written(cassette)
    whole = written_by_vcrpy(cassette, SENT, RECEIVED)
    bare = written_by_vcrpy(cassette, dict(JSON), dict(JSON))
    took = best(
        {
            "ours": lambda: loaded(Source(Path("chat.yaml"), ours)),
            "ours, edited by hand": lambda: loaded(Source(Path("chat.yaml"), b"# edited\n" + ours)),
            "our YAML reader alone": lambda: read_yaml(ours),
            "vcrpy": lambda: deserialize(whole, yamlserializer),
            BARE: lambda: deserialize(bare, yamlserializer),
            "ours of vcrpy's file": lambda: loaded(Source(Path("chat.yaml"), whole.encode())),
        }
    )
    print(f"  vcrpy {vcr.__version__}; {INTERACTIONS} interactions, {len(ours) / 1e6:.1f} MB")
    for name, milliseconds in took.items():
        print(f"       {name:<40} {milliseconds:8.1f} ms")
    report(
        "loading vcrpy's YAML against ours, content types alone",
        took[BARE] / took["ours"],
        "none",
        True,
    )
    ratio = took["vcrpy"] / took["ours"]
    return report("loading vcrpy's YAML against ours", ratio, f">= {WANTED}x", ratio >= WANTED)


if __name__ == "__main__":
    sys.exit(not main())
