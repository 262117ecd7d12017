import pytest

from agentchat.core import (
    AgentId,
    AgentInstantiationContext,
    AgentType,
    MessageHandlerContext,
    SingleThreadedAgentRuntime,
    SubscriptionInstantiationContext,
)


@pytest.mark.parametrize(
    "holder",
    [AgentInstantiationContext, SubscriptionInstantiationContext, MessageHandlerContext],
)
def test_a_holder_is_never_constructed(holder: type):
    with pytest.raises(RuntimeError, match=f"{holder.__name__} cannot be instantiated"):
        holder()


@pytest.mark.parametrize(
    "reader",
    [
        AgentInstantiationContext.current_runtime,
        AgentInstantiationContext.current_agent_id,
        SubscriptionInstantiationContext.agent_type,
        MessageHandlerContext.agent_id,
    ],
)
def test_a_reader_raises_outside_its_context(reader):
    with pytest.raises(RuntimeError, match="must be called within"):
        reader()


def test_a_factory_knows_its_runtime_and_id():
    runtime, agent_id = SingleThreadedAgentRuntime(), AgentId("writer", "one")

    with AgentInstantiationContext.populate_context((runtime, agent_id)):
        inside = (
            AgentInstantiationContext.is_in_factory_call(),
            AgentInstantiationContext.current_runtime(),
            AgentInstantiationContext.current_agent_id(),
        )

    assert inside == (True, runtime, agent_id)
    assert not AgentInstantiationContext.is_in_factory_call()


def test_contexts_nest():
    outer, inner = AgentType("outer"), AgentType("inner")

    with SubscriptionInstantiationContext.populate_context(outer):
        with SubscriptionInstantiationContext.populate_context(inner):
            within = SubscriptionInstantiationContext.agent_type()
        after = SubscriptionInstantiationContext.agent_type()

    assert (within, after) == (inner, outer)


def test_a_handler_knows_its_agent():
    agent_id = AgentId("writer", "one")

    with MessageHandlerContext.populate_context(agent_id):
        assert MessageHandlerContext.agent_id() is agent_id
