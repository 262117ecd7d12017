"""Functions as source text, together with the imports and packages they need."""

import ast
import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from textwrap import dedent, indent
from typing import Any, Generic, ParamSpec, TypeAlias, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Alias:
    """A name under another one: `name as alias`."""

    name: str
    alias: str


@dataclass(frozen=True)
class ImportFromModule:
    """Names out of a module: `from module import ...`."""

    module: str
    imports: tuple[str | Alias, ...]

    def __post_init__(self) -> None:
        # A list is taken too, but a frozen value must be hashable.
        object.__setattr__(self, "imports", tuple(self.imports))


Import: TypeAlias = str | ImportFromModule | Alias
"""An import that a function needs; a plain string is a module's name."""


@dataclass
class FunctionWithRequirements(Generic[P, T]):
    """A function that knows what it needs; called as the function itself."""

    func: Callable[P, T]
    python_packages: Sequence[str] = field(default_factory=list)
    """What pip has to install."""

    global_imports: Sequence[Import] = field(default_factory=list)
    """What its module has to import."""

    @classmethod
    def from_callable(
        cls,
        func: Callable[P, T],
        python_packages: Sequence[str] = [],
        global_imports: Sequence[Import] = [],
    ) -> "FunctionWithRequirements[P, T]":
        """The function with these requirements."""
        return cls(func, python_packages, global_imports)

    @staticmethod
    def from_str(
        func: str, python_packages: Sequence[str] = [], global_imports: Sequence[Import] = []
    ) -> "FunctionWithRequirementsStr":
        """The function in a source text, with these requirements."""
        return FunctionWithRequirementsStr(func, python_packages, global_imports)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.func(*args, **kwargs)


@dataclass
class FunctionWithRequirementsStr:
    """A function as source text, with what it needs.

    Args:
        func: The source of exactly one function.
        python_packages: What pip has to install.
        global_imports: What its module has to import.

    Raises:
        ValueError: The text does not compile, or holds anything but one function.
    """

    func: str
    compiled_func: Callable[..., Any]
    _func_name: str
    python_packages: Sequence[str] = field(default_factory=list)
    global_imports: Sequence[Import] = field(default_factory=list)

    def __init__(
        self, func: str, python_packages: Sequence[str] = [], global_imports: Sequence[Import] = []
    ) -> None:
        self.func = func
        self.python_packages = python_packages
        self.global_imports = global_imports
        namespace: dict[str, Any] = {}
        try:
            exec(compile(func, "<function>", "exec"), namespace)
        except Exception as error:
            raise ValueError(f"Could not compile function: {error}") from error
        functions = [value for value in namespace.values() if inspect.isfunction(value)]
        if len(functions) != 1:
            raise ValueError("The string must contain exactly one function")
        self.compiled_func = functions[0]
        self._func_name = functions[0].__name__

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Refuses: what it needs may not be installed here.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError(
            "String based function with requirement objects are not directly callable"
        )


Function: TypeAlias = (
    FunctionWithRequirements[..., Any] | FunctionWithRequirementsStr | Callable[..., Any]
)
"""A function that generated code may use, in any of its forms."""


def with_requirements(
    python_packages: Sequence[str] = [], global_imports: Sequence[Import] = []
) -> Callable[[Callable[P, T]], FunctionWithRequirements[P, T]]:
    """Decorates a function with what it needs.

    Args:
        python_packages: What pip has to install.
        global_imports: What its module has to import.
    """

    def decorate(func: Callable[P, T]) -> FunctionWithRequirements[P, T]:
        described = FunctionWithRequirements(func, python_packages, global_imports)
        functools.update_wrapper(described, func)
        return described

    return decorate


def import_to_str(needed: Import) -> str:
    """The import statement."""
    if isinstance(needed, str):
        return f"import {needed}"
    if isinstance(needed, Alias):
        return f"import {_named(needed)}"
    return f"from {needed.module} import {', '.join(map(_named, needed.imports))}"


def to_code(function: Function) -> str:
    """The function's source, flush left, without its decorators.

    Raises:
        OSError: Nobody knows the source.
    """
    if isinstance(function, FunctionWithRequirementsStr):
        return function.func
    source = dedent(inspect.getsource(_callable(function)))
    definition = ast.parse(source).body[0]
    return "".join(source.splitlines(keepends=True)[definition.lineno - 1 :])


def to_stub(function: Function) -> str:
    """The function's head and docstring, with `...` for a body."""
    called = _callable(function)
    docstring = inspect.getdoc(called)
    lines = [f"def {called.__name__}{inspect.signature(called)}:"]
    if docstring:
        lines.append(indent(f'"""{docstring}"""', "    "))
    return "\n".join([*lines, "    ..."])


def build_python_functions_file(functions: Iterable[Function]) -> str:
    """A module with all the functions, beginning with what they import."""
    described = list(functions)
    # A dict, because it keeps the order in which they are needed.
    imports = {
        import_to_str(needed): None
        for function in described
        for needed in getattr(function, "global_imports", [])
    }
    parts = ["\n".join(imports), *map(to_code, described)]
    return "\n\n\n".join(part.strip() for part in parts).lstrip() + "\n"


def _named(imported: str | Alias) -> str:
    return imported if isinstance(imported, str) else f"{imported.name} as {imported.alias}"


def _callable(function: Function) -> Callable[..., Any]:
    if isinstance(function, FunctionWithRequirementsStr):
        return function.compiled_func
    return function.func if isinstance(function, FunctionWithRequirements) else function
