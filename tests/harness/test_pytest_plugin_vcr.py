"""A suite that was written for pytest-recording or pytest-vcr, when they are gone."""

from importlib.util import find_spec

import pytest

from harness.formats import load
from tests.harness.pytest_projects import Project

THEIRS = """
import pytest
from conftest import ask

@pytest.fixture(scope="module")
def vcr_config():
    return {"filter_headers": ["authorization"], "ignore_hosts": ["example.com"]}

@pytest.mark.vcr
def test_plain(vcr):
    assert ask("plain") == "PLAIN"
    assert vcr.play_count == PLAYED

@pytest.mark.vcr
class TestGroup:
    @pytest.mark.parametrize("path", ["a/b"])
    def test_inner(self, path):
        assert ask("inner") == "INNER"
"""
RECORDED = """
interactions:
- request:
    body: '{{"question": "{question}"}}'
    headers: {{}}
    method: POST
    uri: http://127.0.0.1:9/v1/ask
  response:
    body: {{string: '{{"answer": "{answer}"}}'}}
    headers: {{content-type: [application/json]}}
    status: {{code: 200, message: OK}}
version: 1
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


def old(project: Project, file: str, question: str) -> bytes:
    """A cassette that vcrpy wrote."""
    text = RECORDED.format(question=question, answer=question.upper())
    return project.write(file, text).read_bytes()


def test_its_cassettes_are_played_where_they_lie(project: Project) -> None:
    project.write("tests/test_a.py", THEIRS.replace("PLAYED", "1"))
    old(project, "tests/cassettes/test_a/test_plain.yaml", "plain")
    old(project, "tests/cassettes/test_a/TestGroup.test_inner[a-b].yaml", "inner")

    result = project.run("--strict-markers")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["2 replayed; 2 interactions played"])


def test_it_records_where_it_did(project: Project) -> None:
    project.write("tests/test_a.py", THEIRS.replace("PLAYED", "0"))

    project.record()[0].assert_outcomes(passed=2)

    folder = project.path / "tests/cassettes/test_a"
    assert sorted(path.name for path in folder.glob("*.yaml")) == [
        "TestGroup.test_inner[a-b].yaml", "test_plain.yaml"
    ]  # fmt: skip
    assert not project.cassettes


def test_without_a_cassette_nothing_goes_live(project: Project) -> None:
    project.write("tests/test_a.py", THEIRS.replace("PLAYED", "0"))

    result, asked = project.record(mode="none")

    result.assert_outcomes(failed=2)
    assert asked == []
    result.stdout.fnmatch_lines(["  cassette: *cassettes/test_a/test_plain.yaml"])


OURS = """
import pytest
from conftest import ask

@pytest.mark.cassette
def test_plain():
    assert ask("plain") == "PLAIN"
"""


@pytest.mark.parametrize(
    "file", ["tests/cassettes/test_a/test_plain.yaml", "tests/cassettes/test_plain.yaml"]
)
def test_our_marker_plays_an_old_cassette_and_records_it_anew_where_it_lies(
    project: Project, file: str
) -> None:
    project.write("tests/test_a.py", OURS)
    before = old(project, file, "plain")

    replayed = project.run()
    project.record(mode="rewrite")[0].assert_outcomes(passed=1)

    replayed.assert_outcomes(passed=1)
    assert (project.path / file).read_bytes() != before
    assert len(load(project.path / file).interactions) == 1
    assert not project.cassettes


SETTINGS = """
import pytest
from conftest import ask

pytestmark = pytest.mark.vcr("extra.yaml", match_on=["method", "path"])

@pytest.fixture
def vcr_cassette_dir():
    return "recordings"

@pytest.fixture
def vcr_config():
    return {"filter_post_data_parameters": ["token"], "record_mode": "none"}

@pytest.mark.default_cassette("chosen.yaml")
def test_changed():
    assert ask("changed") == "CHOSEN"
    assert ask("again") == "EXTRA"
"""


def test_its_settings_are_taken(project: Project) -> None:
    project.write("test_a.py", SETTINGS)
    old(project, "recordings/chosen.yaml", "chosen")
    old(project, "recordings/extra.yaml", "extra")

    project.run().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"before_record_request": "f"}, "redact=[[]...[]] says what is secret"),
        ({"filter_header": []}, "Did you mean 'filter_headers'?"),
    ],
)
def test_what_only_vcrpy_can_do_is_refused_with_what_to_do(
    project: Project, config: dict[str, object], told: str
) -> None:
    fixture = f"\n@pytest.fixture\ndef vcr_config():\n    return {config!r}\n"
    project.write("test_a.py", OURS.replace("cassette", "vcr") + fixture)

    result = project.run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{told}*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_beside_pytest_recording_the_marker_is_left_to_it(project: Project) -> None:
    if find_spec("pytest_recording") is None:  # To import it is too late, once vcrpy is.
        pytest.skip("pytest-recording is not installed")
    project.write("tests/test_a.py", OURS.replace("cassette", "vcr"))

    result = project.run(plugins=("pytest_recording.plugin",))

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*CannotOverwriteExistingCassetteException*"])
