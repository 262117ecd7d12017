import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel

from agentchat.core import CancellationToken

langchain_tools = pytest.importorskip(
    "langchain_core.tools", reason="needs langchain: langchain-core is not installed"
)

from agentchat.ext.tools.langchain import LangChainToolAdapter  # noqa: E402 - it needs the library


class Place(BaseModel):
    city: str


class Lookup(langchain_tools.BaseTool):  # type: ignore[misc, name-defined]
    name: str = "lookup"
    description: str = "Looks up."

    def _run(self, word: str, times: int = 2, run_manager: Any = None) -> str:
        return word * times


def repeat(word: str, times: int = 2) -> str:
    """Repeats a word."""
    return word * times


async def called(tool: Any, **arguments: Any) -> Any:
    return await LangChainToolAdapter(tool).run_json(arguments, CancellationToken())


async def test_calls_the_function_of_a_tool() -> None:
    tool = langchain_tools.tool(repeat)

    assert await called(tool, word="a") == "aa"
    assert await called(tool, word="a", times=3) == "aaa"


def test_a_model_is_told_what_langchain_would_tell_it() -> None:
    schema = LangChainToolAdapter(langchain_tools.tool(repeat)).schema

    assert (schema["name"], schema["description"]) == ("repeat", "Repeats a word.")
    assert schema["parameters"]["required"] == ["word"]
    assert schema["parameters"]["properties"]["times"]["default"] == 2


async def test_runs_a_tool_that_is_a_class() -> None:
    adapter = LangChainToolAdapter(Lookup())

    assert list(adapter.schema["parameters"]["properties"]) == ["word", "times"]
    assert await adapter.run_json({"word": "b"}, CancellationToken()) == "bb"


async def test_plain_functions_run_in_a_thread() -> None:
    tool = langchain_tools.StructuredTool.from_function(
        lambda: threading.current_thread() is threading.main_thread(), name="t", description="T."
    )

    assert await called(tool) is False


async def test_coroutines_are_awaited_and_can_be_cancelled() -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    tool = langchain_tools.StructuredTool.from_function(
        coroutine=wait, name="wait", description="Waits."
    )
    token = CancellationToken()
    waiting = asyncio.ensure_future(LangChainToolAdapter(tool).run_json({}, token))
    await asyncio.sleep(0)

    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_models_among_the_arguments_stay_models() -> None:
    def name_of(place: Place) -> str:
        """Names a place."""
        return place.city

    assert await called(langchain_tools.tool(name_of), place={"city": "Rome"}) == "Rome"


async def test_arguments_may_be_described_by_a_json_schema() -> None:
    schema = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}
    tool = langchain_tools.StructuredTool(
        name="repeat", description="Repeats.", args_schema=schema, func=repeat
    )

    assert await called(tool, word="a") == "aa"


def test_what_can_not_be_called_is_no_tool() -> None:
    with pytest.raises(AttributeError, match="does not have a callable 'func' or '_run' method"):
        LangChainToolAdapter(SimpleNamespace(name="empty"))  # type: ignore[arg-type]


def test_it_can_not_be_saved() -> None:
    with pytest.raises(NotImplementedError, match="does not support dumping"):
        LangChainToolAdapter(langchain_tools.tool(repeat)).dump_component()
