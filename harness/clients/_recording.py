"""RecordingChatCompletionClient: another client, whose calls a cassette knows."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from agentchat.core import CancellationToken
from agentchat.core._world import path
from agentchat.core.models import ChatCompletionClient, CreateResult, RequestUsage
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._interruption import raise_if_cancelled
from agentchat.ext.models._wrapping_client import TransparentClient
from harness.clients._answers import Answer
from harness.clients._cassettes import Given, SessionSource
from harness.clients._player import Player
from harness.clients._requests import CREATE, STREAM, request_of, url_of
from harness.clients._taking_down import TakingDown
from harness.offline import Spending, sum_of
from harness.session import RecordMode


class RecordingChatCompletionClient(TransparentClient):
    """Answers from a cassette what it holds; asks the client else, and records what comes of it.

    Which of the two, the record mode of the session says. What the client does over HTTP in the
    same session is noted as lying beneath its call, which can be replayed on either floor.

    Args:
        client: Who is asked; closed together with this one.
        cassette: The session; a file is opened in mode `once`, and written when this is closed;
            by default the cassette in use.
        pace: Whether what is played takes its recorded time, on the world's clock; a real clock
            really waits.

    Raises:
        UnreadableCassette: The file is damaged.
        FutureCassette: The file was written by a newer version.
    """

    def __init__(
        self, client: ChatCompletionClient, cassette: Given = None, *, pace: bool = False
    ) -> None:
        super().__init__(client)
        self._source = SessionSource(cassette, RecordMode.ONCE)
        self._pace = pace
        self._url = url_of(client)
        self._played = Spending()

    async def close(self) -> None:
        """Closes the client, and the cassette if it was given as a file."""
        self._source.finish()
        await super().close()

    def actual_usage(self) -> RequestUsage:
        """What the client has spent, and had spent on what was played."""
        return sum_of(super().actual_usage(), self._played.actual())

    def total_usage(self) -> RequestUsage:
        """What the client has spent, as it counts it, and had spent on what was played."""
        return sum_of(super().total_usage(), self._played.total())

    async def _answer(self, call: Call, token: CancellationToken | None) -> CreateResult:
        raise_if_cancelled(token)
        session = self._source.session()
        request = request_of(call, CREATE, self._url, self.model_name)
        playing = session.play(request, path())
        if playing is not None:
            player = Player(playing, self._pace or self._source.has_pace(), token)
            return self._counted(await player.answer())
        with TakingDown(session.record(request, path())) as taken:
            with taken.asking():
                result = await self.client.create(
                    call.messages, **call.options(), cancellation_token=token
                )
            taken.result(result)
        return result

    async def _pieces(
        self, call: Call, token: CancellationToken | None
    ) -> AsyncGenerator[str | CreateResult, None]:
        raise_if_cancelled(token)
        session = self._source.session()
        request = request_of(call, STREAM, self._url, self.model_name)
        playing = session.play(request, path())
        if playing is not None:
            player = Player(playing, self._pace or self._source.has_pace(), token)
            async with aclosing(player.items()) as items:
                async for item in items:
                    yield item if isinstance(item, str) else self._counted(item)
            return
        with TakingDown(session.record(request, path())) as taken:
            stream = self.client.create_stream(
                call.messages, **call.options(), cancellation_token=token
            )
            async with aclosing(stream):
                while True:
                    # Not around the yield: the consumer's own calls are not this one's.
                    with taken.asking():
                        piece = await anext(stream, None)
                    if piece is None:
                        break
                    taken.item(piece)
                    yield piece

    def _counted(self, answer: Answer) -> CreateResult:
        self._played.add(self.model_name, answer.result, **answer.details)
        return answer.result
