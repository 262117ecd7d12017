"""Provider strings: how a configuration names a class, and which classes it may name."""

import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from itertools import accumulate
from typing import Any

from agentchat._upstream import aliases_installed, our_name, upstream_name

ALLOWED_NAMESPACES_VARIABLE = "AUTOGEN_ALLOWED_PROVIDER_NAMESPACES"

_OPENAI = "agentchat.ext.models.openai.OpenAIChatCompletionClient"
_AZURE = "agentchat.ext.models.openai.AzureOpenAIChatCompletionClient"
_SHORT_NAMES = {
    "openai_chat_completion_client": _OPENAI,
    "OpenAIChatCompletionClient": _OPENAI,
    "azure_openai_chat_completion_client": _AZURE,
    "AzureOpenAIChatCompletionClient": _AZURE,
    "OllamaChatCompletionClient": "agentchat.ext.models.ollama.OllamaChatCompletionClient",
}

_TRUSTED = ("agentchat", "harness", "autogen_studio", "autogenstudio", "autogen_test_utils")

_allowed: ContextVar[tuple[str, ...]] = ContextVar("allowed_providers", default=())


class UntrustedProvider(ValueError):
    """A configuration names a class outside the trusted namespaces.

    Args:
        provider: The class that was named.
    """

    def __init__(self, provider: str) -> None:
        self.provider = provider
        module = provider.rpartition(".")[0]
        super().__init__(
            f"Provider {provider!r} is not in a trusted namespace: loading it would run its code.\n"
            f"  fix:      load_component(..., allow=[{module!r}]), or put {module!r} into the "
            f"environment variable {ALLOWED_NAMESPACES_VARIABLE}"
        )


class CodeInConfiguration(ValueError):
    """A configuration brings source code that nobody has allowed to run.

    Args:
        provider: The class that would run it.
        name: What the configuration calls the thing that has the code.
    """

    def __init__(self, provider: str, name: str) -> None:
        self.provider = provider
        self.name = name
        super().__init__(
            f"The configuration of {name!r} holds source code, which {provider} would run.\n"
            f"  fix:      read the code; if you trust it, load_component(..., allow=[{provider!r}])"
            f", or put {provider!r} into the environment variable {ALLOWED_NAMESPACES_VARIABLE}"
        )


@contextmanager
def allowing(names: Iterable[str]) -> Iterator[None]:
    """Lets configurations loaded in the block, nested ones too, name these classes or packages."""
    token = _allowed.set((*_allowed.get(), *names))
    try:
        yield
    finally:
        _allowed.reset(token)


def require_explicit_permission(cls: type, name: str) -> None:
    """Goes on only if the class itself has been allowed by its full name.

    Args:
        cls: A class whose configuration holds source code.
        name: What the configuration calls the thing that has the code.

    Raises:
        CodeInConfiguration: It has not; its being in a trusted namespace is not enough.
    """
    provider = exported_name(cls)
    if provider not in _explicitly_allowed():
        raise CodeInConfiguration(provider, name)


def provider_of(cls: type) -> str:
    """The name to write for a class: a public one, and upstream's when the aliases are installed.

    Raises:
        TypeError: The class is local to a function, so that nobody could find it.
    """
    if "<locals>" in cls.__qualname__:
        raise TypeError("Cannot dump component with local class")
    name = getattr(cls, "component_provider_override", None)
    if name is None:
        name = exported_name(cls)
        if _is_private(name):
            warnings.warn(
                "Internal module name used in provider string. This is not recommended and may "
                "cause issues in the future. Silence this warning by setting "
                "component_provider_override to this value.",
                stacklevel=3,
            )
    return upstream_name(name) if aliases_installed() else name


def exported_name(cls: type) -> str:
    """The dotted name of a class; the shortest public one, if its module is private."""
    if _is_private(cls.__module__):
        for package in accumulate(cls.__module__.split("."), "{}.{}".format):
            exported = getattr(sys.modules.get(package), cls.__qualname__, None)
            if exported is cls and not _is_private(package):
                return f"{package}.{cls.__qualname__}"
    return f"{cls.__module__}.{cls.__qualname__}"


def class_of(provider: str) -> Any:
    """What a provider string names: ours or upstream's dotted name, or a model client's short one.

    Raises:
        ValueError: The string is no dotted name.
        UntrustedProvider: The name lies outside the trusted namespaces.
    """
    name = our_name(_SHORT_NAMES.get(provider, provider))
    module_name, _, class_name = name.rpartition(".")
    if not module_name:
        raise ValueError(f"Invalid provider {provider!r}: expected 'package.module.ClassName'.")
    if not _is_trusted(name):
        raise UntrustedProvider(provider)
    return getattr(import_module(module_name), class_name)


def _is_trusted(name: str) -> bool:
    module_name = name.rpartition(".")[0]
    return (
        module_name.startswith("test_")
        or _is_running(module_name)
        or any(_lies_in(name, namespace) for namespace in (*_TRUSTED, *_explicitly_allowed()))
    )


def _is_running(module_name: str) -> bool:
    """Whether it is the program's own script, or a test module: naming it imports nothing new."""
    name = module_name.rpartition(".")[2]
    return module_name in sys.modules and (name == "__main__" or name.startswith("test_"))


def _lies_in(name: str, namespace: str) -> bool:
    return name == namespace or name.startswith(namespace + ".")


def _explicitly_allowed() -> Iterator[str]:
    yield from map(our_name, _allowed.get())
    for entry in os.environ.get(ALLOWED_NAMESPACES_VARIABLE, "").split(","):
        if entry.strip():
            yield our_name(entry.strip().removesuffix("."))


def _is_private(name: str) -> bool:
    # `__main__` has underscores too, but nobody calls it private.
    return any(part.startswith("_") and not part.startswith("__") for part in name.split("."))
