import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentchat.core.models import CreateResult, RequestUsage

redis = pytest.importorskip("redis", reason="needs redis: its client is not installed")

from agentchat.ext.cache_store.redis import RedisStore  # noqa: E402 - it needs the library

RESULT = CreateResult(finish_reason="stop", content="Hi", usage=RequestUsage(1, 2), cached=False)


class Server:
    """The part of a `redis.Redis` that a store uses, kept in memory."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self.values.get(key)

    def set(self, key: str, value: str) -> None:
        self.values[key] = value.encode()


class AbsentServer(Server):
    def get(self, key: str) -> Any:
        raise redis.ConnectionError("nobody is there")

    def set(self, key: str, value: str) -> None:
        raise redis.ConnectionError("nobody is there")


@pytest.mark.parametrize("value", ["text", 7, [1, "a"], {"a": {"b": None}}])
def test_gives_back_what_it_was_given(value: Any) -> None:
    store = RedisStore[Any](Server())

    store.set("key", value)

    assert store.get("key") == value


def test_models_come_back_as_dicts() -> None:
    store = RedisStore[Any](Server())

    store.set("key", ["piece", RESULT])

    assert store.get("key") == ["piece", RESULT.model_dump()]


@pytest.mark.parametrize(("raw", "value"), [(b"text", "text"), (b"\xff", None), (None, None)])
def test_reads_what_others_have_written(raw: bytes | None, value: Any) -> None:
    server = Server()
    server.values["key"] = raw

    assert RedisStore[Any](server).get("key") == value


def test_an_absent_server_holds_nothing() -> None:
    store = RedisStore[str](AbsentServer())

    store.set("key", "value")

    assert store.get("key", "default") == "default"


def test_what_json_can_not_say_is_not_kept() -> None:
    server = Server()

    RedisStore[object](server).set("key", object())

    assert server.values == {}


def test_can_be_saved_and_loaded_without_showing_the_password() -> None:
    instance = redis.Redis(host="cache", port=7, db=3, password="s3cret", ssl=True)

    saved = RedisStore[str](instance).dump_component()
    loaded = RedisStore[str].load_component(saved)

    assert "s3cret" not in saved.model_dump_json()
    assert loaded.dump_component() == saved
    settings = loaded.cache.connection_pool.connection_kwargs
    assert {name: settings[name] for name in ("host", "port", "db", "password")} == {
        "host": "cache",
        "port": 7,
        "db": 3,
        "password": "s3cret",
    }
    assert saved.config["ssl"] is True


@pytest.fixture
def socket(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("needs redis-server: its program")
    path = str(tmp_path / "redis.sock")
    command = [program, "--port", "0", "--unixsocket", path, "--dir", str(tmp_path), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        next(line for line in server.stdout if "ready to accept" in line.lower())
        yield path
        server.terminate()
        server.communicate()


def test_keeps_values_in_a_real_server(socket: str) -> None:
    with redis.Redis(unix_socket_path=socket) as instance:
        RedisStore[Any](instance).set("key", RESULT)

        value = RedisStore[Any](instance).get("key")

    assert value == RESULT.model_dump()
