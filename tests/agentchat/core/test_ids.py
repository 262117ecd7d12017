import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentchat.core import AgentId, AgentType, TopicId

agent_types = st.from_regex(r"[\w\-\.]+", fullmatch=True)
topic_types = st.from_regex(r"[\w\-\.\:\=]+", fullmatch=True)


@given(agent_types, st.text())
def test_an_agent_id_is_read_back_from_its_text(agent_type: str, key: str):
    agent_id = AgentId(agent_type, key)

    assert AgentId.from_str(str(agent_id)) == agent_id


@given(topic_types, st.text())
def test_a_topic_id_is_read_back_from_its_text(topic_type: str, source: str):
    topic_id = TopicId(topic_type, source)

    assert TopicId.from_str(str(topic_id)) == topic_id


@given(agent_types, st.text())
def test_equal_agent_ids_have_equal_hashes(agent_type: str, key: str):
    first, second = AgentId(agent_type, key), AgentId(AgentType(agent_type), key)

    assert (first, hash(first)) == (second, hash(second))


@pytest.mark.parametrize("agent_type", ["", "a b", "a/b", "a\n", "a:b"])
def test_an_agent_type_of_other_characters_is_refused(agent_type: str):
    with pytest.raises(ValueError, match="Invalid agent type"):
        AgentId(agent_type, "key")


@pytest.mark.parametrize("topic_type", ["", "a b", "a/b", "a\n"])
def test_a_topic_type_of_other_characters_is_refused(topic_type: str):
    with pytest.raises(ValueError, match="Invalid topic type"):
        TopicId(topic_type, "source")


def test_a_refused_type_stays_refused():
    for _ in range(2):
        with pytest.raises(ValueError, match="Invalid agent type: a b"):
            AgentId("a b", "key")


def test_text_without_a_slash_is_no_id():
    with pytest.raises(ValueError, match="Invalid agent id: writer"):
        AgentId.from_str("writer")
    with pytest.raises(ValueError, match="Invalid topic id: news"):
        TopicId.from_str("news")


def test_an_agent_id_equals_nothing_of_another_class():
    assert AgentId("writer", "one") != "writer/one"


def test_ids_show_both_their_parts():
    assert repr(AgentId("writer", "one")) == 'AgentId(type="writer", key="one")'
    assert repr(TopicId("news", "today")) == "TopicId(type='news', source='today')"
