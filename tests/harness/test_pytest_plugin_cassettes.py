"""`@pytest.mark.cassette`: which file, what fails a test, and in which words."""

import pytest

from harness.formats import load
from tests.harness.pytest_projects import Project

HELLO = """
import pytest
from conftest import ask

@pytest.mark.cassette
def test_hello():
    assert ask("hello") == "HELLO"
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


def labels(project: Project, name: str) -> list[str]:
    return [each.test for each in load(project.path / "cassettes" / name).interactions]


def test_a_test_records_its_own_cassette_and_replays_it(project: Project) -> None:
    project.write("tests/test_a.py", HELLO)

    recorded, asked = project.record()
    replayed = project.run()

    recorded.assert_outcomes(passed=1)
    replayed.assert_outcomes(passed=1)
    assert asked == ["hello"]
    assert [name for name in project.cassettes if not name.endswith(".lock")] == [
        "tests/test_a/test_hello.yaml"
    ]
    recorded.stdout.fnmatch_lines(["*= cassettes =*", "1 recorded"])
    replayed.stdout.fnmatch_lines(["*= cassettes =*", "1 replayed; 1 interaction played"])


def test_a_miss_fails_the_test_with_its_own_text_and_nothing_else(project: Project) -> None:
    project.write("tests/test_a.py", HELLO)

    result = project.run()

    result.assert_outcomes(failed=1)
    lines = result.outlines
    at = next(number for number, line in enumerate(lines) if "_ test_hello _" in line)
    assert lines[at + 1 : at + 6] == [
        "No recorded reply for model call 1 of 'tests/test_a.py::test_hello'.",
        "  cassette: cassettes/tests/test_a/test_hello.yaml",
        "  cause:    the cassette is missing",
        "  fix:      pytest tests/test_a.py::test_hello --record-mode rewrite",
        "  asked at: tests/test_a.py:7",
    ]
    assert lines[at + 6].startswith("=")


BLOCK = """
import harness
from conftest import ask

def test_hello():
    with harness.cassette("hello", key_parts=["any-host"]):
        assert ask("hello") == "HELLO"
"""


def test_a_block_that_a_test_opens_goes_by_the_record_mode_of_the_run(project: Project) -> None:
    project.write("tests/test_a.py", BLOCK)

    missed = project.run()
    recorded, asked = project.record()
    replayed = project.run()

    missed.stdout.fnmatch_lines(["*fix: *pytest tests/test_a.py::test_hello --record-mode=once"])
    missed.assert_outcomes(failed=1)
    recorded.assert_outcomes(passed=1)
    replayed.assert_outcomes(passed=1)
    assert asked == ["hello"]


SWALLOWING = """
import asyncio, unittest
import pytest
from conftest import ask, ask_async

def quietly(question):
    try:
        return ask(question)
    except BaseException:
        return "sorry"

@pytest.mark.cassette
def test_passes():
    quietly("a")

@pytest.mark.cassette
def test_fails_later():
    assert quietly("b") == "B"

@pytest.mark.cassette
def test_is_skipped():
    quietly("c")
    pytest.skip("not today")

@pytest.mark.cassette
class TestCase(unittest.TestCase):
    def test_of_unittest(self):
        quietly("d")

@pytest.fixture
def early():
    quietly("e")

@pytest.mark.cassette
def test_in_a_fixture(early):
    pass

@pytest.mark.cassette
def test_in_a_task_that_nobody_awaits():
    async def main():
        task = asyncio.ensure_future(ask_async("f"))
        await asyncio.wait([task])
        task.exception()
    asyncio.run(main())

@pytest.mark.cassette
def test_expects_it(cassette):
    quietly("g")
    assert [miss.cause for miss in cassette.misses] == ["the cassette is missing"]
    cassette.misses.clear()
"""


def test_a_swallowed_miss_fails_the_test_all_the_same(project: Project) -> None:
    project.write("test_a.py", SWALLOWING)

    result = project.run()

    result.assert_outcomes(failed=4, errors=1, skipped=1, passed=1)
    result.stdout.fnmatch_lines(
        ["No recorded reply*test_fails_later*", "It was swallowed. Then came: AssertionError*"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_request_without_a_cassette_is_blocked_while_replaying(project: Project) -> None:
    project.write(
        "test_a.py",
        """
