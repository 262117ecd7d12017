from typing import Any

import pytest

from agentchat.core import (
    AgentId,
    ClosureAgent,
    ClosureContext,
    DefaultSubscription,
    DefaultTopicId,
    MessageContext,
    SingleThreadedAgentRuntime,
    TopicId,
)
from agentchat.core.exceptions import CantHandleException

ONE = AgentId("closure", "one")


async def answer(agent: ClosureContext, message: int, ctx: MessageContext) -> str:
    return f"{agent.id} got {message}"


async def registered(closure: Any, **options: Any) -> SingleThreadedAgentRuntime:
    runtime = SingleThreadedAgentRuntime()
    await ClosureAgent.register_closure(runtime, "closure", closure, **options)
    runtime.start()
    return runtime


async def test_a_closure_answers_as_an_agent():
    runtime = await registered(answer, description="counts")

    assert await runtime.send_message(1, ONE) == "closure/one got 1"
    await runtime.stop()
    metadata = await runtime.agent_metadata(ONE)
    assert metadata == {"type": "closure", "key": "one", "description": "counts"}


async def test_another_class_of_message_is_dropped_with_a_warning():
    runtime = await registered(answer)

    with pytest.warns(UserWarning, match="Set unknown_type_policy to 'error'"):
        assert await runtime.send_message("text", ONE) is None
    await runtime.stop()


async def test_another_class_of_message_may_be_an_error():
    runtime = await registered(answer, unknown_type_policy="error")

    with pytest.raises(CantHandleException, match="not in target types"):
        await runtime.send_message("text", ONE)
    await runtime.stop()


async def test_another_class_of_message_may_be_taken_all_the_same():
    runtime = await registered(answer, unknown_type_policy="ignore")

    assert await runtime.send_message("text", ONE) == "closure/one got text"
    await runtime.stop()


async def test_a_closure_collects_what_others_publish():
    collected = []

    async def collect(agent: ClosureContext, message: Any, ctx: MessageContext) -> None:
        collected.append((message, ctx.topic_id))

    runtime = await registered(collect, subscriptions=lambda: [DefaultSubscription()])
    await runtime.publish_message("result", DefaultTopicId())
    await runtime.publish_message("direct", TopicId("closure:", "one"))
    await runtime.stop_when_idle()

    topics = [DefaultTopicId(), TopicId("closure:", "one")]
    assert collected == list(zip(["result", "direct"], topics, strict=True))


async def test_a_closure_speaks_through_its_context():
    async def ask(agent: ClosureContext, message: int, ctx: MessageContext) -> str:
        return await agent.send_message(message + 1, AgentId("other", "one"))

    runtime = await registered(ask)
    await ClosureAgent.register_closure(runtime, "other", answer)

    assert await runtime.send_message(1, ONE) == "other/one got 2"
    await runtime.stop()


async def test_a_closure_keeps_no_state():
    runtime = await registered(answer)

    await runtime.agent_load_state(ONE, {"any": "thing"})

    assert await runtime.agent_save_state(ONE) == {}
    await runtime.stop()


async def test_a_closure_has_three_parameters_with_annotations():
    async def two(agent: ClosureContext, message: int) -> None: ...
    async def bare(agent, message, ctx) -> None: ...

    with pytest.raises(AssertionError, match="Closure must have 3 arguments"):
        await registered(two)
    with pytest.raises(AssertionError, match="message parameter not found"):
        await registered(bare)


def test_a_closure_agent_is_only_made_by_a_runtime():
    with pytest.raises(RuntimeError, match="must be instantiated within the context"):
        ClosureAgent("counts", answer)
