"""Laws of Hypothesis under the modes that record anew: each example begins at the start."""

import pytest

from harness.formats import load
from tests.harness.pytest_projects import Project

PLUGINS = ("_hypothesis_pytestplugin",)

LAW = """
import pytest
from hypothesis import example, given, settings, strategies
from conftest import ask

@pytest.fixture(autouse={fixture_asks})
def greeting(request):
    if "law" in request.node.name:
        ask("hello")

@pytest.mark.cassette("shared")
def test_before():
    assert ask("before") == "BEFORE"

@pytest.mark.cassette("shared")
@settings(derandomize=True, database=None, deadline=None, max_examples=20)
@given(name=strategies.sampled_from({names}))
@example(name={first!r})
def test_law(name):
    if name:
        assert ask(name) == name.upper()
"""


def law(*names: str, first: str = "a", fixture_asks: bool = False) -> str:
    return LAW.format(names=list(names), first=first, fixture_asks=fixture_asks)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


def recorded(project: Project) -> list[str]:
    """What the cassette answers."""
    cassette = load(project.path / "cassettes" / "shared.yaml")
    return [each.request.body.decode().split('"')[3] for each in cassette.interactions]


@pytest.mark.parametrize(("mode", "text"), [
    ("all", law("a", "b")),
    ("rewrite", law("a", "b")),
    ("rewrite", law("a", "b", "", first="")),
])  # fmt: skip
def test_nothing_that_is_older_than_the_recording_is_played(
    project: Project, mode: str, text: str
) -> None:
    project.write("test_a.py", law("a", "b"))
    project.record(plugins=PLUGINS)
    project.write("test_a.py", text)

    again, asked = project.record(mode=mode, plugins=PLUGINS)

    again.assert_outcomes(passed=2)
    assert set(asked) == {"before", "a", "b"}
    assert recorded(project) == ["before", "a", "b"]


@pytest.mark.parametrize("mode", ["all", "once", "rewrite"])
def test_what_a_fixture_asks_of_the_same_cassette_stays_beside_the_examples(
    project: Project, mode: str
) -> None:
    project.write("test_a.py", law("a", "b", fixture_asks=True))
    if mode != "once":
        project.record(plugins=PLUGINS)

    project.record(mode=mode, plugins=PLUGINS)
    replayed = project.run(plugins=PLUGINS)

    replayed.assert_outcomes(passed=2)
    assert sorted(recorded(project)) == ["a", "b", "before", "hello"]