import socket, urllib.request
import pytest

@pytest.fixture(scope="module")
def early():
    urllib.request.urlopen("http://198.51.100.1:81/x")

@pytest.mark.cassette
def test_fixture(early):
    pass

@pytest.mark.cassette
def test_socket():
    try:
        socket.create_connection(("api.example.com", 443))
    except BaseException:
        pass

@pytest.mark.cassette
def test_loopback():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
""",
    )

    result = project.run()

    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "A connection to 198.51.100.1:81 was blocked: this test has no network.",
            '  fix:   @pytest.mark.cassette(scope="module") for what a module\'s fixtures ask, or '
            "--allowed-hosts 198.51.100.1",
            "A connection to api.example.com:443 was blocked*",
        ]
    )


def test_the_network_can_be_closed_for_all_tests(project: Project) -> None:
    project.write(
        "test_a.py",
        """
import socket, pytest
def test_plain():
    socket.getaddrinfo("198.51.100.1", 80)
""",
    )

    project.run().assert_outcomes(passed=1)
    project.run("--block-network").assert_outcomes(failed=1)
    allowed = project.run("--block-network", "--allowed-hosts", r"198\.51\..*,example.org")
    allowed.assert_outcomes(passed=1)


LAYERS = """
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette("common", ignore="/seed")

def test_common():
    assert ask("common") == "COMMON"

@pytest.mark.cassette("own", shared=["third"])
def test_own():
    assert ask("own") == "OWN"

class TestGroup:
    pytestmark = pytest.mark.cassette(record_mode="none")

    def test_inner(self, cassette):
        assert cassette.path.name == "TestGroup.test_inner.yaml"
"""


def test_the_closest_marker_names_the_cassette_and_farther_ones_are_played(
    project: Project,
) -> None:
    project.write("test_a.py", LAYERS)
    recorded, _ = project.record("-k", "test_common")
    project.write(
        "test_a.py",
        LAYERS.replace('ask("own") == "OWN"', 'ask("common") == "COMMON"').replace(
            'shared=["third"]', ""
        ),
    )

    replayed = project.run()

    recorded.assert_outcomes(passed=1, deselected=2)
    replayed.assert_outcomes(passed=3)
    assert labels(project, "common.yaml") == ["test_a.py::test_common"]


MODULE = """
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette(scope="{scope}")

@pytest.fixture(scope="module")
def early():
    yield ask("early")
    assert ask("late") == "LATE"

class TestGroup:
    def test_one(self, early):
        assert (early, ask("one")) == ("EARLY", "ONE")

    def test_two(self, early):
        assert (early, ask("two")) == ("EARLY", "TWO")
"""


@pytest.mark.parametrize(
    ("scope", "file", "owner"),
    [("module", "test_a.yaml", "test_a.py"), ("session", "session.yaml", "session")],
)
def test_tests_share_a_cassette_with_the_fixtures_of_their_scope(
    project: Project, scope: str, file: str, owner: str
) -> None:
    project.write("test_a.py", MODULE.format(scope=scope))
    recorded, asked = project.record()

    replayed = project.run("-k", "two"), project.run()

    recorded.assert_outcomes(passed=2)
    replayed[0].assert_outcomes(passed=1, deselected=1)
    replayed[1].assert_outcomes(passed=2)
    assert sorted(asked) == ["early", "late", "one", "two"]
    one, two = "test_a.py::TestGroup::test_one", "test_a.py::TestGroup::test_two"
    assert labels(project, file) == sorted([owner, owner, one, two])
    replayed[1].stdout.no_fnmatch_line("*unplayed*")


def test_a_test_without_a_marker_has_nothing_of_what_others_share(project: Project) -> None:
    project.write("test_a.py", MODULE.format(scope="session"))
    plain = "from conftest import ask\ndef test_plain(): assert ask('plain') == 'PLAIN'\n"
    project.write("test_b.py", plain)

    result, asked = project.record()
    again, asked_again = project.record(mode="none")

    result.assert_outcomes(passed=3)
    again.assert_outcomes(passed=3)
    assert sorted(asked) == ["early", "late", "one", "plain", "two"]
    assert asked_again == ["plain"]


def test_a_closer_marker_has_name_and_scope_to_itself(project: Project) -> None:
    text = MODULE.format(scope="module").replace(
        "    def test_two",
        """    @pytest.mark.cassette
    def test_two""",
    )
    project.write("test_a.py", text)

    project.record()[0].assert_outcomes(passed=2)

    project.run().assert_outcomes(passed=2)
    one, common = "test_a.py::TestGroup::test_one", "test_a.py"
    assert labels(project, "test_a.yaml") == [common, common, one]
    assert labels(project, "test_a/TestGroup.test_two.yaml") == [""]


def test_fixtures_say_where_cassettes_lie_and_what_counts(project: Project) -> None:
    project.write(
        "test_a.py",
        """
