"""AutoGen's distributions, as `importlib.metadata.version("autogen-core")` asks for them."""

from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import agentchat
from agentchat._upstream import OURS_BY_UPSTREAM

UPSTREAM_RELEASE = "0.7.5"
"""The release of AutoGen whose API is here."""


class ProvidedDistribution(Distribution):
    """A distribution of AutoGen that agentchat stands in for.

    Args:
        name: Such as `autogen-core`.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def read_text(self, filename: str) -> str | None:
        if filename != "METADATA":
            return None
        return (
            f"Metadata-Version: 2.1\nName: {self._name}\nVersion: {UPSTREAM_RELEASE}\n"
            f"Summary: Provided by agentchat-harness {agentchat.__version__}\n"
        )

    def locate_file(self, path: Any) -> Any:
        return Path(agentchat.__file__).parent / path


def provided(name: str | None) -> Iterator[Distribution]:
    """The distribution of that name, if it is one of AutoGen's; None asks for none of them.

    >>> [each.version for each in provided("Autogen_Core")]
    ['0.7.5']
    """
    normalized = (name or "").replace("_", "-").lower()
    if normalized.replace("-", "_") in OURS_BY_UPSTREAM:
        yield ProvidedDistribution(normalized)
