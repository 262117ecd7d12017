import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentchat.core import CancellationToken
from agentchat.core.code_executor import CodeBlock, FunctionWithRequirements
from agentchat.ext.code_executors._command_line import CommandLineCodeResult
from tests.docker_engine import PYTHON_IMAGE, need_image, one_at_a_time

docker = pytest.importorskip("docker", reason="needs docker: its library is not installed")

from agentchat.ext.code_executors._docker_engine import (  # noqa: E402 - it needs the library
    ContainerNotRunning,
    DockerUnavailable,
    end_abandoned,
)
from agentchat.ext.code_executors.docker import (  # noqa: E402 - it needs the library
    DockerCommandLineCodeExecutor,
    InitCommandFailed,
)

pytestmark = one_at_a_time

KILLED = "\nKilled, for want of memory, by other code, or together with its container."

SLEEPERS = "grep -lsa '9[8]7654' /proc/[0-9]*/cmdline | wc -l"

CRASH = """
import asyncio, os, sys
from agentchat.ext.code_executors.docker import DockerCommandLineCodeExecutor

async def main():
    executor = DockerCommandLineCodeExecutor(container_name=sys.argv[1], network="none")
    await executor.start()
    os.kill(os.getpid(), 9)

asyncio.run(main())
"""


@pytest.fixture
def engine() -> Iterator[Any]:
    need_image(PYTHON_IMAGE)
    client = docker.from_env()
    yield client
    client.close()


def executor_in(directory: Path, **arguments: Any) -> DockerCommandLineCodeExecutor:
    return DockerCommandLineCodeExecutor(
        PYTHON_IMAGE, work_dir=directory, network="none", **arguments
    )


async def result_of(
    executor: DockerCommandLineCodeExecutor,
    *blocks: tuple[str, str],
    token: CancellationToken | None = None,
) -> CommandLineCodeResult:
    code = [CodeBlock(code=source, language=language) for language, source in blocks]
    return await executor.execute_code_blocks(code, token or CancellationToken())


def files_in(directory: Path) -> list[Path]:
    return list(directory.glob("tmp_code_*"))


def wait_for(file: Path) -> None:
    while not file.exists():
        time.sleep(0.01)


def names_of(engine: Any) -> list[str]:
    return [container.name for container in engine.containers.list(all=True, ignore_removed=True)]


@pytest.mark.usefixtures("engine")
async def test_the_code_sees_the_working_directory(tmp_path: Path) -> None:
    code = "# filename: sub/main.py\nprint(__file__); open('made', 'w')"
    async with executor_in(tmp_path) as executor:
        result = await result_of(executor, ("py", code), ("shell", "ls; pwd"))

    assert result.code_file == str(tmp_path / "sub/main.py")
    assert result.output.splitlines()[:2] == ["/workspace/sub/main.py", "made"]
    assert result.output.splitlines()[-1] == "/workspace"
    assert (tmp_path / "made").exists()


@pytest.mark.usefixtures("engine")
async def test_the_exit_code_and_output_of_a_timeout_are_those_of_upstream(tmp_path: Path) -> None:
    async with executor_in(tmp_path, timeout=3) as executor:
        result = await result_of(executor, ("sh", "echo begun; setsid sleep 60"))

    assert (result.exit_code, result.output) == (124, "begun\n\n Timeout")


@pytest.mark.usefixtures("engine")
async def test_the_exit_code_and_output_of_a_cancellation_are_those_of_upstream(
    tmp_path: Path,
) -> None:
    token = CancellationToken()
    token.cancel()
    async with executor_in(tmp_path) as executor:
        result = await result_of(executor, ("sh", "sleep 60"), token=token)

    assert (result.exit_code, result.output) == (1, "Code execution was cancelled.")


async def test_the_container_has_the_limits_it_is_given(engine: Any, tmp_path: Path) -> None:
    limits: dict[str, Any] = {"mem_limit": "64m", "cpus": 0.5, "pids_limit": 50}
    async with executor_in(tmp_path, **limits) as executor:
        settings = engine.containers.get(executor.container_name).attrs["HostConfig"]
        result = await result_of(executor, ("python", "x = bytearray(200_000_000)"))

    names = ("Memory", "NanoCpus", "PidsLimit", "NetworkMode")
    assert [settings[name] for name in names] == [64 * 2**20, 500_000_000, 50, "none"]
    assert (result.exit_code, result.output) == (137, KILLED)