import pytest
from conftest import ask

@pytest.fixture(scope="module")
def cassette_config():
    return {"ignore": ["/question"], "allow_playback_repeats": True}

@pytest.fixture
def cassette_dir():
    return "recordings"

@pytest.fixture
def cassette_name(request):
    return "of_" + request.node.name

def test_asks(cassette):
    assert {ask("a"), ask("b")} in ({"A"}, {"A", "B"})
    assert cassette.path.name == "of_test_asks.yaml"
""",
    )

    project.record()[0].assert_outcomes(passed=1)

    project.run().assert_outcomes(passed=1)
    assert (project.path / "recordings" / "of_test_asks.yaml").exists()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("cassette(recordmode='once')", "Did you mean 'record_mode'?"),
        ("cassette(scope='modul')", "Did you mean 'module'?"),
        ("cassette('a', 'b')", "shared=['b']"),
        ("cassette(scope='class')", "there is no class here"),
        ("cassette(normalise='uid')", "uuid"),
    ],
)
def test_a_wrong_marker_is_told_with_the_nearest_right_one(
    project: Project, line: str, told: str
) -> None:
    project.write("test_a.py", f"import pytest\n@pytest.mark.{line}\ndef test_x(): pass\n")

    result = project.run()

    result.assert_outcomes(errors=1)
    assert told in result.stdout.str()
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("During handling *")


@pytest.mark.parametrize(
    ("arguments", "lines", "told"),
    [
        (("--record-mode", "onec"), (), "Did you mean 'once'?"),
        ((), ("harness_unplayed = 'warning'",), "Did you mean 'warn'?"),
        (("--harness-expire-days", "soon"), (), "a number of days"),
    ],
)
def test_a_wrong_setting_is_told_with_the_nearest_right_one(
    project: Project, arguments: tuple[str, ...], lines: tuple[str, ...], told: str
) -> None:
    project.configure(*lines)
    project.write("test_a.py", HELLO)

    result = project.run(*arguments)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert told in result.stderr.str()


def test_what_a_failing_test_recorded_stays_and_is_gone_on_with(project: Project) -> None:
    broken = HELLO.replace('== "HELLO"', '== "HELLO"\n    1 / 0')
    project.write("test_a.py", broken)
    failed, _ = project.record()
    whole = HELLO + '    assert ask("bye") == "BYE"\n'
    project.write("test_a.py", whole)

    passed, asked = project.record()

    failed.assert_outcomes(failed=1)
    passed.assert_outcomes(passed=1)
    assert asked == ["bye"]
    cassette = load(project.path / "cassettes" / "test_a" / "test_hello.yaml")
    assert (cassette.header.unfinished, len(cassette.interactions)) == ((), 2)


def test_verify_fails_a_test_whose_live_answers_drifted(project: Project) -> None:
    path = project.write("test_a.py", HELLO)
    project.record()
    file = project.path / "cassettes" / "test_a" / "test_hello.yaml"
    file.write_text(file.read_text().replace("HELLO", "HOLA"))
    path.write_text(HELLO)

    result, asked = project.record(mode="verify")

    result.assert_outcomes(failed=1)
    assert asked == ["hello"]
    result.stdout.fnmatch_lines(["*drifted from interaction 1: answer: 'HOLA' became 'HELLO'*"])


def test_verify_tells_of_drift_beside_whatever_else_failed_the_test(project: Project) -> None:
    path = project.write("test_a.py", HELLO)
    project.record()
    file = project.path / "cassettes" / "test_a" / "test_hello.yaml"
    file.write_text(file.read_text().replace("HELLO", "HOLA"))
    path.write_text(HELLO.replace("HELLO", "HOLA"))

    result, _ = project.record(mode="verify")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*assert 'HELLO' == 'HOLA'",
            "*- drift -*",
            "*drifted from interaction 1: answer: 'HOLA' became 'HELLO'",
            "  fix: pytest test_a.py::test_hello --record-mode rewrite",
        ]
    )


def test_junit_names_the_cassette(project: Project) -> None:
    project.write("test_a.py", HELLO)
    project.record()

    project.run("--junitxml", "junit.xml")

    text = (project.path / "junit.xml").read_text()
    assert '<property name="cassette" value="cassettes/test_a/test_hello.yaml" />' in text


PACKAGE = """
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette(scope="package")

