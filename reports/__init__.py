"""A run folder drawn as one HTML file: opens by double click, asks for nothing outside itself."""

from pathlib import Path

from reports.render import html
from reports.run_folder import read
from reports.view import page_of

__all__ = ["write"]


def write(run_folder: Path, path: Path) -> None:
    """Writes the report of a run; equal run folders give equal bytes.

    Args:
        run_folder: Holds `run.json`, `results.jsonl` and the traces that the results name.
        path: The HTML file; its folder is made when it is missing.

    Raises:
        UnreadableRun: The run folder is incomplete, damaged, or of a newer version.
    """
    document = html(page_of(read(run_folder)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(document.encode())
