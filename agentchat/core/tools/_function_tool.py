"""FunctionTool: a Python function as a tool."""

import asyncio
import inspect
import warnings
from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial
from typing import Any, ClassVar, Self

from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component
from agentchat.core._component_arguments import NotConfigurable
from agentchat.core._component_provider import require_explicit_permission
from agentchat.core._function_source import Import, import_to_str, to_code
from agentchat.core._schema import (
    args_base_model_from_signature,
    bound_call,
    descriptions_in_docstring,
    get_typed_signature,
    name_of,
    without_metadata,
)
from agentchat.core.tools._base_tool import BaseTool

_TOKEN = "cancellation_token"
_SOURCE = "<function tool>"


class FunctionToolConfig(BaseModel, defer_build=True):
    """A function tool as plain data: loading it runs the source code."""

    source_code: str
    name: str
    description: str
    global_imports: Sequence[Import]
    has_cancellation_support: bool
    """Whether the function takes a `cancellation_token`."""

    strict: bool = False


class FunctionTool(BaseTool[BaseModel, Any], Component[FunctionToolConfig]):
    """A Python function as a tool.

    The signature is the schema: every parameter needs a type or a default. A model is told what
    `Annotated[int, "a text"]` or the docstring says of a parameter. A parameter named
    `cancellation_token` is not shown; it receives the token. Functions that are not async run in a
    thread, and cancelling does not stop them there.

    Args:
        func: The function; a method, a partial or a callable object will do.
        description: What the model is told it does.
        name: What the model calls it by; the function's name by default.
        global_imports: What the source needs imported, when the tool is loaded elsewhere.
        strict: Whether the model must keep to the schema exactly; there may be no defaults then.

    Raises:
        ValueError: A parameter has no type, or a description that is no text.
    """

    component_config_schema: ClassVar[type[BaseModel]] = FunctionToolConfig

    def __init__(
        self,
        func: Callable[..., Any],
        description: str,
        name: str | None = None,
        global_imports: Sequence[Import] = [],
        strict: bool = False,
    ) -> None:
        signature = get_typed_signature(func)
        self._func = func
        self._global_imports = global_imports
        self._source_code: str | None = None
        self._takes_token = _TOKEN in signature.parameters
        self._signature = signature.replace(
            parameters=[given for given in signature.parameters.values() if given.name != _TOKEN]
        )
        name = name or name_of(func)
        super().__init__(
            args_base_model_from_signature(
                f"{name}args", self._signature, descriptions_in_docstring(inspect.getdoc(func))
            ),
            without_metadata(signature.return_annotation),
            name,
            description,
            strict,
        )

    async def run(self, args: BaseModel, cancellation_token: CancellationToken) -> Any:
        """Calls the function with those attributes of `args` that are its parameters."""
        call = bound_call(self._signature, args)
        token = {_TOKEN: cancellation_token} if self._takes_token else {}
        bound = partial(self._func, *call.args, **call.kwargs, **token)
        if not _is_async(self._func):
            # In a copy of the context, so that the function finds this run's clock and ids.
            bound = partial(_in_thread, partial(copy_context().run, bound))
        if self._takes_token:
            return await bound()
        with cancellation_token.interrupting():
            return await bound()

    def _to_config(self) -> FunctionToolConfig:
        return FunctionToolConfig(
            source_code=self._source_code or _portable_source(self._func),
            name=self._name,
            description=self._description,
            global_imports=self._global_imports,
            has_cancellation_support=self._takes_token,
            strict=self._strict,
        )

    @classmethod
    def _from_config(cls, config: FunctionToolConfig) -> Self:
        require_explicit_permission(cls, config.name)
        warnings.warn(
            "SECURITY WARNING: loading a FunctionTool runs the source code and the imports of its "
            "configuration. Load configurations only from where you would run a program from.",
            UserWarning,
            stacklevel=3,
        )
        tool = cls(
            _compiled(config),
            config.description,
            config.name,
            config.global_imports,
            config.strict,
        )
        tool._source_code = config.source_code
        return tool


def _is_async(function: Callable[..., Any]) -> bool:
    called = function if inspect.isroutine(function) else type(function).__call__
    return any(map(inspect.iscoroutinefunction, (function, called)))


async def _in_thread(call: Callable[[], Any]) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, call)


def _portable_source(function: Callable[..., Any]) -> str:
    """The source of a function that means the same anywhere.

    Raises:
        NotConfigurable: It is a lambda, is bound to an object, or uses names around it.
    """
    portable = (
        inspect.isfunction(function)
        and function.__name__ != "<lambda>"
        and not function.__code__.co_freevars
    )
    if not portable:
        raise NotConfigurable(function, "FunctionTool(func=...)")
    return to_code(function)


def _compiled(config: FunctionToolConfig) -> Callable[..., Any]:
    """The function that the source defines, in a namespace of its own.

    Raises:
        ModuleNotFoundError: It needs a module that is not installed.
        ImportError: It needs a name that its module doesn't have.
        RuntimeError: Importing what it needs failed otherwise.
        ValueError: The source does not compile, or defines no function.
    """
    namespace: dict[str, Any] = {}
    for needed in config.global_imports:
        _import(import_to_str(needed), namespace)
    try:
        exec(compile(config.source_code, _SOURCE, "exec"), namespace)
    except Exception as error:
        raise ValueError(f"Could not compile and load function: {error}") from error
    for value in namespace.values():
        if inspect.isfunction(value) and value.__code__.co_filename == _SOURCE:
            return value
    raise ValueError("Could not compile and load function: the source code defines none")


def _import(statement: str, namespace: dict[str, Any]) -> None:
    try:
        exec(statement, namespace)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"Failed to run {statement!r}: Module not found. Please ensure the module is installed."
        ) from error
    except ImportError as error:
        raise ImportError(f"Failed to run {statement!r}: {error}") from error
    except Exception as error:
        raise RuntimeError(f"Unexpected error while running {statement!r}: {error}") from error
