"""The names of AutoGen's packages and of ours, and what the one is called in the other."""

import sys

OURS_BY_UPSTREAM = {
    "autogen_agentchat": "agentchat",
    "autogen_core": "agentchat.core",
    "autogen_ext": "agentchat.ext",
}


class UpstreamFinder:
    """What the finder of the aliases extends, so that it is known without being imported."""


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


def aliases_installed() -> bool:
    """Whether the upstream names lead to our modules in this process."""
    return any(isinstance(finder, UpstreamFinder) for finder in sys.meta_path)
