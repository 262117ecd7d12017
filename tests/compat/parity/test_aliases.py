"""The programs as they would be written for AutoGen: through the aliases they see the same."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.compat.parity.record import EXPECTED, PROGRAMS, translated
from tests.compat.parity.test_parity import differing, unintended

RUN_ALL = """
import asyncio, contextlib, io, json, sys
from importlib import import_module

printed = {}
for program in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as output:
        asyncio.run(import_module(f"tests.compat.parity.programs.{program}").main())
    printed[program] = json.loads(output.getvalue())
print(json.dumps(printed))
"""


@pytest.fixture(scope="module")
def printed() -> dict[str, Any]:
    """What every program prints, run in one process by `python -m agentchat.compat`."""
    with tempfile.TemporaryDirectory() as folder:
        translated(Path(folder))
        (Path(folder) / "run_all.py").write_text(RUN_ALL, encoding="utf-8")
        command = [sys.executable, "-W", "ignore", "-m", "agentchat.compat", "run_all.py"]
        ran = subprocess.run(
            [*command, *PROGRAMS], cwd=folder, capture_output=True, text=True, check=False
        )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_written_for_autogen_sees_what_it_sees_there(
    program: str, printed: dict[str, Any]
) -> None:
    expected = json.loads((EXPECTED / f"{program}.json").read_text(encoding="utf-8"))

    found = differing({program: expected}, {program: printed[program]})

    assert unintended(found) == {}
