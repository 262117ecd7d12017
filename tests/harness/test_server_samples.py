"""Real recordings of other projects, served: who asks what was asked gets what came."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from harness.errors import CassetteError
from harness.formats import load
from harness.interactions import Interaction, Response
from harness.server import Sessions, app_of, recorded

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "cassettes"
EVERY = 10
"""Of so many files one is asked for here."""

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason=f"needs sample traffic: {SAMPLES} is not on this machine"
)


def readable() -> Iterator[tuple[Path, tuple[Interaction, ...]]]:
    files = sorted(each for each in SAMPLES.rglob("*") if each.is_file())
    for file in files[::EVERY]:
        try:
            yield file, load(file).interactions
        except CassetteError:
            continue


async def asked_again(client: httpx2.AsyncClient, interaction: Interaction) -> httpx2.Response:
    request = interaction.request
    address = httpx2.URL(request.url).copy_with(scheme="http", host="here", port=None)
    headers = {name: value for name, value in request.headers if name == "content-type"}
    return await client.request(
        request.method, address, headers=headers, content=request.body or None
    )


async def test_every_recorded_request_gets_its_answer() -> None:
    different = []
    asked = 0
    for file, interactions in readable():
        transport = httpx2.ASGITransport(app_of(Sessions(recorded(file))))
        async with httpx2.AsyncClient(transport=transport) as client:
            for number, each in enumerate(interactions, start=1):
                # A placeholder that stands for a whole address can't be asked.
                if not isinstance(each.response, Response) or "://" not in each.request.url:
                    continue
                asked += 1
                answer = await asked_again(client, each)
                came = (answer.status_code, answer.content)
                if came != (each.response.status, each.response.content):
                    different.append(f"{file}#{number}: {came}")

    assert different == []
    assert asked > 100
