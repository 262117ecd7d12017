import asyncio

import pytest

from agentchat.core import (
    AgentId,
    AgentInstantiationContext,
    AgentType,
    BaseAgent,
    MessageContext,
    SingleThreadedAgentRuntime,
)

ONE = AgentId("quiet", "one")


class Quiet(BaseAgent):
    def __init__(self) -> None:
        super().__init__("says nothing")

    async def on_message_impl(self, message: object, ctx: MessageContext) -> None: ...


class Other(Quiet):
    pass


async def test_an_agent_is_made_once_for_each_key():
    runtime = SingleThreadedAgentRuntime()
    await runtime.register_factory("quiet", Quiet)

    made = [
        await runtime.try_get_underlying_agent_instance(AgentId("quiet", key), Quiet)
        for key in ("one", "two", "one")
    ]

    assert made[0] is made[2] is not made[1]


async def test_two_who_ask_while_a_factory_waits_get_one_agent():
    async def slow() -> Quiet:
        await asyncio.sleep(0)
        return Quiet()

    runtime = SingleThreadedAgentRuntime()
    await runtime.register_factory("quiet", slow)

    first, second = await asyncio.gather(
        *(runtime.try_get_underlying_agent_instance(ONE, Quiet) for _ in range(2))
    )

    assert first is second


async def test_who_asks_while_a_factory_fails_tries_again():
    outcomes = [KeyError("first"), None]

    async def unreliable() -> Quiet:
        outcome = outcomes.pop(0)
        await asyncio.sleep(0)
        if outcome:
            raise outcome
        return Quiet()

    runtime = SingleThreadedAgentRuntime()
    await runtime.register_factory("quiet", unreliable)

    first, second = await asyncio.gather(
        *(runtime.get(ONE, lazy=False) for _ in range(2)), return_exceptions=True
    )

    assert (type(first), second) == (KeyError, ONE)


async def test_the_old_kind_of_factory_still_works():
    def factory(runtime, agent_id):
        assert AgentInstantiationContext.current_agent_id() == agent_id
        return Quiet()

    runtime = SingleThreadedAgentRuntime()
    with pytest.warns(UserWarning, match="two arguments are deprecated"):
        await runtime.register_factory("quiet", factory)

    assert await runtime.get(ONE, lazy=False) == ONE


async def test_a_factory_that_needs_other_arguments_is_refused():
    with pytest.raises(ValueError, match="must take 0 or 2 arguments"):
        await SingleThreadedAgentRuntime().register_factory("quiet", lambda name: Quiet())


async def test_a_type_is_taken_once():
    runtime = SingleThreadedAgentRuntime()
    assert await runtime.register_factory("quiet", Quiet) == AgentType("quiet")

    with pytest.raises(ValueError, match="already exists"):
        await runtime.register_factory(AgentType("quiet"), Quiet)


async def test_an_agent_of_another_class_than_expected_is_refused(caplog):
    runtime = SingleThreadedAgentRuntime()
    await runtime.register_factory("quiet", Quiet, expected_class=Other)

    with pytest.raises(ValueError, match="expected Other, got Quiet"):
        await runtime.get(ONE, lazy=False)
    assert "Error constructing agent quiet/one" in caplog.text


async def test_an_unregistered_type_has_no_agents():
    runtime = SingleThreadedAgentRuntime()

    assert await runtime.get("nobody") == AgentId("nobody", "default")
    with pytest.raises(LookupError, match="Agent with name nobody not found"):
        await runtime.get("nobody", lazy=False)


async def test_an_instance_lives_under_one_id():
    runtime, agent = SingleThreadedAgentRuntime(), Quiet()

    assert await runtime.register_agent_instance(agent, ONE) == ONE
    assert await runtime.try_get_underlying_agent_instance(ONE, Quiet) is agent
    with pytest.raises(ValueError, match="Agent with id quiet/one already exists"):
        await runtime.register_agent_instance(Quiet(), ONE)


async def test_instances_of_a_type_are_of_one_class():
    runtime = SingleThreadedAgentRuntime()
    await runtime.register_agent_instance(Quiet(), ONE)

    with pytest.raises(ValueError, match="must be the same object type"):
        await runtime.register_agent_instance(Other(), AgentId("quiet", "two"))


async def test_a_type_has_a_factory_or_instances_but_not_both():
    runtime = SingleThreadedAgentRuntime()
    await runtime.register_factory("quiet", Quiet)

    with pytest.raises(ValueError, match="cannot be registered to the same type"):
        await runtime.register_agent_instance(Quiet(), ONE)


async def test_an_instance_that_was_never_registered_is_not_made():
    runtime = SingleThreadedAgentRuntime()
    await runtime.register_agent_instance(Quiet(), ONE)

    with pytest.raises(RuntimeError, match="agent instance that was not registered"):
        await runtime.get(AgentId("quiet", "two"), lazy=False)


async def test_looking_at_an_agent_checks_its_class():
    runtime = SingleThreadedAgentRuntime()
    await runtime.register_factory("quiet", Quiet)

    with pytest.raises(TypeError, match=r"not of type Other\. It is of type Quiet"):
        await runtime.try_get_underlying_agent_instance(ONE, Other)
