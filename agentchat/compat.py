"""AutoGen's import names for programs written for it: `autogen_core` and its kin lead here.

Run such a program with `python -m agentchat.compat script.py [args]` or
`python -m agentchat.compat -m module [args]`, and its tests with `pytest -p agentchat.compat`;
or call `install_aliases` before the first such import.
"""

import runpy
import sys
from pathlib import Path

from agentchat._upstream import install_aliases

__all__ = ["install_aliases"]


def main(arguments: list[str]) -> None:
    """Runs a script or module as Python would, the aliases installed.

    Args:
        arguments: A script's path, or `-m` and a module's name, and then its own arguments.

    Raises:
        SystemExit: There is nothing to run; or the program says so.
    """
    install_aliases()
    match arguments:
        case ["-m", module, *rest]:
            sys.argv = [module, *rest]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [script, *_] if not script.startswith("-"):
            sys.argv = arguments
            # As Python does: `-m`, by which we were started, had put the working directory there.
            sys.path[0] = str(Path(script).resolve().parent)
            runpy.run_path(script, run_name="__main__")
        case _:
            raise SystemExit(
                "usage: python -m agentchat.compat (SCRIPT | -m MODULE) [ARGUMENT ...]"
            )


def pytest_plugin_registered() -> None:
    """Installs the aliases as soon as pytest has this plugin, before it imports any test."""
    install_aliases()


if __name__ == "__main__":
    main(sys.argv[1:])
