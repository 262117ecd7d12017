"""Installs the aliases in a Python process that a program under `agentchat.compat` has started.

Python imports a module of this name when it starts; one that it would have found without this
folder is imported too.
"""

import sys
from importlib import import_module
from pathlib import Path

sys.path[:] = [entry for entry in sys.path if Path(entry) != Path(__file__).parent]
own = sys.modules.pop("sitecustomize")
for name in ("sitecustomize", "agentchat.compat"):
    try:
        module = import_module(name)
    except ImportError:  # There need be none; and the child may be of another environment.
        continue
    if name == "agentchat.compat":
        module.install_aliases()
# Python looks for it under its name once more.
sys.modules.setdefault("sitecustomize", own)
