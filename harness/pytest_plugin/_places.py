"""Which cassette a test has, or its fixtures have: what markers, fixtures and settings say."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.pytest_plugin._failures import plainly
from harness.pytest_plugin._marks import Wanted, has_own_marker, wanted_by
from harness.pytest_plugin._names import common_name_of, path_of
from harness.pytest_plugin._vcr import arguments_of, file_of, files_of_peers, is_vcr

_KINDS = {"class": pytest.Class, "module": pytest.Module, "package": pytest.Package}
_NEEDS = {"package": " A package is a folder with an __init__.py."}


class Places:
    """Asks markers and fixtures.

    Args:
        root: Where names begin.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.is_asking = False
        """Whether fixtures are being asked: no cassette is opened for their sake."""

    def wanted(self, request: pytest.FixtureRequest, item: pytest.Item) -> Wanted:
        """The cassette that a test wants, as it is seen from where the request stands."""
        with plainly(), self._asking():
            # What vcrpy's marker says is of one test alone.
            vcr = arguments_of(request) if request.scope == "function" and is_vcr(item) else ()
            return wanted_by(item, request.getfixturevalue("cassette_config"), vcr)

    def path(self, request: pytest.FixtureRequest, wanted: Wanted) -> Path:
        """Its file."""
        with self._asking():
            folder = self._root / request.getfixturevalue("cassette_dir")
            if wanted.name is not None:
                return path_of(wanted.name, folder, self._root)
            if wanted.scope == "function":
                return self._own_path(request, folder)
        return path_of(common_name_of(node_of(request.node, wanted.scope)), folder, self._root)

    def _own_path(self, request: pytest.FixtureRequest, folder: Path) -> Path:
        if not has_own_marker(request.node) and is_vcr(request.node):
            return self._root / file_of(request)
        path = path_of(request.getfixturevalue("cassette_name"), folder, self._root)
        if path.exists():
            return path
        # What another recorder left is played, and recorded anew, where it lies.
        return next((each for each in files_of_peers(request.node) if each.exists()), path)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        before, self.is_asking = self.is_asking, True
        try:
            yield
        finally:
            self.is_asking = before


def node_of(node: Any, scope: str) -> pytest.Collector:
    """The node whose tests share a cassette of this scope; without one the test fails."""
    found: pytest.Collector | None = (
        node.session if scope == "session" else node.getparent(_KINDS[scope])
    )
    if found is None:
        what = f"@pytest.mark.cassette(scope={scope!r}): there is no {scope} here."
        pytest.fail(what + _NEEDS.get(scope, ""), False)
    return found
