import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentchat.core import (
    AgentId,
    AgentType,
    DefaultSubscription,
    DefaultTopicId,
    MessageHandlerContext,
    Subscription,
    TopicId,
    TypePrefixSubscription,
    TypeSubscription,
)
from agentchat.core._context import SubscriptionInstantiationContext
from agentchat.core._subscription import SubscriptionTable
from agentchat.core.exceptions import CantHandleException

names = st.sampled_from(["a", "ab", "abc", "b", "bc"])
subscriptions = st.one_of(
    st.builds(TypeSubscription, names, names), st.builds(TypePrefixSubscription, names, names)
)


def test_a_type_subscription_calls_the_agent_whose_key_is_the_source():
    subscription = TypeSubscription("news", AgentType("reader"))

    assert subscription.map_to_agent(TopicId("news", "today")) == AgentId("reader", "today")


def test_a_prefix_subscription_matches_every_type_that_begins_alike():
    subscription = TypePrefixSubscription("news:", "reader")

    matches = [subscription.is_match(TopicId(t, "s")) for t in ("news:", "news:sport", "news")]

    assert matches == [True, True, False]


@pytest.mark.parametrize("kind", [TypeSubscription, TypePrefixSubscription])
def test_mapping_a_topic_that_does_not_match_raises(kind):
    with pytest.raises(CantHandleException, match="TopicId does not match the subscription"):
        kind("news", "reader").map_to_agent(TopicId("weather", "today"))


def test_subscriptions_are_equal_by_id_or_by_what_they_say():
    same = TypeSubscription("news", "reader") == TypeSubscription("news", "reader")
    same_id = TypeSubscription("news", "a", id="1") == TypeSubscription("else", "b", id="1")
    other = TypeSubscription("news", "reader") == TypeSubscription("news", "writer")
    other_kind = TypeSubscription("news", "reader") == TypePrefixSubscription("news", "reader")

    assert (same, same_id, other, other_kind) == (True, True, False, False)


def test_each_subscription_has_an_id_of_its_own():
    first, second = TypeSubscription("news", "reader"), TypeSubscription("news", "reader")

    assert first.id != second.id
    assert isinstance(first, Subscription)


def test_a_default_subscription_takes_the_type_that_is_being_registered():
    with SubscriptionInstantiationContext.populate_context(AgentType("reader")):
        subscription = DefaultSubscription()

    assert subscription == TypeSubscription("default", "reader")


def test_a_default_subscription_outside_a_registration_needs_a_type():
    with pytest.raises(CantHandleException, match="If agent_type is not specified"):
        DefaultSubscription()


def test_the_default_topic_has_the_running_agents_key_as_its_source():
    outside = DefaultTopicId()
    with MessageHandlerContext.populate_context(AgentId("writer", "case 7")):
        inside = DefaultTopicId()

    assert (outside.source, inside.source) == ("default", "case 7")
    assert DefaultTopicId(source="given").source == "given"


def test_an_equal_subscription_is_refused():
    table = SubscriptionTable()
    table.add(TypeSubscription("news", "reader"))

    with pytest.raises(ValueError, match="Subscription already exists"):
        table.add(TypeSubscription("news", "reader"))


def test_removing_an_unknown_subscription_is_refused():
    with pytest.raises(ValueError, match="Subscription does not exist"):
        SubscriptionTable().remove("nowhere")


def test_what_is_added_or_removed_counts_from_then_on():
    table, topic = SubscriptionTable(), TopicId("news", "today")
    subscription = TypeSubscription("news", "reader")

    before = table.receivers(topic)
    table.add(subscription)
    between = table.receivers(topic)
    table.remove(subscription.id)

    assert (before, between, table.receivers(topic)) == ((), (AgentId("reader", "today"),), ())


@given(st.lists(subscriptions, max_size=8), st.lists(names, min_size=1))
def test_receivers_are_those_of_the_matching_subscriptions_in_order(added, topic_types):
    table, kept = SubscriptionTable(), []
    for subscription in added:
        if subscription not in kept:
            kept.append(subscription)
            table.add(subscription)

    for topic in [TopicId(topic_type, "s") for topic_type in topic_types]:
        expected = [one.map_to_agent(topic) for one in kept if one.is_match(topic)]
        assert list(table.receivers(topic)) == expected
