from agentchat.core import CacheStore, InMemoryStore


def test_a_store_keeps_the_last_value_of_a_key():
    store: InMemoryStore[int] = InMemoryStore()
    store.set("answer", 41)
    store.set("answer", 42)

    assert (store.get("answer"), store.get("question"), store.get("question", 0)) == (42, None, 0)


def test_a_kept_value_that_is_none_is_not_the_default():
    store: InMemoryStore[int | None] = InMemoryStore()
    store.set("answer", None)

    assert store.get("answer", 0) is None


def test_a_store_is_a_component_that_begins_empty():
    store: InMemoryStore[int] = InMemoryStore()
    store.set("answer", 42)

    described = store.dump_component()

    assert (described.provider, described.component_type, described.config) == (
        "agentchat.core.InMemoryStore",
        "cache_store",
        {},
    )
    assert CacheStore.load_component(described).get("answer") is None
