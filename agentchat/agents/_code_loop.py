"""Writing code, running it, and trying again: the turn of a code executor that has a model."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from pydantic import BaseModel

from agentchat.agents._code_blocks import code_blocks_in
from agentchat.agents._model_call import Asker, text_of
from agentchat.agents._steps import AnswerStream
from agentchat.base import Response
from agentchat.core._world import new_id
from agentchat.core.code_executor import CodeBlock, CodeResult
from agentchat.core.models import CreateResult, UserMessage
from agentchat.messages import (
    CodeExecutionEvent,
    CodeGenerationEvent,
    TextMessage,
)

_RETRY_QUESTION = (
    "The code that ran last ended with an error; its output stands above. Decide whether another "
    "try can help. If so, set retry to true and give as the reason, briefly, what is wrong and "
    "how the code is to be changed. If not - because the task itself, or something that code "
    "can't reach, is in the way - set retry to false and give that as the reason."
)


class RetryDecision(BaseModel, defer_build=True):
    """Whether a model thinks that failed code is worth another try."""

    reason: str
    """What is to be changed, or why it is not worth it."""

    retry: bool


@dataclass(frozen=True, slots=True)
class CodeTurn:
    """What a turn of writing code needs; the conversation is in the asker's context."""

    asker: Asker
    languages: Sequence[str]
    execute: Callable[[list[CodeBlock]], Awaitable[CodeResult]]
    max_retries: int


async def write_and_run(turn: CodeTurn) -> AnswerStream:
    """Has the model write code, runs it, and ends with the model's words on what came of it.

    When the model writes no code, what it wrote is the answer.
    """
    for attempt in range(turn.max_retries + 1):
        exit_code = 0
        async with aclosing(_attempt(turn, attempt)) as steps:
            async for item in steps:
                yield item
                if isinstance(item, Response):
                    return
                if isinstance(item, CodeExecutionEvent):
                    exit_code = item.result.exit_code
        if exit_code == 0 or attempt == turn.max_retries:
            break
        correction = await _correction(turn, attempt)
        if correction is None:
            break
        yield correction
    async with aclosing(_words(turn)) as words:
        async for item in words:
            yield item


async def _attempt(turn: CodeTurn, attempt: int) -> AnswerStream:
    answer_id = new_id("message")
    async with aclosing(turn.asker.ask(answer_id)) as reply:
        async for item in reply:
            if not isinstance(item, CreateResult):
                yield item
                continue
            message = await _remembered(turn, item, answer_id)
            blocks = code_blocks_in(message.content, turn.languages)
            if not blocks:
                yield Response(chat_message=message)
                return
            yield CodeGenerationEvent(
                retry_attempt=attempt,
                content=message.content,
                code_blocks=blocks,
                source=message.source,
                models_usage=message.models_usage,
            )
            result = await turn.execute(blocks)
            await turn.asker.context.add_message(
                UserMessage(content=result.output, source=message.source)
            )
            yield CodeExecutionEvent(retry_attempt=attempt, result=result, source=message.source)


async def _correction(turn: CodeTurn, attempt: int) -> CodeGenerationEvent | None:
    """How the model would change the code that has just failed; None when it would not try."""
    asker = turn.asker
    question = UserMessage(content=_RETRY_QUESTION, source=asker.source)
    reply = await asker.client.create(
        [*await asker.context.get_messages(), question],
        json_output=RetryDecision,
        cancellation_token=asker.token,
    )
    decision = RetryDecision.model_validate_json(text_of(reply))
    if not decision.retry:
        return None
    return CodeGenerationEvent(
        retry_attempt=attempt,
        content=f"Attempt number: {attempt + 1}\nProposed correction: {decision.reason}",
        code_blocks=[],
        source=asker.source,
        models_usage=reply.usage,
    )


async def _words(turn: CodeTurn) -> AnswerStream:
    """What the model says at the end, when it has seen what the code did."""
    answer_id = new_id("message")
    async with aclosing(turn.asker.ask(answer_id)) as reply:
        async for item in reply:
            if isinstance(item, CreateResult):
                yield Response(chat_message=await _remembered(turn, item, answer_id))
            else:
                yield item


async def _remembered(turn: CodeTurn, reply: CreateResult, answer_id: str) -> TextMessage:
    message = TextMessage(
        id=answer_id,
        content=text_of(reply),
        source=turn.asker.source,
        models_usage=reply.usage,
    )
    await turn.asker.remember(reply)
    return message
