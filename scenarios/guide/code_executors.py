"""Code executors: code is really run, asynchronously, and stopped by a token."""

import asyncio
from collections.abc import AsyncGenerator

from agentchat.agents import CodeExecutorAgent
from agentchat.core import CancellationToken
from agentchat.core.code_executor import CodeBlock
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor
from agentchat.messages import TextMessage
from harness import (
    Run,
    contains,
    last_message,
    no_errors,
    said,
    scenario,
    speakers,
    within,
)

PRIMES = """\
numbers = range(2, 100)
print(sum(1 for n in numbers if all(n % d for d in range(2, n))))
"""

NEVER_ENDING = """\
import pathlib, time
print("started")
pathlib.Path("started").touch()
time.sleep(600)
"""


def fenced(block: CodeBlock) -> str:
    return f"```{block.language}\n{block.code}```"


@scenario(
    expect=[
        speakers("user", "executor"),
        last_message("exit code 0: 25\nand counted", by="executor"),
        within(turns=1, model_calls=0),
    ],
    tags=["code", "no-model"],
)
async def two_languages(run: Run) -> AsyncGenerator[TextMessage, None]:
    """Code executors: a block of Python and a block of shell are run, one after the other.

    They share a folder, which is empty at first and gone afterwards. No model is asked.
    """
    blocks = [
        CodeBlock(code=PRIMES, language="python"),
        CodeBlock(code="echo and counted\n", language="sh"),
    ]
    yield TextMessage(content="\n".join(map(fenced, blocks)), source="user")
    executor = LocalCommandLineCodeExecutor(work_dir=run.workdir)
    result = await executor.execute_code_blocks(blocks, CancellationToken())
    told = f"exit code {result.exit_code}: {result.output.strip()}"
    yield TextMessage(content=told, source="executor")


@scenario(
    expect=[
        speakers("user", "executor"),
        last_message("exit code 125: started\n\nCancelled", by="executor"),
        within(turns=1, model_calls=0),
    ],
    tags=["code", "cancellation", "no-model"],
)
async def cancelled(run: Run) -> AsyncGenerator[TextMessage, None]:
    """Code executors: what runs too long is cancelled, and what it has written is kept.

    The code is stopped, with all it has started, as soon as it is known to be running.
    """
    token = CancellationToken()
    block = CodeBlock(code=NEVER_ENDING, language="python")
    yield TextMessage(content=fenced(block), source="user")
    executor = LocalCommandLineCodeExecutor(work_dir=run.workdir)
    running = asyncio.create_task(executor.execute_code_blocks([block], token))
    while not running.done() and not (run.workdir / "started").exists():  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.01)
    token.cancel()
    result = await running
    yield TextMessage(content=f"exit code {result.exit_code}: {result.output}", source="executor")


@scenario(
    task="How many primes are there below 100? Count them with code.",
    expect=[
        speakers("user", "coder"),
        said(by="coder", text=contains("25 primes")),
        within(turns=1, model_calls=2, tokens=1_500, usd=0.02),
        no_errors(),
    ],
    tags=["code"],
)
def coder(run: Run) -> CodeExecutorAgent:
    """Code executors: one agent writes code, has it run, and tells what came of it.

    The code comes from the model; it is really run, and the model is shown what it printed.
    """
    return CodeExecutorAgent(
        "coder",
        code_executor=LocalCommandLineCodeExecutor(work_dir=run.workdir),
        model_client=run.model("gpt-4o"),
    )
