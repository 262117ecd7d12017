"""Runs the benchmarks: all of them, or those that are about something.

    python -m tests.benchmarks
    python -m tests.benchmarks replay

Each `bench_*.py` has a `main` that prints its figures and tells whether every bar was reached. In
the end all bars come once more, as one table.
"""

import sys
from importlib import import_module
from pathlib import Path

from tests.benchmarks.peer import rows

PARTS = {
    "replay": ("replay", "matching", "openai_client", "loading", "client_level", "cache",
               "recording"),
}  # fmt: skip
"""What recording and replaying costs is measured by these."""


def main(part: str | None = None) -> int:
    """Prints all figures; the number of benchmarks that missed a bar is the exit code."""
    every = sorted(file.stem for file in Path(__file__).parent.glob("bench_*.py"))
    names = every if part is None else [f"bench_{name}" for name in PARTS[part]]
    missed = 0
    for name in names:
        module = import_module(f"tests.benchmarks.{name}")
        print(f"\n{module.__doc__.splitlines()[0]}", flush=True)
        missed += not module.main()
    print("\nAll bars:", *rows, sep="\n")
    return missed


if __name__ == "__main__":
    if sys.argv[1:] and (len(sys.argv) > 2 or sys.argv[1] not in PARTS):
        raise SystemExit(f"python -m tests.benchmarks [{'|'.join(PARTS)}]")
    raise SystemExit(main(*sys.argv[1:]))
