from collections.abc import Iterator
from pathlib import Path
from typing import Any

import diskcache
import pytest
from pydantic_core import PydanticSerializationError

from agentchat.core.models import CreateResult, RequestUsage
from agentchat.ext.cache_store.diskcache import DiskCacheStore

RESULT = CreateResult(
    finish_reason="stop", content="Hi", usage=RequestUsage(1, 2), cached=False, thought="é"
)


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[diskcache.Cache]:
    with diskcache.Cache(tmp_path) as cache:
        yield cache


@pytest.mark.parametrize("value", ["text", '"quoted"', 7, 1.5, True, [1, "a"], {"a": {"b": None}}])
def test_gives_back_what_it_was_given(directory: diskcache.Cache, value: Any) -> None:
    store = DiskCacheStore[Any](directory)

    store.set("key", value)

    assert store.get("key") == value
    assert isinstance(directory.get("key"), str)


def test_models_come_back_as_dicts(directory: diskcache.Cache) -> None:
    store = DiskCacheStore[Any](directory)

    store.set("key", ["piece", RESULT])

    assert store.get("key") == ["piece", RESULT.model_dump()]


@pytest.mark.parametrize("value", ["text", {"a": 1}, [1, "a"], RESULT])
def test_reads_what_others_have_written(directory: diskcache.Cache, value: Any) -> None:
    directory.set("key", value)

    assert DiskCacheStore[Any](directory).get("key") == value


def test_what_is_not_there_is_the_default(directory: diskcache.Cache) -> None:
    store = DiskCacheStore[str](directory)

    assert (store.get("key"), store.get("key", "default")) == (None, "default")


def test_refuses_what_json_can_not_say(directory: diskcache.Cache) -> None:
    with pytest.raises(PydanticSerializationError, match="Unable to serialize"):
        DiskCacheStore[object](directory).set("key", object())


def test_a_loaded_store_reads_no_pickles(directory: diskcache.Cache) -> None:
    DiskCacheStore[Any](directory).set("ours", RESULT)
    directory.set("pickled", {"a": 1})

    loaded = DiskCacheStore[Any].load_component(DiskCacheStore[Any](directory).dump_component())

    assert loaded.get("ours") == RESULT.model_dump()
    assert loaded.get("pickled", "default") == "default"
    loaded.cache.close()
