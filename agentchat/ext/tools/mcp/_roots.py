"""Roots: the directories in which a server may work."""

from abc import ABC, abstractmethod
from typing import Annotated, ClassVar, Self

from mcp import types
from pydantic import BaseModel, PlainSerializer

from agentchat.core._component import Component, ComponentBase, ComponentType
from agentchat.ext.tools.mcp._sdk import wire


class RootsProvider(ComponentBase[BaseModel], ABC):
    """Tells a server where it may work."""

    component_type: ClassVar[ComponentType] = "mcp_roots_provider"

    @abstractmethod
    async def list_roots(self) -> types.ListRootsResult:
        """The directories, as `file:` URIs."""


class StaticRootsProviderConfig(BaseModel):
    """A saved list of directories."""

    roots: list[Annotated[types.Root, PlainSerializer(wire)]]


class StaticRootsProvider(RootsProvider, Component[StaticRootsProviderConfig]):
    """Always names the same directories.

    Args:
        roots: The directories.
    """

    component_config_schema: ClassVar[type[BaseModel]] = StaticRootsProviderConfig

    def __init__(self, roots: list[types.Root]) -> None:
        self._roots = roots

    async def list_roots(self) -> types.ListRootsResult:
        """The directories that were given."""
        return types.ListRootsResult(roots=self._roots)

    def _to_config(self) -> StaticRootsProviderConfig:
        return StaticRootsProviderConfig(roots=self._roots)

    @classmethod
    def _from_config(cls, config: StaticRootsProviderConfig) -> Self:
        return cls(config.roots)
