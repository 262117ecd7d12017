"""aiohttp: a stream by lines, then a whole answer."""

import asyncio

import aiohttp

BODY = {"model": "gpt-4o", "messages": [{"role": "user", "content": "What is 6 * 7?"}]}


async def _answer(base_url: str) -> str:
    async with aiohttp.ClientSession(base_url=f"{base_url}/") as session:
        async with session.post("chat/completions", json={**BODY, "stream": True}) as response:
            events = sum([line.startswith(b"data: {") async for line in response.content])
        async with session.post("chat/completions", json=BODY) as response:
            reply = await response.json()
    assert events > 1
    return str(reply["choices"][0]["message"]["content"])


def answer(base_url: str) -> str:
    return asyncio.run(_answer(base_url))
