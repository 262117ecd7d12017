"""Runs every benchmark: `make bench`. Each `bench_*.py` has a `main` that tells if it passed."""

from importlib import import_module
from pathlib import Path


def main() -> int:
    """Prints all figures; the number of benchmarks that missed a bar is the exit code."""
    missed = 0
    for file in sorted(Path(__file__).parent.glob("bench_*.py")):
        module = import_module(f"tests.benchmarks.{file.stem}")
        print(f"\n{module.__doc__.splitlines()[0]}")
        missed += not module.main()
    return missed


if __name__ == "__main__":
    raise SystemExit(main())
