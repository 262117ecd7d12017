"""aiohttp: a stream by lines, then a whole answer."""

import asyncio

import aiohttp
from conversation import closing, opening


async def _answer(base_url: str, question: str) -> str:
    async with aiohttp.ClientSession(base_url=f"{base_url}/") as session:
        async with session.post("chat/completions", json=opening(question)) as response:
            further = closing(question, [line async for line in response.content])
        async with session.post("chat/completions", json=further) as response:
            reply = await response.json()
    return str(reply["choices"][0]["message"]["content"])


def answer(base_url: str, question: str) -> str:
    return asyncio.run(_answer(base_url, question))
