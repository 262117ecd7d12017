"""A place to keep what was expensive to get."""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel

from agentchat.core._component import Component, ComponentBase

T = TypeVar("T")


class CacheStore(ABC, Generic[T], ComponentBase[BaseModel]):
    """Keeps values by key; how long is the store's own business."""

    component_type: ClassVar[str] = "cache_store"

    @abstractmethod
    def get(self, key: str, default: T | None = None) -> T | None:
        """The value kept under the key, or else the default."""

    @abstractmethod
    def set(self, key: str, value: T) -> None:
        """Keeps the value under the key, in the place of an older one."""


class InMemoryStoreConfig(BaseModel, defer_build=True):
    """Nothing: an in-memory store begins empty."""


class InMemoryStore(CacheStore[T], Component[InMemoryStoreConfig]):
    """Keeps values as they are, until the process ends."""

    component_config_schema: ClassVar[type[BaseModel]] = InMemoryStoreConfig
    component_provider_override: ClassVar[str] = "agentchat.core.InMemoryStore"

    def __init__(self) -> None:
        self._values: dict[str, T] = {}

    def get(self, key: str, default: T | None = None) -> T | None:
        return self._values.get(key, default)

    def set(self, key: str, value: T) -> None:
        self._values[key] = value

    def _to_config(self) -> InMemoryStoreConfig:
        return InMemoryStoreConfig()

    @classmethod
    def _from_config(cls, config: InMemoryStoreConfig) -> Self:
        return cls()
