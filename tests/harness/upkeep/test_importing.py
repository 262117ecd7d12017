"""Where imported cassettes go."""

from pathlib import Path

import pytest

from harness.upkeep import targets_of

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
