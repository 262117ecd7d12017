"""LangChainToolAdapter: a tool of LangChain as a tool of ours."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from agentchat.core import CancellationToken
from agentchat.core._schema import args_base_model_from_signature, get_typed_signature
from agentchat.core.tools import BaseTool
from agentchat.core.utils import schema_to_pydantic_model

try:
    from langchain_core.tools import BaseTool as LangChainTool
except ImportError as _missing:
    raise ImportError(
        'LangChainToolAdapter needs langchain-core: pip install "agentchat-harness[langchain]"'
    ) from _missing

__all__ = ["LangChainToolAdapter"]

# LangChain hands these to a tool; a model has nothing to say about them.
_PASSED_BY_LANGCHAIN = ("run_manager", "callbacks", "config")


class LangChainToolAdapter(BaseTool[BaseModel, Any]):
    """A tool of LangChain. It has no configuration, so that it can't be saved.

    The coroutine of a tool is awaited, if it has one; a plain function runs in a thread, where
    cancelling does not stop it. Callbacks of LangChain are not called.

    Args:
        langchain_tool: The tool.

    Raises:
        AttributeError: The tool has nothing that could be called.
        ValueError: Its arguments have no pydantic form, or no types.
    """

    def __init__(self, langchain_tool: LangChainTool) -> None:
        self._langchain_tool = langchain_tool
        self._callable = _callable_of(langchain_tool)
        super().__init__(
            _arguments_of(langchain_tool, self._callable),
            object,
            langchain_tool.name,
            langchain_tool.description or "",
        )

    async def run(self, args: BaseModel, cancellation_token: CancellationToken) -> Any:
        """Calls the tool; of an argument that was not given, its own default stands."""
        given = {
            name: value
            for name, value in args
            if value is not None or name in args.model_fields_set
        }
        with cancellation_token.interrupting():
            if inspect.iscoroutinefunction(self._callable):
                return await self._callable(**given)
            return await asyncio.to_thread(self._callable, **given)


def _callable_of(tool: LangChainTool) -> Callable[..., Any]:
    for name in ("coroutine", "func", "_run"):
        found = getattr(tool, name, None)
        if callable(found):
            return found  # type: ignore[no-any-return]
    raise AttributeError(
        f"The provided LangChain tool '{tool.name}' does not have a callable 'func' or '_run' "
        "method."
    )


def _arguments_of(tool: LangChainTool, function: Callable[..., Any]) -> type[BaseModel]:
    schema: Any = tool.args_schema
    if schema is None:
        return _arguments_in_signature(tool.name, function)
    if isinstance(schema, dict):
        return schema_to_pydantic_model(schema, f"{tool.name}Args")
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        return schema
    raise ValueError(f"Failed to create a valid Pydantic v2 model for {tool.name}")


def _arguments_in_signature(name: str, function: Callable[..., Any]) -> type[BaseModel]:
    signature = get_typed_signature(function)
    parameters = [
        parameter
        for parameter in signature.parameters.values()
        if parameter.name not in _PASSED_BY_LANGCHAIN
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    return args_base_model_from_signature(f"{name}Args", signature.replace(parameters=parameters))
