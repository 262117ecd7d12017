"""Requests that are answered from a cassette, or sent and recorded."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from agentchat.core._world import path
from harness.interactions import Response
from harness.session import CassetteSession
from harness.transport._library import Library


class Exchanges:
    """Answers the requests of one library.

    Args:
        library: The library; requests and responses are its own.
        session: The cassette in use.
        pace: Whether an answer takes its recorded time, on the world's clock.
    """

    def __init__(self, library: Library, session: CassetteSession, pace: bool = False) -> None:
        self._library, self._session, self._pace = library, session, pace

    async def handle_async(self, request: Any, send: Callable[[Any], Awaitable[Any]]) -> Any:
        """Answers a request from the cassette, or sends and records it.

        Raises:
            ReplayMiss: The cassette does not hold it, and the mode does not record.
        """
        asked = self._library.asked(request, await request.aread())
        playing = self._session.play(asked, path())
        if playing is not None:
            body = self._library.body(request, playing, self._pace)
            await body.head_async()
            assert isinstance(playing.response, Response)
            return self._library.response(request, playing.response, body)
        if "upgrade" in request.headers:
            # What follows is no HTTP, and not for a cassette.
            return await send(request)
        recording = self._session.record(asked, path())
        try:
            response = await send(request)
        except self._library.error as error:
            recording.failed(error)
            raise
        except asyncio.CancelledError:
            recording.ended("stopped")
            raise
        return self._library.passed_on(response, recording)

    def handle(self, request: Any, send: Callable[[Any], Any]) -> Any:
        """As `handle_async`."""
        asked = self._library.asked(request, request.read())
        playing = self._session.play(asked, path())
        if playing is not None:
            body = self._library.body(request, playing, self._pace)
            body.head()
            assert isinstance(playing.response, Response)
            return self._library.response(request, playing.response, body)
        if "upgrade" in request.headers:
            # What follows is no HTTP, and not for a cassette.
            return send(request)
        recording = self._session.record(asked, path())
        try:
            response = send(request)
        except self._library.error as error:
            recording.failed(error)
            raise
        return self._library.passed_on(response, recording)
