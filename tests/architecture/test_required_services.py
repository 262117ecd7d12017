"""A test that was skipped for want of something fails where everything should be there."""

from typing import Any

import pytest

from tests import required_services

SKIPS = """
import pytest

def test_of_a_server():
    pytest.skip("needs redis: no server")

@pytest.mark.skipif(True, reason="needs a moon")
def test_of_the_moon(): ...

def test_of_a_system():
    pytest.skip("Signals are different there.")
"""
NEEDS_A_LIBRARY = """
import pytest

pytest.importorskip("no_such_library")
"""


@pytest.mark.parametrize(
    ("settings", "outcomes"),
    [
        ({}, {"skipped": 4}),
        ({"HARNESS_REQUIRE_SERVICES": "1"}, {"failed": 1, "skipped": 1, "errors": 2}),
        (
            {"HARNESS_REQUIRE_SERVICES": "1", "HARNESS_WITHOUT": "a moon, no_such_library"},
            {"failed": 1, "skipped": 3},
        ),
    ],
)
def test_what_is_missing_fails_where_it_is_asked_for(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    outcomes: dict[str, Any],
) -> None:
    for name in ("HARNESS_REQUIRE_SERVICES", "HARNESS_WITHOUT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    pytester.makepyfile(test_skips=SKIPS, test_needs_a_library=NEEDS_A_LIBRARY)

    result = pytester.runpytest_inprocess(
        "--continue-on-collection-errors", plugins=[required_services]
    )

    assert result.parseoutcomes() == outcomes
