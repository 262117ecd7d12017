from pydantic import BaseModel

from agentchat.core import CancellationToken, Component
from agentchat.core.code_executor import CodeBlock, CodeExecutor, CodeResult


class Recorder(CodeExecutor, Component[BaseModel]):
    def __init__(self) -> None:
        self.seen: list[str] = []

    async def execute_code_blocks(
        self, code_blocks: list[CodeBlock], cancellation_token: CancellationToken
    ) -> CodeResult:
        self.seen += [block.language for block in code_blocks]
        return CodeResult(exit_code=0, output="")

    async def start(self) -> None:
        self.seen.append("start")

    async def stop(self) -> None:
        self.seen.append("stop")

    async def restart(self) -> None: ...


async def test_async_with_starts_and_stops() -> None:
    async with Recorder() as recorder:
        result = await recorder.execute_code_blocks([CodeBlock("1", "py")], CancellationToken())

    assert recorder.seen == ["start", "py", "stop"]
    assert result == CodeResult(0, "")
    assert recorder.dump_component().component_type == "code_executor"
