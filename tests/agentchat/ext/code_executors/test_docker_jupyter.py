import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("docker", reason="needs docker: its library is not installed")
websockets = pytest.importorskip("websockets", reason="needs websockets: it is not installed")

from agentchat.core import CancellationToken  # noqa: E402 - the rest needs the libraries
from agentchat.core.code_executor import CodeBlock  # noqa: E402
from agentchat.ext.code_executors.docker_jupyter import (  # noqa: E402
    DockerJupyterCodeExecutor,
    JupyterClient,
    JupyterConnectionInfo,
    JupyterKernelClient,
)
from agentchat.ext.code_executors.docker_jupyter._errors import (  # noqa: E402
    JupyterServerUnavailable,
)

NOWHERE = JupyterConnectionInfo("127.0.0.1", use_https=False, port=1, token="s3cret")


@asynccontextmanager
async def kernel_that_says(*answers: tuple[str, Any], own: bool = True) -> AsyncIterator[Any]:
    """A client of a kernel that gives the same answers to every request, then hangs up.

    Args:
        answers: Type and content of each message.
        own: Whether they belong to the request.
    """

    async def answer(connection: Any) -> None:
        request = json.loads(await connection.recv())
        parent = request["header"] if own else {}
        for kind, content in answers:
            message = {"msg_type": kind, "content": content, "parent_header": parent}
            await connection.send(json.dumps(message))

    async with websockets.serve(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with await JupyterKernelClient.connected(f"ws://127.0.0.1:{port}", {}) as client:
            yield client


def status(state: str) -> tuple[str, Any]:
    return "status", {"execution_state": state}


def printed(text: str) -> tuple[str, Any]:
    return "stream", {"name": "stdout", "text": text}


async def test_a_cell_ends_when_its_kernel_is_idle() -> None:
    async with kernel_that_says(
        status("busy"), printed("1"), status("idle"), printed("2")
    ) as kernel:
        result = await kernel.execute("print(1)")

    assert (result.is_ok, result.output, result.data_items) == (True, "1", [])


async def test_messages_of_any_size_arrive() -> None:
    text = "x" * 3_000_000
    async with kernel_that_says(printed(text), status("idle")) as kernel:
        result = await kernel.execute("print()")

    assert result.output == text


async def test_other_clients_cells_are_not_ours() -> None:
    async with kernel_that_says(printed("1"), status("idle"), own=False) as kernel:
        with pytest.raises(JupyterServerUnavailable, match="does not answer: ConnectionClosed"):
            await kernel.execute("print(1)")


@pytest.mark.parametrize("state", ["restarting", "dead"])
async def test_a_kernel_that_dies_is_named(state: str) -> None:
    async with kernel_that_says(printed("1"), status(state)) as kernel:
        result = await kernel.execute("print(1)")

    assert not result.is_ok
    assert result.output.startswith("1\nERROR: The kernel died.")


async def test_the_time_a_cell_may_take_is_for_all_of_it() -> None:
    async with kernel_that_says(printed("1"), status("busy")) as kernel:
        result = await kernel.execute("print(1)", timeout_seconds=0)

    assert result.output == "ERROR: Timeout waiting for output from code block."


async def test_a_kernel_is_ready_when_it_answers() -> None:
    async with kernel_that_says(status("busy"), ("kernel_info_reply", {})) as kernel:
        assert await kernel.wait_for_ready(60)


async def test_a_kernel_that_says_nothing_is_not_ready() -> None:
    async with kernel_that_says(own=False) as kernel:
        assert not await kernel.wait_for_ready(0)


async def test_a_kernel_whose_output_does_not_arrive_is_not_ready() -> None:
    async with kernel_that_says(("kernel_info_reply", {})) as kernel:
        with pytest.raises(JupyterServerUnavailable):
            await kernel.wait_for_ready(60)


async def test_a_server_that_is_not_there_is_named() -> None:
    client = JupyterClient(NOWHERE)

    with pytest.raises(JupyterServerUnavailable, match=r"http://127\.0\.0\.1:1/api/kernels does"):
        await client.list_kernels()
    with pytest.raises(JupyterServerUnavailable, match=r"ws://127\.0\.0\.1:1/api/kernels/7/chann"):
        await client.get_kernel_client("7")
    await client.close()


async def test_a_call_starts_what_has_not_been_started(tmp_path: Path) -> None:
    executor = DockerJupyterCodeExecutor(NOWHERE, output_dir=tmp_path)

    with pytest.raises(JupyterServerUnavailable):
        await executor.execute_code_blocks([CodeBlock("1", "python")], CancellationToken())
    await executor.stop()


def test_a_server_must_be_one() -> None:
    with pytest.raises(ValueError, match="must be a JupyterConnectable or JupyterConnectionInfo"):
        DockerJupyterCodeExecutor("127.0.0.1")  # type: ignore[arg-type]


def test_is_saved_without_showing_the_token() -> None:
    saved = DockerJupyterCodeExecutor(NOWHERE, timeout=7).dump_component()
    loaded = DockerJupyterCodeExecutor.load_component(saved)

    assert "s3cret" not in saved.model_dump_json()
    assert loaded.dump_component() == saved
