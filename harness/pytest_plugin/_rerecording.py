"""`--rerecord`: only the tests whose cassette the code has left behind, or that have none yet."""

from pathlib import Path

import pytest

from harness.pytest_plugin._cassettes import Cassettes
from harness.pytest_plugin._ending import evidence_file
from harness.pytest_plugin._marks import has_cassette
from harness.pytest_plugin._names import nodeid_of
from harness.pytest_plugin._settings import Settings


class Rerecording:
    """Picks tests by what the last session left.

    Args:
        settings: What the session is told.
        cassettes: Are told which ones to record.
    """

    def __init__(self, settings: Settings, cassettes: Cassettes) -> None:
        self._settings, self._cassettes = settings, cassettes

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Deselects what replays well."""
        from harness.upkeep import read_playbacks

        file = evidence_file(config, self._settings)
        playbacks = read_playbacks(file) if file is not None and file.exists() else ()
        stale = {each.cassette for each in playbacks if each.misses}
        self._cassettes.stale |= {Path(each).absolute() for each in stale}
        fresh = {each.owner for each in playbacks if each.cassette not in stale}
        chosen = [item for item in items if has_cassette(item) and nodeid_of(item) not in fresh]
        left = [item for item in items if item not in chosen]
        if left:
            config.hook.pytest_deselected(items=left)
            items[:] = chosen
