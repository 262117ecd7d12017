"""vcrpy's own cassettes, and pytest-recording's, in one process with ours; and no vcrpy at all."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import httpx2
import pytest
import requests
import vcr

import harness
from harness.errors import ReplayMiss
from harness.formats import load
from harness.script import Script
from harness.server import serving


def by_requests(url: str) -> int:
    return requests.get(url, timeout=5).status_code


def by_httpx2(url: str) -> int:
    return httpx2.get(url).status_code


@pytest.mark.parametrize("ask", [by_requests, by_httpx2])
def test_the_inner_recorder_has_the_request(ask: object, tmp_path: Path) -> None:
    assert callable(ask)
    ours, theirs = tmp_path / "ours.yaml", tmp_path / "theirs.yaml"
    with serving(Script()) as url:
        with harness.cassette(ours, record_mode="once"):
            ask(f"{url}/models")
            with vcr.use_cassette(str(theirs)) as inner:
                ask(f"{url}/nothing")
            ask(f"{url}/models")

    with harness.cassette(ours) as use:
        with vcr.use_cassette(str(theirs), record_mode="none") as again:
            statuses = [ask(f"{url}/nothing")]
        statuses += [ask(f"{url}/models"), ask(f"{url}/models")]

    assert (len(inner), again.play_count, use.play_count) == (1, 1, 2)
    assert statuses == [404, 200, 200]
    assert [each.request.url for each in load(ours).interactions] == [f"{url}/models"] * 2


@pytest.mark.parametrize("ask", [by_requests, by_httpx2])
def test_ours_may_be_the_inner_one(ask: object, tmp_path: Path) -> None:
    assert callable(ask)
    ours, theirs = tmp_path / "ours.yaml", tmp_path / "theirs.yaml"
    with serving(Script()) as url:
        with harness.cassette(ours, record_mode="once"):
            ask(f"{url}/models")
        with vcr.use_cassette(str(theirs)):
            ask(f"{url}/nothing")

    with vcr.use_cassette(str(theirs), record_mode="none") as outer:
        with harness.cassette(ours), pytest.raises(ReplayMiss, match="url"):
            assert ask(f"{url}/models") == 200
            ask(f"{url}/nothing")
        status = ask(f"{url}/nothing")

    assert (status, outer.play_count) == (404, 1)


WITHOUT_VCRPY = """
import sys
sys.modules["vcr"] = None
import asyncio, http.client
from pathlib import Path
import harness, httpx, httpx2, requests, aiohttp
from harness.errors import ReplayMiss

def refused(ask):
    try:
        ask()
    except ImportError as error:
        print(error)

async def by_aiohttp():
    async with aiohttp.ClientSession() as session:
        await session.get("http://model.invalid/aiohttp")

with harness.cassette(Path("x.yaml")) as use:
    for library in (httpx, httpx2):
        try:
            library.get("http://model.invalid/")
        except ReplayMiss:
            print("a miss")
    refused(lambda: requests.get("http://model.invalid/requests"))
    refused(lambda: asyncio.run(by_aiohttp()))
"""


def test_without_vcrpy_httpx_is_played_and_nothing_else_goes_out(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(dedent(WITHOUT_VCRPY), encoding="utf-8")
    root = Path(harness.__file__).parents[1]

    done = subprocess.run(
        [sys.executable, "program.py"],
        env={"PYTHONPATH": str(root)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    fix = 'which is not installed: pip install "agentchat-harness[vcr]"'
    how = f"is asked with a library that a cassette sees through vcrpy, {fix}"
    assert done.stdout.splitlines() == [
        "a miss",
        "a miss",
        f"http://model.invalid:80/requests {how}",
        f"http://model.invalid/aiohttp {how}",
    ], done.stderr
