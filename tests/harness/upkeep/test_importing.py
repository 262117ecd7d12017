"""Where imported cassettes go."""

from pathlib import Path

import pytest

from harness.upkeep import cassettes_in, targets_of

NAMES = [
    ("chat.yml", "chat.yaml"),
    ("chat.har", "chat.yaml"),
    ("chat.yaml.gz", "chat.yaml"),
    ("gpt-4.1.json", "gpt-4.1.yaml"),
]


@pytest.mark.parametrize(("name", "target"), NAMES)
def test_a_file_becomes_a_cassette_of_its_name(tmp_path: Path, name: str, target: str) -> None:
    source = tmp_path / name
    source.touch()

    assert targets_of([source], tmp_path / "new") == {source: tmp_path / "new" / target}


def test_a_folder_s_files_of_every_recorder_are_found(tmp_path: Path) -> None:
    names = ["a.YAML", "b.yml", "c.json", "d.toml", "e.har", "f.sse", "g.eventstream", "h.yaml.gz"]
    for name in [*names, "notes.md", "more.tar.gz", ".hidden.yaml"]:
        (tmp_path / name).touch()

    assert [path.name for path in cassettes_in([tmp_path])] == names
