import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from autogen_core import Image
if __name__ == "__main__":
    import beside
    print(Image.__module__, sys.argv[1:], beside.NAME)
"""
TEST = """
from autogen_core import Image
def test_it(): assert Image.__module__ == "agentchat.core._image"
"""
SPAWNING = """
import multiprocessing, subprocess, sys
from autogen_core import AgentId
def key(agent_id): return agent_id.key
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(key, [AgentId("a", "one"), AgentId("a", "two")]))
    asked = [sys.executable, "-c", "import autogen_core; print(autogen_core.AgentId.__module__)"]
    print(subprocess.run(asked, capture_output=True, text=True).stdout, end="")
"""


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], capture_output=True, text=True, cwd=cwd
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "beside.py").write_text("NAME = 'beside'", encoding="utf-8")
    (tmp_path / "test_it.py").write_text(TEST, encoding="utf-8")
    return tmp_path


def test_runs_a_script_as_python_would(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    ran = run("agentchat.compat", str(folder / "program.py"), "a", "-b", cwd=elsewhere)

    assert (ran.stdout, ran.stderr) == ("agentchat.core._image ['a', '-b'] beside\n", "")


def test_runs_a_module_as_python_would(folder: Path) -> None:
    ran = run("agentchat.compat", "-m", "program", "a", cwd=folder)

    assert (ran.stdout, ran.stderr) == ("agentchat.core._image ['a'] beside\n", "")


@pytest.mark.parametrize("start", [["spawning.py"], ["-m", "spawning"]])
def test_processes_that_the_program_starts_have_the_aliases_too(
    start: list[str], tmp_path: Path
) -> None:
    (tmp_path / "spawning.py").write_text(SPAWNING, encoding="utf-8")

    ran = run("agentchat.compat", *start, cwd=tmp_path)

    assert (ran.stdout, ran.stderr) == ("['one', 'two']\nagentchat.core._ids\n", "")


def test_a_site_customization_of_the_users_own_still_runs(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('mine')", encoding="utf-8")
    (tmp_path / "spawning.py").write_text(
        "import subprocess, sys, os\n"
        f"os.environ['PYTHONPATH'] += os.pathsep + {str(tmp_path)!r}\n"
        "subprocess.run([sys.executable, '-c', 'import autogen_core; print(autogen_core)'])",
        encoding="utf-8",
    )

    ran = run("agentchat.compat", "spawning.py", cwd=tmp_path)

    assert ran.stderr == ""
    assert ran.stdout.startswith("mine\n<module 'agentchat.core' from ")


@pytest.mark.parametrize("arguments", [[], ["-m"], ["--help"]])
def test_says_how_to_use_it(arguments: list[str], tmp_path: Path) -> None:
    ran = run("agentchat.compat", *arguments, cwd=tmp_path)

    assert ran.returncode == 1
    assert ran.stderr.startswith("usage: python -m agentchat.compat (SCRIPT | -m MODULE)")


def test_serves_as_a_pytest_plugin(folder: Path) -> None:
    ran = run("pytest", "-q", "-p", "agentchat.compat", "test_it.py", cwd=folder)

    assert ran.returncode == 0, ran.stdout
