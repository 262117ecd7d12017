"""AutoGen's import names for programs written for it: `autogen_core` and its kin lead here.

Run such a program with `python -m agentchat.compat script.py [args]` or
`python -m agentchat.compat -m module [args]`, and its tests with `pytest -p agentchat.compat`;
or call `install_aliases` before the first such import.

Where AutoGen is installed as well, the aliases win: `autogen_core` is then `agentchat.core`.
"""

from agentchat.compat._finder import AutogenAlreadyImported, install_aliases, lead_child_processes

__all__ = ["AutogenAlreadyImported", "install_aliases"]


def pytest_plugin_registered() -> None:
    """Installs the aliases as soon as pytest has this plugin, before it imports any test."""
    install_aliases()
    lead_child_processes()
