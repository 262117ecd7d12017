"""One request on its way: sent through the SDK without the SDK's own transformation of it.

The SDK keeps its part: authentication, retries, timeouts, Azure's addresses, its errors. Its walk
over every parameter of the body is left out, which costs more than all the rest together.
"""

import json
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from openai import AsyncOpenAI, AsyncStream, BadRequestError

from agentchat.core._cancellation import CancellationToken
from agentchat.ext.models._errors import UnreadableReply
from agentchat.ext.models._interruption import interrupting
from agentchat.ext.models.openai._request import Request

if TYPE_CHECKING:  # The SDK's own modules may move; only a type checker would miss these.
    from openai._streaming import ServerSentEvent
    from openai._types import RequestOptions

Json = dict[str, Any]

_PATH = "/chat/completions"
_MANY_EMPTY_CHUNKS = 10
_SHOWN_CHARACTERS = 200


class ChunkStream(AsyncStream[Json]):
    """A stream that knows whether the server has said that it is over."""

    is_complete = False
    """Whether `[DONE]` has come. Not every server says it."""

    async def _iter_events(self) -> "AsyncIterator[ServerSentEvent]":
        async for event in super()._iter_events():
            self.is_complete = self.is_complete or event.data.startswith("[DONE]")
            yield event


async def completion(
    client: AsyncOpenAI, request: Request, cancellation_token: CancellationToken | None
) -> Json:
    """Sends a request and waits for the whole reply.

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
        read = json.loads(body) if isinstance(body, str) else body
    if not isinstance(read, dict):
        raise UnreadableReply(request.model, f"it is {_excerpt(read)}")
    return read


async def opened_stream(
    client: AsyncOpenAI, request: Request, cancellation_token: CancellationToken | None
) -> ChunkStream:
    """Sends a request and waits until the server begins to stream its reply.

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
            stream_cls=ChunkStream,
        )


async def chunks(
    stream: ChunkStream, model: str, cancellation_token: CancellationToken | None
) -> AsyncGenerator[Json, None]:
    """The chunks of a reply; closing this closes the connection.

    Raises:
        UnreadableReply: An event is not a JSON object.
        openai.OpenAIError: Whatever the SDK raises.
    """
    empty_in_a_row = 0
    try:
        while True:
            with _reading(model), interrupting(cancellation_token):
                chunk = await anext(stream, None)
            if chunk is None:
                return
            if not isinstance(chunk, dict):
                raise UnreadableReply(model, f"an event of it is {_excerpt(chunk)}")
            empty_in_a_row = 0 if chunk.get("choices") else empty_in_a_row + 1
            if empty_in_a_row == _MANY_EMPTY_CHUNKS:
                _warn_of_empty_chunks()
            yield chunk
    finally:
        await stream.close()


def said_of_usage(request: Request, include_usage: bool | None) -> bool | None:
    """Whether the caller wants usage reported; None when nothing was said of it.

    Raises:
        ValueError: The argument and the request's stream options contradict each other.
    """
    options = request.body.get("stream_options") or {}
    said: bool | None = options.get("include_usage", include_usage)
    if include_usage is not None and said != include_usage:
        raise ValueError(
            "include_usage and extra_create_args['stream_options']['include_usage'] are both set, "
            "but differ in value."
        )
    return said


def with_usage(request: Request, wanted: bool) -> Request:
    """The request, with or without a wish for usage in its stream options."""
    options = (request.body.get("stream_options") or {}) | {"include_usage": wanted}
    return replace(request, body=request.body | {"stream_options": options})


def refuses_usage(error: BadRequestError) -> bool:
    """Whether a server turned a request down because it asks for usage."""
    return "stream_options" in str(error) or "include_usage" in str(error)


@contextmanager
def _reading(model: str) -> Iterator[None]:
    try:
        yield
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UnreadableReply(model, str(error)) from error


def _excerpt(value: object) -> str:
    return f"not a JSON object but {str(value)[:_SHOWN_CHARACTERS]!r}"


def _warn_of_empty_chunks() -> None:
    warnings.warn(
        f"Received more than {_MANY_EMPTY_CHUNKS} consecutive empty chunks. "
        "Empty chunks are being ignored.",
        UserWarning,
        stacklevel=4,
    )
