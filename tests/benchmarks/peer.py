"""Runs one program here and under a peer's interpreter, and compares what both measured."""

import json
import os
import subprocess
import sys
from tempfile import TemporaryDirectory

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


def measured(
    program: str, python: str = sys.executable, runs: int = 3, warm_ups: int = 1
) -> dict[str, float]:
    """What a program prints as JSON: figures by name; the best of several runs of it.

    Args:
        program: What to run.
        python: By whom.
        runs: How many of them count.
        warm_ups: How many come before; the first one compiles the modules it imports.
    """
    with TemporaryDirectory() as bytecode:
        # Both sides start from compiled modules, whatever the machine keeps of them.
        keeps = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment = {**keeps, "PYTHONPYCACHEPREFIX": bytecode}
        figures = [
            json.loads(_output(program, python, environment)) for _ in range(warm_ups + runs)
        ]
    return {name: min(figure[name] for figure in figures[warm_ups:]) for name in figures[0]}


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


def report(name: str, value: float, bar: str, reached: bool) -> bool:
    """Prints one row: what, the ratio, the bar, and whether it was reached."""
    print(f"  {'ok  ' if reached else 'MISS'} {name:<58} {value:>8.2f}x   bar: {bar}")
    return reached
