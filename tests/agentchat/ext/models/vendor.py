"""A vendor of models on this machine, and what the tests of all clients ask it."""

import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, ClassVar, Self

from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agentchat.core.models import ChatCompletionClient, CreateResult, LLMMessage, UserMessage
from agentchat.core.tools import FunctionTool
from harness.server import listening

HELLO: list[LLMMessage] = [UserMessage(content="Hi", source="user")]
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

Answer = Response | Callable[[dict[str, Any]], Response]
"""What comes back, or what makes it of the body that was sent."""


class Weather(BaseModel):
    degrees: int


def get_weather(city: str) -> str:
    return f"sunny in {city}"


TOOL = FunctionTool(get_weather, description="Tells the weather.")


class Vendor(ABC):
    """Answers with what it was given, in order, the last one for ever; keeps what it was asked."""

    path: ClassVar[str]
    url = ""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.asked: list[dict[str, Any]] = []

    @classmethod
    @contextmanager
    def serving(cls, *answers: Answer) -> Iterator[Self]:
        vendor = cls(*answers)
        routes = [Route(cls.path, vendor.answer, methods=["POST"])]
        with listening(Starlette(routes=routes)) as vendor.url:
            yield vendor

    @classmethod
    @asynccontextmanager
    async def answering(cls, *answers: Answer, **arguments: Any) -> AsyncIterator[tuple[Any, Self]]:
        with cls.serving(*answers) as vendor:
            client = vendor.client(**arguments)
            try:
                yield client, vendor
            finally:
                await client.close()

    @abstractmethod
    def client(self, **arguments: Any) -> ChatCompletionClient: ...

    async def answer(self, request: Request) -> Response:
        self.requests.append(request)
        self.asked.append(json.loads(await request.body()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, Response) else answer(self.asked[-1])


def as_json(body: Any, status: int = 200, **headers: str) -> Response:
    return Response(json.dumps(body), status, headers, media_type="application/json")


async def collected(stream: Any) -> tuple[list[str], CreateResult]:
    *pieces, result = [piece async for piece in stream]
    return pieces, result
