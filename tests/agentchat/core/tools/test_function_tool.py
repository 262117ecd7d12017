import asyncio
import functools
import json
import logging
import threading
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ValidationError

from agentchat.core import CancellationToken, ComponentLoader
from agentchat.core._component_arguments import NotConfigurable
from agentchat.core._component_provider import CodeInConfiguration
from agentchat.core._world import SystemWorld, entered, now
from agentchat.core.code_executor import Alias, ImportFromModule
from agentchat.core.tools import FunctionTool, StaticWorkbench

PROVIDER = "agentchat.core.tools.FunctionTool"


class Address(BaseModel):
    city: str


def add(x: int, y: int = 1) -> int:
    """Adds."""
    return x + y


async def greet(home: Address, *, polite: bool = False) -> Annotated[str, "A greeting."]:
    return f"{'Good day' if polite else 'Hi'} {home.city}"


def with_token(x: int, cancellation_token: CancellationToken) -> bool:
    return cancellation_token.is_cancelled()


def described(**changes: Any) -> dict[str, Any]:
    config = {
        "source_code": "def double(x: int) -> int:\n    return 2 * x\n",
        "name": "double",
        "description": "Doubles.",
        "global_imports": [],
        "has_cancellation_support": False,
    }
    return {"provider": PROVIDER, "config": config | changes}


async def run(tool: FunctionTool, **arguments: Any) -> Any:
    return await tool.run_json(arguments, CancellationToken())


def load(description: dict[str, Any]) -> FunctionTool:
    with pytest.warns(UserWarning, match="SECURITY WARNING"):
        return FunctionTool.load_component(description)


def test_tells_a_model_what_it_takes() -> None:
    tool = FunctionTool(add, "Adds two numbers.")

    assert tool.schema == {
        "name": "add",
        "description": "Adds two numbers.",
        "parameters": {
            "type": "object",
            "properties": {
                "x": {"description": "x", "title": "X", "type": "integer"},
                "y": {"default": 1, "description": "y", "title": "Y", "type": "integer"},
            },
            "required": ["x"],
            "additionalProperties": False,
        },
        "strict": False,
    }


def test_builds_its_parameters_once() -> None:
    tool = FunctionTool(add, "Adds.")

    assert tool.schema["parameters"] is tool.schema["parameters"]


def test_strict_allows_no_defaults() -> None:
    tool = FunctionTool(add, "Adds.", strict=True)

    with pytest.raises(ValueError, match="Strict mode is enabled, but not all input arguments"):
        _ = tool.schema


def test_strict_allows_no_further_arguments() -> None:
    def gather(**more: int) -> None: ...

    with pytest.raises(ValueError, match="Strict mode is enabled but additional argument"):
        _ = FunctionTool(gather, "Gathers.", strict=True).schema


async def test_runs_functions_of_every_kind() -> None:
    plain = FunctionTool(add, "")
    asynchronous = FunctionTool(greet, "")
    part = FunctionTool(functools.partial(add, 10), "")

    assert await run(plain, x=1) == 2
    assert await run(asynchronous, home={"city": "Rome"}, polite=True) == "Good day Rome"
    assert await run(part, y=5) == 15
    assert (part.name, asynchronous.return_type()) == ("add", str)


async def test_runs_a_function_that_is_not_async_in_a_thread_of_the_same_world() -> None:
    class Noon(SystemWorld):
        def now(self) -> Any:
            return "noon"

    def look() -> tuple[Any, int]:
        return now(), threading.get_ident()

    with entered(Noon()):
        time, thread = await run(FunctionTool(look, ""))

    assert time == "noon"
    assert thread != threading.get_ident()


async def test_hands_the_token_to_a_function_that_takes_it() -> None:
    tool = FunctionTool(with_token, "")
    token = CancellationToken()
    token.cancel()

    assert list(tool.args_type().model_fields) == ["x"]
    assert await tool.run_json({"x": 1}, token) is True


async def test_cancelling_ends_an_async_function_that_knows_no_token() -> None:
    token = CancellationToken()

    async def wait() -> None:
        asyncio.get_running_loop().call_soon(token.cancel)
        await asyncio.Event().wait()

    with pytest.raises(asyncio.CancelledError):
        await FunctionTool(wait, "").run_json({}, token)


