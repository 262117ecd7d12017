"""`harness cassettes diff`: interactions matched, and compared word by word."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.formats import load, save
from tests.harness.commands._running import (
    HELLO,
    Told,
    cassette_file,
    document,
    interaction,
    told,
)

CHANGED = """\
old.yaml → new.yaml
  ~ interaction 1 (writer)
      request.body.messages[0].content: Say [-Hi-]{+Hello+} to all of them.
      response.body.choices[0].message.content: Hi all{+, and welcome+}!
  - interaction 2 (critic) is gone
  + interaction 3 (writer) is new
  1 the same, 1 changed, 1 new, 1 gone

1 cassette changed, 0 the same."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    return tmp_path


def two_versions(folder: Path) -> tuple[Path, Path]:
    same = interaction("And now?", "Go home.")
    gone = interaction("Nothing that anybody would ever compare", "Well", "critic#1")
    old = cassette_file(
        folder / "old.yaml", interaction("Say Hi to all of them.", "Hi all!"), gone, same
    )
    new = cassette_file(
        folder / "new.yaml",
        interaction("Say Hello to all of them.", "Hi all, and welcome!"),
        same,
        interaction("1 + 1 = ?", "2"),
    )
    return old, new


def committed(folder: Path) -> None:
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "Begin"],
    ):
        subprocess.run(["git", *arguments], cwd=folder, check=True)


def test_a_change_is_shown_word_by_word(folder: Path) -> None:
    two_versions(folder)

    assert told("diff", "old.yaml", "new.yaml") == Told(0, CHANGED)


def test_the_exit_code_tells_of_a_difference_if_asked_to(folder: Path) -> None:
    two_versions(folder)

    assert told("diff", "old.yaml", "new.yaml", "--exit-code").code == 1
    assert told("diff", "old.yaml", "old.yaml", "--exit-code").code == 0


def test_ids_and_times_are_no_difference(folder: Path) -> None:
    cassette = load(HELLO)
    first, *rest = cassette.interactions
    later = replace(first, response=replace(first.response, duration_ns=99))
    save(folder / "a.yaml", cassette)
    save(folder / "b.yaml", replace(cassette, interactions=(later, *rest)))

    (compared,) = document("diff", "a.yaml", "b.yaml")["files"]

    assert compared == {
        "old": "a.yaml",
        "new": "b.yaml",
        "same": 2,
        "other_ids": 1,
        "interactions": [],
        "problem": "",
    }


def test_a_cassette_is_compared_with_what_is_committed(folder: Path) -> None:
    path = cassette_file(folder / "cassettes" / "a.yaml", interaction("Hi", "Hello"))
    committed(folder)
    cassette_file(path, interaction("Hi", "Good day"))
    cassette_file(folder / "cassettes" / "b.yaml", interaction("Bye", "Bye"))

    assert told("diff", "cassettes").text.splitlines() == [
        "HEAD:cassettes/a.yaml → cassettes/a.yaml",
        "  ~ interaction 1 (writer)",
        "      response.body.choices[0].message.content: [-Hello-]{+Good day+}",
        "  0 the same, 1 changed, 0 new, 0 gone",
        "",
        "cassettes/b.yaml (new)",
        "  + interaction 1 (writer) is new",
        "  0 the same, 0 changed, 1 new, 0 gone",
        "",
        "2 cassettes changed, 0 the same.",
    ]


def test_a_cassette_that_is_gone_is_compared_with_what_is_committed(folder: Path) -> None:
    path = cassette_file(folder / "cassettes" / "a.yaml", interaction("Hi", "Hello"))
    committed(folder)
    path.unlink()
    path.parent.rmdir()

    assert told("diff", "cassettes/a.yaml").text.splitlines()[:2] == [
        "HEAD:cassettes/a.yaml (gone)",
        "  - interaction 1 (writer) is gone",
    ]


def test_an_empty_folder_is_as_it_was_and_one_that_never_was_is_told(folder: Path) -> None:
    cassette_file(folder / "other" / "a.yaml", interaction("Hi", "Hello"))
    committed(folder)
    (folder / "cassettes").mkdir()

    assert told("diff", "cassettes") == Told(0, "0 cassettes changed, 0 the same.")
    with pytest.raises(UsageError, match="There is no gone"):
        told("diff", "gone")


def test_without_a_repository_two_files_are_asked_for(folder: Path) -> None:
    two_versions(folder)

    with pytest.raises(UsageError, match="harness cassettes diff OLD NEW"):
        told("diff", "old.yaml")


def test_a_text_of_one_line_keeps_its_line_ends_visible(folder: Path) -> None:
    cassette_file(folder / "a.yaml", interaction("one\ntwo", "Hello"))
    cassette_file(folder / "b.yaml", interaction("one\nthree", "Hello"))

    assert "messages[0].content: one⏎[-two-]{+three+}" in told("diff", "a.yaml", "b.yaml").text


def test_a_file_that_can_not_be_read_does_not_keep_the_others_from_being_compared(
    folder: Path,
) -> None:
    for name, answer in (("before", "Hello"), ("now", "Good day")):
        cassette_file(folder / name / "b.yaml", interaction("Hi", answer))
        cassette_file(folder / name / "a.yaml", interaction("Hi", answer))
    (folder / "now" / "a.yaml").write_text("{")

    code, text = told("diff", "before", "now")

    assert code == 2
    assert text.splitlines()[0] == "before/b.yaml → now/b.yaml"
    assert text.splitlines()[-1] == "1 cassette changed, 0 the same, 1 not compared."
    assert "now/a.yaml:1:2: not JSON" in text


def test_of_hundreds_each_is_compared_with_what_stands_about_its_place(folder: Path) -> None:
    said = [f"What is {number} times {number + 7}" for number in range(300)]
    cassette_file(folder / "a.yaml", *(interaction(f"{each}?", "5") for each in said))
    cassette_file(folder / "b.yaml", *(interaction(f"{each}, please?", "5") for each in said[1:]))

    (compared,) = document("diff", "a.yaml", "b.yaml")["files"]

    pairs = [(each["old"], each["new"]) for each in compared["interactions"]]
    assert pairs == [(1, None), *((number + 1, number) for number in range(1, 300))]
