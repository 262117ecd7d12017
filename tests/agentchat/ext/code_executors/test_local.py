import asyncio
import contextlib
import os
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agentchat.core import CancellationToken
from agentchat.core.code_executor import CodeBlock, FunctionWithRequirements, with_requirements
from agentchat.ext.code_executors._command_line import CommandLineCodeResult
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor

POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and sh")

# A descendant that holds the pipes, and a parent that is gone before the time is up.
FORK_AND_HOLD = """
import os, pathlib, time
child = os.fork()
if child:
    pathlib.Path("child").write_text(str(child))
    print("begun")
    os._exit(0)
time.sleep(60)
"""

FORK_AND_WAIT = FORK_AND_HOLD.replace("os._exit(0)", "time.sleep(60)")
FORK_AND_LEAVE_THE_GROUP = FORK_AND_HOLD.replace("time.sleep(60)", "os.setsid(); time.sleep(60)")


@pytest.fixture(autouse=True)
def _no_warning_of_danger() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Using LocalCommandLineCodeExecutor")
        yield


def executor_in(directory: Path, **arguments: Any) -> LocalCommandLineCodeExecutor:
    return LocalCommandLineCodeExecutor(work_dir=directory, **arguments)


async def result_of(
    executor: LocalCommandLineCodeExecutor,
    *blocks: tuple[str, str],
    token: CancellationToken | None = None,
) -> CommandLineCodeResult:
    code = [CodeBlock(code=source, language=language) for language, source in blocks]
    return await executor.execute_code_blocks(code, token or CancellationToken())


def child_of(directory: Path) -> int:
    """The id of the child that the code has forked; waits until there is one."""
    file = directory / "child"
    while not (file.exists() and file.read_text()):
        time.sleep(0.01)
    return int(file.read_text())


def is_gone(process_id: int) -> bool:
    """Whether a process ends; one that init has yet to reap has ended."""
    for _ in range(500):
        stat = Path(f"/proc/{process_id}/stat")
        if not stat.exists() or " Z " in stat.read_text():
            return True
        time.sleep(0.01)
    return False


def processes_of(directory: Path) -> list[str]:
    """The command lines of the processes that run code in a directory."""
    command_lines = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command_lines.append((process / "cmdline").read_text())
    return [line for line in command_lines if str(directory) in line]


def files_in(directory: Path, pattern: str) -> list[Path]:
    return list(directory.resolve().glob(pattern))


async def test_runs_the_blocks_in_order(tmp_path: Path) -> None:
    result = await result_of(
        executor_in(tmp_path), ("python", "print('one')"), ("sh", "echo two; echo three >&2")
    )

    assert (result.exit_code, result.output) == (0, "one\nthree\ntwo\n")
    assert result.code_file is not None
    assert Path(result.code_file).parent == tmp_path


async def test_stops_at_the_first_block_that_fails(tmp_path: Path) -> None:
    result = await result_of(
        executor_in(tmp_path), ("sh", "echo one; exit 3"), ("sh", "echo never")
    )

    assert (result.exit_code, result.output) == (3, "one\n")


@pytest.mark.parametrize("label", ["python", "Python", "py"])
async def test_knows_python_by_several_names(tmp_path: Path, label: str) -> None:
    assert (await result_of(executor_in(tmp_path), (label, "print(1)"))).output == "1\n"


async def test_an_unknown_language_fails(tmp_path: Path) -> None:
    result = await result_of(executor_in(tmp_path), ("sh", "echo one"), ("cobol", "DISPLAY."))

    assert (result.exit_code, result.output) == (1, "one\n\nunknown language cobol")


@POSIX_ONLY
@pytest.mark.parametrize("code", [FORK_AND_HOLD, FORK_AND_WAIT, FORK_AND_LEAVE_THE_GROUP])
async def test_when_time_is_up_nothing_is_left_but_the_output(tmp_path: Path, code: str) -> None:
    executor = executor_in(tmp_path, timeout=3)

    async with asyncio.timeout(50):
        result = await result_of(executor, ("python", code))

    assert (result.exit_code, result.output) == (124, "begun\n\nTimeout")
    assert await asyncio.to_thread(is_gone, child_of(tmp_path))