@pytest.mark.usefixtures("engine")
async def test_further_volumes_are_there(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more/file").write_text("hello")
    volumes = {str(tmp_path / "more"): {"bind": "/more", "mode": "ro"}}
    async with executor_in(tmp_path / "work", extra_volumes=volumes) as executor:
        result = await result_of(executor, ("sh", "cat /more/file; touch /more/new"))

    assert result.exit_code == 1
    assert "hello" in result.output
    assert "Read-only" in result.output


@pytest.mark.usefixtures("engine")
async def test_the_init_command_has_run_before_the_code(tmp_path: Path) -> None:
    async with executor_in(tmp_path, init_command="sleep 100 & echo yes > /ready") as executor:
        first = await result_of(executor, ("sh", "cat /ready; rm /ready"))
        await executor.restart()
        again = await result_of(executor, ("sh", "cat /ready"))

    assert (first.output, again.output) == ("yes\n", "yes\n")


@pytest.mark.usefixtures("engine")
async def test_a_restart_ends_the_processes_and_keeps_the_files(tmp_path: Path) -> None:
    async with executor_in(tmp_path) as executor:
        await result_of(executor, ("sh", "echo kept > /file; sleep 987654 >/dev/null 2>&1 &"))
        before = await result_of(executor, ("sh", SLEEPERS))
        await executor.restart()
        after = await result_of(executor, ("sh", f"cat /file; {SLEEPERS}"))

    assert (before.output, after.output) == ("1\n", "kept\n0\n")


async def test_a_restart_starts_a_container_that_has_ended(engine: Any, tmp_path: Path) -> None:
    async with executor_in(tmp_path, auto_remove=False) as executor:
        container = engine.containers.get(executor.container_name)
        container.stop(timeout=0)
        await executor.restart()
        result = await result_of(executor, ("sh", "echo 1"))
    container.remove()

    assert result.output == "1\n"


async def test_an_init_command_that_fails_leaves_no_container(engine: Any, tmp_path: Path) -> None:
    executor = executor_in(tmp_path, init_command="echo no luck; exit 3")

    with pytest.raises(InitCommandFailed, match=r"ended with exit code 3\.\nno luck"):
        await executor.start()

    assert executor.container_name not in names_of(engine)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(("delete", "left"), [(True, 0), (False, 1)])
async def test_files_stay_unless_told_otherwise(tmp_path: Path, delete: bool, left: int) -> None:
    async with executor_in(tmp_path, delete_tmp_files=delete) as executor:
        await result_of(executor, ("sh", "false"))

    assert len(files_in(tmp_path)) == left


@pytest.mark.usefixtures("engine")
async def test_the_temporary_directory_goes_with_all_in_it() -> None:
    async with DockerCommandLineCodeExecutor(PYTHON_IMAGE, network="none") as executor:
        directory = executor.work_dir
        await result_of(executor, ("sh", "mkdir -p a/b; touch .hidden a/b/c"))

    assert not directory.exists()


@pytest.mark.usefixtures("engine")
async def test_code_may_import_the_functions(tmp_path: Path) -> None:
    twice = FunctionWithRequirements.from_str("def twice(x):\n    return 2 * x\n")
    async with executor_in(tmp_path, functions=[twice]) as executor:
        result = await result_of(
            executor, ("python", "from functions import twice; print(twice(5))")
        )

    assert result.output == "10\n"


@pytest.mark.usefixtures("engine")
async def test_functions_that_do_not_load_are_an_error(tmp_path: Path) -> None:
    broken = FunctionWithRequirements.from_str("def f(): ...", global_imports=["no_such_module"])
    async with executor_in(tmp_path, functions=[broken]) as executor:
        with pytest.raises(ValueError, match=r"Functions failed to load: [^$]*no_such_module"):
            await result_of(executor, ("sh", "true"))


@pytest.mark.usefixtures("engine")
async def test_a_file_outside_the_workspace_is_refused(tmp_path: Path) -> None:
    async with executor_in(tmp_path) as executor:
        result = await result_of(executor, ("sh", "echo one"), ("sh", "# filename: ../out.sh\n"))

    assert (result.exit_code, result.output) == (1, "one\nFilename is not in the workspace")


@pytest.mark.usefixtures("engine")
async def test_there_must_be_code_in_a_language_it_knows(tmp_path: Path) -> None:
    async with executor_in(tmp_path) as executor:
        with pytest.raises(ValueError, match="No code blocks to execute"):
            await result_of(executor)
        with pytest.raises(ValueError, match="Unsupported language: cobol"):
            await result_of(executor, ("cobol", "DISPLAY."))


async def test_a_container_that_ends_meanwhile_is_named(engine: Any, tmp_path: Path) -> None:
    async with executor_in(tmp_path) as executor:
        running = asyncio.ensure_future(result_of(executor, ("sh", "touch begun; sleep 60")))
        await asyncio.to_thread(wait_for, tmp_path / "begun")
        await asyncio.to_thread(engine.containers.get(executor.container_name).kill)

        result = await running
        with pytest.raises(ContainerNotRunning, match="Container is not running"):
            await result_of(executor, ("sh", "true"))

    assert (result.exit_code, result.output) == (137, KILLED)


async def test_it_must_be_started(tmp_path: Path) -> None:
    executor = executor_in(tmp_path)

    with pytest.raises(ContainerNotRunning, match="has not been started"):
        await result_of(executor, ("sh", "true"))
    with pytest.raises(ContainerNotRunning, match="has not been started"):
        await executor.restart()


async def test_a_container_of_the_same_name_makes_room(engine: Any, tmp_path: Path) -> None:
    name = f"agentchat-test-{tmp_path.name}"
    async with executor_in(tmp_path, container_name=name):
        first = engine.containers.get(name).id
        async with executor_in(tmp_path, container_name=name) as second:
            assert engine.containers.get(name).id != first
            assert (await result_of(second, ("sh", "echo 1"))).output == "1\n"


async def test_a_container_outlives_its_stop_only_if_told_to(engine: Any, tmp_path: Path) -> None:
    async with executor_in(tmp_path, auto_remove=False) as executor:
        kept = executor.container_name

    container = engine.containers.get(kept)
    assert container.status == "exited"
    container.remove()


async def test_what_a_crash_has_left_is_removed(engine: Any, tmp_path: Path) -> None:
    name = f"agentchat-crashed-{tmp_path.name}"
    crash = [sys.executable, "-c", CRASH, name]
    crashed = await asyncio.to_thread(subprocess.run, crash, capture_output=True)
    assert crashed.returncode == -9, crashed.stderr
    assert name in names_of(engine)

    end_abandoned(engine)

    assert name not in names_of(engine)


async def test_an_engine_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")

    with pytest.raises(DockerUnavailable, match="ensure Docker is installed and running"):
        await executor_in(tmp_path).start()


def test_without_a_start_there_is_no_temporary_directory() -> None:
    with pytest.raises(RuntimeError, match="Working directory not properly initialized"):
        _ = DockerCommandLineCodeExecutor().work_dir


def test_the_current_directory_is_deprecated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.warns(DeprecationWarning, match="Using the current directory as work_dir is depr"):
        DockerCommandLineCodeExecutor(work_dir=".")


def test_a_module_name_must_be_an_identifier() -> None:
    with pytest.raises(ValueError, match="Module name must be a valid Python identifier"):
        DockerCommandLineCodeExecutor(functions_module="no-name")


def test_can_be_saved_and_loaded_with_its_devices(tmp_path: Path) -> None:
    gpu = docker.types.DeviceRequest(count=-1, capabilities=[["gpu"]])

    saved = executor_in(tmp_path, cpus=0.5, device_requests=[gpu]).dump_component()
    loaded = DockerCommandLineCodeExecutor.load_component(saved)

    assert saved.provider == "agentchat.ext.code_executors.docker.DockerCommandLineCodeExecutor"
    assert saved.config["device_requests"] == [dict(gpu)]
    assert "container_name" not in saved.config
    assert loaded.dump_component() == saved
