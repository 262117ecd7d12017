"""`python -m agentchat.compat`: runs a program that was written for AutoGen."""

import runpy
import sys
from pathlib import Path

from agentchat.compat._finder import install_aliases, lead_child_processes


def main(arguments: list[str]) -> None:
    """Runs a script or module as Python would, the aliases installed.

    Args:
        arguments: A script's path, or `-m` and a module's name, and then its own arguments.

    Raises:
        SystemExit: There is nothing to run; or the program says so.
    """
    install_aliases()
    lead_child_processes()
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


if __name__ == "__main__":
    main(sys.argv[1:])
