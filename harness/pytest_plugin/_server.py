"""`harness_server`: an OpenAI-compatible endpoint for a test's code, in whatever language."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.pytest_plugin._failures import plainly
from harness.pytest_plugin._fixtures import SUITE
from harness.pytest_plugin._names import path_of
from harness.pytest_plugin._settings import settings_of

if TYPE_CHECKING:
    from harness.script import Script
    from harness.server import Answers, Endpoint, Miss, Report

_KEY = "harness-test"


class Served:
    """An endpoint that a test has for itself.

    Args:
        endpoint: The server.
    """

    def __init__(self, endpoint: "Endpoint") -> None:
        self._endpoint = endpoint
        self._told: list[Miss] = []
        self.base_url = endpoint.url
        """`http://127.0.0.1:8808/v1`"""

        self.key = _KEY
        """The API key of the test's own session."""

    @property
    def environment(self) -> dict[str, str]:
        """What a program is told of it, in variables that most clients read."""
        return {"OPENAI_BASE_URL": self.base_url, "OPENAI_API_KEY": self.key}

    @property
    def report(self) -> "Report":
        """What was played so far, what not, and what was missing."""
        return self._endpoint.sessions.report(self.key)

    def assert_complete(self) -> None:
        """Fails the test if anything was not asked for; what was missing fails it anyhow."""
        if left := self.report.unplayed:
            pytest.fail(f"Not asked for: {', '.join(map(str, left))}.", pytrace=False)

    def new_misses(self) -> "list[Miss]":
        """What was missing since this was asked the last time, in whatever session."""
        sessions, told = self._endpoint.sessions, self._told
        self._told = [miss for name in sessions.names for miss in sessions.report(name).misses]
        return [miss for miss in self._told if miss not in told]


@pytest.fixture
def harness_server(
    request: pytest.FixtureRequest, cassette_dir: Path
) -> "Iterator[Callable[[Script | str | Path], Served]]":
    """Serves a script, or a cassette, on this machine until the test is over.

    The argument is a `Script`, or a file with one, or a cassette as in `@pytest.mark.cassette`.
    What is asked for and is not there fails the test, whatever its code made of the answer.
    """
    root = settings_of(request.config).root
    servers = request.config.stash[SUITE].servers
    with ExitStack() as resources:

        def serve(source: "Script | str | Path") -> Served:
            from harness.server import serving_sessions

            with plainly():
                opened = _answers(source, root / cassette_dir, root)
            served = Served(resources.enter_context(serving_sessions(opened)))
            servers.append(served)
            return served

        yield serve


def _answers(source: "Script | str | Path", folder: Path, root: Path) -> "Callable[[str], Answers]":
    from harness.script import Script, is_script
    from harness.server import recorded, scripted

    if isinstance(source, Script):
        return scripted(source)
    path = path_of(source, folder, root)
    return scripted(Script.load(path)) if is_script(path) else recorded(path)
