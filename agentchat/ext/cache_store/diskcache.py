"""DiskCacheStore: values in a directory, by the diskcache library."""

from typing import Any, ClassVar, Self, TypeVar, cast

from pydantic import BaseModel

from agentchat.core._cache_store import CacheStore
from agentchat.core._component import Component
from agentchat.ext.cache_store._json import from_text, to_text

try:
    import diskcache
except ImportError as _missing:
    raise ImportError(
        'DiskCacheStore needs diskcache: pip install "agentchat-harness[diskcache]"'
    ) from _missing

__all__ = ["CacheStore", "Component", "DiskCacheStore", "DiskCacheStoreConfig", "T"]

T = TypeVar("T")


class DiskCacheStoreConfig(BaseModel):
    """A saved store."""

    directory: str
    """Where the values are."""


class DiskCacheStore(CacheStore[T], Component[DiskCacheStoreConfig]):
    """Keeps values in a directory, as JSON text; models come back as dicts.

    Entries of other programs are given as they are. A `diskcache.Cache` unpickles such an entry
    where it needs to, and so runs code of whoever wrote it: open no directory that others can write
    to. A store that was loaded from a configuration never does that.

    Args:
        cache_instance: A `diskcache.Cache`; the caller closes it.
    """

    component_config_schema: ClassVar[type[BaseModel]] = DiskCacheStoreConfig
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.cache_store.diskcache.DiskCacheStore"
    )

    def __init__(self, cache_instance: diskcache.Cache) -> None:
        self.cache = cache_instance

    def get(self, key: str, default: T | None = None) -> T | None:
        value = self.cache.get(key)
        if value is None:
            return default
        return cast(T, from_text(value) if isinstance(value, str) else value)

    def get_text(self, key: str) -> str | None:
        """The JSON text under the key; None when there is none, or an entry of another kind."""
        value = self.cache.get(key)
        return value if isinstance(value, str) else None

    def set(self, key: str, value: T) -> None:
        """Keeps the value under the key, in the place of an older one.

        Raises:
            pydantic_core.PydanticSerializationError: The value has no JSON form.
        """
        self.cache.set(key, to_text(value))

    def _to_config(self) -> DiskCacheStoreConfig:
        return DiskCacheStoreConfig(directory=self.cache.directory)

    @classmethod
    def _from_config(cls, config: DiskCacheStoreConfig) -> Self:
        return cls(diskcache.Cache(config.directory, disk=_DiskWithoutPickles))


_PICKLED = diskcache.core.MODE_PICKLE


class _DiskWithoutPickles(diskcache.Disk):  # type: ignore[misc]
    """Reads numbers, texts and bytes; a pickle is as good as nothing."""

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        return None if mode == _PICKLED else super().fetch(mode, filename, value, read)
