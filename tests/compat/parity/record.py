"""Makes `expected/*.json` again: `python -m tests.compat.parity.record [PROGRAM ...]`.

The variable AUTOGEN_PYTHON names an interpreter that has AutoGen 0.7.5 and its OpenAI extra; the
programs that need further extras name them.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.peer import as_upstream, autogen_python

HERE = Path(__file__).parent
MODULES = "tests.compat.parity.programs"
EXPECTED = HERE / "expected"
PROGRAMS = sorted(file.stem for file in (HERE / "programs").glob("*.py"))


def translated(folder: Path) -> None:
    """Writes the programs, and what they share, with AutoGen's import names."""
    for file in (*HERE.glob("*.py"), *(HERE / "programs").glob("*.py")):
        copy = folder / "tests/compat/parity" / file.relative_to(HERE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(as_upstream(file.read_text(encoding="utf-8")), encoding="utf-8")


def record(programs: Sequence[str], python: str) -> None:
    """Stores what each program prints under AutoGen."""
    with tempfile.TemporaryDirectory() as folder:
        translated(Path(folder))
        for program in programs:
            # Imported, and not run as __main__, so that classes have the names they have here.
            start = f"import asyncio; from {MODULES}.{program} import main; asyncio.run(main())"
            command = [python, "-W", "ignore", "-c", start]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise SystemExit(f"{program} failed under {python}:\n{done.stderr}")
            (EXPECTED / f"{program}.json").write_text(done.stdout, encoding="utf-8")
            print(f"{program}: recorded")


if __name__ == "__main__":
    peer = autogen_python()
    if peer is None:
        raise SystemExit("Set AUTOGEN_PYTHON to an interpreter that has AutoGen 0.7.5.")
    record(sys.argv[1:] or PROGRAMS, peer)
