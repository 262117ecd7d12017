"""create_mcp_server_session: a connection to a server, for as long as a block lasts."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from mcp import ClientSession

from agentchat.ext.tools.mcp._config import McpServerParams, answer_seconds
from agentchat.ext.tools.mcp._sdk import Callbacks, client_session, streams


@asynccontextmanager
async def create_mcp_server_session(
    server_params: McpServerParams,
    sampling_callback: Any = None,
    elicitation_callback: Any = None,
    list_roots_callback: Any = None,
) -> AsyncGenerator[ClientSession, None]:
    """A session with a server, on which `initialize` is still to be called.

    Enter and leave it in one task. The callbacks are those of the SDK's `ClientSession`.

    Raises:
        ValueError: The parameters are of no kind that is known.
    """
    callbacks = Callbacks(sampling_callback, elicitation_callback, list_roots_callback)
    async with (
        streams(server_params) as (read, write),
        client_session(read, write, callbacks, answer_seconds(server_params)) as session,
    ):
        yield session
