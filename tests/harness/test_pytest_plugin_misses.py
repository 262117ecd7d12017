"""A miss, wherever it is met: told at the test that owns it, once, and the others go on."""

import pytest

from tests.harness.pytest_projects import Project


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


def told(result: pytest.RunResult) -> list[str]:
    """The tests that are said to have asked for what is not there."""
    return [line for line in result.outlines if line.startswith("No recorded reply for")]


TEARDOWN = """
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette

@pytest.fixture
def outer():
    yield
    print("outer is torn down")

@pytest.fixture
def late(outer):
    yield
    ask("late")

def test_first(late):
    pass

def test_second():
    ask("second")
"""


def test_a_miss_in_a_teardown_leaves_nothing_open_for_the_next_test(project: Project) -> None:
    project.write("test_a.py", TEARDOWN)

    result = project.run("-rA")

    result.assert_outcomes(passed=1, failed=1, errors=1)
    assert told(result) == [
        "No recorded reply for model call 1 of 'test_a.py::test_first'.",
        "No recorded reply for model call 1 of 'test_a.py::test_second'.",
    ]
    result.stdout.fnmatch_lines(["outer is torn down"])


SHARED = """
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette(scope="module")

{early}

def test_first(early):
    pass

class TestGroup:
    def test_second(self, early):
        pass
"""
FIXTURE = "@pytest.fixture(scope='module')\ndef early():\n    ask('early')\n"
SETUP = "def setup_module():\n    ask('early')\n@pytest.fixture\ndef early():\n    pass\n"


@pytest.mark.parametrize("early", [FIXTURE, SETUP], ids=["fixture", "setup_module"])
def test_a_fixture_that_misses_fails_all_its_tests_in_the_same_words(
    project: Project, early: str
) -> None:
    project.write("test_a.py", SHARED.format(early=early))

    result = project.run()

    result.assert_outcomes(errors=2)
    assert told(result) == ["No recorded reply for model call 1 of 'test_a.py'."] * 2
    result.stdout.fnmatch_lines(["1 test asked for what is not recorded:", "  test_a.py"])
    result.stdout.no_fnmatch_line("*AssertionError*")


LATE = """
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette(scope="module")

@pytest.fixture(scope="module")
def early():
    yield
    try:
        ask("late")
    except BaseException:
        pass

def test_only(early):
    pass
"""


def test_what_a_modules_teardown_swallowed_is_told_at_its_last_test(project: Project) -> None:
    project.write("test_a.py", LATE)

    result = project.run()

    result.assert_outcomes(passed=1, errors=1)
    assert told(result) == ["No recorded reply for model call 1 of 'test_a.py'."]


WAYS = """
import asyncio, threading
import pytest
from conftest import ask, ask_async

pytestmark = pytest.mark.cassette

def test_thread():
    thread = threading.Thread(target=ask, args=("thread",))
    thread.start()
    thread.join()

def test_group():
    async def main():
        async with asyncio.TaskGroup() as group:
            group.create_task(ask_async("one"))
            group.create_task(ask_async("two"))
    asyncio.run(main())

def test_raised_from():
    try:
        ask("x")
    except BaseException as error:
        raise ValueError("no answer") from error

def test_beside():
    try:
        ask("x")
    except BaseException as error:
        raise BaseExceptionGroup("all", [error, ValueError("another")])
"""


def test_a_miss_is_told_from_threads_and_groups_and_behind_other_errors(project: Project) -> None:
    project.write("test_a.py", WAYS)

    result = project.run()

    result.assert_outcomes(failed=4)
    names = ("thread", "group", "raised_from", "beside")
    assert told(result) == [
        f"No recorded reply for model call 1 of 'test_a.py::test_{name}'." for name in names
    ]
    result.stdout.fnmatch_lines(
        [
            "It was swallowed. Then came: ValueError: no answer",
            "Beside it came: ValueError: another",
        ]
    )
    assert result.stdout.str().count("was swallowed") == 1


SUBTESTS = """
import pytest
from conftest import ask

@pytest.mark.cassette
def test_all(subtests):
    for number in range(2):
        with subtests.test(number=number):
            ask(f"number {number}")
"""


@pytest.mark.skipif(pytest.version_tuple < (9,), reason="subtests came with pytest 9")
def test_each_subtest_has_its_own_miss_once(project: Project) -> None:
    project.write("test_a.py", SUBTESTS)

    result = project.run()

    assert told(result) == [
        f"No recorded reply for model call {number} of 'test_a.py::test_all'." for number in (1, 2)
    ]


def test_a_doctest_misses_without_a_word_of_swallowing(project: Project) -> None:
    project.write(
        "asking.py",
        '"""\n>>> from conftest import ask\n>>> ask("doc")\n\'DOC\'\n"""\n'
        "import pytest\npytestmark = pytest.mark.cassette\n",
    )

    result = project.run("--doctest-modules", "asking.py")

    result.assert_outcomes(failed=1)
    assert told(result) == ["No recorded reply for model call 1 of 'asking.py::asking'."]
    result.stdout.no_fnmatch_line("*swallowed*")


def test_a_session_that_is_broken_off_tells_of_what_it_tore_down_last(project: Project) -> None:
    project.write("test_a.py", LATE.replace("    pass\n", "    assert False\n", 1) + "\n")
    project.write("test_b.py", LATE)

    result = project.run("-x", "--harness-playbacks", "played.json")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["1 test asked for what is not recorded:", "  test_a.py"])


def test_a_failure_that_was_recorded_is_told_with_what_records_it_anew(project: Project) -> None:
    project.write("test_a.py", "from conftest import ask\n\ndef test_a(cassette):\n    ask('hi')\n")

    recorded = project.run("--record-mode", "once")
    played, asked = project.record(mode="once")

    assert asked == []
    for result in (recorded, played):
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(
            [
                "1 test ended early, as did the recording, which may hold the error:",
                "  test_a.py::test_a: cassettes/test_a/test_a.yaml",
                "  fix: pytest test_a.py::test_a --record-mode rewrite",
            ]
        )
