from dataclasses import dataclass

import pytest

from agentchat.core import (
    Agent,
    AgentId,
    AgentType,
    BaseAgent,
    MessageContext,
    RoutedAgent,
    SingleThreadedAgentRuntime,
    TopicId,
    TypeSubscription,
    message_handler,
    type_subscription,
)


class Recorder(BaseAgent):
    """Keeps what it hears."""

    def __init__(self, description: str = "records") -> None:
        super().__init__(description)
        self.heard: list[object] = []

    async def on_message_impl(self, message: object, ctx: MessageContext) -> object:
        self.heard.append(message)
        return message


@type_subscription("news")
class Subscriber(Recorder):
    pass


class Heir(Subscriber):
    pass


async def heard_by(agent: Recorder, runtime, *topics: TopicId) -> list[object]:
    """What the agent keeps of one message to each topic: the topic's type."""
    runtime.start()
    for topic in topics:
        await runtime.publish_message(topic.type, topic)
    await runtime.stop_when_idle()
    return agent.heard


def test_a_description_must_be_text():
    with pytest.raises(ValueError, match="Agent description must be a string"):
        Recorder(5)


def test_an_agent_made_by_hand_has_no_id_yet():
    agent = Recorder()

    with pytest.raises(AttributeError, match=r"Recorder is not bound to a runtime yet(.|\n)*fix:"):
        _ = agent.id
    with pytest.raises(AttributeError, match="not bound to a runtime"):
        _ = agent.runtime


async def test_a_factory_makes_agents_that_know_their_id_and_runtime():
    runtime = SingleThreadedAgentRuntime()
    await Recorder.register(runtime, "recorder", Recorder)

    agent = await runtime.try_get_underlying_agent_instance(AgentId("recorder", "one"), Recorder)

    assert (agent.id, agent.type, agent.runtime) == (agent.id, "recorder", runtime)
    assert agent.metadata == {"type": "recorder", "key": "one", "description": "records"}
    assert isinstance(agent, Agent)


async def test_an_agent_is_bound_once():
    runtime, agent = SingleThreadedAgentRuntime(), Recorder()
    await agent.bind_id_and_runtime(AgentId("recorder", "one"), runtime)
    await agent.bind_id_and_runtime(AgentId("recorder", "one"), runtime)

    with pytest.raises(RuntimeError, match="already bound to a different ID"):
        await agent.bind_id_and_runtime(AgentId("recorder", "two"), runtime)
    with pytest.raises(RuntimeError, match="already bound to a different runtime"):
        await agent.bind_id_and_runtime(agent.id, SingleThreadedAgentRuntime())


async def test_a_registered_type_hears_its_class_topics_and_those_that_begin_with_its_name():
    runtime = SingleThreadedAgentRuntime()
    await Subscriber.register(runtime, "reader", Subscriber)
    agent = await runtime.try_get_underlying_agent_instance(AgentId("reader", "s"), Subscriber)

    heard = await heard_by(
        agent, runtime, TopicId("news", "s"), TopicId("reader:x", "s"), TopicId("reader", "s")
    )

    assert heard == ["news", "reader:x"]


async def test_both_kinds_of_subscription_can_be_left_out():
    runtime = SingleThreadedAgentRuntime()
    await Subscriber.register(
        runtime,
        "reader",
        Subscriber,
        skip_class_subscriptions=True,
        skip_direct_message_subscription=True,
    )
    agent = await runtime.try_get_underlying_agent_instance(AgentId("reader", "s"), Subscriber)

    assert await heard_by(agent, runtime, TopicId("news", "s"), TopicId("reader:", "s")) == []


async def test_subscriptions_of_a_class_are_not_inherited():
    runtime = SingleThreadedAgentRuntime()
    await Heir.register(runtime, "heir", Heir)
    agent = await runtime.try_get_underlying_agent_instance(AgentId("heir", "s"), Heir)

    assert await heard_by(agent, runtime, TopicId("news", "s")) == []


async def test_an_instance_hears_the_topic_type_that_is_its_key():
    runtime, agent = SingleThreadedAgentRuntime(), Recorder()

    agent_id = await agent.register_instance(runtime, AgentId("recorder", "one"))

    heard = await heard_by(agent, runtime, TopicId("one", "one"), TopicId("recorder:", "one"))
    assert (agent_id, heard) == (AgentId("recorder", "one"), ["one", "recorder:"])


async def test_several_instances_of_a_type_share_its_direct_topics():
    runtime, first, second = SingleThreadedAgentRuntime(), Recorder(), Recorder()
    await first.register_instance(runtime, AgentId("recorder", "one"))
    await second.register_instance(runtime, AgentId("recorder", "two"))

    await heard_by(second, runtime, TopicId("recorder:", "two"))

    assert (first.heard, second.heard) == ([], ["recorder:"])


async def test_an_instance_may_keep_its_class_topics():
    runtime, agent = SingleThreadedAgentRuntime(), Subscriber()
    await agent.register_instance(runtime, AgentId("reader", "one"), skip_class_subscriptions=False)

    assert await heard_by(agent, runtime, TopicId("news", "one")) == ["news"]


async def test_a_handler_of_plain_classes_can_be_registered():
    @dataclass
    class Unwritable:
        value: int | str

    class Listener(RoutedAgent):
        @message_handler
        async def on_text(self, message: str | Unwritable, ctx: MessageContext) -> str:
            return f"heard {message}"

    runtime = SingleThreadedAgentRuntime()
    await Listener.register(runtime, "listener", lambda: Listener("listens"))
    runtime.start()

    assert await runtime.send_message("hello", AgentId("listener", "one")) == "heard hello"
    await runtime.stop()


async def test_subscriptions_may_be_made_asynchronously():
    async def subscriptions():
        return [TypeSubscription("weather", "reader")]

    class Reader(Recorder):
        _class_subscriptions = []

    Reader._class_subscriptions.append(subscriptions)
    runtime = SingleThreadedAgentRuntime()
    agent_type = await Reader.register(runtime, "reader", Reader)
    agent = await runtime.try_get_underlying_agent_instance(AgentId("reader", "s"), Reader)

    assert agent_type == AgentType("reader")
    assert await heard_by(agent, runtime, TopicId("weather", "s")) == ["weather"]


async def test_state_that_no_subclass_keeps_warns():
    with pytest.warns(UserWarning, match="save_state not implemented"):
        state = await Recorder().save_state()
    with pytest.warns(UserWarning, match="load_state not implemented"):
        await Recorder().load_state(state)

    assert state == {}


async def test_an_agent_does_not_hear_itself():
    class Speaker(Recorder):
        async def on_message_impl(self, message: object, ctx: MessageContext) -> object:
            await super().on_message_impl(message, ctx)
            if not ctx.is_rpc:
                return None
            await self.publish_message("echo", TopicId("hall", "s"))
            return await self.send_message("direct", AgentId("recorder", "s"))

    runtime = SingleThreadedAgentRuntime()
    for name, factory in (("speaker", Speaker), ("recorder", Recorder)):
        await factory.register(runtime, name, factory)
        await runtime.add_subscription(TypeSubscription("hall", name))
    runtime.start()

    answer = await runtime.send_message("speak", AgentId("speaker", "s"))

    await runtime.stop_when_idle()
    agents = [
        await runtime.try_get_underlying_agent_instance(AgentId(n, "s"), Recorder)
        for n in ("speaker", "recorder")
    ]
    assert (answer, [agent.heard for agent in agents]) == (
        "direct",
        [["speak"], ["echo", "direct"]],
    )
