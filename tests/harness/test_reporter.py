from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.reporter import reporter_named

SOURCE = """
def write(run_folder, path):
    path.write_text(f"of {run_folder.name}", encoding="utf-8")
"""


def installed(folder: Path) -> None:
    """A package that registers the reporter `painted`."""
    (folder / "painting.py").write_text(SOURCE, encoding="utf-8")
    registered = folder / "painting-1.0.dist-info"
    registered.mkdir()
    (registered / "METADATA").write_text("Name: painting\nVersion: 1.0\n", encoding="utf-8")
    (registered / "entry_points.txt").write_text(
        "[harness.reporters]\npainted = painting:write\n", encoding="utf-8"
    )


def test_a_reporter_is_found_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    reporter_named("painted")(tmp_path / "run", tmp_path / "report.txt")

    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == "of run"


def test_a_reporter_that_nobody_registers_is_told() -> None:
    with pytest.raises(UsageError, match="No installed package registers a reporter 'carved'"):
        reporter_named("carved")
