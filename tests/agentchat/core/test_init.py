import agentchat.core


def test_every_public_name_is_there():
    assert [name for name in agentchat.core.__all__ if not hasattr(agentchat.core, name)] == []


def test_no_public_name_is_named_twice():
    assert sorted(set(agentchat.core.__all__)) == sorted(agentchat.core.__all__)
