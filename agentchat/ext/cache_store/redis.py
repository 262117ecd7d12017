"""RedisStore: values in a Redis server, by the redis library."""

from typing import Any, ClassVar, Self, TypeVar, cast

from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticSerializationError

from agentchat.core._cache_store import CacheStore
from agentchat.core._component import Component
from agentchat.ext.cache_store._json import from_text, to_text

try:
    import redis
except ImportError as _missing:
    raise ImportError(
        'RedisStore needs redis: pip install "agentchat-harness[redis]"'
    ) from _missing

__all__ = ["CacheStore", "Component", "RedisStore", "RedisStoreConfig", "T"]

T = TypeVar("T")


class RedisStoreConfig(BaseModel):
    """A saved store: where the server is."""

    host: str = "localhost"
    port: int = 6379
    db: int = 0
    username: str | None = None
    password: SecretStr | None = None
    ssl: bool = False
    socket_timeout: float | None = None
    """Seconds."""


class RedisStore(CacheStore[T], Component[RedisStoreConfig]):
    """Keeps values in a Redis server, as JSON text; models come back as dicts.

    A server that can't be reached is a cache that holds nothing.

    Args:
        redis_instance: A `redis.Redis`; the caller closes it.
    """

    component_config_schema: ClassVar[type[BaseModel]] = RedisStoreConfig
    component_provider_override: ClassVar[str] = "agentchat.ext.cache_store.redis.RedisStore"

    def __init__(self, redis_instance: redis.Redis) -> None:
        self.cache = redis_instance

    def get(self, key: str, default: T | None = None) -> T | None:
        try:
            text = self.get_text(key)
            return default if text is None else cast(T, from_text(text))
        except UnicodeDecodeError:
            return default

    def get_text(self, key: str) -> str | bytes | None:
        """The JSON text under the key; None when there is none, or the server is away."""
        try:
            return self.cache.get(key)
        except (redis.RedisError, ConnectionError):
            return None

    def set(self, key: str, value: T) -> None:
        """Keeps the value under the key, unless it has no JSON form or the server is away."""
        try:
            self.cache.set(key, to_text(value))
        except (redis.RedisError, ConnectionError, PydanticSerializationError):
            return

    def _to_config(self) -> RedisStoreConfig:
        pool = self.cache.connection_pool
        known = RedisStoreConfig.model_fields.keys() & pool.connection_kwargs.keys()
        settings: dict[str, Any] = {name: pool.connection_kwargs[name] for name in sorted(known)}
        # The library says it by the class of the connections.
        settings["ssl"] = issubclass(pool.connection_class, redis.SSLConnection)
        return RedisStoreConfig(**settings)

    @classmethod
    def _from_config(cls, config: RedisStoreConfig) -> Self:
        password = None if config.password is None else config.password.get_secret_value()
        return cls(redis.Redis(**(config.model_dump() | {"password": password})))
