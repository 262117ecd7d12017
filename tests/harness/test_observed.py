"""ObservedClient: what the trace says of a model call."""

from collections.abc import Callable

import pytest

from agentchat.core.models import ChatCompletionClient, UserMessage
from agentchat.ext.models.cache import ChatCompletionCache
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.usage import ModelUsage, UsageLedger, report_usage
from harness.event_log import EventLog
from harness.observed import Model, ObservedClient
from harness.script import Tokens
from harness.scripted import ScriptedModel, say
from harness.trace import ModelCalled, Usage

ASK = [UserMessage(content="hi", source="user")]


class Thinking(ReplayChatCompletionClient):
    """Thinks before it answers, and has seen the prompt before."""

    def _next_result(self, *asked):  # type: ignore[no-untyped-def]
        result = super()._next_result(*asked)
        report_usage("thinking", result.usage, cached_tokens=4, reasoning_tokens=3)
        return result


def observed(client: ChatCompletionClient, log: EventLog) -> ObservedClient:
    return ObservedClient(client, Model("m", lambda *_: "scripted"), log)


async def created(client: ChatCompletionClient) -> None:
    await client.create(ASK)


async def streamed(client: ChatCompletionClient) -> None:
    async for _ in client.create_stream(ASK):
        """Nobody watches."""


@pytest.mark.parametrize("ask", [created, streamed])
async def test_a_call_is_told_of_with_its_cached_and_reasoning_tokens(
    ask: Callable[[ChatCompletionClient], object],
) -> None:
    log = EventLog()

    await ask(observed(Thinking(["Hello big world", "Bye"]), log))  # type: ignore[misc]

    [call] = log.events
    assert isinstance(call, ModelCalled)
    assert call.usage == Usage(
        prompt_tokens=1, completion_tokens=3, cached_tokens=4, reasoning_tokens=3
    )


async def test_being_observed_changes_nothing_for_a_ledger_around_it() -> None:
    model = ScriptedModel(say("hi", usage=Tokens(prompt=5, completion=2)), model="large")
    client = observed(model, EventLog())

    with UsageLedger() as ledger:
        await client.create(ASK)

    assert ledger.calls == (ModelUsage("large", "", 5, 2),)


def test_a_cache_around_it_knows_the_models_name() -> None:
    assert ChatCompletionCache(observed(ScriptedModel(), EventLog())).model_name == "m"