def test_asks(early):
    assert (early, ask(__name__)) == ("EARLY", __name__.upper())
"""
EARLY = """
import pytest
from conftest import ask

@pytest.fixture(scope="{scope}")
def early():
    yield ask("early")
    assert ask("late") == "LATE"
"""


def test_the_tests_of_a_package_share_a_cassette_with_its_fixtures(project: Project) -> None:
    for name in ("one/__init__.py", "two/__init__.py", "two/inner/__init__.py"):
        project.write(f"tests/{name}", "")
    for folder in ("one", "two"):
        project.write(f"tests/{folder}/conftest.py", EARLY.format(scope="package"))
    for name in ("one/test_a.py", "one/test_b.py", "two/test_a.py"):
        project.write(f"tests/{name}", PACKAGE)
    inner = PACKAGE.replace("asks(early)", "asks()").replace("early, ask", '"EARLY", ask')
    project.write("tests/two/inner/test_a.py", inner)

    recorded, asked = project.record()
    replayed = project.run(), project.run("tests/two/test_a.py")

    recorded.assert_outcomes(passed=4)
    replayed[0].assert_outcomes(passed=4)
    replayed[1].assert_outcomes(passed=1)
    assert labels(project, "tests/one/__init__.yaml") == [
        "tests/one", "tests/one", "tests/one/test_a.py::test_asks", "tests/one/test_b.py::test_asks"
    ]  # fmt: skip
    assert len(asked) == 8
    assert sorted(name for name in project.cassettes if name.endswith("yaml")) == [
        f"tests/{name}/__init__.yaml" for name in ("one", "two", "two/inner")
    ]


def test_a_package_that_is_none_is_told(project: Project) -> None:
    project.write("test_a.py", PACKAGE.replace("early", "request"))

    result = project.run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*there is no package here. A package is a folder with an *"])


def test_a_fixture_of_the_session_has_the_sessions_cassette(project: Project) -> None:
    text = EARLY.format(scope="session") + PACKAGE.replace("package", "session")
    project.write("tests/test_a.py", text)

    recorded, asked = project.record()
    replayed = project.run()

    recorded.assert_outcomes(passed=1)
    replayed.assert_outcomes(passed=1)
    assert asked == ["early", "test_a", "late"]
    assert labels(project, "session.yaml") == [
        "session", "session", "tests/test_a.py::test_asks"
    ]  # fmt: skip


def test_a_config_for_each_test_does_not_stand_in_a_modules_way(project: Project) -> None:
    project.write(
        "test_a.py",
        """
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette

@pytest.fixture
def cassette_config(request):
    return {"ignore": "/question"}

@pytest.fixture(scope="module")
def early():
    return "EARLY"

def test_asks(early):
    assert ask(early) == "EARLY"
""",
    )

    project.record()[0].assert_outcomes(passed=1)

    project.run().assert_outcomes(passed=1)


def test_what_a_test_makes_a_fixture_ask_belongs_to_the_test(project: Project) -> None:
    project.write(
        "test_a.py",
        """
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette(scope="module")

@pytest.fixture(scope="module")
def late():
    yield ask("late")
    ask("late ends")

def test_asks(request):
    assert (request.getfixturevalue("late"), ask("own")) == ("LATE", "OWN")
""",
    )

    project.record()[0].assert_outcomes(passed=1)

    project.run().assert_outcomes(passed=1)
    assert labels(project, "test_a.yaml") == ["test_a.py"] + ["test_a.py::test_asks"] * 2
