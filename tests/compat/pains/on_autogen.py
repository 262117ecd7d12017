"""Shows that AutoGen has the pains: `AUTOGEN_PYTHON=... python -m tests.compat.pains.on_autogen`.

Every case must fail there; arguments narrow the choice: `... on_autogen a3 d26`.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.peer import as_upstream, autogen_python
from tests.compat.pains.stage import cases_in

HERE = Path(__file__).parent
PACKAGE = "tests.compat.pains"
SECONDS = 60
"""A case that hangs harder than it can notice itself is given up then."""

FAILED = 3
PROGRAM = f"""
import asyncio, importlib, os, sys, traceback
module = importlib.import_module(sys.argv[1])
try:
    asyncio.run(getattr(module, sys.argv[2])())
except BaseException as error:
    frames = traceback.extract_tb(error.__traceback__)
    seen = [frame.line for frame in frames if frame.filename == module.__file__]
    lines = str(error).splitlines() or [seen[-1]]
    print("hangs" if isinstance(error, TimeoutError) else type(error).__name__ + ": " + lines[0])
    sys.stdout.flush()
    os._exit({FAILED})  # Whatever still runs or waits.
"""


def main(chosen: list[str]) -> int:
    """Prints a line for each case; 1 when AutoGen passes one of them."""
    python = autogen_python()
    if python is None:
        print("AUTOGEN_PYTHON must name an interpreter that has AutoGen 0.7.5.")
        return 1
    with TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        _translate_into(Path(folder))
        cases = [case for case in _all_cases() if not chosen or case[1].split("_")[0] in chosen]
        failures = list(pool.map(lambda case: _failure(python, Path(folder), *case), cases))
    for (_, name), failure in zip(cases, failures, strict=True):
        verdict = "PASSES on AutoGen" if failure is None else f"fails on AutoGen: {failure}"
        print(f"{name:<75} {verdict[:120]}")
    passing = failures.count(None)
    print(f"{len(cases) - passing} of {len(cases)} cases fail on AutoGen")
    return 1 if passing else 0


def _translate_into(folder: Path) -> None:
    package = folder.joinpath(*PACKAGE.split("."))
    package.mkdir(parents=True)
    for file in (HERE / "stage.py", *HERE.glob("cases_*.py")):
        (package / file.name).write_text(as_upstream(file.read_text("utf-8")), "utf-8")


def _all_cases() -> Iterator[tuple[str, str]]:
    for file in sorted(HERE.glob("cases_*.py")):
        module = f"{PACKAGE}.{file.stem}"
        for case in cases_in(import_module(module)):
            yield module, case.__name__


def _failure(python: str, folder: Path, module: str, name: str) -> str | None:
    """How a case fails; None when it passes."""
    try:
        done = subprocess.run(
            [python, "-W", "ignore", "-c", PROGRAM, module, name],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    if done.returncode not in (0, FAILED):
        raise RuntimeError(f"{name} could not be run:\n{done.stderr}")
    return done.stdout.splitlines()[-1] if done.returncode else None


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
