"""Every runtime that we have keeps its promises."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agentchat.core import (
    AgentRuntime,
    DefaultInterventionHandler,
    SingleThreadedAgentRuntime,
)
from harness.conformance import check_runtime


@asynccontextmanager
async def alone() -> AsyncIterator[AgentRuntime]:
    runtime = SingleThreadedAgentRuntime()
    runtime.start()
    try:
        yield runtime
    finally:
        await runtime.close()


@asynccontextmanager
async def watched() -> AsyncIterator[AgentRuntime]:
    handlers = [DefaultInterventionHandler(), DefaultInterventionHandler()]
    runtime = SingleThreadedAgentRuntime(intervention_handlers=handlers)
    runtime.start()
    try:
        yield runtime
    finally:
        await runtime.stop_when_idle()


async def test_keeps_its_promises() -> None:
    await check_runtime(alone)


async def test_keeps_its_promises_behind_intervention_handlers() -> None:
    await check_runtime(watched)
