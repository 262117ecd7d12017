"""Leads AutoGen's names here in a Python process that a program under `agentchat.compat` started.

Python imports a module of this name when it starts; one that it would have found without this
folder is imported too.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType


class FirstImport:
    """Waits for the first import of AutoGen: most children want none, and start as fast as ever."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Gives way to the aliases, if it is AutoGen that is imported."""
        if not fullname.startswith("autogen"):
            return None
        sys.meta_path.remove(self)
        try:
            compat = import_module("agentchat.compat")
        except ImportError:  # The child is of another environment.
            return None
        compat.install_aliases()
        return sys.meta_path[0].find_spec(fullname, path, target)


sys.meta_path.insert(0, FirstImport())
# `pathlib` would take longer than all the rest.
sys.path[:] = [entry for entry in sys.path if entry != os.path.dirname(__file__)]  # noqa: PTH120
own: ModuleType = sys.modules.pop("sitecustomize")
try:
    import_module("sitecustomize")
except ImportError:
    # Python looks for it under its name once more.
    sys.modules["sitecustomize"] = own
