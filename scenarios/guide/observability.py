"""Observability and control: a stream to watch, a token to stop it, a log of model calls."""

import asyncio
import logging
from collections.abc import AsyncGenerator

from agentchat.agents import AssistantAgent
from agentchat.core import EVENT_LOGGER_NAME, CancellationToken
from agentchat.core.logging import LLMCallEvent
from agentchat.messages import BaseChatMessage, ModelClientStreamingChunkEvent, TextMessage
from harness import (
    Run,
    last_message,
    matches,
    no_errors,
    said,
    scenario,
    speakers,
    streamed,
    within,
)

PLANETS = "Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus and Neptune."


def astronomer(run: Run, *, streams: bool) -> AssistantAgent:
    return AssistantAgent(
        "astronomer",
        system_message="You are an astronomer. Answer in one sentence.",
        model_client=run.model("gpt-4o"),
        model_client_stream=streams,
    )


@scenario(
    task="Name the planets.",
    expect=[
        speakers("user", "astronomer"),
        streamed(by="astronomer", pieces=8),
        last_message(PLANETS, by="astronomer"),
        within(turns=1, tokens=200, usd=0.01),
        no_errors(),
    ],
    tags=["stream"],
)
def watched(run: Run) -> AssistantAgent:
    """Observability: the answer comes word by word, while the model still speaks.

    The stream comes from the recording in the very pieces in which it came from the model.
    """
    return astronomer(run, streams=True)


@scenario(
    task="Name the planets.",
    expect=[
        speakers("user", "onlooker"),
        last_message("Mercury, Venus, Earth, ...", by="onlooker"),
        within(turns=1, model_calls=0),
    ],
    tags=["stream", "cancellation"],
)
async def cancelled(run: Run) -> AsyncGenerator[TextMessage, None]:
    """Control: an onlooker who has heard enough cancels the answer in the middle.

    The rest of the answer is never read, so the call is not counted among the model calls.
    """
    token = CancellationToken()
    heard = ""
    yield TextMessage(content=run.task, source="user")
    try:
        watched = astronomer(run, streams=True).run_stream(task=run.task, cancellation_token=token)
        async for item in watched:
            if isinstance(item, ModelClientStreamingChunkEvent):
                heard += item.content
            if heard.count(",") == 3:
                token.cancel()
    except asyncio.CancelledError:
        yield TextMessage(content=f"{heard}...", source="onlooker")


class ModelCallLog(logging.Handler):
    """Keeps the model calls that it hears of."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[LLMCallEvent] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, LLMCallEvent):
            self.calls.append(record.msg)


@scenario(
    task="Name the planets.",
    expect=[
        speakers("user", "astronomer", "log"),
        said(by="astronomer", text=PLANETS),
        last_message(matches(r"^1 call: \d+ prompt tokens, 20 completion tokens$"), by="log"),
        within(turns=2, model_calls=1, tokens=200, usd=0.01),
    ],
    tags=["logging"],
)
async def logged(run: Run) -> AsyncGenerator[BaseChatMessage, None]:
    """Observability: model calls are told to Python's own logging.

    What a handler hears of the call is shown as the log's message.
    """
    log, logger = ModelCallLog(), logging.getLogger(EVENT_LOGGER_NAME)
    level = logger.level
    logger.addHandler(log)
    logger.setLevel(logging.INFO)
    try:
        result = await astronomer(run, streams=False).run(task=run.task)
    finally:
        logger.setLevel(level)
        logger.removeHandler(log)

    for message in result.messages:
        if isinstance(message, BaseChatMessage):
            yield message
    [call] = log.calls
    told = f"{call.prompt_tokens} prompt tokens, {call.completion_tokens} completion tokens"
    yield TextMessage(content=f"{len(log.calls)} call: {told}", source="log")
