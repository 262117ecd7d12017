"""Whether a call of a model client, and the HTTP exchange beneath it, give the same answer."""

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeVar

import httpx2

from agentchat.core.models import ChatCompletionClient, CreateResult
from agentchat.ext.models._errors import UnfitOutput
from harness.clients._answers import Answer
from harness.clients._calls import call_of
from harness.clients._failures import failure_of
from harness.clients._player import Player
from harness.clients._recorded import model_of
from harness.clients._requests import CREATE
from harness.clients._vendors import client_like
from harness.errors import InternalError, ReplayMiss
from harness.formats import load, save
from harness.interactions import Cassette, Failure, Interaction
from harness.matching import MatchOn
from harness.session import CassetteSession, Playing
from harness.transport import CassetteTransport

T = TypeVar("T")

ClientFor = Callable[[str, str, httpx2.AsyncClient], ChatCompletionClient | None]
"""Makes a client like the recorded one: of what the cassette calls it, of its model, and over
this HTTP client. None if it is not known."""

Outcome = tuple[str | CreateResult | Failure, ...]
"""The items of an answer, one for `create`; at the end what was raised, if anything was."""


class LevelDifference(NamedTuple):
    """A call that says one thing, and another over HTTP."""

    number: int
    """The call's interaction, from 1."""

    beneath: int
    """That of the HTTP exchange."""

    recorded: Outcome
    """What the call gave."""

    over_http: Outcome
    """What the client makes of the exchange now."""

    def __str__(self) -> str:
        return (
            f"interaction {self.number} and interaction {self.beneath} beneath it differ: "
            f"{self.recorded!r} was recorded, over HTTP it is {self.over_http!r}"
        )


class Levels(NamedTuple):
    """What came of a comparison."""

    compared: int
    """How many calls were compared."""

    skipped: tuple[str, ...]
    """Those that could not be, and why."""

    differences: tuple[LevelDifference, ...]


async def compare_levels(path: Path, client_for: ClientFor = client_like) -> Levels:
    """Replays every call of a model client, and beside it the HTTP exchange that it ended with.

    Nothing is asked live.

    Args:
        path: The cassette.
        client_for: Makes the clients.

    Raises:
        UnreadableCassette: The file is missing or damaged.
        FutureCassette: The file was written by a newer version.
    """
    cassette = load(path)
    skipped: list[str] = []
    differences: list[LevelDifference] = []
    compared = 0
    for number, call in enumerate(cassette.interactions, start=1):
        if not call.is_client_call:
            continue
        try:
            exchange = _exchange_beneath(cassette, call)
            over_http = await _over_http(call, exchange, client_for)
        except _NotComparable as reason:
            skipped.append(f"interaction {number}: {reason}")
            continue
        compared += 1
        recorded = await _recorded(call)
        if recorded != over_http:
            differences.append(LevelDifference(number, call.beneath[-1], recorded, over_http))
    return Levels(compared, tuple(skipped), tuple(differences))


class _NotComparable(Exception):
    """Why a call can't be compared."""


def _exchange_beneath(cassette: Cassette, call: Interaction) -> Interaction:
    """The HTTP exchange that a call ended with; those before it were asked again."""
    if not call.beneath:
        raise _NotComparable("nothing lies beneath it")
    exchange = cassette.interactions[call.beneath[-1] - 1]
    ending = call.response.ending
    if "stopped" in (ending, exchange.response.ending):
        raise _NotComparable("the caller did not wait for its end")
    if isinstance(ending, Failure) and ending.error.endswith(f".{UnfitOutput.__name__}"):
        raise _NotComparable("the class that the answer did not fit is not recorded")
    return exchange


async def _recorded(call: Interaction) -> Outcome:
    """What a replay of the call gives."""
    player = Player(Playing(0, call.response, _no_miss), pace=False, token=None)
    if call.request.method == CREATE:
        return await _outcome_of(_one(player.answer()))
    return await _outcome_of(player.items())


async def _over_http(call: Interaction, exchange: Interaction, client_for: ClientFor) -> Outcome:
    """What the client makes of the exchange."""
    request = call.request
    asked = call_of(request)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "exchange.yaml"
        save(file, Cassette(interactions=(exchange,)))
        # Whatever the client's settings made of the call: what counts is the answer.
        session = CassetteSession(file, key_parts=[MatchOn(("method",))])
        async with httpx2.AsyncClient(transport=CassetteTransport(session)) as http:
            try:
                client = client_for(request.url, model_of(request.body), http)
            except ImportError as error:
                raise _NotComparable(str(error)) from error
            if client is None:
                raise _NotComparable(f"{request.url} is not known here")
            if request.method == CREATE:
                return await _outcome_of(_one(client.create(asked.messages, **asked.options())))
            return await _outcome_of(client.create_stream(asked.messages, **asked.options()))


async def _one(answer: Awaitable[T]) -> AsyncIterator[T]:
    yield await answer


async def _outcome_of(items: AsyncIterator[str | CreateResult | Answer]) -> Outcome:
    found: list[str | CreateResult | Failure] = []
    # It warned when it was recorded, if there was anything to warn of.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            async for item in items:
                found.append(item.result if isinstance(item, Answer) else item)
        except Exception as error:
            found.append(failure_of(error))
    return tuple(found)


def _no_miss() -> ReplayMiss:
    raise InternalError("A call that was given up is compared.")
