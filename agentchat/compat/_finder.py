"""How an upstream name is imported: our very module, a window onto one, or a reason why not."""

import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

from agentchat._upstream import OURS_BY_UPSTREAM, UpstreamFinder, aliases_installed, our_name
from agentchat.compat._absent import OTHER_PACKAGES, RoomNotHere, absent_room
from agentchat.compat._private_modules import HOMES_BY_MODULE, is_package
from agentchat.compat._window import Window

if TYPE_CHECKING:
    from importlib.abc import Loader
    from importlib.metadata import Distribution, DistributionFinder

_CHILD = str(Path(__file__).parent / "child")
"""A folder that a child process finds the aliases in."""


class AutogenAlreadyImported(ImportError):
    """The aliases come too late: the program already holds modules of AutoGen itself.

    Args:
        module: The first of them.
    """

    def __init__(self, module: ModuleType) -> None:
        super().__init__(
            f"{module.__name__!r} was imported before the aliases were installed, from "
            f"{getattr(module, '__file__', None)}: half of the program would run on AutoGen.\n"
            "  fix:      call agentchat.compat.install_aliases() before that import, or run the "
            "program with: python -m agentchat.compat SCRIPT",
            name=module.__name__,
        )


def install_aliases() -> None:
    """Makes `import autogen_core` and its kin import the very modules of agentchat.

    Raises:
        AutogenAlreadyImported: Such a module was imported before, from AutoGen itself.
    """
    if aliases_installed():
        return
    for name in OURS_BY_UPSTREAM:
        if name in sys.modules:
            raise AutogenAlreadyImported(sys.modules[name])
    sys.meta_path.insert(0, Aliases())


def lead_child_processes() -> None:
    """Lets Python processes that this one starts have the aliases too.

    A process that multiprocessing spawns imports the program anew, and the program AutoGen.
    """
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if _CHILD not in paths:
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [_CHILD, *paths]))


class Aliases(UpstreamFinder):
    """Finds and loads what an upstream name stands for.

    It has what a finder and a loader need, and not their base classes: importing those takes
    longer than the rest of this module.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in OTHER_PACKAGES:
            # Whoever has it installed keeps it.
            there = PathFinder.find_spec(fullname, path) is not None
            return None if there else ModuleSpec(fullname, cast("Loader", self))
        if our_name(fullname) == fullname:
            return None
        return ModuleSpec(fullname, cast("Loader", self), is_package=is_package(fullname))

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        if spec.name in HOMES_BY_MODULE:
            return Window(spec.name)
        room = absent_room(spec.name)
        if room is not None:
            raise RoomNotHere(spec.name, room)
        module = import_module(our_name(spec.name))
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # importlib has just put the alias's spec on the module; its own must stand.
        assert module.__spec__ is not None
        if not isinstance(module, Window):
            module.__spec__ = module.__spec__.loader_state

    def find_distributions(self, context: "DistributionFinder.Context") -> Iterable["Distribution"]:
        """What `importlib.metadata` says of AutoGen's distributions, when asked by name."""
        # Only a program that asks has imported importlib.metadata, which takes long.
        from agentchat.compat._distribution import provided

        return provided(context.name)
