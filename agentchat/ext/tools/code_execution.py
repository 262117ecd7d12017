"""PythonCodeExecutionTool: lets a model run code."""

from typing import ClassVar, Self

from pydantic import BaseModel, Field, model_serializer

from agentchat.core import CancellationToken, Component, ComponentModel
from agentchat.core.code_executor import CodeBlock, CodeExecutor
from agentchat.core.tools import BaseTool

__all__ = ["CodeExecutionInput", "CodeExecutionResult", "PythonCodeExecutionTool"]


class CodeExecutionInput(BaseModel):
    """What a model gives."""

    code: str = Field(description="The contents of the Python code block that should be executed")


class CodeExecutionResult(BaseModel):
    """What came of running the code; a model reads the output alone."""

    success: bool
    """Whether the exit code was 0."""

    output: str

    @model_serializer
    def ser_model(self) -> str:
        """The output."""
        return self.output


class PythonCodeExecutionToolConfig(BaseModel):
    """A saved tool: its executor."""

    executor: ComponentModel
    description: str = "Execute Python code blocks."


class PythonCodeExecutionTool(
    BaseTool[CodeExecutionInput, CodeExecutionResult], Component[PythonCodeExecutionToolConfig]
):
    """Runs Python code that a model writes, one block a call.

    Args:
        executor: Where the code runs; starting and stopping it is the caller's.
    """

    component_config_schema: ClassVar[type[BaseModel]] = PythonCodeExecutionToolConfig

    def __init__(self, executor: CodeExecutor) -> None:
        super().__init__(
            CodeExecutionInput, CodeExecutionResult, "CodeExecutor", "Execute Python code blocks."
        )
        self._executor = executor

    async def run(
        self, args: CodeExecutionInput, cancellation_token: CancellationToken
    ) -> CodeExecutionResult:
        """Runs the code; code that fails is a result too."""
        block = CodeBlock(code=args.code, language="python")
        result = await self._executor.execute_code_blocks([block], cancellation_token)
        return CodeExecutionResult(success=result.exit_code == 0, output=result.output)

    def _to_config(self) -> PythonCodeExecutionToolConfig:
        return PythonCodeExecutionToolConfig(executor=self._executor.dump_component())

    @classmethod
    def _from_config(cls, config: PythonCodeExecutionToolConfig) -> Self:
        return cls(CodeExecutor.load_component(config.executor))
