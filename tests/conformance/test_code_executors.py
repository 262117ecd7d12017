"""What every code executor promises, wherever its code runs."""

import asyncio
import contextlib
import fcntl
import re
import socket
import sys
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from agentchat.core import CancellationToken
from agentchat.core.code_executor import CodeBlock, CodeExecutor, CodeResult
from agentchat.ext.code_executors.azure import ACADynamicSessionsCodeExecutor
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor
from tests.docker_engine import JUPYTER_IMAGE, PYTHON_IMAGE, need_image, one_at_a_time
from tests.session_pool import SessionPool

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and signals")

SHORT = 8
"""Seconds that are up while code is at work, but not before it has begun, on a busy machine."""

LONG = 120
"""Seconds that code may take where its time is not what is tested."""

Make = Callable[[Path, int], AbstractAsyncContextManager[CodeExecutor]]
"""Makes a started executor out of a working directory and a timeout."""


class Place(NamedTuple):
    """Where code runs."""

    make: Make
    remembers: bool
    """Whether a block finds what an earlier one has left in memory."""

    sees: Callable[[Path], str] = str
    """What the code calls a directory of ours."""

    can_stop: bool = True
    """Whether there is a way to end code that runs, and to learn what it has put out so far."""


class Token(NamedTuple):
    token: str = "token-1"
    expires_on: int = 2**40


class Credential:
    def get_token(self, *scopes: str, **_: Any) -> Token:
        return Token()


@asynccontextmanager
async def local(directory: Path, timeout: int) -> AsyncIterator[CodeExecutor]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        async with LocalCommandLineCodeExecutor(timeout, directory) as executor:
            yield executor


@asynccontextmanager
async def in_docker(directory: Path, timeout: int) -> AsyncIterator[CodeExecutor]:
    need_image(PYTHON_IMAGE)
    from agentchat.ext.code_executors.docker import DockerCommandLineCodeExecutor

    async with DockerCommandLineCodeExecutor(
        PYTHON_IMAGE, timeout=timeout, work_dir=directory, network="none"
    ) as executor:
        yield executor


@asynccontextmanager
async def in_jupyter(directory: Path, timeout: int) -> AsyncIterator[CodeExecutor]:
    pytest.importorskip("jupyter_client", reason="needs jupyter: its client is not installed")
    from agentchat.ext.code_executors.jupyter import JupyterCodeExecutor

    async with JupyterCodeExecutor(timeout=timeout, output_dir=directory) as executor:
        yield executor


@asynccontextmanager
async def in_docker_jupyter(directory: Path, timeout: int) -> AsyncIterator[CodeExecutor]:
    pytest.importorskip("websockets", reason="needs websockets: it is not installed")
    need_image(JUPYTER_IMAGE)
    from agentchat.ext.code_executors.docker_jupyter import DockerJupyterCodeExecutor

    server = await asyncio.to_thread(jupyter_server, directory.parent)
    async with DockerJupyterCodeExecutor(server, timeout=timeout, output_dir=directory) as executor:
        yield executor


# One for all tests, since it takes seconds to come up; it stops when this process ends.
@cache
def jupyter_server(directory: Path) -> Any:
    from agentchat.ext.code_executors.docker_jupyter import DockerJupyterServer

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return DockerJupyterServer(
        custom_image_name=JUPYTER_IMAGE,
        network="host",
        expose_port=port,
        docker_env={"PORT": str(port)},
        bind_dir=directory,
    )


@asynccontextmanager
async def in_azure(directory: Path, timeout: int) -> AsyncIterator[CodeExecutor]:
    with SessionPool() as pool:
        executor = ACADynamicSessionsCodeExecutor(
            pool.endpoint, Credential(), timeout=timeout, work_dir=directory
        )
        async with executor:
            yield executor


PLACES = {
    "local": Place(local, remembers=False),
    "docker": Place(in_docker, remembers=False, sees=lambda directory: "/workspace"),
    "jupyter": Place(in_jupyter, remembers=True),
    "docker-jupyter": Place(
        in_docker_jupyter, remembers=True, sees=lambda directory: f"/workspace/{directory.name}"
    ),
    "azure": Place(in_azure, remembers=True, can_stop=False),
}


