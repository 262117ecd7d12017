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
from agentchat.ext.models.openai._request import Request
from agentchat.ext.models.openai_responses._exchange import response_to
from agentchat.ext.models.openai_responses._reply import read_response

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
    request = Request(body=body, options={}, name_by_api_name={}, output_type=None)
    response = await response_to(client, request, token)
    assembler = ReplyAssembler()
    try:
        is_reply = read_response(response, request.model, assembler)
    finally:
        # Also a response that failed may have cost something.
        _report(body, response, assembler)
    if not is_reply:
        raise EmptyReply(request.model, response)
    return ResponsesReply(response, assembler.result())


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
