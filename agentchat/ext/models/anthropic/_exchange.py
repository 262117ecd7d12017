"""One request on its way: sent through the SDK without the SDK's own transformation of it."""

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from anthropic import AsyncAnthropic, AsyncAnthropicBedrock, AsyncStream

from agentchat.core._cancellation import CancellationToken
from agentchat.ext.models._assembling_client import Json, as_object, run_out
from agentchat.ext.models._errors import UnreadableReply
from agentchat.ext.models._interruption import interrupting
from agentchat.ext.models._requests import Request

if TYPE_CHECKING:  # The SDK's own module may move; only a type checker would miss it.
    from anthropic._types import RequestOptions

SdkClient: TypeAlias = AsyncAnthropic | AsyncAnthropicBedrock

_PATH = "/v1/messages"
_AS_JSON = cast(type[Json], dict[str, Any])


async def message(client: SdkClient, request: Request, token: CancellationToken | None) -> Json:
    """Sends a request and waits for the whole reply.

    Raises:
        UnreadableReply: The body is not a JSON object.
        anthropic.AnthropicError: Whatever the SDK raises.
    """
    with _reading(request.model), interrupting(token):
        body = await client.post(
            _PATH,
            cast_to=_AS_JSON,
            body=request.body,
            options=cast("RequestOptions", request.options),
        )
        # The SDK gives the text of a reply that does not call itself JSON.
        read = json.loads(body) if isinstance(body, str) else body
    return as_object(request.model, read)


async def message_events(
    client: SdkClient, request: Request, token: CancellationToken | None
) -> AsyncGenerator[Json, None]:
    """Sends a request, and gives the events of the reply; closing this closes the connection.

    Raises:
        UnreadableReply: An event is not a JSON object.
        anthropic.AnthropicError: Whatever the SDK raises.
    """
    with _reading(request.model), interrupting(token):
        stream = await client.post(
            _PATH,
            cast_to=_AS_JSON,
            body=request.body,
            options=cast("RequestOptions", request.options),
            stream=True,
            stream_cls=AsyncStream[Json],
        )
    try:
        while True:
            with _reading(request.model), interrupting(token):
                event = await anext(stream, None)
            if event is None:
                return
            yield as_object(request.model, event)
    finally:
        await stream.close()
        await run_out(stream)


@contextmanager
def _reading(model: str) -> Iterator[None]:
    try:
        yield
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UnreadableReply(model, str(error)) from error
