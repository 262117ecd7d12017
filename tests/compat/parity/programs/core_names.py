"""Names, tokens and the contexts in which agents are made: the smallest parts of the core."""

import asyncio
from dataclasses import fields, is_dataclass

from agentchat.core import (
    AgentId,
    AgentInstantiationContext,
    AgentMetadata,
    AgentProxy,
    AgentRuntime,
    AgentType,
    BaseAgent,
    CancellationToken,
    DefaultSubscription,
    DefaultTopicId,
    FunctionCall,
    MessageContext,
    MessageHandlerContext,
    SingleThreadedAgentRuntime,
    Subscription,
    SubscriptionInstantiationContext,
    TopicId,
    TypePrefixSubscription,
    TypeSubscription,
)
from agentchat.core.exceptions import CantHandleException
from tests.compat.parity.observation import attempt, outcome_of, show, warned_by


async def values():
    return [
        hash(AgentId("a", "k")) == hash(AgentId("a", "k")),
        AgentId("a", "k") == AgentId("a", "other"),
        AgentId("a", "k") != "a/k",
        {AgentId("a", "k"): 1}[AgentId("a", "k")],
        AgentId("a-b.c_1", "").key,
        str(AgentId("a", "k/l")),
        AgentType("a") == AgentType("a"),
        hash(AgentType("a")) == hash(AgentType("a")),
        str(AgentType("a")),
        attempt(lambda: setattr(AgentType("a"), "type", "b"))["raised"],
        attempt(lambda: setattr(TopicId("a", "b"), "type", "b"))["raised"],
        str(TopicId.from_str("a/b/c")),
        TopicId("a.b-c:d=e", "s").type,
        [field.name for field in fields(FunctionCall)],
        [field.name for field in fields(MessageContext)],
        is_dataclass(TopicId),
        sorted(AgentMetadata.__annotations__),
        repr(FunctionCall("1", "{}", "f")),
        repr(TopicId("a", "b")),
        repr(AgentType("a")),
        DefaultTopicId() == TopicId("default", "default"),
        repr(DefaultTopicId("t", "s")),
    ]


async def refused_names():
    names = ["", "a/b", "a b", "ä", "a:b", "a\n"]
    return [
        [attempt(lambda name=name: AgentId(name, "k").type) for name in names],
        [attempt(lambda name=name: TopicId(name, "k").type) for name in names],
    ]


async def contexts():
    holders = [AgentInstantiationContext, SubscriptionInstantiationContext, MessageHandlerContext]
    with SubscriptionInstantiationContext.populate_context(AgentType("t")):
        known = SubscriptionInstantiationContext.agent_type()
        subscription = DefaultSubscription()
    with MessageHandlerContext.populate_context(AgentId("a", "k")):
        topic = DefaultTopicId()
        running = str(MessageHandlerContext.agent_id())
    runtime = SingleThreadedAgentRuntime()
    with AgentInstantiationContext.populate_context((runtime, AgentId("a", "k"))):
        made = [
            AgentInstantiationContext.current_runtime() is runtime,
            str(AgentInstantiationContext.current_agent_id()),
            AgentInstantiationContext.is_in_factory_call(),
        ]
    return [
        [attempt(holder) for holder in holders],
        attempt(AgentInstantiationContext.current_runtime),
        attempt(AgentInstantiationContext.current_agent_id),
        AgentInstantiationContext.is_in_factory_call(),
        attempt(SubscriptionInstantiationContext.agent_type),
        attempt(MessageHandlerContext.agent_id),
        attempt(DefaultSubscription),
        [known, subscription.agent_type, subscription.topic_type, str(topic), running, made],
    ]


async def tokens():
    seen = []
    token = CancellationToken()
    token.add_callback(lambda: seen.append("first"))
    token.add_callback(lambda: seen.append("second"))
    future = asyncio.get_running_loop().create_future()
    same = token.link_future(future) is future
    before = token.is_cancelled()
    token.cancel()
    token.cancel()
    token.add_callback(lambda: seen.append("at once"))
    late = asyncio.get_running_loop().create_future()
    token.link_future(late)
    return [same, before, token.is_cancelled(), seen, future.cancelled(), late.cancelled()]


class Plain(BaseAgent):
    async def on_message_impl(self, message, ctx):
        return f"{message}:{ctx.sender}"


async def base_agents():
    agent = Plain("d")
    runtime, other = SingleThreadedAgentRuntime(), SingleThreadedAgentRuntime()
    unbound = [attempt(lambda: agent.id)["raised"], attempt(lambda: agent.runtime)["raised"]]
    await agent.bind_id_and_runtime(AgentId("a", "k"), runtime)
    await agent.bind_id_and_runtime(AgentId("a", "k"), runtime)
    return [
        unbound,
        agent.metadata,
        agent.type,
        await outcome_of(agent.bind_id_and_runtime(AgentId("a", "l"), runtime)),
        await outcome_of(agent.bind_id_and_runtime(AgentId("a", "k"), other)),
        attempt(lambda: Plain(7)),
        [await warned_by(agent.save_state()), await warned_by(agent.load_state({}))],
        await agent.close(),
        isinstance(runtime, AgentRuntime),
    ]


async def a_proxy():
    runtime = SingleThreadedAgentRuntime()
    await Plain.register(runtime, "plain", lambda: Plain("It is plain."))
    proxy = AgentProxy(AgentId("plain", "k"), runtime)
    runtime.start()
    seen = [
        str(proxy.id),
        await proxy.metadata,
        await proxy.send_message("hi", sender=AgentId("plain", "me")),
        await proxy.save_state(),
        await proxy.load_state({}),
    ]
    await runtime.stop()
    return seen


async def subscriptions():
    by_type, by_prefix = (
        TypeSubscription("t", "a", id="1"),
        TypePrefixSubscription("t", "a", id="1"),
    )
    topic = TopicId("t.x", "s")
    return [
        isinstance(by_type, Subscription),
        [by_type.id, by_type.topic_type, by_type.agent_type],
        [by_prefix.id, by_prefix.topic_type_prefix, by_prefix.agent_type],
        by_type == TypeSubscription("u", "b", id="1"),
        by_prefix == TypePrefixSubscription("t", "a"),
        by_type == by_prefix,
        str(by_prefix.map_to_agent(topic)),
        attempt(lambda: by_type.map_to_agent(topic)),
        attempt(lambda: by_prefix.map_to_agent(TopicId("x", "s"))),
        attempt(lambda: DefaultSubscription(agent_type="a").agent_type),
        issubclass(CantHandleException, Exception),
        TypeSubscription("t", AgentType("a")).agent_type,
    ]


async def main():
    await show(values, refused_names, contexts, tokens, base_agents, a_proxy, subscriptions)
