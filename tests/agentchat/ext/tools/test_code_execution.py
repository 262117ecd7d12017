import warnings
from collections.abc import AsyncIterator

import pytest

from agentchat.core import CancellationToken
from agentchat.core.tools import StaticWorkbench
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor
from agentchat.ext.tools.code_execution import CodeExecutionResult, PythonCodeExecutionTool


@pytest.fixture
async def tool() -> AsyncIterator[PythonCodeExecutionTool]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Using LocalCommandLineCodeExecutor")
        async with LocalCommandLineCodeExecutor() as executor:
            yield PythonCodeExecutionTool(executor)


async def test_runs_the_code(tool: PythonCodeExecutionTool) -> None:
    result = await tool.run_json({"code": "print(6 * 7)"}, CancellationToken())

    assert result == CodeExecutionResult(success=True, output="42\n")
    assert tool.return_value_as_string(result) == "42\n"


async def test_code_that_fails_is_a_result(tool: PythonCodeExecutionTool) -> None:
    result = await tool.run_json({"code": "raise SystemExit('no')"}, CancellationToken())

    assert result == CodeExecutionResult(success=False, output="no\n")


async def test_a_model_reads_the_output_alone(tool: PythonCodeExecutionTool) -> None:
    result = await StaticWorkbench([tool]).call_tool("CodeExecutor", {"code": "print('Hi')"})

    assert result.to_text() == "Hi\n"


async def test_a_tool_is_saved_with_its_executor(tool: PythonCodeExecutionTool) -> None:
    saved = tool.dump_component()
    loaded = PythonCodeExecutionTool.load_component(saved.model_dump())

    assert loaded.dump_component() == saved
    assert saved.provider == "agentchat.ext.tools.code_execution.PythonCodeExecutionTool"
    assert saved.config["description"] == "Execute Python code blocks."
