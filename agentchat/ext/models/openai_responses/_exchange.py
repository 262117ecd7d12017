"""One request to `/responses` on its way, sent through the SDK as plain JSON.

As with chat completions, the SDK keeps its part, from authentication to its errors, and leaves out
its walk over the body.
"""

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

from openai import AsyncOpenAI, AsyncStream

from agentchat.core._cancellation import CancellationToken
from agentchat.ext.models._errors import UnreadableReply
from agentchat.ext.models._interruption import interrupting
from agentchat.ext.models.openai._request import Request

if TYPE_CHECKING:  # The SDK's own modules may move; only a type checker would miss this.
    from openai._types import RequestOptions

Json = dict[str, Any]
EventStream = AsyncStream[Json]

_PATH = "/responses"
_SHOWN_CHARACTERS = 200


async def response_to(
    client: AsyncOpenAI, request: Request, cancellation_token: CancellationToken | None
) -> Json:
    """Sends a request and waits for the whole response.

    Raises:
        UnreadableReply: The body is not a JSON object.
        openai.OpenAIError: Whatever the SDK raises.
    """
    with _reading(request.model), interrupting(cancellation_token):
        body = await client.post(
            _PATH,
            cast_to=cast(type[Json], dict[str, Any]),
            body=request.body,
            options=cast("RequestOptions", request.options),
        )
        # The SDK gives the text of a reply that does not call itself JSON.
        return _object(json.loads(body) if isinstance(body, str) else body, request.model)


async def opened_stream(
    client: AsyncOpenAI, request: Request, cancellation_token: CancellationToken | None
) -> EventStream:
    """Sends a request and waits until the server begins to stream its response.

    Raises:
        openai.OpenAIError: Whatever the SDK raises.
    """
    with _reading(request.model), interrupting(cancellation_token):
        return await client.post(
            _PATH,
            cast_to=cast(type[Json], dict[str, Any]),
            body=request.body,
            options=cast("RequestOptions", request.options),
            stream=True,
            stream_cls=EventStream,
        )


async def events(
    stream: EventStream, model: str, cancellation_token: CancellationToken | None
) -> AsyncGenerator[Json, None]:
    """The events of a response; closing this closes the connection.

    Raises:
        UnreadableReply: An event is not a JSON object.
        openai.OpenAIError: Whatever the SDK raises.
    """
    try:
        while True:
            with _reading(model), interrupting(cancellation_token):
                event = await anext(stream, None)
            if event is None:
                return
            yield _object(event, model)
    finally:
        await stream.close()
        # The SDK's generators are nested, and only at their end do they leave no task behind. With
        # the connection closed, they get there as soon as they have shown what had come already.
        with suppress(Exception):
            async for _ in stream:
                """Nobody watches."""


def _object(value: object, model: str) -> Json:
    if not isinstance(value, dict):
        excerpt = str(value)[:_SHOWN_CHARACTERS]
        raise UnreadableReply(model, f"it is not a JSON object but {excerpt!r}")
    return value


@contextmanager
def _reading(model: str) -> Iterator[None]:
    try:
        yield
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UnreadableReply(model, str(error)) from error
