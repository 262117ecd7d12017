"""Conformance: what each replaceable part promises, as functions to run on one of your own.

    async def test_my_client_keeps_its_promises() -> None:
        await check_model_client(lambda: MyClient(model="small"))

Each takes a function that makes a fresh part, and raises AssertionError with the first promise that
the part breaks.
"""

from harness.conformance._condition import check_condition
from harness.conformance._memory import check_memory
from harness.conformance._model_client import check_model_client
from harness.conformance._model_context import check_model_context
from harness.conformance._runtime import check_runtime
from harness.conformance._team import check_team
from harness.conformance._workbench import ToolUse, ToolUses, check_workbench

__all__ = [
    "ToolUse",
    "ToolUses",
    "check_condition",
    "check_memory",
    "check_model_client",
    "check_model_context",
    "check_runtime",
    "check_team",
    "check_workbench",
]
