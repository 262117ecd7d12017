from pathlib import Path
from typing import Any

import pytest

from agentchat.core import CancellationToken
from agentchat.core.code_executor import CodeBlock

pytest.importorskip("jupyter_client", reason="needs jupyter: its client is not installed")

from agentchat.ext.code_executors._kernel import KernelNotInstalled
from agentchat.ext.code_executors.jupyter import (
    CellTimedOut,
    JupyterCodeExecutor,
    JupyterCodeResult,
)

STUBBORN = """
print("begun")
import time
while True:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        pass
"""

SHOWS = """
from IPython.display import HTML, JSON, display
display(HTML("<b>1</b>"), JSON({"a": 1}))
"""


async def result_of(executor: JupyterCodeExecutor, *codes: str) -> JupyterCodeResult:
    blocks = [CodeBlock(code, "python") for code in codes]
    return await executor.execute_code_blocks(blocks, CancellationToken())


async def test_the_last_value_is_output_and_blocks_are_a_line_apart() -> None:
    async with JupyterCodeExecutor() as executor:
        result = await result_of(executor, "x = 1", "print(x)", "x + 1")

    assert result == JupyterCodeResult(exit_code=0, output="\n1\n\n2", output_files=[])


async def test_what_is_shown_is_saved(tmp_path: Path) -> None:
    async with JupyterCodeExecutor(output_dir=tmp_path / "out") as executor:
        result = await result_of(executor, SHOWS)

    page, value = result.output_files
    assert (page.parent, page.suffix, page.read_text()) == (tmp_path / "out", ".html", "<b>1</b>")
    assert (value.suffix, value.read_text()) == (".json", '{"a": 1}')
    assert '{"a": 1}' in result.output


async def test_after_an_interruption_the_kernel_still_knows_all() -> None:
    async with JupyterCodeExecutor(timeout=2) as executor:
        with pytest.raises(CellTimedOut, match="The kernel was interrupted") as caught:
            await result_of(
                executor, "x = 1; print(x)", "print('begun'); import time; time.sleep(60)"
            )
        result = await result_of(executor, "print(x)")

    assert caught.value.output.startswith("1\n\nbegun\n")
    assert (caught.value.memory_is_lost, result.output) == (False, "1\n")


async def test_a_kernel_that_does_not_listen_is_restarted() -> None:
    async with JupyterCodeExecutor(timeout=2) as executor:
        with pytest.raises(CellTimedOut, match="restarted, its memory is lost") as caught:
            await result_of(executor, STUBBORN)
        result = await result_of(executor, "print(1)")

    assert (caught.value.output, caught.value.memory_is_lost) == ("begun\n", True)
    assert result.output == "1\n"


async def test_a_kernel_that_dies_is_named() -> None:
    async with JupyterCodeExecutor() as executor:
        result = await result_of(executor, "import os; os._exit(1)", "print('never')")

    assert (result.exit_code, result.output) == (
        1,
        "The kernel died. It has been restarted: what earlier code left in memory is lost.",
    )


async def test_an_unknown_kernel_is_named() -> None:
    with pytest.raises(KernelNotInstalled, match=r"Kernel fortran77 is not installed\."):
        await JupyterCodeExecutor(kernel_name="fortran77").start()


async def test_it_must_be_started() -> None:
    with pytest.raises(RuntimeError, match="Executor must be started before executing cells"):
        await result_of(JupyterCodeExecutor(), "1")


@pytest.mark.parametrize("arguments", [{}, {"timeout": 7, "output_dir": "out"}])
def test_can_be_saved_and_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    config = {"kernel_name": "python3", "timeout": 60} | arguments

    saved = JupyterCodeExecutor(**arguments).dump_component()

    assert saved.config == config
    assert JupyterCodeExecutor.load_component(saved).dump_component() == saved


def test_the_current_directory_is_deprecated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.warns(DeprecationWarning, match="Using the current directory as output_dir"):
        JupyterCodeExecutor(output_dir=".")
