"""Runs one program here and under a peer's interpreter, and compares what both measured."""

import json
import os
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import NamedTuple

UPSTREAM = {
    "agentchat.core": "autogen_core",
    "agentchat.ext": "autogen_ext",
    "agentchat": "autogen_agentchat",
}


def autogen_python() -> str | None:
    """An interpreter that has AutoGen 0.7.5: the AUTOGEN_PYTHON variable, if it is set."""
    return os.environ.get("AUTOGEN_PYTHON")


def as_upstream(program: str) -> str:
    """The same program with upstream's import names."""
    for ours, theirs in UPSTREAM.items():
        program = program.replace(f"from {ours}", f"from {theirs}")
        program = program.replace(f"import {ours}", f"import {theirs}")
    return program


def measured(program: str, runs: int = 3) -> dict[str, float]:
    """What a program prints as JSON: figures by name; the best of several runs of it here."""
    return _best_of(program, {"": sys.executable}, runs, warm_ups=1)[""]


def compared(
    program: str, peer: str, runs: int = 3, warm_ups: int = 1
) -> tuple[dict[str, float], dict[str, float]]:
    """The figures here, and the peer's; they take turns, so that a busy machine slows both.

    Args:
        program: What to run, with our import names.
        peer: The interpreter that has AutoGen.
        runs: How many on each side count.
        warm_ups: How many come before; the first one compiles the modules it imports.
    """
    sides = {"ours": sys.executable, "theirs": peer}
    best = _best_of(program, sides, runs, warm_ups)
    return best["ours"], best["theirs"]


def _best_of(
    program: str, python_by_side: dict[str, str], runs: int, warm_ups: int
) -> dict[str, dict[str, float]]:
    figures: dict[str, list[dict[str, float]]] = {side: [] for side in python_by_side}
    with TemporaryDirectory() as bytecode:
        # Both sides start from compiled modules, whatever the machine keeps of them.
        keeps = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment = {**keeps, "PYTHONPYCACHEPREFIX": bytecode}
        for _ in range(warm_ups + runs):
            for side, python in python_by_side.items():
                text = program if python == sys.executable else as_upstream(program)
                figures[side].append(json.loads(_output(text, python, environment)))
    return {
        side: {name: min(each[name] for each in all_of_it[warm_ups:]) for name in all_of_it[0]}
        for side, all_of_it in figures.items()
    }


def _output(program: str, python: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [python, "-W", "ignore", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode != 0:
        raise RuntimeError(f"The benchmark failed under {python}:\n{done.stderr}")
    return done.stdout.splitlines()[-1]


class Row(NamedTuple):
    """A figure and what it should be."""

    name: str
    value: float
    bar: str
    reached: bool

    def __str__(self) -> str:
        verdict = "ok  " if self.reached else "MISS"
        return f"  {verdict} {self.name:<62} {self.value:>8.2f}x   bar: {self.bar}"


rows: list[Row] = []
"""All that were reported, in order."""


def report(name: str, value: float, bar: str, reached: bool) -> bool:
    """Prints one row: what, the ratio, the bar, and whether it was reached."""
    rows.append(Row(name, value, bar, reached))
    print(rows[-1], flush=True)
    return reached
