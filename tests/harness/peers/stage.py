"""Where a peer and the harness are given the same to do."""

import json
import subprocess
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest

from harness.session import CassetteSession, RecordMode
from harness.transport import CassetteTransport

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / "build/peers/bin/python"
PREAMBLE = """
import json, os, threading, time
import cassetter, httpx, vcr
from server import KEY, ask, failure, pieces, serving

def recorded(use=vcr.use_cassette, file="file.yaml", act=None, **options):
    with use(file, **options):
        return act()

url = serving()
ON_BODY = {"match_on": ["method", "uri", "body"]}
"""
URL = "https://api.openai.com/v1/chat/completions"

needs_peers = pytest.mark.skipif(not PYTHON.exists(), reason="needs peers: run .ci/peers")
"""For tests that let peers run."""


def told(program: str, folder: Path, status: int = 0) -> Any:
    """What a program prints last, as JSON, under the peers' interpreter, in that folder."""
    done = subprocess.run(
        [PYTHON, "-W", "ignore", "-c", PREAMBLE + program],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parent), "PATH": "", "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout else None


class Server(httpx2.AsyncBaseTransport):
    """Numbers its answers, or gives the one it has, in pieces.

    Args:
        pieces: Of the answer; an exception stands for what goes wrong then.
        headers: Of the answer.
    """

    def __init__(self, *pieces: bytes | Exception, headers: dict[str, str] | None = None) -> None:
        self._pieces, self._headers, self._asked = pieces, headers or {}, 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if not self._pieces:
            self._asked += 1
            return httpx2.Response(200, json={"answer": self._asked})
        return httpx2.Response(200, headers=self._headers, stream=_Pieces(self._pieces))


class _Pieces(httpx2.AsyncByteStream):
    def __init__(self, pieces: Sequence[bytes | Exception]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece


async def ask(
    session: CassetteSession, inner: httpx2.AsyncBaseTransport | None = None, **body: Any
) -> Any:
    """The number of the answer."""
    transport = CassetteTransport(session, inner)
    async with httpx2.AsyncClient(transport=transport) as client:
        return (await client.post(URL, json=body)).json().get("answer")


async def pieces(
    session: CassetteSession, inner: httpx2.AsyncBaseTransport | None = None, stop_after: int = 9
) -> list[str]:
    """What comes of a stream, piece by piece, and how it ends."""
    got: list[str] = []
    transport = CassetteTransport(session, inner)
    try:
        async with (
            httpx2.AsyncClient(transport=transport) as client,
            client.stream("POST", URL, json={}) as response,
        ):
            async for piece in response.aiter_raw():
                got.append(piece.decode())
                if len(got) == stop_after:
                    break
    except httpx2.TransportError as error:
        got.append(type(error).__name__)
    return got


def recording(folder: Path, name: str = "ours") -> CassetteSession:
    """A session that records."""
    return CassetteSession(folder / f"{name}.yaml", mode=RecordMode.REWRITE)


def replaying(folder: Path, name: str = "ours") -> CassetteSession:
    """A session that plays what `recording` recorded."""
    return CassetteSession(folder / f"{name}.yaml")
