"""Work for somebody who waits: it ends when nobody does any more."""

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class WhileWaitedFor:
    """An application that is cancelled when its client goes away, whatever it is doing.

    Args:
        application: The application; it gets the body of a request in one piece.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or is told that the server begins or ends."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect:
            return
        work = asyncio.ensure_future(self._application(scope, _given(body), send))
        watch = asyncio.ensure_future(receive())
        watch.add_done_callback(lambda _: work.cancel())
        try:
            await work
        except asyncio.CancelledError:
            if not watch.done():
                raise
        finally:
            watch.cancel()


def _given(body: bytes) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        # Whoever watches for the end of the connection is cancelled with the work.
        never: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        return await never

    return receive
