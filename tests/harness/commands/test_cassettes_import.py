"""`harness cassettes import` and `lint`: other recorders' files, and the secrets in them."""

from pathlib import Path

import pytest

from harness.errors import UnreadableCassette, UsageError
from harness.formats import load
from harness.session import CassetteSession
from tests.harness.commands._running import HELLO, ROOT, Told, document, told

KEY = "sk-proj-Zq7wZq7wZq7wZq7wZq7wZq7w"
SAMPLES = ROOT.parent / "shared" / "samples" / "cassettes"

VCRPY = f"""\
interactions:
- request:
    method: POST
    uri: https://api.test/v1/chat
    headers:
      authorization: [Bearer {KEY}]
    body: '{{"a": "I am Ada: ada@example.org"}}'
  response:
    status: {{code: 200, message: OK}}
    headers:
      x-request-id: [req_0123456789abcdef]
    body: {{string: '{{"said": "your key is {KEY}"}}'}}
version: 1
"""

IMPORTED = """\
source        format  interactions  redacted  cassette
old/a.yaml    vcrpy              1         1  new/a.yaml
old/bad.yaml                     0         0  old/bad.yaml:1:2: not JSON: Expecting property name \
enclosed in double quotes
1 file imported, 1 could not be.
new/a.yaml: replaced authorization (1); left out authorization (1)"""

LINTED = f"""\
old/a.yaml:6: authorization in interaction 1, request headers (header): {KEY[:4]}… (32 characters)
old/a.yaml:12: api-key in interaction 1, response body (text): {KEY[:4]}… (32 characters)
2 secrets in 1 file."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    Path("old").mkdir()
    Path("old/a.yaml").write_text(VCRPY, encoding="utf-8")
    return tmp_path


def test_a_folder_is_imported_file_by_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    Path("old/bad.yaml").write_text("{", encoding="utf-8")

    assert told("import", "old", "-o", "new") == Told(1, IMPORTED)


def test_what_is_imported_has_no_secret_and_can_be_played() -> None:
    assert told("import", "old", "-o", "new").code == 0

    text = Path("new/a.yaml").read_text(encoding="utf-8")
    assert KEY not in text
    assert text.count("<secret:authorization>") == 1
    assert told("lint", "new") == Told(0, "0 secrets in 1 file.")
    (interaction,) = load(Path("new/a.yaml")).interactions
    assert CassetteSession(Path("new/a.yaml")).play(interaction.request) is not None


def test_rules_of_ones_own_are_applied() -> None:
    told("import", "old", "-o", "new", "--redact", r"pattern:[\w.]+@[\w.]+\w -> email")

    assert "I am Ada: <secret:email>" in Path("new/a.yaml").read_text(encoding="utf-8")


def test_files_become_one_cassette() -> None:
    assert told("import", "old/a.yaml", HELLO, "-o", "all.yaml").code == 0

    assert len(load(Path("all.yaml")).interactions) == 3


@pytest.mark.parametrize("output", ["new", "new.yaml"])
def test_nothing_to_import_is_a_mistake(output: str) -> None:
    Path("empty").mkdir()

    with pytest.raises(UsageError, match="There is nothing to import in empty"):
        told("import", "empty", "-o", output)


def test_into_one_cassette_all_go_or_none() -> None:
    Path("old/bad.yaml").write_text("{", encoding="utf-8")

    with pytest.raises(UnreadableCassette, match=r"old/bad\.yaml:1:2"):
        told("import", "old", "-o", "all.yaml")
    assert not Path("all.yaml").exists()


def test_nothing_is_written_over_unless_it_is_wanted() -> None:
    told("import", "old", "-o", "new")

    with pytest.raises(UsageError, match=r"There is a new/a\.yaml already"):
        told("import", "old", "-o", "new")
    assert told("import", "old", "-o", "new", "--force").code == 0


def test_two_files_that_would_become_one_are_refused() -> None:
    Path("old/a.json").write_text("{}", encoding="utf-8")

    with pytest.raises(UsageError, match=r"would both become new/a\.yaml"):
        told("import", "old", "-o", "new")


def test_secrets_are_listed_with_their_lines_and_not_shown() -> None:
    linted = told("lint", "old/a.yaml")

    assert linted == Told(1, LINTED)
    assert KEY not in linted.text


def test_secrets_of_this_process_are_searched_for_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "correct-horse-42-battery")
    Path("notes.txt").write_text("it is correct-horse-42-battery", encoding="utf-8")

    (secret,) = document("lint", "notes.txt")["secrets"]

    assert (secret["name"], secret["line"]) == ("DB_PASSWORD", 1)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs the sample cassettes beside the project")
def test_recordings_of_real_projects_are_imported_without_their_secrets() -> None:
    sources = SAMPLES / "pydantic-ai" / "tests" / "models" / "cassettes" / "test_openai"

    files = document("import", sources, "-o", "new")["files"]

    assert len(files) > 10
    assert [each["source"] for each in files if each["problem"] or each["secrets_left"]] == []
