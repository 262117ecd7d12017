"""The names of AutoGen's packages and of ours, and how to import the latter by the former."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from importlib.abc import Loader

OURS_BY_UPSTREAM = {
    "autogen_agentchat": "agentchat",
    "autogen_core": "agentchat.core",
    "autogen_ext": "agentchat.ext",
}


def our_name(upstream_name: str) -> str:
    """Translates a dotted upstream name; leaves every other name as it is.

    >>> our_name("autogen_core.models.SystemMessage")
    'agentchat.core.models.SystemMessage'
    """
    package, dot, rest = upstream_name.partition(".")
    return OURS_BY_UPSTREAM.get(package, package) + dot + rest


def upstream_name(name: str) -> str:
    """Translates a dotted name of ours; leaves every other name as it is.

    >>> upstream_name("agentchat.core.models.SystemMessage")
    'autogen_core.models.SystemMessage'
    """
    # The longest first: `agentchat` is the beginning of the two others.
    for upstream, ours in sorted(OURS_BY_UPSTREAM.items(), key=lambda names: -len(names[1])):
        if name == ours or name.startswith(ours + "."):
            return upstream + name[len(ours) :]
    return name


class _Aliases:
    """Finds our module under its upstream name; the module itself is the same object.

    It has what a finder and a loader need, and not their base classes: importing those takes
    longer than the rest of this module.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if our_name(fullname) == fullname:
            return None
        return ModuleSpec(fullname, cast("Loader", self))

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(our_name(spec.name))
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # importlib has just put the alias's spec on the module; its own must stand.
        assert module.__spec__ is not None
        module.__spec__ = module.__spec__.loader_state


def install_aliases() -> None:
    """Makes `import autogen_core` and its kin import the very modules of agentchat."""
    if not aliases_installed():
        sys.meta_path.insert(0, _Aliases())


def aliases_installed() -> bool:
    """Whether the upstream names lead to our modules in this process."""
    return any(isinstance(finder, _Aliases) for finder in sys.meta_path)
