"""One call of the Responses API on an agent's behalf: sent, read, counted and logged."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openai import AsyncOpenAI

from agentchat.core import CancellationToken
from agentchat.core._usage import report_usage
from agentchat.core.logging import EVENT_LOGGER_NAME, LLMCallEvent
from agentchat.core.models import CreateResult
from agentchat.ext.models._assembler import ReplyAssembler
from agentchat.ext.models._errors import EmptyReply
from agentchat.ext.models._reading import reading
from agentchat.ext.models._requests import Request
from agentchat.ext.models._sdk_exchange import answer
from agentchat.ext.models.openai_responses._client import PATH
from agentchat.ext.models.openai_responses._reader import ResponseReader

_events = logging.getLogger(EVENT_LOGGER_NAME)


@dataclass(frozen=True, slots=True)
class ResponsesReply:
    """What came of a call."""

    response: Mapping[str, Any]
    """As the server gave it."""

    result: CreateResult
    """What it says."""


async def ask(
    client: AsyncOpenAI, body: dict[str, Any], token: CancellationToken
) -> ResponsesReply:
    """Sends a request and waits for the whole response.

    Raises:
        ModelReplyError: The response can't be used; see its subclasses.
        openai.OpenAIError: The server refused, or could not be reached.
    """
    model = str(body["model"])
    response = await answer(client, PATH, Request(model, body), token)
    reader = ResponseReader(model)
    try:
        with reading(model):
            is_reply = reader.read_whole(response)
    finally:
        # Also a response that failed may have cost something.
        _report(body, response, reader.assembler)
    if not is_reply:
        raise EmptyReply(model, response)
    return ResponsesReply(response, reader.assembler.result())


def _report(
    body: Mapping[str, Any], response: Mapping[str, Any], assembler: ReplyAssembler
) -> None:
    report_usage(
        body["model"],
        assembler.usage,
        cached_tokens=assembler.cached_tokens,
        reasoning_tokens=assembler.reasoning_tokens,
    )
    if _events.isEnabledFor(logging.INFO):
        _events.info(
            LLMCallEvent(
                messages=body["input"],
                response=dict(response),
                prompt_tokens=assembler.usage.prompt_tokens,
                completion_tokens=assembler.usage.completion_tokens,
                tools=body.get("tools", []),
            )
        )
