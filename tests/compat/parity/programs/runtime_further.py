"""Agents of a runtime: how they are made, found, stopped, saved; and messages that are changed."""

import asyncio
from dataclasses import dataclass

from agentchat.core import (
    AgentId,
    BaseAgent,
    CancellationToken,
    DefaultInterventionHandler,
    DefaultTopicId,
    DropMessage,
    SingleThreadedAgentRuntime,
    TypeSubscription,
)
from agentchat.core.exceptions import (
    CantHandleException,
    MessageDroppedException,
    NotAccessibleError,
    UndeliverableException,
)
from tests.compat.parity.observation import attempt, outcome_of, show


@dataclass
class Note:
    text: str


class Keeper(BaseAgent):
    def __init__(self, description="keeps"):
        super().__init__(description)
        self.heard = []
        self.closed = False

    async def on_message_impl(self, message, ctx):
        self.heard.append(f"{message.text} {ctx.is_rpc} {ctx.topic_id} {ctx.sender}")
        if message.text == "wait":
            await asyncio.sleep(3)
        return message.text

    async def save_state(self):
        return {"heard": list(self.heard)}

    async def load_state(self, state):
        self.heard = list(state["heard"])

    async def close(self):
        self.closed = True


class Other(BaseAgent):
    async def on_message_impl(self, message, ctx): ...


async def factories():
    runtime = SingleThreadedAgentRuntime()

    async def later():
        return Keeper("later")

    kind = await runtime.register_factory("keeper", Keeper, expected_class=Keeper)
    await runtime.register_factory("later", later)
    await runtime.register_factory("wrong", lambda: Other("d"), expected_class=Keeper)
    await runtime.register_factory("broken", lambda: 1 / 0)
    found = {
        name: await outcome_of(runtime.agent_metadata(AgentId(name, "k")))
        for name in ("keeper", "later", "wrong", "broken", "nobody")
    }
    return [
        kind.type,
        found,
        await outcome_of(runtime.register_factory("keeper", Keeper)),
    ]


async def finding():
    runtime = SingleThreadedAgentRuntime()
    kind = await runtime.register_factory("keeper", Keeper)
    lazy = [await runtime.get("keeper"), await runtime.get(kind, "k"), await runtime.get("no")]
    unmade = await runtime.save_state()
    made = await runtime.get(AgentId("keeper", "made"), lazy=False)
    return [
        [str(each) for each in lazy],
        unmade,
        str(made),
        await runtime.save_state(),
        await outcome_of(runtime.get("no", lazy=False)),
        type(await runtime.try_get_underlying_agent_instance(made, Keeper)).__name__,
        await outcome_of(runtime.try_get_underlying_agent_instance(made, Other)),
        (await outcome_of(runtime.try_get_underlying_agent_instance(AgentId("no", "k"))))["raised"],
    ]


async def instances():
    runtime = SingleThreadedAgentRuntime()
    await runtime.register_factory("made", Keeper)
    first = AgentId("kept", "one")
    keeper = Keeper()
    return [
        str(await runtime.register_agent_instance(keeper, first)),
        await outcome_of(runtime.register_agent_instance(keeper, first)),
        str(await outcome_of(runtime.register_agent_instance(Keeper(), AgentId("kept", "two")))),
        await outcome_of(runtime.register_agent_instance(Other("d"), AgentId("kept", "three"))),
        await outcome_of(runtime.register_agent_instance(Keeper(), AgentId("made", "one"))),
        await outcome_of(runtime.register_factory("kept", Keeper)),
        await outcome_of(runtime.agent_metadata(AgentId("kept", "nobody"))),
        await runtime.try_get_underlying_agent_instance(first) is keeper,
    ]


async def running(**options):
    runtime = SingleThreadedAgentRuntime(**options)
    await Keeper.register(runtime, "keeper", Keeper)
    runtime.start()
    return runtime


KEEPER = AgentId("keeper", "k")


async def stopping():
    runtime = SingleThreadedAgentRuntime()
    never = [
        await outcome_of(runtime.stop()),
        await outcome_of(runtime.stop_when_idle()),
        await outcome_of(runtime.stop_when(lambda: True)),
        await outcome_of(runtime.close()),
    ]
    runtime = await running()
    twice = attempt(runtime.start)
    await runtime.stop()
    again = await outcome_of(runtime.stop())
    runtime.start()
    answer = await runtime.send_message(Note("again"), KEEPER)
    await runtime.stop_when(lambda: True)
    runtime.start()
    keeper = await runtime.try_get_underlying_agent_instance(KEEPER, Keeper)
    await runtime.close()
    return [never, twice, again, answer, keeper.closed]


