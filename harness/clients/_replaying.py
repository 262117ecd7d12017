"""ReplayingChatCompletionClient: recorded calls of a model client, without the client."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import ClassVar

from pydantic import BaseModel

from agentchat.core import CancellationToken
from agentchat.core._component import Component
from agentchat.core._world import path
from agentchat.core.models import CreateResult, ModelInfo
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._interruption import raise_if_cancelled
from harness.clients._answers import Answer
from harness.clients._cassettes import Given, SessionSource
from harness.clients._player import Player
from harness.clients._recorded import Recorded, recorded_in
from harness.clients._requests import CREATE, STREAM, request_of
from harness.errors import ReplayMiss
from harness.offline import OfflineClient
from harness.session import CassetteSession, RecordMode


class ReplayingChatCompletionClient(OfflineClient, Component[BaseModel]):
    """Answers from a cassette what a `RecordingChatCompletionClient` recorded; asks nobody.

    Tokens of requests are estimated. A call that is not recorded is a miss, whatever the session's
    record mode.

    Args:
        cassette: A session, or a cassette's file; by default the cassette in use.
        model: The model whose calls are replayed; needed if the cassette has calls of several.
        model_info: What the model is said to be capable of: as it was when the calls were recorded,
            for agents ask by it; everything by default.
        pace: Whether an answer takes its recorded time, on the world's clock; a real clock really
            waits.

    Raises:
        UnreadableCassette: The file is damaged.
        FutureCassette: The file was written by a newer version.
        UsageError: The cassette has no such calls, or those of several models.
        ReplayMiss: From `create` and `create_stream`, when nothing is recorded for the call.
    """

    component_type: ClassVar[str] = "model"
    component_provider_override: ClassVar[str] = "harness.clients.ReplayingChatCompletionClient"

    def __init__(
        self,
        cassette: Given = None,
        *,
        model: str = "",
        model_info: ModelInfo | None = None,
        pace: bool = False,
    ) -> None:
        super().__init__(model, model_info)
        self._source = SessionSource(cassette, RecordMode.NONE)
        self._pace = pace
        self._seen: tuple[CassetteSession, Recorded] | None = None
        if cassette is not None:
            self._model = self._recorded(self._source.session()).model

    @property
    def model_name(self) -> str:
        """The recorded client's model."""
        return self._model or self._recorded(self._source.session()).model

    async def _answer(self, call: Call, token: CancellationToken | None) -> CreateResult:
        raise_if_cancelled(token)
        return self._counted(await self._player(call, CREATE, token).answer())

    async def _pieces(
        self, call: Call, token: CancellationToken | None
    ) -> AsyncGenerator[str | CreateResult, None]:
        raise_if_cancelled(token)
        async with aclosing(self._player(call, STREAM, token).items()) as items:
            async for item in items:
                yield item if isinstance(item, str) else self._counted(item)

    def _player(self, call: Call, method: str, token: CancellationToken | None) -> Player:
        session = self._source.session()
        recorded = self._recorded(session)
        request = request_of(call, method, recorded.url, recorded.model)
        playing = session.play(request, path())
        if playing is None:
            raise _unanswered(session, recorded)
        return Player(playing, self._pace or self._source.has_pace(), token)

    def _counted(self, answer: Answer) -> CreateResult:
        self._spent.add(self.model_name, answer.result, **answer.details)
        return answer.result

    def _recorded(self, session: CassetteSession) -> Recorded:
        if self._seen is None or self._seen[0] is not session:
            self._seen = session, recorded_in(session, self._model)
        return self._seen[1]


def _unanswered(session: CassetteSession, recorded: Recorded) -> ReplayMiss:
    """The miss where the session would rather record, and there is nobody to ask."""
    miss = ReplayMiss(
        session.path,
        f"a call of {recorded.model or 'a model'}",
        cause=f"this client only replays, and the record mode {session.mode!s} asks live",
        nearest=None,
        fix="record by RecordingChatCompletionClient(client), or use the record mode none",
    )
    return session.missed(miss)
