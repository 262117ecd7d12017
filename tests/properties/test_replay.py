"""The law of replay: what was recorded comes back, piece by piece, in whatever order."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import httpx2
from hypothesis import given
from hypothesis import strategies as st

from harness.session import CassetteSession, RecordMode
from harness.transport import CassetteTransport

URL = "https://api.openai.com/v1/chat/completions"


class Exchange(NamedTuple):
    """A request's body, and what comes back for it."""

    asked: bytes
    status: int
    pieces: list[bytes]


PIECE = st.binary(min_size=1, max_size=8) | st.sampled_from(
    [b"data: x\n\n", b"\r\n", b": comment\n", b"\xf0\x9f", b"\x98\x80", b'{"a":', b" 1}"]
)
EXCHANGE = st.builds(
    Exchange,
    st.sampled_from([b"{}", b'{"a":1}', b'{"a": 1}', b"", b"\xff"]) | st.binary(max_size=5),
    st.sampled_from([200, 429, 500]),
    st.lists(PIECE, min_size=1, max_size=4),
)


class Stream(httpx2.AsyncByteStream):
    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


async def answers(
    session: CassetteSession, asked: list[Exchange], inner: httpx2.AsyncBaseTransport | None = None
) -> list[tuple[bytes, int, list[bytes]]]:
    """Body of the request, status and pieces of each answer."""
    told = []
    async with httpx2.AsyncClient(transport=CassetteTransport(session, inner)) as client:
        for each in asked:
            async with client.stream("POST", URL, content=each.asked) as response:
                pieces = [piece async for piece in response.aiter_raw()]
            told.append((each.asked, response.status_code, pieces))
    return told


CONVERSATION = st.lists(
    EXCHANGE, max_size=5, unique_by=lambda each: each.asked.replace(b" ", b"")
).flatmap(lambda exchanges: st.tuples(st.just(exchanges), st.permutations(exchanges)))


@given(CONVERSATION)
async def test_what_was_recorded_comes_back_in_whatever_order(
    conversation: tuple[list[Exchange], list[Exchange]],
) -> None:
    exchanges, shuffled = conversation
    by_request = {each.asked: each for each in exchanges}

    def answer(request: httpx2.Request) -> httpx2.Response:
        exchange = by_request[request.content]
        headers = {"content-type": "text/event-stream"}
        return httpx2.Response(exchange.status, headers=headers, stream=Stream(exchange.pieces))

    with TemporaryDirectory() as folder:
        path = Path(folder, "law.yaml")
        with CassetteSession(path, mode=RecordMode.ONCE) as session:
            live = await answers(session, exchanges, httpx2.MockTransport(answer))
        replayed = await answers(CassetteSession(path), shuffled)

    assert sorted(replayed) == sorted(live)