async def step_by_step():
    runtime = SingleThreadedAgentRuntime()
    await Keeper.register(runtime, "keeper", Keeper)
    await runtime.add_subscription(TypeSubscription("default", "keeper"))
    counts = [runtime.unprocessed_messages_count]
    await runtime.publish_message(Note("a"), DefaultTopicId())
    await runtime.publish_message(Note("b"), DefaultTopicId())
    counts.append(runtime.unprocessed_messages_count)
    await runtime.process_next()
    counts.append(runtime.unprocessed_messages_count)
    await runtime.process_next()
    counts.append(runtime.unprocessed_messages_count)
    for _ in range(5):
        await asyncio.sleep(0)
    return [counts, await runtime.save_state()]


async def cancelling():
    runtime = await running()
    token = CancellationToken()
    waiting = asyncio.ensure_future(
        runtime.send_message(Note("wait"), KEEPER, cancellation_token=token)
    )
    await asyncio.sleep(0.01)
    token.cancel()
    seen = await outcome_of(waiting)
    await runtime.stop()
    return seen


async def the_state_of_one_agent():
    runtime = await running()
    await runtime.send_message(Note("a"), KEEPER, sender=AgentId("keeper", "me"), message_id="1")
    state = await runtime.agent_save_state(KEEPER)
    other = AgentId("keeper", "other")
    await runtime.agent_load_state(other, state)
    seen = [state, await runtime.agent_save_state(other), await runtime.save_state()]
    await runtime.stop()
    return seen


async def one_message_for_two_subscriptions():
    runtime = await running()
    for topic in ("default", "default"):
        await outcome_of(runtime.add_subscription(TypeSubscription(topic, "keeper", id=None)))
    first, second = TypeSubscription("x", "keeper"), TypeSubscription("y", "keeper")
    await runtime.add_subscription(first)
    await runtime.add_subscription(second)
    await runtime.remove_subscription(first.id)
    for topic in ("default", "x", "y"):
        await runtime.publish_message(Note("a"), DefaultTopicId(topic), sender=None)
    # A sender does not hear itself.
    await runtime.publish_message(
        Note("mine"), DefaultTopicId("y"), sender=AgentId("keeper", "default")
    )
    await runtime.stop_when_idle()
    removed = await outcome_of(runtime.remove_subscription(first.id))
    return [await runtime.save_state(), removed]


class Censor(DefaultInterventionHandler):
    async def on_send(self, message, *, message_context, recipient):
        if message.text == "drop":
            return DropMessage
        if message.text == "drop one":
            return DropMessage()
        if message.text == "raise":
            raise LookupError("refused")
        return message if message.text != "none" else None

    async def on_publish(self, message, *, message_context):
        if message.text == "raise":
            raise LookupError("refused")
        return DropMessage if message.text == "drop" else Note(message.text.upper())

    async def on_response(self, message, *, sender, recipient):
        if message == "secret":
            return DropMessage
        if message == "bad":
            raise LookupError("bad response")
        return message


async def censored_calls():
    runtime = await running(intervention_handlers=[Censor()])
    seen = [
        await outcome_of(runtime.send_message(Note(text), KEEPER))
        for text in ("ok", "drop", "drop one", "raise", "secret", "bad")
    ]
    await runtime.stop()
    return seen


async def censored_events():
    runtime = await running(intervention_handlers=[Censor()])
    await runtime.add_subscription(TypeSubscription("default", "keeper"))
    for text in ("a", "drop", "raise", "b"):
        await runtime.publish_message(Note(text), DefaultTopicId())
    for _ in range(20):
        await asyncio.sleep(0.001)
    seen = await runtime.save_state()
    await runtime.stop()
    return seen


async def errors():
    return [
        [each.__name__, each.__bases__[0].__name__]
        for each in (
            CantHandleException,
            UndeliverableException,
            MessageDroppedException,
            NotAccessibleError,
        )
    ]


async def main():
    await show(
        factories,
        finding,
        instances,
        stopping,
        step_by_step,
        cancelling,
        the_state_of_one_agent,
        one_message_for_two_subscriptions,
        censored_calls,
        censored_events,
        errors,
    )
