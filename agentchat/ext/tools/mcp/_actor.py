"""McpSessionActor: one connection to a server, which any task may use."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Any, ClassVar

from anyio import create_memory_object_stream
from mcp import ClientSession, types
from pydantic import BaseModel

from agentchat.core._component import Component, ComponentBase, ComponentType
from agentchat.ext.tools.mcp._clock import ServerClock
from agentchat.ext.tools.mcp._config import McpServerParams, answer_seconds, start_seconds
from agentchat.ext.tools.mcp._errors import (
    McpConnectionLost,
    McpNotRunning,
    McpRequestTimedOut,
    McpServerUnavailable,
    McpSessionForgotten,
)
from agentchat.ext.tools.mcp._host import McpSessionHost
from agentchat.ext.tools.mcp._requests import McpActorArgs, request_of
from agentchat.ext.tools.mcp._sdk import (
    Callbacks,
    client_session,
    connection_closed,
    sent,
    session_forgotten,
    streams,
    tools_changed,
)

_PING_SECONDS = 5.0


class McpSessionActor(ComponentBase[BaseModel], Component[BaseModel]):
    """A connection to a server, held open by a task of its own until it is closed or lost.

    Requests may come from any task of the loop, many at a time. Each has the time that the
    parameters give it; one that is cancelled, or takes too long, is called off at the server, and
    the connection stays of use.

    Args:
        server_params: Where the server is.
        host: Answers what the server asks in turn.
    """

    component_type: ClassVar[ComponentType] = "mcp_session_actor"

    def __init__(self, server_params: McpServerParams, host: McpSessionHost | None = None) -> None:
        self.server_params = server_params
        self._host = host or McpSessionHost()
        self._clock = ServerClock()
        self._life: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[ClientSession]
        self._gone: asyncio.Future[None]
        self._initialize_result: types.InitializeResult | None = None
        self._tools: types.ListToolsResult | None = None
        self._tools_revision = 0
        self._is_doubtful = False

    @property
    def initialize_result(self) -> types.InitializeResult | None:
        """How the server introduced itself; None before it has."""
        return self._initialize_result

    async def initialize(self) -> None:
        """Connects, if that has not been done.

        Raises:
            McpServerUnavailable: The server can't be reached, or does not introduce itself in time.
        """
        if self._life is None:
            loop = asyncio.get_running_loop()
            self._ready, self._gone = loop.create_future(), loop.create_future()
            self._life = loop.create_task(self._live(), name="mcp-session")
        # The next one may still want it.
        await asyncio.shield(self._ready)

    async def call(self, type: str, args: McpActorArgs | None = None) -> Any:  # noqa: A002 - upstream's
        """The server's answer to a request, as the SDK has it; of a listing, all pages.

        Args:
            type: `call_tool`, `read_resource`, `get_prompt`, `list_tools`, `list_prompts`,
                `list_resources` or `list_resource_templates`.
            args: What the first three of them are about.

        Raises:
            McpNotRunning: `initialize` has not been called, or `close` has.
            McpConnectionLost: The server is gone.
            McpRequestTimedOut: It took too long.
            ValueError: The request makes no sense.
        """
        request = request_of(type, args)
        if self._life is None:
            raise McpNotRunning
        session = await asyncio.shield(self._ready)
        what = f"{type} {args['name']!r}" if args and args.get("name") else type
        return await self._answered(what, partial(sent, session, partial(request, session)))

    async def tools(self) -> types.ListToolsResult:
        """What tools the server has; it is asked again only after it said that they changed."""
        if self._tools is not None:
            return self._tools
        revision = self._tools_revision
        listed: types.ListToolsResult = await self.call("list_tools")
        if revision == self._tools_revision:
            self._tools = listed
        return listed

    def forget_tools(self) -> None:
        """Has `tools` ask the server again."""
        self._tools = None
        self._tools_revision += 1

    async def is_usable(self) -> bool:
        """Whether a request has a chance; a server that has failed one before is pinged first."""
        if self._life is None or self._gone.done():
            return False
        if self._is_doubtful:
            session = await asyncio.shield(self._ready)
            seconds = min(_PING_SECONDS, answer_seconds(self.server_params))
            try:
                async with asyncio.timeout(seconds):
                    await sent(session, session.send_ping)
            except Exception:
                self._end()
                return False
            self._is_doubtful = False
        return True

    async def close(self) -> None:
        """Ends the connection; does nothing when there is none."""
        if self._life is None:
            return
        life, self._life = self._life, None
        self._end()
        if not self._ready.done():
            life.cancel()
            self._fail_to_start(McpNotRunning())
        await asyncio.wait((life,))

    async def _answered(self, what: str, request: Callable[[], Awaitable[Any]]) -> Any:
        answer = asyncio.ensure_future(request())
        try:
            async with self._clock.limit(answer_seconds(self.server_params)):
                await asyncio.wait((answer, self._gone), return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            self._is_doubtful = True
            raise McpRequestTimedOut(self.server_params, what) from None
        finally:
            await _given_up(answer)
        if answer.cancelled():
            raise McpConnectionLost(self.server_params, what)
        error = answer.exception()
        if error is None:
            return answer.result()
        self._is_doubtful = True
        if session_forgotten(error):
            self._end()
            raise McpSessionForgotten(self.server_params, what) from error
        if self._gone.done() or connection_closed(error):
            raise McpConnectionLost(self.server_params, what) from error
        raise error

    async def _live(self) -> None:
        try:
            async with AsyncExitStack() as stack:
                async with asyncio.timeout(start_seconds(self.server_params)):
                    session = await stack.enter_async_context(self._connected())
                    self._initialize_result = await session.initialize()
                self._ready.set_result(session)
                await asyncio.wait((self._gone,))
        except Exception as error:
            unavailable = McpServerUnavailable(self.server_params, error)
            unavailable.__cause__ = unavailable.reason
            self._fail_to_start(unavailable)
        finally:
            self._end()
            self._fail_to_start(McpNotRunning())

    def _fail_to_start(self, error: Exception) -> None:
        if self._ready.done():
            return
        self._ready.set_exception(error)
        # Whoever waited may have been cancelled; then nobody asks for it.
        self._ready.exception()

    def _end(self) -> None:
        if not self._gone.done():
            self._gone.set_result(None)

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[ClientSession, None]:
        """A session whose end of the stream is noticed here too, between requests as well."""
        async with streams(self.server_params) as (read, write):
            watched, seen = create_memory_object_stream[Any](0)
            watching = asyncio.ensure_future(self._pass_on(read, watched))
            try:
                async with client_session(seen, write, self._callbacks(), None) as session:
                    yield session
            finally:
                await _given_up(watching)
                # The session closes what it reads from, but only if it came to reading.
                seen.close()
                await read.aclose()

    async def _pass_on(self, read: Any, watched: Any) -> None:
        async with watched:
            # A session that ends no longer takes what it is sent.
            with suppress(Exception):
                async for message in read:
                    await watched.send(message)
            self._end()

    def _callbacks(self) -> Callbacks:
        host = self._host
        return Callbacks(
            sampling=host.sampler and self._uncounted(host.handle_sampling_request),
            elicitation=host.elicitor and self._uncounted(host.handle_elicit_request),
            roots=host.roots and self._uncounted(host.handle_list_roots_request),
            message=self._on_message,
        )

    def _uncounted(self, answer: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def callback(_: Any, *params: Any) -> Any:
            with self._clock.stopped():
                return await answer(*params)

        return callback

    async def _on_message(self, message: Any) -> None:
        if tools_changed(message):
            self.forget_tools()


async def _given_up(task: asyncio.Future[Any]) -> None:
    """Cancels a task that is not done, and waits until it is; its error is of no interest then."""
    if not task.done():
        task.cancel()
        await asyncio.wait((task,))
        _ = task.cancelled() or task.exception()
