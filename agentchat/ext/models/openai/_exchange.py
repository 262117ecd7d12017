"""The chat completions API on the wire: its address, its chunks, and usage among them."""

import warnings
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Final

from openai import BadRequestError

from agentchat.core._cancellation import CancellationToken
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._reading import Json
from agentchat.ext.models._requests import Request
from agentchat.ext.models._sdk_exchange import events
from agentchat.ext.models.openai._event_stream import EventStream
from agentchat.ext.models.openai._reply import STREAM_END

PATH: Final = "/chat/completions"

_MANY_EMPTY_CHUNKS = 10


async def chunks(
    stream: EventStream, model: str, token: CancellationToken | None
) -> AsyncGenerator[Json, None]:
    """The chunks of a reply, and STREAM_END if the server says so; closing this closes all.

    Raises:
        UnreadableReply: An event is not a JSON object.
        openai.OpenAIError: Whatever the SDK raises.
    """
    empty_in_a_row = 0
    async with aclosing(events(stream, model, token)) as received:
        async for chunk in received:
            empty_in_a_row = 0 if chunk.get("choices") else empty_in_a_row + 1
            if empty_in_a_row == _MANY_EMPTY_CHUNKS:
                _warn_of_empty_chunks()
            yield chunk
        if stream.is_complete:
            yield STREAM_END


def says_usage(call: Call, settings: Mapping[str, Any], include_usage: bool | None) -> Call:
    """The call with the argument among its stream options.

    Args:
        call: What the caller asks for.
        settings: The arguments of all calls.
        include_usage: Whether the server shall report usage; None leaves the call as it is.

    Raises:
        ValueError: The argument and the stream options contradict each other.
    """
    if include_usage is None:
        return call
    options = {**settings, **call.extra_create_args}.get("stream_options") or {}
    if options.get("include_usage", include_usage) != include_usage:
        raise ValueError(
            "include_usage and extra_create_args['stream_options']['include_usage'] are both set, "
            "but differ in value."
        )
    said = {"stream_options": {**options, "include_usage": include_usage}}
    return call._replace(extra_create_args={**call.extra_create_args, **said})


def speaks_of_usage(request: Request) -> bool:
    """Whether somebody has decided that the server shall report usage, or that it shall not."""
    return "include_usage" in (request.body.get("stream_options") or {})


def with_usage(request: Request) -> Request:
    """The request, with a wish for usage in its stream options."""
    options = (request.body.get("stream_options") or {}) | {"include_usage": True}
    return replace(request, body=request.body | {"stream_options": options})


def refuses_usage(error: BadRequestError) -> bool:
    """Whether a server turned a request down because it asks for usage."""
    return "stream_options" in str(error) or "include_usage" in str(error)


def _warn_of_empty_chunks() -> None:
    warnings.warn(
        f"Received more than {_MANY_EMPTY_CHUNKS} consecutive empty chunks. "
        "Empty chunks are being ignored.",
        UserWarning,
        stacklevel=4,
    )
