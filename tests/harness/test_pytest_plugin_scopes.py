"""What fixtures of wider scopes ask goes to the cassette of their scope, when torn down too."""

import pytest

from harness.formats import load
from tests.harness.pytest_projects import Project

FIXTURES = """
import pytest
from conftest import ask

@pytest.fixture(scope="session")
def whole():
    yield ask("whole")
    ask("whole ends")

@pytest.fixture(scope="module")
def module():
    yield ask("module")
    ask("module ends")

@pytest.mark.cassette(scope="module")
def test_module(module):
    assert ask("a") == "A"
"""

LAST = {
    "of the session": """
@pytest.mark.cassette(scope="session")
def test_last(whole):
    ask("last")
""",
    "with its own": """
@pytest.mark.cassette
def test_last():
    ask("last")
""",
    "without": """
def test_last():
    pass
""",
    "of a class": """
@pytest.mark.cassette(scope="class")
class TestLast:
    def test_last(self):
        ask("last")
""",
}


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


@pytest.mark.parametrize("last", LAST)
def test_a_fixtures_end_is_where_its_beginning_is_whichever_test_is_last(
    project: Project, last: str
) -> None:
    project.write("test_a.py", FIXTURES + LAST[last])
    project.record()[0].assert_outcomes(passed=2)

    replayed = project.run()

    replayed.assert_outcomes(passed=2)
    assert _asked(project, "test_a.yaml") == ["module", "module ends", "a"]


def test_a_fixture_asks_none_of_the_cassettes_of_tests_before(project: Project) -> None:
    project.write(
        "test_a.py",
        FIXTURES.split("@pytest.mark.cassette")[0]
        + """
@pytest.mark.cassette(scope="session")
def test_first(whole):
    ask("first")

@pytest.mark.cassette(scope="class")
class TestClass:
    def test_asks(self, module):
        ask("class")
""",
    )

    recorded, asked = project.record()

    recorded.assert_outcomes(passed=2)
    assert "module" in asked
    assert _asked(project, "session.yaml") == ["whole", "whole ends", "first"]


def _asked(project: Project, name: str) -> list[str]:
    cassette = load(project.path / "cassettes" / name)
    return [
        each.request.body.decode().partition(': "')[2].rstrip('"}')
        for each in cassette.interactions
    ]