async def test_cancelling_does_not_wait_for_a_thread() -> None:
    token = CancellationToken()
    release = threading.Event()

    def block() -> None:
        token.cancel()
        release.wait()

    try:
        with pytest.raises(asyncio.CancelledError):
            await FunctionTool(block, "").run_json({}, token)
    finally:
        release.set()


async def test_refuses_arguments_that_do_not_fit() -> None:
    with pytest.raises(ValidationError, match="Field required"):
        await run(FunctionTool(add, ""))


async def test_reports_a_call_to_whoever_listens(caplog: pytest.LogCaptureFixture) -> None:
    tool = FunctionTool(add, "")

    await run(tool, x=1)
    with caplog.at_level(logging.INFO, "autogen_core.events"):
        await run(tool, x=2)

    assert [json.loads(record.getMessage()) for record in caplog.records] == [
        {
            "type": "ToolCall",
            "tool_name": "add",
            "arguments": {"x": 2},
            "result": "3",
            "agent_id": None,
        }
    ]


def test_is_written_as_source_code() -> None:
    tool = FunctionTool(add, "Adds.", "plus", ["os", Alias("json", "j")], strict=True)

    dumped = tool.dump_component()

    assert (dumped.provider, dumped.component_type) == (PROVIDER, "tool")
    assert dumped.config == {
        "source_code": 'def add(x: int, y: int = 1) -> int:\n    """Adds."""\n    return x + y\n',
        "name": "plus",
        "description": "Adds.",
        "global_imports": ["os", {"name": "json", "alias": "j"}],
        "has_cancellation_support": False,
        "strict": True,
    }


async def test_what_was_loaded_runs_and_is_written_as_before() -> None:
    dumped = FunctionTool(add, "Adds.", global_imports=[ImportFromModule("os", ("path",))])

    tool = load(dumped.dump_component().model_dump())

    assert await run(tool, x=1, y=2) == 3
    assert tool.dump_component() == dumped.dump_component()


def test_code_inside_another_configuration_needs_permission_by_name() -> None:
    workbench = {
        "provider": "agentchat.core.tools.StaticWorkbench",
        "config": {"tools": [described()]},
    }

    with pytest.raises(ValueError, match=r"load_component\(..., allow=\['agentchat.core.tools.Fun"):
        StaticWorkbench.load_component(workbench)
    with pytest.raises(ValueError, match="holds source code"):
        StaticWorkbench.load_component(workbench, allow=["agentchat", "agentchat.core.tools"])
    with pytest.warns(UserWarning, match="SECURITY WARNING"):
        StaticWorkbench.load_component(workbench, allow=["autogen_core.tools.FunctionTool"])


def test_the_environment_can_permit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CodeInConfiguration, match="The configuration of 'double'") as refused:
        ComponentLoader.load_component(described())
    monkeypatch.setenv("AUTOGEN_ALLOWED_PROVIDER_NAMESPACES", PROVIDER)
    with pytest.warns(UserWarning, match="SECURITY WARNING"):
        ComponentLoader.load_component(described())

    assert (refused.value.provider, refused.value.name) == (PROVIDER, "double")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"source_code": "def f(:"}, ValueError, "Could not compile and load function"),
        ({"source_code": "x = 1"}, ValueError, "the source code defines none"),
        ({"global_imports": ["no_such"]}, ModuleNotFoundError, "Failed to run 'import no_such'"),
        (
            {"global_imports": [{"module": "os", "imports": ["no_such"]}]},
            ImportError,
            "Failed to run 'from os import no_such'",
        ),
        ({"global_imports": ["not a name"]}, RuntimeError, "Unexpected error"),
    ],
)
def test_says_why_code_cannot_be_loaded(
    changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    with (
        pytest.warns(UserWarning, match="SECURITY WARNING"),
        pytest.raises(error, match=message),
    ):
        FunctionTool.load_component(described(**changes))


def test_refuses_to_write_what_means_nothing_elsewhere() -> None:
    outer = 3

    class Adder:
        def plus(self, x: int) -> int:
            return x

    def closure(x: int) -> int:
        return x + outer

    for function in (closure, functools.partial(add, 1), Adder().plus, lambda x=1: x):
        with pytest.raises(NotConfigurable, match=r"FunctionTool\(func=...\)"):
            FunctionTool(function, "", name="f").dump_component()
