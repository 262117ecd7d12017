"""One request on its way: sent through a vendor's SDK without the SDK's own transformation of it.

The SDK keeps its part: authentication, retries, timeouts, Azure's addresses, its errors. Its walk
over every parameter of the body is left out, which costs more than all the rest together. OpenAI's
SDK and Anthropic's come out of one generator and are alike in this.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from agentchat.core._cancellation import CancellationToken
from agentchat.ext.models._errors import UnreadableReply
from agentchat.ext.models._interruption import interrupting
from agentchat.ext.models._reading import Json, as_object, run_out
from agentchat.ext.models._requests import Request


class SdkClient(Protocol):
    """As much of an SDK's client as sends a request."""

    async def post(
        self, path: str, *, cast_to: Any, body: Any, options: Any, stream: Any, stream_cls: Any
    ) -> Any:
        """Sends a body; `object` to cast to is the SDK's word for JSON as it came."""


class SdkStream(Protocol):
    """As much of an SDK's stream as is read."""

    def __aiter__(self) -> AsyncIterator[object]: ...

    async def __anext__(self) -> object: ...

    async def close(self) -> None:
        """Closes the connection."""


async def answer(
    client: SdkClient, path: str, request: Request, token: CancellationToken | None
) -> Json:
    """Sends a request and waits for the whole reply.

    Raises:
        UnreadableReply: The body is not a JSON object.
        Exception: Whatever the SDK raises.
    """
    with _reading_json(request.model), interrupting(token):
        body = await client.post(
            path,
            cast_to=object,
            body=request.body,
            options=request.options,
            stream=False,
            stream_cls=None,
        )
        # The SDK gives the text of a reply that does not call itself JSON.
        read = json.loads(body) if isinstance(body, str) else body
    return as_object(request.model, read)


async def opened_stream(
    client: SdkClient,
    path: str,
    request: Request,
    stream_class: Any,
    token: CancellationToken | None,
) -> Any:
    """Sends a request and waits until the server begins to stream its reply.

    Args:
        client: The SDK's client.
        path: Where the API takes such requests, below the client's base URL.
        request: What is sent.
        stream_class: The SDK's class of streams, or one of ours made from it.
        token: Stops the waiting.

    Raises:
        Exception: Whatever the SDK raises.
    """
    with _reading_json(request.model), interrupting(token):
        return await client.post(
            path,
            cast_to=object,
            body=request.body,
            options=request.options,
            stream=True,
            stream_cls=stream_class,
        )


async def events(
    stream: SdkStream, model: str, token: CancellationToken | None
) -> AsyncGenerator[Json, None]:
    """The events of a reply; closing this closes the connection.

    Raises:
        UnreadableReply: An event is not a JSON object.
        Exception: Whatever the SDK raises.
    """
    try:
        while True:
            with _reading_json(model), interrupting(token):
                event = await anext(stream, None)
            if event is None:
                return
            yield as_object(model, event)
    finally:
        await stream.close()
        await run_out(stream)


@contextmanager
def _reading_json(model: str) -> Iterator[None]:
    try:
        yield
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UnreadableReply(model, str(error)) from error