@POSIX_ONLY
@pytest.mark.parametrize("code", [FORK_AND_HOLD, FORK_AND_WAIT])
async def test_when_the_token_is_cancelled_nothing_is_left_but_the_output(
    tmp_path: Path, code: str
) -> None:
    token = CancellationToken()
    running = asyncio.ensure_future(result_of(executor_in(tmp_path), ("python", code), token=token))
    child = await asyncio.to_thread(child_of, tmp_path)

    token.cancel()
    async with asyncio.timeout(50):
        result = await running

    assert result.exit_code == 125
    assert result.output.endswith("\nCancelled")
    assert await asyncio.to_thread(is_gone, child)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
@pytest.mark.parametrize("steps", range(0, 16, 3))
async def test_a_cancellation_while_the_process_starts_leaves_nothing(
    tmp_path: Path, steps: int
) -> None:
    token = CancellationToken()
    block = ("python", FORK_AND_WAIT)
    running = asyncio.ensure_future(result_of(executor_in(tmp_path), block, token=token))
    for _ in range(steps):
        await asyncio.sleep(0)

    token.cancel()
    result = await running

    assert result.exit_code == 125
    assert processes_of(tmp_path) == []


@POSIX_ONLY
async def test_when_the_task_is_cancelled_nothing_is_left(tmp_path: Path) -> None:
    running = asyncio.ensure_future(result_of(executor_in(tmp_path), ("python", FORK_AND_WAIT)))
    child = await asyncio.to_thread(child_of, tmp_path)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert await asyncio.to_thread(is_gone, child)
    assert files_in(tmp_path, "tmp_code_*") == []


@POSIX_ONLY
@pytest.mark.parametrize(("number", "name"), [(9, "SIGKILL"), (40, "signal 40")])
async def test_the_signal_that_ended_a_process_is_named(
    tmp_path: Path, number: int, name: str
) -> None:
    code = f"import os; print('begun'); os.kill(os.getpid(), {number})"

    result = await result_of(executor_in(tmp_path), ("python", code))

    assert (result.exit_code, result.output) == (-number, f"begun\n\nKilled by {name}.")


async def test_a_cancelled_token_starts_nothing(tmp_path: Path) -> None:
    token = CancellationToken()
    token.cancel()

    result = await result_of(executor_in(tmp_path), ("sh", "touch started"), token=token)

    assert (result.exit_code, result.output) == (125, "\nCancelled")
    assert not (tmp_path / "started").exists()


async def test_output_that_is_not_utf8_is_still_output(tmp_path: Path) -> None:
    code = "import sys; sys.stdout.buffer.write(b'caf\\xe9')"

    assert (await result_of(executor_in(tmp_path), ("python", code))).output == "caf�"


async def test_asking_for_input_fails_at_once(tmp_path: Path) -> None:
    result = await result_of(executor_in(tmp_path), ("python", "input()"))

    assert result.exit_code == 1
    assert "EOFError" in result.output


async def test_the_first_line_may_name_the_file(tmp_path: Path) -> None:
    code = "# filename: sub/main.py\nprint(__file__)"

    result = await result_of(executor_in(tmp_path, cleanup_temp_files=False), ("python", code))

    (file,) = files_in(tmp_path, "sub/main.py")
    assert result == CommandLineCodeResult(exit_code=0, output=f"{file}\n", code_file=str(file))


@pytest.mark.parametrize("name", ["../out.py", "/tmp/out.py"])
async def test_a_file_outside_the_workspace_is_refused(tmp_path: Path, name: str) -> None:
    result = await result_of(executor_in(tmp_path), ("python", f"# filename: {name}\n"))

    assert result == CommandLineCodeResult(
        exit_code=1, output="Filename is not in the workspace", code_file=None
    )


@pytest.mark.parametrize(("cleanup", "left"), [(True, 0), (False, 1)])
async def test_files_are_deleted_unless_told_otherwise(
    tmp_path: Path, cleanup: bool, left: int
) -> None:
    await result_of(executor_in(tmp_path, cleanup_temp_files=cleanup), ("python", "1 / 0"))

    assert len(files_in(tmp_path, "tmp_code_*.py")) == left


