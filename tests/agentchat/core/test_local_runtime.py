from collections.abc import Mapping
from typing import Any

import pytest

from agentchat.core import (
    AgentId,
    AgentRuntime,
    BaseAgent,
    MessageContext,
    SingleThreadedAgentRuntime,
    TopicId,
    TypePrefixSubscription,
    TypeSubscription,
)
from agentchat.core._world import SystemWorld, entered
from agentchat.core.exceptions import UndeliverableException

ONE = AgentId("keeper", "one")


class Keeper(BaseAgent):
    """Answers with the circumstances of a message; keeps those of published ones."""

    def __init__(self) -> None:
        super().__init__("keeps")
        self.kept: list[Any] = []

    async def on_message_impl(self, message: Any, ctx: MessageContext) -> Any:
        if not ctx.is_rpc:
            self.kept.append((message, ctx.sender, ctx.topic_id))
        return ctx

    async def save_state(self) -> Mapping[str, Any]:
        return {"kept": self.kept}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        self.kept = list(state["kept"])


class Numbered(SystemWorld):
    """Numbers what it names."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def new_id(self, kind: str) -> str:
        self.given.append(kind)
        return f"{kind} {len(self.given)}"


async def runtime_of_keepers() -> SingleThreadedAgentRuntime:
    runtime = SingleThreadedAgentRuntime()
    await runtime.register_factory("keeper", Keeper)
    return runtime


async def kept_by(runtime: SingleThreadedAgentRuntime, agent_id: AgentId) -> list[Any]:
    return (await runtime.try_get_underlying_agent_instance(agent_id, Keeper)).kept


def test_it_is_an_agent_runtime():
    assert isinstance(SingleThreadedAgentRuntime(), AgentRuntime)


async def test_a_direct_message_comes_with_its_circumstances():
    runtime, sender = await runtime_of_keepers(), AgentId("me", "1")
    runtime.start()

    ctx = await runtime.send_message("hi", ONE, sender=sender, message_id="given")

    await runtime.stop()
    assert (ctx.sender, ctx.topic_id, ctx.is_rpc, ctx.message_id) == (sender, None, True, "given")


async def test_a_message_gets_an_id_from_the_world():
    runtime = await runtime_of_keepers()
    runtime.start()

    with entered(Numbered()):
        ctx = await runtime.send_message("hi", ONE)

    await runtime.stop()
    assert ctx.message_id == "message 1"


async def test_nobody_is_registered_under_the_recipients_type():
    runtime = await runtime_of_keepers()
    runtime.start()

    with pytest.raises(UndeliverableException, match="Recipient not found"):
        await runtime.send_message("hi", AgentId("nobody", "one"))
    await runtime.stop()


async def test_a_published_message_reaches_all_subscribers_but_its_sender():
    runtime, topic = await runtime_of_keepers(), TopicId("news", "one")
    await runtime.register_factory("other", Keeper)
    for agent_type in ("keeper", "other"):
        await runtime.add_subscription(TypeSubscription("news", agent_type))
    runtime.start()

    await runtime.publish_message("hi", topic, sender=ONE)

    await runtime.stop_when_idle()
    assert await kept_by(runtime, ONE) == []
    assert await kept_by(runtime, AgentId("other", "one")) == [("hi", ONE, topic)]


async def test_two_subscriptions_to_one_topic_deliver_twice():
    runtime = await runtime_of_keepers()
    await runtime.add_subscription(TypeSubscription("news", "keeper"))
    await runtime.add_subscription(TypePrefixSubscription("new", "keeper"))
    runtime.start()

    await runtime.publish_message("hi", TopicId("news", "one"))

    await runtime.stop_when_idle()
    assert len(await kept_by(runtime, ONE)) == 2


async def test_a_topic_without_subscribers_is_fine():
    runtime = await runtime_of_keepers()
    runtime.start()

    await runtime.publish_message("hi", TopicId("news", "one"))

    await runtime.stop_when_idle()
    assert await runtime.save_state() == {}


async def test_a_subscriber_that_nobody_registered_disturbs_no_other(caplog):
    runtime = await runtime_of_keepers()
    for agent_type in ("nobody", "keeper"):
        await runtime.add_subscription(TypeSubscription("news", agent_type))
    runtime.start()

    await runtime.publish_message("hi", TopicId("news", "one"))

    await runtime.stop_when_idle()
    assert len(await kept_by(runtime, ONE)) == 1
    assert "Agent with name nobody not found" in caplog.text


async def test_a_removed_subscription_is_heard_no_more():
    runtime, subscription = await runtime_of_keepers(), TypeSubscription("news", "keeper")
    await runtime.add_subscription(subscription)
    await runtime.remove_subscription(subscription.id)
    runtime.start()

    await runtime.publish_message("hi", TopicId("news", "one"))

    await runtime.stop_when_idle()
    assert await kept_by(runtime, ONE) == []


async def test_state_is_that_of_the_agents_made_so_far():
    runtime = await runtime_of_keepers()
    await runtime.agent_load_state(ONE, {"kept": ["something"]})

    state = await runtime.save_state()

    assert state == {"keeper/one": {"kept": ["something"]}}
    assert await runtime.agent_save_state(ONE) == {"kept": ["something"]}


async def test_loading_makes_agents_and_leaves_out_unknown_types():
    runtime = await runtime_of_keepers()

    await runtime.load_state({"keeper/one/two": {"kept": [1]}, "nobody/one": {}})

    assert await runtime.save_state() == {"keeper/one/two": {"kept": [1]}}


async def test_the_metadata_of_an_agent():
    runtime = await runtime_of_keepers()

    metadata = await runtime.agent_metadata(ONE)

    assert metadata == {"type": "keeper", "key": "one", "description": "keeps"}
