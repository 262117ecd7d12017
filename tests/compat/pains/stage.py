"""What the cases stand on: scripted models and speakers, and a limit that makes a hang a failure.

Like the cases it needs nothing that AutoGen lacks, so that the same source runs there.
"""

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any, TypeVar

from agentchat.agents import ApprovalResponse, AssistantAgent, BaseChatAgent, CodeExecutorAgent
from agentchat.base import Response
from agentchat.core import CancellationToken, FunctionCall
from agentchat.core.code_executor import CodeBlock, CodeExecutor, CodeResult
from agentchat.core.models import CreateResult, LLMMessage, RequestUsage
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import BaseChatMessage, TextMessage

T = TypeVar("T")

Case = Callable[[], Awaitable[None]]
"""Fails, or hangs, where the pain is still felt; its name begins with the pain's number."""

ABLE: Any = {
    "vision": True,
    "function_calling": True,
    "json_output": True,
    "structured_output": True,
    "family": "unknown",
}

SECONDS = 5
"""Nothing that works takes so long."""


def cases_in(module: ModuleType) -> list[Case]:
    """The cases that a module defines, in its order."""
    return [
        member
        for name, member in vars(module).items()
        if inspect.iscoroutinefunction(member)
        and member.__module__ == module.__name__
        and not name.startswith("_")
    ]


async def soon(awaitable: Awaitable[T]) -> T:
    """What it returns; a TimeoutError when it hangs."""
    async with asyncio.timeout(SECONDS):
        return await awaitable


async def failure_of(awaitable: Awaitable[object]) -> BaseException:
    """What it raises; to hang is no such failure."""
    try:
        result = await soon(awaitable)
    except TimeoutError:
        raise
    except BaseException as error:
        return error
    raise AssertionError(f"Nothing was raised; it returned {result!r}")


async def happens(event: asyncio.Event) -> bool:
    """Whether it happens within a moment."""
    try:
        async with asyncio.timeout(0.3):
            return await event.wait()
    except TimeoutError:
        return False


class Speaker(BaseChatAgent):
    """Says its lines, one a turn, the last of them for ever; keeps what it was given."""

    def __init__(self, name: str, *lines: str) -> None:
        super().__init__(name, f"{name} speaks.")
        self.lines = lines or (f"{name} speaks",)
        self.heard: list[list[str]] = []
        self.spoke = asyncio.Event()

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        line = self.lines[min(len(self.heard), len(self.lines) - 1)]
        self.heard.append([message.to_model_text() for message in messages])
        self.spoke.set()
        return Response(chat_message=TextMessage(content=line, source=self.name))

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self.heard.clear()


class FailsOnce(Speaker):
    """Fails in its first turn, and never again."""

    has_failed = False

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        response = await super().on_messages(messages, cancellation_token)
        if not self.has_failed:
            self.has_failed = True
            raise ConnectionError("The line is down.")
        return response


class Model(ReplayChatCompletionClient):
    """Answers from a script, in which an exception is raised; keeps what it was asked."""

    def __init__(self, *replies: str | CreateResult | Exception, **info: Any) -> None:
        said = [reply for reply in replies if not isinstance(reply, Exception)]
        abilities: Any = {**ABLE, **info}
        super().__init__(said, model_info=abilities)
        self._script = list(replies)
        self.asked: list[list[LLMMessage]] = []

    async def create(self, messages: Sequence[LLMMessage], **arguments: Any) -> CreateResult:
        reply = self._script[len(self.asked)] if len(self.asked) < len(self._script) else None
        self.asked.append(list(messages))
        await asyncio.sleep(0)  # Others have their turn meanwhile, as with any model.
        if isinstance(reply, Exception):
            raise reply
        return await super().create(messages, **arguments)


class Patient(Speaker):
    """Speaks after somebody else has."""

    def __init__(self, name: str, other: Speaker) -> None:
        super().__init__(name)
        self._other = other

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        await self._other.spoke.wait()
        return await super().on_messages(messages, cancellation_token)


class Executor(CodeExecutor):
    """Runs nothing; its results are given, and the last is the result for ever."""

    def __init__(self, *results: CodeResult) -> None:
        self._results = results or (CodeResult(exit_code=0, output="42"),)
        self.ran: list[list[str]] = []

    async def execute_code_blocks(
        self, code_blocks: list[CodeBlock], cancellation_token: CancellationToken
    ) -> CodeResult:
        result = self._results[min(len(self.ran), len(self._results) - 1)]
        self.ran.append([block.code for block in code_blocks])
        return result

    async def start(self) -> None:
        """Has nothing to start."""

    async def stop(self) -> None:
        """Has nothing to stop."""

    async def restart(self) -> None:
        """Has nothing to restart."""


def coder(model: Model, executor: Executor | None = None, **options: Any) -> CodeExecutorAgent:
    """A code executor agent whose code nobody objects to."""
    return CodeExecutorAgent(
        "coder",
        executor or Executor(),
        model_client=model,
        approval_func=lambda _: ApprovalResponse(approved=True, reason=""),
        **options,
    )


def assistant(*replies: str | CreateResult | Exception, **options: Any) -> AssistantAgent:
    """An assistant called `bob` with a scripted model."""
    return AssistantAgent("bob", Model(*replies), **options)


@asynccontextmanager
async def endpoint(text: str) -> AsyncIterator[tuple[str, list[Any]]]:
    """A server of OpenAI's protocol that says a text: its address, and what it is asked."""
    requests: list[Any] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        request = json.loads(await reader.readexactly(length))
        requests.append(request)
        kind = "text/event-stream" if request.get("stream") else "application/json"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n"
        writer.write((head + _answer(text, request)).encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", requests


def _answer(text: str, request: Any) -> str:
    """What OpenAI's API answers; of tokens a stream tells only if it is asked to."""
    common = {"id": "1", "object": "chat.completion", "created": 1, "model": "gpt-4o-2024-08-06"}
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 8, "completion_tokens": 2, "total_tokens": 10}
    choice = {"index": 0, "finish_reason": "stop"}
    if not request.get("stream"):
        return json.dumps(common | {"choices": [choice | {"message": message}], "usage": usage})
    events: list[dict[str, Any]] = [{"choices": [choice | {"delta": message}]}]
    if (request.get("stream_options") or {}).get("include_usage"):
        events.append({"choices": [], "usage": usage})
    chunk = common | {"object": "chat.completion.chunk"}
    lines = [f"data: {json.dumps(chunk | event)}\n\n" for event in events]
    return "".join([*lines, "data: [DONE]\n\n"])


def calls(*names: str, arguments: str = "{}") -> CreateResult:
    """A reply that asks for tools, side by side."""
    return CreateResult(
        finish_reason="function_calls",
        content=[
            FunctionCall(id=str(number), name=name, arguments=arguments)
            for number, name in enumerate(names)
        ],
        usage=RequestUsage(prompt_tokens=1, completion_tokens=1),
        cached=False,
    )


def texts(messages: Sequence[Any]) -> list[Any]:
    """The contents of messages, whatever their kind."""
    return [message.content for message in messages]


def kinds(messages: Sequence[object]) -> list[str]:
    """The names of the messages' classes."""
    return [type(message).__name__ for message in messages]


def said(content: str, source: str = "user") -> TextMessage:
    """A text message."""
    return TextMessage(content=content, source=source)