def places(names: Iterable[str]) -> list[Any]:
    return [
        pytest.param(PLACES[name], id=name, marks=[one_at_a_time] if "docker" in name else [])
        for name in names
    ]


every_place = pytest.mark.parametrize("place", places(PLACES))
every_place_that_can_stop_code = pytest.mark.parametrize(
    "place", places(name for name, place in PLACES.items() if place.can_stop)
)
every_other_place = pytest.mark.parametrize(
    "place", places(name for name, place in PLACES.items() if not place.can_stop)
)

# A child that holds the output open, and a lock as long as it lives.
HOLD = """
import fcntl, subprocess
print("begun", flush=True)
with open({path!r}, "w") as held:
    fcntl.flock(held, fcntl.LOCK_EX)
    child = subprocess.Popen(["sleep", "60"], pass_fds=[held.fileno()])
child.wait()
"""


async def run(
    executor: CodeExecutor, *codes: str, token: CancellationToken | None = None
) -> CodeResult:
    blocks = [CodeBlock(code, "python") for code in codes]
    async with asyncio.timeout(2 * LONG):
        return await executor.execute_code_blocks(blocks, token or CancellationToken())


async def print_one(executor: CodeExecutor) -> CodeResult:
    """It takes no time, but on a busy machine; an executor that is broken is so three times."""
    for _ in range(2):
        with contextlib.suppress(TimeoutError):
            result = await run(executor, "print(1)")
            if "Time" not in result.output:
                return result
    return await run(executor, "print(1)")


def holding(place: Place, directory: Path) -> str:
    return HOLD.format(path=f"{place.sees(directory)}/held")


def wait_until_held(directory: Path) -> None:
    while not (directory / "held").exists():
        time.sleep(0.01)


async def wait_until_free(directory: Path) -> None:
    """Returns when nobody holds the lock any longer."""
    with (directory / "held").open() as file:
        async with asyncio.timeout(30):
            await asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX)


async def end_of(executor: CodeExecutor, code: str, token: CancellationToken | None = None) -> str:
    """What is said in the end of code that does not succeed, as a result or an error."""
    try:
        result = await run(executor, code, token=token)
    except (TimeoutError, ConnectionError, asyncio.CancelledError) as error:
        return str(error)
    assert result.exit_code != 0
    return result.output


@every_place
async def test_runs_the_blocks_in_order(place: Place, tmp_path: Path) -> None:
    async with place.make(tmp_path, LONG) as executor:
        result = await run(executor, "print('one')", "print('two')")

    assert result.exit_code == 0
    assert result.output.split() == ["one", "two"]


@every_place
async def test_stops_at_the_first_block_that_fails(place: Place, tmp_path: Path) -> None:
    async with place.make(tmp_path, LONG) as executor:
        result = await run(executor, "print('one')", "1 / 0", "print('never')")

    assert result.exit_code == 1
    assert result.output.startswith("one\n")
    assert "ZeroDivisionError: division by zero" in result.output
    assert "never" not in result.output


@every_place
async def test_output_is_in_any_script(place: Place, tmp_path: Path) -> None:
    async with place.make(tmp_path, LONG) as executor:
        result = await run(executor, "print('café 日本 🙂')")

    assert result.output == "café 日本 🙂\n"


@every_place
async def test_remembers_what_it_says_it_does(place: Place, tmp_path: Path) -> None:
    async with place.make(tmp_path, LONG) as executor:
        await run(executor, "x = 1")
        result = await run(executor, "print('x' in globals())")

    assert result.output == f"{place.remembers}\n"


@every_place
async def test_a_restart_forgets_all(place: Place, tmp_path: Path) -> None:
    async with place.make(tmp_path, LONG) as executor:
        await run(executor, "x = 1")
        await executor.restart()
        result = await run(executor, "print('x' in globals())")

    assert result.output == "False\n"


@every_place
async def test_can_be_started_again(place: Place, tmp_path: Path) -> None:
    async with place.make(tmp_path, LONG) as executor:
        await executor.stop()
        await executor.start()
        result = await run(executor, "print(1)")

    assert result.output == "1\n"


