"""The MCP SDK: all that this package knows of how its versions 1 and 2 differ.

What an SDK object holds is read from its JSON form (`wire`), which the protocol fixes; only the
names of Python attributes differ between the versions.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from importlib import import_module
from typing import Annotated, Any, NamedTuple, TextIO, TypeAlias, TypeVar

from mcp import ClientSession, StdioServerParameters, stdio_client, types
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared import exceptions
from pydantic import BaseModel, PlainSerializer

from agentchat.ext.tools.mcp._config import (
    McpServerParams,
    SseServerParams,
    StdioServerParams,
    StreamableHttpServerParams,
)

T = TypeVar("T")

_IS_FIRST = not hasattr(exceptions, "MCPError")
_CANCELLED_WRITE_SECONDS = 1.0

RESOURCE_TEMPLATES = "resourceTemplates" if _IS_FIRST else "resource_templates"
_CURSOR = "nextCursor" if _IS_FIRST else "next_cursor"


class Callbacks(NamedTuple):
    """What answers the requests and notifications of a server; None for what is not supported."""

    sampling: Any = None
    elicitation: Any = None
    roots: Any = None
    message: Any = None
    """Called with every notification."""


def wire(model: BaseModel) -> dict[str, Any]:
    """An SDK object as the JSON that the protocol has for it; what is None is left out."""
    return model.model_dump(by_alias=True, mode="json", exclude_none=True)


WireTool: TypeAlias = Annotated[types.Tool, PlainSerializer(wire)]
"""A tool that is written as the protocol has it, whatever version of the SDK reads it again."""


def connection_closed(error: BaseException) -> bool:
    """Whether a request failed since there is no connection any more."""
    answered = getattr(error, "error", None)
    return bool(getattr(answered, "code", None) == types.CONNECTION_CLOSED)


def session_forgotten(error: BaseException) -> bool:
    """Whether a server refused a request since it does not know the session, as after a restart."""
    # Neither the protocol nor the SDK has a code for it: over HTTP it is a plain 404.
    return str(error).lower() in ("session not found", "session terminated")


def tools_changed(message: Any) -> bool:
    """Whether a server's message says that its list of tools is no longer the same."""
    # Version 1 wraps a notification in a root model.
    return isinstance(getattr(message, "root", message), types.ToolListChangedNotification)


def client_session(
    read: Any, write: Any, callbacks: Callbacks, read_timeout_seconds: float | None
) -> ClientSession:
    """A session over these streams, neither entered nor initialised."""
    timeout: Any = read_timeout_seconds
    if _IS_FIRST and read_timeout_seconds is not None:
        timeout = timedelta(seconds=read_timeout_seconds)
    return ClientSession(
        read,
        write,
        read_timeout_seconds=timeout,
        sampling_callback=callbacks.sampling,
        elicitation_callback=callbacks.elicitation,
        list_roots_callback=callbacks.roots,
        message_handler=callbacks.message,
    )


@asynccontextmanager
async def streams(params: McpServerParams) -> AsyncGenerator[tuple[Any, Any], None]:
    """A connection to a server, as the stream to read from and the one to write to.

    Raises:
        ValueError: The parameters are of no kind that is known.
    """
    if isinstance(params, StdioServerParams):
        program = params.model_dump(exclude={"type", "read_timeout_seconds"})
        opened: Any = stdio_client(StdioServerParameters(**program), errlog=_standard_error())
    elif isinstance(params, SseServerParams):
        opened = sse_client(**params.model_dump(exclude={"type"}))
    elif isinstance(params, StreamableHttpServerParams):
        opened = _streamable_http(params)
    else:
        raise ValueError(f"Unsupported server params type: {type(params)}")  # noqa: TRY004 - upstream's
    async with opened as ends:
        yield ends[0], ends[1]


@asynccontextmanager
async def _streamable_http(params: StreamableHttpServerParams) -> AsyncGenerator[Any, None]:
    # The library that the SDK itself is built on; each version of it has its own.
    http = import_module("httpx" if _IS_FIRST else "httpx2")
    timeout = http.Timeout(params.timeout, read=params.sse_read_timeout)
    async with (
        http.AsyncClient(headers=params.headers, timeout=timeout) as client,
        streamable_http_client(
            params.url, http_client=client, terminate_on_close=params.terminate_on_close
        ) as ends,
    ):
        yield ends


def _standard_error() -> TextIO:
    """Where a server program may write its errors: a notebook's stderr is not a file."""
    try:
        sys.stderr.fileno()
    except (OSError, AttributeError):
        return sys.__stderr__ or sys.stderr
    return sys.stderr


async def all_pages(ask: Callable[..., Awaitable[Any]], field: str) -> Any:
    """The first page of a listing, with the items of all the others added to it.

    Args:
        ask: A session's method for the listing.
        field: The attribute of a page that holds its items.
    """
    page = first = await ask()
    items = list(getattr(first, field))
    while cursor := getattr(page, _CURSOR):
        page = await ask(params=types.PaginatedRequestParams(cursor=cursor))
        items += getattr(page, field)
    return first.model_copy(update={field: items, _CURSOR: None})


async def sent(session: ClientSession, request: Callable[[], Awaitable[T]]) -> T:
    """The answer to a request; when it is no longer waited for, the server is told so."""
    # Version 2 tells the server by itself. Version 1 numbers the next request by this.
    request_id = getattr(session, "_request_id", None)
    try:
        return await request()
    except asyncio.CancelledError:
        if request_id is not None:
            await _send_cancelled(session, request_id)
        raise


async def _send_cancelled(session: ClientSession, request_id: int) -> None:
    parameters = {"requestId": request_id, "reason": "caller cancelled"}
    notification = types.CancelledNotification.model_validate(
        {"method": "notifications/cancelled", "params": parameters}
    )
    wrapped: Any = types.ClientNotification
    # A server that is gone needs not be told, and one that does not read is not waited for.
    with suppress(Exception):
        async with asyncio.timeout(_CANCELLED_WRITE_SECONDS):
            await session.send_notification(wrapped(notification))
