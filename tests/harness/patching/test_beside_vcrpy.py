"""vcrpy's own cassettes, and pytest-recording's, in one process with ours; and no vcrpy at all."""

import subprocess
import sys
from collections.abc import Callable
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
from tests.frameworks import FRAMEWORKS, needs_frameworks

Ask = Callable[[str], int]


def by_requests(url: str) -> int:
    return requests.get(url, timeout=5).status_code


def by_httpx2(url: str) -> int:
    return httpx2.get(url).status_code


@pytest.mark.parametrize("ask", [by_requests, by_httpx2])
def test_the_inner_recorder_has_the_request(ask: Ask, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.yaml", tmp_path / "theirs.yaml"
    with serving(Script()) as url, harness.cassette(ours, record_mode="once"):
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
def test_ours_may_be_the_inner_one(ask: Ask, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.yaml", tmp_path / "theirs.yaml"
    with serving(Script()) as url:
        with harness.cassette(ours, record_mode="once"):
            ask(f"{url}/models")
        with vcr.use_cassette(str(theirs)):
            ask(f"{url}/nothing")

    with vcr.use_cassette(str(theirs), record_mode="none") as outer:
        with harness.cassette(ours) as use:
            played = ask(f"{url}/models")
            with pytest.raises(ReplayMiss, match="extra call"):
                ask(f"{url}/nothing")
        status = ask(f"{url}/nothing")

    assert (played, use.play_count, status, outer.play_count) == (200, 1, 404, 1)


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
    try:
        asyncio.run(by_aiohttp())
    except ReplayMiss:
        print("a miss")
    refused(lambda: requests.get("http://model.invalid/requests"))
    refused(lambda: requests.get("https://model.invalid/requests"))
"""


def test_without_vcrpy_httpx_and_aiohttp_are_played_and_nothing_else_goes_out(
    tmp_path: Path,
) -> None:
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
        "a miss",
        f"http://model.invalid:80/requests {how}",
        f"https://model.invalid:443 {how}",
    ], done.stderr


BESIDE_PYTEST_RECORDING = """
from pathlib import Path
import harness, pytest, requests

@pytest.mark.vcr
def test_theirs(url):
    assert requests.get(url + "/models").status_code == 200

def test_ours(url, record_mode):
    with harness.cassette(Path("ours.yaml"), record_mode=record_mode):
        assert requests.get(url + "/models").status_code == 200

@pytest.mark.vcr
def test_ours_in_theirs(url, record_mode):
    with harness.cassette(Path("inner.yaml"), record_mode=record_mode):
        assert requests.get(url + "/models").status_code == 200
    assert requests.get(url + "/nothing").status_code == 404

@pytest.fixture
def url():
    return Path("url.txt").read_text()
"""


@needs_frameworks
def test_in_one_run_with_pytest_recording(tmp_path: Path) -> None:
    (tmp_path / "test_both.py").write_text(BESIDE_PYTEST_RECORDING, encoding="utf-8")
    command = [str(FRAMEWORKS), "-m", "pytest", "-q", "-W", "error", "test_both.py"]

    def passed(mode: str) -> str:
        done = subprocess.run(
            [*command, f"--record-mode={mode}"], cwd=tmp_path, capture_output=True, text=True
        )
        return done.stdout.splitlines()[-1].partition(" in ")[0]

    with serving(Script()) as url:
        (tmp_path / "url.txt").write_text(url, encoding="utf-8")
        recorded = passed("once")
    replayed = passed("none")

    assert (recorded, replayed) == ("3 passed", "3 passed")
    assert len(load(tmp_path / "inner.yaml").interactions) == 1