@every_place
async def test_a_stop_may_be_repeated(place: Place, tmp_path: Path) -> None:
    async with place.make(tmp_path, LONG) as executor:
        await executor.stop()
        await executor.stop()


@every_place
async def test_asking_for_input_fails_at_once(place: Place, tmp_path: Path) -> None:
    async with place.make(tmp_path, LONG) as executor:
        result = await run(executor, "input()")

    assert result.exit_code == 1


@every_place
async def test_several_may_run_at_once(place: Place, tmp_path: Path) -> None:
    async with place.make(tmp_path, LONG) as executor:
        results = await asyncio.gather(*(run(executor, f"print({n})") for n in range(3)))

    assert [result.output for result in results] == ["0\n", "1\n", "2\n"]


@every_place_that_can_stop_code
async def test_when_time_is_up_nothing_is_left_but_the_output(place: Place, tmp_path: Path) -> None:
    async with place.make(tmp_path, SHORT) as executor:
        said = await end_of(executor, holding(place, tmp_path))

        await wait_until_free(tmp_path)
        result = await print_one(executor)

    assert "begun" in said
    assert "Time" in said
    assert result.output == "1\n"


@every_other_place
async def test_when_time_is_up_the_next_call_works(place: Place, tmp_path: Path) -> None:
    async with place.make(tmp_path, SHORT) as executor:
        said = await end_of(executor, "import time\ntime.sleep(60)")
        result = await print_one(executor)

    assert "Time" in said
    assert result.output == "1\n"


@every_place_that_can_stop_code
async def test_when_the_token_is_cancelled_nothing_is_left(place: Place, tmp_path: Path) -> None:
    token = CancellationToken()
    async with place.make(tmp_path, LONG) as executor:
        running = asyncio.ensure_future(end_of(executor, holding(place, tmp_path), token))
        await asyncio.to_thread(wait_until_held, tmp_path)

        token.cancel()

        await running
        await wait_until_free(tmp_path)
        assert (await run(executor, "print(1)")).output == "1\n"


@every_place_that_can_stop_code
async def test_when_the_task_is_cancelled_nothing_is_left(place: Place, tmp_path: Path) -> None:
    async with place.make(tmp_path, LONG) as executor:
        running = asyncio.ensure_future(run(executor, holding(place, tmp_path)))
        await asyncio.to_thread(wait_until_held, tmp_path)

        running.cancel()

        with pytest.raises(asyncio.CancelledError):
            await running
        await wait_until_free(tmp_path)
        assert (await run(executor, "print(1)")).output == "1\n"


@every_place_that_can_stop_code
async def test_a_stop_leaves_nothing(place: Place, tmp_path: Path) -> None:
    code = holding(place, tmp_path).replace("child.wait()", "")
    async with place.make(tmp_path, LONG) as executor:
        running = asyncio.ensure_future(run(executor, code))
        await asyncio.to_thread(wait_until_held, tmp_path)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running

    await wait_until_free(tmp_path)


@every_place
async def test_a_cancelled_token_starts_nothing(place: Place, tmp_path: Path) -> None:
    token = CancellationToken()
    token.cancel()
    async with place.make(tmp_path, LONG) as executor:
        await end_of(executor, f"open('{place.sees(tmp_path)}/started', 'w')", token)

    assert not (tmp_path / "started").exists()


@every_place
async def test_when_the_code_is_killed_it_says_so_and_the_next_call_works(
    place: Place, tmp_path: Path
) -> None:
    async with place.make(tmp_path, LONG) as executor:
        said = await end_of(executor, "import os\nos.kill(os.getpid(), 9)")
        result = await run(executor, "print(1)")

    assert re.search("Killed|died|Crashed", said)
    assert (result.exit_code, result.output) == (0, "1\n")


@every_place_that_can_stop_code
async def test_can_be_saved_and_loaded(place: Place, tmp_path: Path) -> None:
    async with place.make(tmp_path, 7) as executor:
        saved = executor.dump_component()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        loaded = CodeExecutor.load_component(saved)

    assert type(loaded) is type(executor)
    assert loaded.dump_component() == saved


@every_place
async def test_a_timeout_is_a_second_at_least(place: Place, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Timeout must be greater than or equal to 1\."):
        async with place.make(tmp_path, 0):
            pass
