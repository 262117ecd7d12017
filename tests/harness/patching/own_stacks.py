"""Libraries with network stacks of their own, within a block that only plays: WHEN PLACE...

They are imported `before` the block or `within` it. Tells what came of asking each place by each.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import harness
from harness.errors import ReplayMiss

when, *places = sys.argv[1:]


def by_connections_of_uvloop(place: str) -> None:
    async def ask() -> None:
        await asyncio.open_connection(*place.split(":"))

    import_module("uvloop").run(ask())


def by_lookups_of_uvloop(place: str) -> None:
    async def ask() -> None:
        await asyncio.get_running_loop().getaddrinfo(*place.split(":"))

    import_module("uvloop").run(ask())


def by_grpc(place: str) -> None:
    channel = import_module("grpc").insecure_channel(place)
    channel.unary_unary("/service/method")(b"", timeout=5)


def by_streams_of_grpc(place: str) -> None:
    channel = import_module("grpc").insecure_channel(f"dns:///{place}")
    list(channel.unary_stream("/service/method")(b"", timeout=5))


def by_asynchronous_grpc(place: str) -> None:
    async def ask() -> None:
        async with import_module("grpc").aio.insecure_channel(place) as channel:
            await channel.unary_unary("/service/method")(b"", timeout=5)

    asyncio.run(ask())


def by_pycurl(place: str) -> None:
    _curl_of(place).perform()


def by_several_of_pycurl(place: str) -> None:
    import_module("pycurl").CurlMulti().add_handle(_curl_of(place))


def _curl_of(place: str) -> Any:
    pycurl = import_module("pycurl")
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, f"https://{place}/")
    return curl


def by_curl_cffi(place: str) -> None:
    import_module("curl_cffi").get(f"https://{place}/")


def told(ask: Callable[[str], None], place: str) -> str:
    with (
        harness.cassette(Path("nothing.yaml"), record_mode="none") as use,
        suppress(Exception, ReplayMiss),
    ):
        ask(place)
    return "".join(miss.asked for miss in use.misses) or "let through"


WAYS = [
    by_connections_of_uvloop,
    by_lookups_of_uvloop,
    by_grpc,
    by_streams_of_grpc,
    by_asynchronous_grpc,
    by_pycurl,
    by_several_of_pycurl,
    by_curl_cffi,
]

if when == "before":
    for name in ("uvloop", "grpc", "pycurl", "curl_cffi"):
        import_module(name)
print(json.dumps({ask.__name__: [told(ask, place) for place in places] for ask in WAYS}))
