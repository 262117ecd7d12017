"""Fixtures: the cassette in use, and where it lies."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.pytest_plugin._examples import each_example_from_start
from harness.pytest_plugin._marks import is_marked
from harness.pytest_plugin._names import name_of
from harness.pytest_plugin._settings import settings_of
from harness.pytest_plugin._suite import Suite

if TYPE_CHECKING:
    from harness.in_use import CassetteInUse

SUITE = pytest.StashKey[Suite]()


@pytest.fixture(scope="session")
def cassette_config() -> dict[str, Any]:
    """Arguments of `@pytest.mark.cassette` for all tests that see this fixture; override it."""
    return {}


@pytest.fixture(scope="session")
def cassette_dir(pytestconfig: pytest.Config) -> Path:
    """The folder of the cassettes, which `harness_cassettes` names; override it."""
    return settings_of(pytestconfig).cassettes


@pytest.fixture
def cassette_name(request: pytest.FixtureRequest) -> str:
    """The test's cassette below the folder, without a suffix; override it."""
    return name_of(request.node)


@pytest.fixture
def cassette(_cassette_in_use: "CassetteInUse") -> "CassetteInUse":
    """The cassette in use: what was played and what not, for assertions.

    A test that asks for it and has no marker gets one as if it was marked.
    """
    return _cassette_in_use


@pytest.fixture
def _cassette_in_use(request: pytest.FixtureRequest) -> "Iterator[CassetteInUse]":
    suite = request.config.stash[SUITE]
    with suite.own(request) as opened, each_example_from_start(request.node, opened):
        yield opened.use


@pytest.fixture(autouse=True)
def _cassette_of_test(request: pytest.FixtureRequest) -> None:
    if is_marked(request.node):
        request.config.stash[SUITE].cassettes.open_common(request)
        request.getfixturevalue("_cassette_in_use")
