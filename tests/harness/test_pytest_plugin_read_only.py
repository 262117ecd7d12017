"""A project that nobody may write into: its tests play their cassettes all the same."""

import pytest

from tests.harness.pytest_projects import Project

TEST = """
import pytest
from conftest import ask

@pytest.mark.cassette
def test_hello():
    assert ask("hello") == "HELLO"
"""


def test_without_a_place_for_pytests_cache_all_is_played(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(pytester, monkeypatch)
    project.write("test_a.py", TEST)
    project.record()
    project.configure("cache_dir = 'conftest.py/cache'")

    replayed = project.run("-W", "ignore::pytest.PytestCacheWarning")

    replayed.assert_outcomes(passed=1)
    replayed.stdout.fnmatch_lines(["1 replayed; 1 interaction played"])
