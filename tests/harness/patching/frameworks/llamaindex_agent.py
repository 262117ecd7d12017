"""LlamaIndex: an agent that calls a tool, streamed."""

import asyncio

from conversation import multiply
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.llms.openai import OpenAI


async def _answer(base_url: str, question: str) -> str:
    model = OpenAI(model="gpt-4o", api_base=base_url, api_key="no-key")
    return str(await FunctionAgent(tools=[multiply], llm=model).run(question))


def answer(base_url: str, question: str) -> str:
    return asyncio.run(_answer(base_url, question))
