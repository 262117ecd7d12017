"""Runs that rewrite, but not all: what the other tests recorded stays."""

from pathlib import Path

import pytest

from harness.formats import load
from harness.journal import derive
from tests.harness.pytest_projects import Project

# With another plugin it is a process of its own that ends.
PLUGINS = ("anyio.pytest_plugin",)
SHARED = """
import os, pytest
from conftest import ask

pytestmark = pytest.mark.cassette("shared")

@pytest.mark.parametrize("number", range(4))
def test_asks(number):
    assert ask(f"WORD {number}")
    if number == 1:
        END
    assert ask(f"WORD {number} again")
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


def asked_in(path: Path) -> list[str]:
    return [each.request.body.decode().split('"')[3] for each in load(path).interactions]


@pytest.mark.parametrize(
    ("end", "options"),
    [
        ("os.kill(os.getpid(), 9)", ()),
        ("raise KeyboardInterrupt", ()),
        ("pytest.exit('enough', returncode=0)", ()),
        ("assert False", ("-x",)),
    ],
)
def test_what_tests_that_were_not_reached_recorded_stays(
    project: Project, end: str, options: tuple[str, ...]
) -> None:
    project.write("test_a.py", SHARED.replace("WORD", "old").replace("END", "pass"))
    project.record()
    project.write("test_a.py", SHARED.replace("WORD", "new").replace("END", end))

    project.record(*options, mode="rewrite", plugins=PLUGINS)
    path = project.path / "cassettes" / "shared.yaml"
    derive([path])

    assert asked_in(path) == [
        "new 0", "new 0 again", "old 1", "old 1 again", "new 1",
        *(f"old {number}{again}" for number in (2, 3) for again in ("", " again")),
    ]  # fmt: skip
    assert load(path).header.unfinished == ("test_a.py::test_asks[1]",)


ONE = """
import pytest
from conftest import ask

@pytest.mark.cassette("shared")
def test_NAME():
    assert ask("WORD NAME")
"""


FAILING = "def test_one(): raise ValueError"


def write_two(project: Project, word: str) -> None:
    for name in ("one", "two"):
        project.write(f"test_{name}.py", ONE.replace("NAME", name).replace("WORD", word))


@pytest.mark.parametrize(
    "options",
    [
        ("-k", "one"),
        ("--deselect", "test_two.py"),
        ("--ignore", "test_two.py"),
        ("--ignore-glob", "*two.py"),
        ("test_one.py",),
        ("test_one.py::test_one",),
        ("-k", "one", "-n2"),
    ],
    ids=" ".join,
)
def test_what_tests_that_were_not_chosen_recorded_stays(
    project: Project, options: tuple[str, ...]
) -> None:
    write_two(project, "old")
    project.record()
    write_two(project, "new")

    project.record(*options, mode="rewrite", plugins=("xdist",) if "-n2" in options else ())

    assert asked_in(project.path / "cassettes" / "shared.yaml") == ["new one", "old two"]


def test_what_tests_that_did_not_fail_recorded_stays(project: Project) -> None:
    write_two(project, "old")
    project.record()
    project.write("test_one.py", FAILING)
    project.run().assert_outcomes(passed=1, failed=1)
    write_two(project, "new")

    project.record("--last-failed", mode="rewrite")

    assert asked_in(project.path / "cassettes" / "shared.yaml") == ["new one", "old two"]


@pytest.mark.parametrize(
    "text",
    [
        "import pytest\npytest.importorskip('no_such_module')",
        "import pytest\n@pytest.mark.skip\ndef test_two(): pass",
        "import pytest\n@pytest.mark.xfail(run=False)\ndef test_two(): pass",
        "raise OSError",
    ],
    ids=["module", "test", "xfail", "error"],
)
def test_what_tests_that_were_not_run_recorded_stays(project: Project, text: str) -> None:
    write_two(project, "old")
    project.record()
    write_two(project, "new")
    project.write("test_two.py", text)

    project.record("--continue-on-collection-errors", mode="rewrite")

    assert asked_in(project.path / "cassettes" / "shared.yaml") == ["new one", "old two"]


@pytest.mark.parametrize("options", [(), (".",)], ids=["all", "the folder"])
def test_what_tests_that_are_gone_recorded_goes(project: Project, options: tuple[str, ...]) -> None:
    write_two(project, "old")
    project.record()
    write_two(project, "new")
    (project.path / "test_two.py").unlink()

    project.record(*options, mode="rewrite")

    assert asked_in(project.path / "cassettes" / "shared.yaml") == ["new one"]
