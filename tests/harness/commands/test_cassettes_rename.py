"""`harness cassettes rename`: the files move, and the programs that name them follow."""

import shutil
from pathlib import Path

import pytest

from harness.errors import UsageError
from tests.harness.commands._running import (
    HELLO,
    Told,
    being_recorded,
    cassette_file,
    document,
    interaction,
    told,
)

PROGRAM = """\
\"\"\"é\"\"\"
import harness, pytest

@pytest.mark.cassette("guide/hello", shared=['guide/bye'])
def test_it():
    name, hello = "é cassettes/guide/hello.yaml", "hello"; other = "cassettes/guide/hello.yaml"
    with harness.cassette('guide/hello'):
        print("guide/hello")
"""
RENAMED = (
    PROGRAM.replace('cassette("guide/hello', 'cassette("guide/greeting')
    .replace("cassette('guide/hello", "cassette('guide/greeting")
    .replace('other = "cassettes/guide/hello.yaml', 'other = "cassettes/guide/greeting.yaml')
)

PLANNED = """\
cassettes/guide/hello.yaml → cassettes/guide/greeting.yaml
test_it.py:4: 'guide/hello' → 'guide/greeting'
test_it.py:6: 'cassettes/guide/hello.yaml' → 'cassettes/guide/greeting.yaml'
test_it.py:7: 'guide/hello' → 'guide/greeting'
Would rename 1 cassette and 3 references; add --write to do it."""

OLD, NEW = Path("cassettes/guide/hello.yaml"), Path("cassettes/guide/greeting.yaml")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("pyproject.toml").touch()
    OLD.parent.mkdir(parents=True)
    shutil.copy(HELLO, OLD)
    Path("test_it.py").write_text(PROGRAM, encoding="utf-8")
    return tmp_path


def test_what_is_being_recorded_keeps_its_name_until_then() -> None:
    why = r"hello\.yaml: it is being recorded just now\."
    with being_recorded(OLD), pytest.raises(UsageError, match=why):
        told("rename", OLD, NEW, "--write")

    assert OLD.exists()


def test_it_is_only_told_what_would_be_done() -> None:
    assert told("rename", OLD, NEW) == Told(1, PLANNED)
    assert OLD.exists()
    assert Path("test_it.py").read_text(encoding="utf-8") == PROGRAM


def test_the_file_moves_and_programs_follow() -> None:
    done = told("rename", OLD, NEW, "--write")

    assert (done.code, done.text.splitlines()[-1]) == (0, "Renamed 1 cassette and 3 references.")
    assert NEW.read_bytes() == HELLO.read_bytes()
    assert not OLD.exists()
    assert Path("test_it.py").read_text(encoding="utf-8") == RENAMED


def test_a_folder_moves_with_all_its_cassettes() -> None:
    cassette_file(Path("cassettes/guide/bye.yaml"), interaction("Bye", "Bye"))

    plan = document("rename", "cassettes/guide", "cassettes/tour", "--write")

    assert [each["new"] for each in plan["moves"]] == [
        "cassettes/tour/bye.yaml",
        "cassettes/tour/hello.yaml",
    ]
    assert not Path("cassettes/guide").exists()
    assert "@pytest.mark.cassette(\"tour/hello\", shared=['tour/bye'])" in Path(
        "test_it.py"
    ).read_text(encoding="utf-8")


def test_nothing_is_written_over_unless_it_is_wanted() -> None:
    cassette_file(NEW, interaction("Bye", "Bye"))

    with pytest.raises(UsageError, match=r"There is a cassettes/guide/greeting\.yaml already"):
        told("rename", OLD, NEW, "--write")
    assert told("rename", OLD, NEW, "--write", "--force").code == 0
    assert NEW.read_bytes() == HELLO.read_bytes()


def test_a_name_that_belongs_to_no_scenario_is_told() -> None:
    Path("scenarios/guide").mkdir(parents=True)
    Path("scenarios/guide/chat.py").write_text("def hello(run): ...", encoding="utf-8")
    story = Path("cassettes/guide/chat/hello.yaml")
    story.parent.mkdir()
    shutil.copy(HELLO, story)

    plan = document("rename", story, story.with_name("greeting.yaml"))

    assert plan["without_scenario"] == ["cassettes/guide/chat/greeting.yaml"]


def test_a_cassette_that_is_missing_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"There is no cassettes/guide/helo\.yaml\. Did you mean "):
        told("rename", "cassettes/guide/helo.yaml", NEW)