async def test_the_temporary_directory_goes_with_stop() -> None:
    async with LocalCommandLineCodeExecutor() as executor:
        directory = executor.work_dir
        assert directory.is_dir()

    assert not directory.exists()


def add(a: int, b: int) -> int:
    """Adds."""
    return a + b


@with_requirements(global_imports=["math"])
def rooted(x: float) -> float:
    return math.sqrt(x)  # type: ignore[name-defined]  # noqa: F821 - imported where it runs


async def test_code_may_import_the_functions(tmp_path: Path) -> None:
    twice = FunctionWithRequirements.from_str("def twice(x):\n    return 2 * x\n")
    executor = executor_in(tmp_path, functions=[add, rooted, twice])
    code = "from functions import add, rooted, twice\nprint(add(1, 2), rooted(4), twice(5))"

    assert (await result_of(executor, ("python", code))).output == "3 2.0 10\n"


async def test_functions_are_there_again_after_a_stop() -> None:
    executor = LocalCommandLineCodeExecutor(functions=[add])
    outputs = []
    for _ in range(2):
        async with executor:
            code = "from functions import add; print(add(1, 2))"
            outputs.append((await result_of(executor, ("python", code))).output)

    assert outputs == ["3\n", "3\n"]


async def test_functions_that_do_not_load_are_an_error(tmp_path: Path) -> None:
    broken = FunctionWithRequirements.from_str("def f(): ...", global_imports=["no_such_module"])

    with pytest.raises(ValueError, match=r"Functions failed to load: [^$]*no_such_module"):
        await result_of(executor_in(tmp_path, functions=[broken]), ("sh", "true"))


async def test_packages_that_do_not_install_are_an_error(tmp_path: Path) -> None:
    needing = FunctionWithRequirements.from_str("def f(): ...", python_packages=["./nowhere"])

    with pytest.raises(ValueError, match="Pip install failed"):
        await result_of(executor_in(tmp_path, functions=[needing]), ("sh", "true"))


def test_tells_a_model_of_the_functions(tmp_path: Path) -> None:
    executor = executor_in(tmp_path, functions=[add], functions_module="tools")

    prompt = executor.format_functions_for_prompt("$module_name:\n$functions")

    stub = 'def add(a: int, b: int) -> int:\n    """Adds."""\n    ...'
    assert prompt == f"tools:\n{stub}"
    assert executor.functions == [stub]


async def test_runs_in_the_virtual_environment(tmp_path: Path) -> None:
    binaries = tmp_path / "bin"
    binaries.mkdir()
    context = SimpleNamespace(bin_path=str(binaries), env_exe=sys.executable)
    executor = executor_in(tmp_path / "work", virtual_env_context=context)

    result = await result_of(executor, ("sh", "echo $PATH"), ("python", "print(1)"))

    assert result.output.startswith(f"{binaries}{os.pathsep}")
    assert result.output.endswith("\n1\n")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"timeout": 0}, r"Timeout must be greater than or equal to 1\."),
        ({"functions_module": "no-name"}, "Module name must be a valid Python identifier"),
    ],
)
def test_refuses_impossible_settings(arguments: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        LocalCommandLineCodeExecutor(**arguments)


def test_warns_of_danger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        LocalCommandLineCodeExecutor(work_dir=".")

    assert [(warning.category, str(warning.message)[:50]) for warning in caught] == [
        (UserWarning, "Using LocalCommandLineCodeExecutor may execute cod"),
        (DeprecationWarning, "Using the current directory as work_dir is depreca"),
    ]


async def test_a_restart_only_warns(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="No action is taken"):
        await executor_in(tmp_path).restart()


def test_can_be_saved_and_loaded(tmp_path: Path) -> None:
    saved = executor_in(tmp_path, timeout=7, cleanup_temp_files=False).dump_component()
    loaded = LocalCommandLineCodeExecutor.load_component(saved)

    assert saved.provider == "agentchat.ext.code_executors.local.LocalCommandLineCodeExecutor"
    assert loaded.dump_component() == saved
    assert (loaded.timeout, loaded.work_dir) == (7, tmp_path)
