"""Models and agents that several programs share."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from agentchat.agents import BaseChatAgent
from agentchat.base import Response
from agentchat.core import CancellationToken, FunctionCall
from agentchat.core.models import CreateResult, ModelInfo, RequestUsage
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import BaseChatMessage, TextMessage


def model(*replies: str | CreateResult, family: str = "unknown", **capable: bool) -> Any:
    """A model that gives the replies, and can do everything unless it is said otherwise."""
    return ReplayChatCompletionClient(list(replies), model_info=info(family, **capable))


def info(family: str = "unknown", **capable: bool) -> ModelInfo:
    """Everything a model can do, but for what is said otherwise."""
    abilities = {
        "vision": True,
        "function_calling": True,
        "json_output": True,
        "structured_output": True,
        "multiple_system_messages": True,
    }
    return ModelInfo(family=family, **(abilities | capable))


def said(text: str, thought: str | None = None) -> CreateResult:
    """A reply in words."""
    return CreateResult(
        finish_reason="stop",
        content=text,
        usage=RequestUsage(prompt_tokens=10, completion_tokens=5),
        cached=False,
        thought=thought,
    )


def calls(*functions: tuple[str, str], thought: str | None = None) -> CreateResult:
    """A reply that asks for tools: each a name and the JSON text of its arguments."""
    return CreateResult(
        finish_reason="function_calls",
        content=[
            FunctionCall(id=f"call-{position}", name=name, arguments=arguments)
            for position, (name, arguments) in enumerate(functions, 1)
        ],
        usage=RequestUsage(prompt_tokens=20, completion_tokens=7),
        cached=False,
        thought=thought,
    )


class PiecewiseModel(ReplayChatCompletionClient):
    """A model whose stream gives each reply's thought and text in pieces of a word."""

    async def create_stream(
        self, messages: Sequence[Any], **arguments: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        reply = await self.create(messages)
        if reply.thought:
            for piece in ("<think>", *_words(reply.thought), "</think>"):
                yield piece
        if isinstance(reply.content, str):
            for piece in _words(reply.content):
                yield piece
        yield reply


def _words(text: str) -> list[str]:
    return text.split(" ")


def piecewise(*replies: CreateResult) -> PiecewiseModel:
    """Such a model that can do everything."""
    return PiecewiseModel(list(replies), model_info=info())


class Speaker(BaseChatAgent):
    """Says its lines, one a turn, over and over; and how many messages it was given."""

    def __init__(self, name: str, *lines: str) -> None:
        super().__init__(name, f"{name} says what it was told to say.")
        self._lines = lines
        self._spoken = 0

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        line = self._lines[self._spoken % len(self._lines)]
        self._spoken += 1
        heard = ",".join(f"{message.source}:{message.to_text()}" for message in messages)
        return Response(
            chat_message=TextMessage(
                content=line,
                source=self.name,
                models_usage=RequestUsage(prompt_tokens=3, completion_tokens=2),
                metadata={"heard": heard},
            )
        )

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self._spoken = 0


class Failing(Speaker):
    """Fails in the turns whose line is `fail`."""

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        response = await super().on_messages(messages, cancellation_token)
        if response.chat_message.to_text() == "fail":
            raise LookupError("nothing there\nsecond line")
        return response
