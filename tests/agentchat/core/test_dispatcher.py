import asyncio
import gc
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import pytest

from agentchat.core import (
    AgentId,
    BaseAgent,
    CancellationToken,
    DefaultInterventionHandler,
    DropMessage,
    MessageContext,
    MessageHandlerContext,
    SingleThreadedAgentRuntime,
    TopicId,
    TypeSubscription,
)
from agentchat.core._world import SystemWorld, entered
from agentchat.core.exceptions import MessageDroppedException, UndeliverableException

ONE = AgentId("worker", "one")
WORK = TopicId("work", "one")


@dataclass
class Gate:
    """A message whose handler waits until somebody opens it."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    left: list[str] = field(default_factory=list)


class Worker(BaseAgent):
    """Raises exceptions, waits at gates, calls functions, and returns anything else."""

    def __init__(self) -> None:
        super().__init__("works")

    async def on_message_impl(self, message: Any, ctx: MessageContext) -> Any:
        if isinstance(message, BaseException):
            raise message
        if isinstance(message, Gate):
            message.entered.set()
            await message.opened.wait()
            message.left.append(str(self.id))
            return "opened"
        return await message(self, ctx) if callable(message) else message


async def runtime_of_workers(**options: Any) -> SingleThreadedAgentRuntime:
    runtime = SingleThreadedAgentRuntime(**options)
    await runtime.register_factory("worker", Worker)
    await runtime.add_subscription(TypeSubscription("work", "worker"))
    return runtime


async def test_messages_are_opened_in_the_order_they_came():
    order: list[int] = []
    runtime = await runtime_of_workers()

    def note(number: int):
        async def call(agent, ctx):
            order.append(number)

        return call

    for number in range(0, 10, 2):
        await runtime.publish_message(note(number), WORK)
        sent = asyncio.ensure_future(runtime.send_message(note(number + 1), ONE))
        await asyncio.sleep(0)
    runtime.start()
    await sent
    await runtime.stop_when_idle()

    assert order == list(range(10))


async def test_handlers_of_one_agent_run_side_by_side():
    runtime, first, second = await runtime_of_workers(), Gate(), Gate()
    runtime.start()
    waiting = [asyncio.ensure_future(runtime.send_message(gate, ONE)) for gate in (first, second)]
    await first.entered.wait()
    await second.entered.wait()

    second.opened.set()
    assert await waiting[1] == "opened"
    first.opened.set()
    assert await waiting[0] == "opened"
    await runtime.stop()


async def test_the_sender_gets_the_very_exception():
    runtime, error = await runtime_of_workers(), type("Odd", (BaseException,), {})()
    runtime.start()

    with pytest.raises(type(error)) as caught:
        await runtime.send_message(error, ONE)

    assert caught.value is error
    await runtime.stop()


async def test_a_cancelled_handler_cancels_who_waits():
    runtime = await runtime_of_workers()
    runtime.start()

    with pytest.raises(asyncio.CancelledError):
        await runtime.send_message(asyncio.CancelledError(), ONE)
    await runtime.stop()


async def test_a_token_ends_the_waiting():
    runtime, gate, token = await runtime_of_workers(), Gate(), CancellationToken()
    runtime.start()
    waiting = asyncio.ensure_future(runtime.send_message(gate, ONE, cancellation_token=token))
    await gate.entered.wait()

    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    gate.opened.set()
    await runtime.stop_when_idle()
    assert gate.left == ["worker/one"]


async def test_a_handler_may_end_the_waiting_by_the_token_it_is_given():
    async def give_up(agent, ctx):
        ctx.cancellation_token.cancel()
        await asyncio.sleep(0)
        return "too late"

    runtime = await runtime_of_workers()
    runtime.start()

    with pytest.raises(asyncio.CancelledError):
        await runtime.send_message(give_up, ONE)
    await runtime.stop_when_idle()


async def test_a_message_nobody_waits_for_any_more_is_not_delivered():
    runtime, gate, token = await runtime_of_workers(), Gate(), CancellationToken()
    waiting = asyncio.ensure_future(runtime.send_message(gate, ONE, cancellation_token=token))
    await asyncio.sleep(0)
    token.cancel()

    runtime.start()
    await runtime.stop_when_idle()

    assert (waiting.cancelled(), gate.entered.is_set()) == (True, False)


async def test_nobody_is_told_of_what_a_published_message_raised(caplog):
    runtime = await runtime_of_workers()
    runtime.start()
    await runtime.publish_message(KeyError("lost"), WORK)

    await runtime.stop_when_idle()

    assert "Error processing publish message for worker/one" in caplog.text


async def test_what_a_published_message_raised_is_kept_until_a_stop():
    runtime = await runtime_of_workers(ignore_unhandled_exceptions=False)
    runtime.start()
    await runtime.publish_message(KeyError("kept"), WORK)

    with pytest.raises(KeyError, match="kept"):
        await runtime.stop_when_idle()
    runtime.start()
    assert await runtime.send_message("fine again", ONE) == "fine again"
    await runtime.stop()


async def test_the_first_of_several_exceptions_is_kept():
    async def fail(agent, ctx):
        raise KeyError(agent.id.type)

    runtime = await runtime_of_workers(ignore_unhandled_exceptions=False)
    await runtime.register_factory("second", Worker)
    await runtime.add_subscription(TypeSubscription("work", "second"))
    runtime.start()
    await runtime.publish_message(fail, WORK)

    with pytest.raises(KeyError, match="worker"):
        await runtime.stop_when_idle()


async def test_a_runtime_that_an_exception_has_ended_leaves_nobody_waiting():
    runtime, gate = await runtime_of_workers(ignore_unhandled_exceptions=False), Gate()
    runtime.start()
    waiting = asyncio.ensure_future(runtime.send_message(gate, ONE))
    await gate.entered.wait()
    await runtime.publish_message(KeyError("the end"), WORK)
    for _ in range(5):
        await asyncio.sleep(0)

    with pytest.raises(UndeliverableException, match="The runtime stopped") as refused:
        await runtime.publish_message("too late", WORK)
    gate.opened.set()
    with pytest.raises(UndeliverableException, match="The runtime stopped"):
        await waiting
    assert repr(refused.value.__cause__) == "KeyError('the end')"
    with pytest.raises(KeyError, match="the end"):
        await runtime.stop()


async def test_a_cancelled_handler_of_a_published_message_is_no_background_exception():
    runtime = await runtime_of_workers(ignore_unhandled_exceptions=False)
    runtime.start()
    await runtime.publish_message(asyncio.CancelledError(), WORK)

    await runtime.stop_when_idle()

    assert runtime.unprocessed_messages_count == 0


async def test_a_stop_tells_who_waits_for_what_is_still_queued():
    runtime = await runtime_of_workers()
    runtime.start()
    waiting = asyncio.ensure_future(runtime.send_message("late", ONE))
    await asyncio.sleep(0)

    await runtime.stop()

    with pytest.raises(UndeliverableException, match="stopped before the message was delivered"):
        await waiting
    assert runtime.unprocessed_messages_count == 0


async def test_a_stop_does_not_wait_for_handlers():
    runtime, gate = await runtime_of_workers(), Gate()
    runtime.start()
    await runtime.publish_message(gate, WORK)
    await gate.entered.wait()

    await runtime.stop()

    assert gate.left == []
    gate.opened.set()
    runtime.start()
    await runtime.stop_when_idle()
    assert gate.left == ["worker/one"]


async def test_idle_means_that_all_handlers_have_ended():
    runtime, gate = await runtime_of_workers(), Gate()
    runtime.start()
    await runtime.publish_message(gate, WORK)
    stopping = asyncio.ensure_future(runtime.stop_when_idle())
    await gate.entered.wait()

    assert not stopping.done()
    gate.opened.set()
    await stopping
    assert gate.left == ["worker/one"]


async def test_a_handler_cannot_wait_until_all_handlers_have_ended():
    runtime = await runtime_of_workers()
    runtime.start()

    async def call(agent, ctx):
        await runtime.stop_when_idle()

    with pytest.raises(RuntimeError, match="cannot wait until all handlers have ended"):
        await runtime.send_message(call, ONE)
    await runtime.stop()


async def test_stop_when_looks_until_the_condition_is_true():
    runtime, looks = await runtime_of_workers(), []
    runtime.start()

    class Patient(SystemWorld):
        async def sleep(self, seconds: float) -> None:
            looks.append(seconds)

    with entered(Patient()):
        await runtime.stop_when(lambda: len(looks) == 3)

    assert looks == [1.0, 1.0, 1.0]


async def test_starting_and_stopping_are_checked():
    runtime = await runtime_of_workers()
    for stop in (runtime.stop, runtime.stop_when_idle, lambda: runtime.stop_when(lambda: True)):
        with pytest.raises(RuntimeError, match="Runtime is not started"):
            await stop()

    runtime.start()
    with pytest.raises(RuntimeError, match="Runtime is already started"):
        runtime.start()
    await asyncio.gather(runtime.stop(), runtime.stop_when_idle())


async def test_a_runtime_can_be_driven_by_hand():
    runtime = await runtime_of_workers()
    waiting = asyncio.ensure_future(runtime.send_message("hi", ONE))
    await asyncio.sleep(0)
    counts = [runtime.unprocessed_messages_count]

    await runtime.process_next()
    counts.append(runtime.unprocessed_messages_count)
    await runtime.process_next()

    assert (await waiting, counts) == ("hi", [1, 1])


async def test_a_handler_runs_in_the_context_of_who_sent():
    city: ContextVar[str] = ContextVar("city", default="nowhere")

    async def where(agent, ctx):
        return city.get(), MessageHandlerContext.agent_id()

    runtime = await runtime_of_workers()
    runtime.start()
    city.set("Paris")

    assert await runtime.send_message(where, ONE) == ("Paris", ONE)
    await runtime.stop()


def test_a_runtime_serves_one_event_loop_after_another():
    runtime = asyncio.run(runtime_of_workers())

    async def begin_and_leave() -> None:
        runtime.start()
        await runtime.publish_message(Gate(), WORK)
        await asyncio.sleep(0)

    async def ask() -> str:
        runtime.start()
        answer = await runtime.send_message("hi", ONE)
        await runtime.stop_when_idle()
        return answer

    asyncio.run(begin_and_leave())
    assert asyncio.run(ask()) == "hi"


def test_handlers_that_are_collected_with_their_loop_disturb_nobody(caplog):
    async def begin_and_leave() -> None:
        runtime = await runtime_of_workers()
        runtime.start()
        await runtime.publish_message(Gate(), WORK)
        asyncio.ensure_future(runtime.send_message(Gate(), ONE))  # noqa: RUF006 - left behind
        for _ in range(5):
            await asyncio.sleep(0)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(begin_and_leave())
    loop.close()
    del loop
    gc.collect()

    assert [record.name for record in caplog.records if record.name != "asyncio"] == []


async def test_a_stop_while_another_waits_for_idleness_ends_both():
    runtime, gate = await runtime_of_workers(), Gate()
    runtime.start()
    await runtime.publish_message(gate, WORK)
    waiting = asyncio.ensure_future(runtime.stop_when_idle())
    await gate.entered.wait()

    await runtime.stop()

    assert await waiting is None
    gate.opened.set()


async def test_a_subscription_that_raises_does_not_end_the_runtime(caplog):
    class Broken(TypeSubscription):
        def map_to_agent(self, topic_id):
            raise OSError("no map")

    runtime = await runtime_of_workers()
    await runtime.add_subscription(Broken("broken", "worker"))
    runtime.start()
    await runtime.publish_message("hi", TopicId("broken", "one"))

    assert await runtime.send_message("still here", ONE) == "still here"
    await runtime.stop_when_idle()
    assert "Error asking the subscriptions to broken/one" in caplog.text


class Rules(DefaultInterventionHandler):
    """Does to each kind of message what it is told."""

    def __init__(self, **outcomes: Any) -> None:
        self.outcomes = outcomes

    def decide(self, kind: str, message: Any) -> Any:
        outcome = self.outcomes.get(kind, message)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def on_send(self, message, *, message_context, recipient):
        return self.decide("send", message)

    async def on_publish(self, message, *, message_context):
        return self.decide("publish", message)

    async def on_response(self, message, *, sender, recipient):
        return self.decide("response", message)


@pytest.mark.parametrize("kind", ["send", "response"])
@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (DropMessage, MessageDroppedException),
        (ValueError("no"), ValueError),
        (asyncio.CancelledError(), asyncio.CancelledError),
    ],
)
async def test_who_waits_is_told_what_an_intervention_handler_did(kind, outcome, expected):
    runtime = await runtime_of_workers(intervention_handlers=[Rules(**{kind: outcome})])
    runtime.start()

    with pytest.raises(expected) as caught:
        await runtime.send_message("hi", ONE)
    await runtime.stop_when_idle()

    assert caught.type is expected


@pytest.mark.parametrize("outcome", [DropMessage, ValueError("no"), asyncio.CancelledError()])
async def test_a_published_message_may_vanish_in_an_intervention_handler(outcome):
    runtime, gate = await runtime_of_workers(intervention_handlers=[Rules(publish=outcome)]), Gate()
    runtime.start()
    await runtime.publish_message(gate, WORK)

    await runtime.stop_when_idle()

    assert not gate.entered.is_set()


async def test_intervention_handlers_change_messages_one_after_another():
    handlers = [Rules(send="changed"), Rules(response="replaced"), Rules()]
    runtime = await runtime_of_workers(intervention_handlers=handlers)
    runtime.start()

    assert await runtime.send_message("hi", ONE) == "replaced"
    await runtime.stop()


async def test_closing_stops_cancels_and_closes_each_agent():
    closed = []

    class Closing(Worker):
        async def close(self) -> None:
            closed.append(self.id.key)
            if self.id.key == "bad":
                raise OSError("cannot close")

    runtime, gate = SingleThreadedAgentRuntime(), Gate()
    await runtime.register_factory("worker", Closing)
    runtime.start()
    for key in ("bad", "one"):
        await runtime.get("worker", key, lazy=False)
    waiting = asyncio.ensure_future(runtime.send_message(gate, ONE))
    await gate.entered.wait()

    with pytest.raises(OSError, match="cannot close"):
        await runtime.close()

    assert (closed, gate.left) == (["bad", "one"], [])
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_closing_a_runtime_that_never_ran_tells_who_waits():
    runtime = await runtime_of_workers()
    waiting = asyncio.ensure_future(runtime.send_message("hi", ONE))
    await asyncio.sleep(0)

    await runtime.close()
    await runtime.close()

    with pytest.raises(UndeliverableException, match="stopped before"):
        await waiting
