"""Which handler of an agent gets a message, and what is refused."""

from dataclasses import dataclass
from typing import Any, Optional, Union

from agentchat.core import (
    AgentId,
    ClosureAgent,
    ClosureContext,
    DefaultSubscription,
    DefaultTopicId,
    MessageContext,
    RoutedAgent,
    SingleThreadedAgentRuntime,
    default_subscription,
    event,
    message_handler,
    rpc,
    type_subscription,
)
from agentchat.core.exceptions import CantHandleException
from tests.compat.parity.observation import attempt, outcome_of, show


@dataclass
class Ask:
    text: str


@dataclass
class AskMore(Ask):
    more: str = ""


@dataclass
class Tell:
    text: str


async def asked(agent_class, *messages, publish=False):
    runtime = SingleThreadedAgentRuntime()
    await agent_class.register(runtime, "agent", lambda: agent_class("d"))
    if publish:
        await runtime.add_subscription(DefaultSubscription(agent_type="agent"))
    runtime.start()
    agent_id = AgentId("agent", "default")
    seen = []
    for message in messages:
        if publish:
            await runtime.publish_message(message, DefaultTopicId())
        else:
            seen.append(await outcome_of(runtime.send_message(message, agent_id)))
    await runtime.stop_when_idle()
    agent = await runtime.try_get_underlying_agent_instance(agent_id, agent_class)
    return [seen, getattr(agent, "heard", None)]


class Many(RoutedAgent):
    @message_handler(match=lambda message, ctx: message.text.startswith("b"))
    async def b_handles(self, message: Ask, ctx: MessageContext) -> str:
        return "b"

    @message_handler(match=lambda message, ctx: message.text.startswith("a"))
    async def a_handles(self, message: Ask, ctx: MessageContext) -> str:
        return "a"

    @message_handler
    async def z_handles(self, message: Ask, ctx: MessageContext) -> str:
        return "z"

    @message_handler
    async def y_handles(self, message: Ask | Tell, ctx: MessageContext) -> str:
        return f"y of {type(message).__name__}"


async def the_first_that_matches():
    return await asked(Many, Ask("a"), Ask("b"), Ask("c"), Tell("t"), AskMore("a"))


class Kinds(RoutedAgent):
    def __init__(self, description):
        super().__init__(description)
        self.heard = []

    @event
    async def on_event(self, message: Tell, ctx: MessageContext) -> None:
        self.heard.append(f"event {ctx.is_rpc}")

    @rpc
    async def on_rpc(self, message: Tell, ctx: MessageContext) -> str:
        self.heard.append(f"rpc {ctx.is_rpc}")
        return "answer"


async def events_and_calls():
    return [await asked(Kinds, Tell("t")), await asked(Kinds, Tell("t"), publish=True)]


class WrongReturns(RoutedAgent):
    @message_handler
    async def strictly(self, message: Ask, ctx: MessageContext) -> str:
        return 7

    @message_handler(strict=False)
    async def loosely(self, message: Tell, ctx: MessageContext) -> str:
        return 7


async def what_is_returned():
    return await asked(WrongReturns, Ask("a"), Tell("t"))


class Unions(RoutedAgent):
    @message_handler
    async def handle(self, message: Union[Ask, Tell], ctx: MessageContext) -> Optional[str]:  # noqa: UP007, UP045
        return message.text or None


async def unions():
    return await asked(Unions, Ask("a"), Tell(""))


class Anything(RoutedAgent):
    @message_handler
    async def handle(self, message: Ask, ctx: MessageContext) -> Any:
        return {"any": message.text}


async def any_return():
    return await asked(Anything, Ask("a"))


class Unhandled(RoutedAgent):
    heard = None

    async def on_unhandled_message(self, message, ctx):
        self.heard = f"{message} {ctx.is_rpc}"


async def unhandled_messages():
    return [await asked(Unhandled, "text"), await asked(Many, "text", 7)]


async def attributes_of_a_handler():
    handler, an_event, a_call = Many.y_handles, Kinds.on_event, Kinds.on_rpc
    return [
        [each.__name__ for each in handler.target_types],
        [each.__name__ for each in handler.produces_types],
        [each.is_message_handler for each in (handler, an_event, a_call)],
        [callable(each.router) for each in (handler, an_event, a_call)],
        handler.__name__,
    ]


async def handlers_that_are_refused():
    def annotated(**annotations):
        async def handle(self, message, ctx): ...

        handle.__annotations__ = annotations
        return handle

    good = {"message": Ask, "ctx": MessageContext, "return": None}
    return [
        attempt(lambda: message_handler(annotated(**{**good, "message": "Nowhere"})))["raised"],
        attempt(lambda: event(annotated(**{**good, "return": str})))["raised"]
        if isinstance(attempt(lambda: event(annotated(**{**good, "return": str}))), dict)
        else "accepted",
        attempt(lambda: rpc(annotated(message=Ask)))["raised"],
    ]


@type_subscription("news")
@default_subscription
class Subscribed(RoutedAgent):
    def __init__(self, description="d"):
        super().__init__(description)
        self.heard = []

    @event
    async def on_tell(self, message: Tell, ctx: MessageContext) -> None:
        self.heard.append(str(ctx.topic_id))


class NotSubscribed(Subscribed):
    pass


async def subscriptions_of_a_class():
    seen = []
    for agent_class in (Subscribed, NotSubscribed):
        runtime = SingleThreadedAgentRuntime()
        await agent_class.register(runtime, "reader", agent_class)
        runtime.start()
        for topic in (DefaultTopicId(), DefaultTopicId("news"), DefaultTopicId("reader:x")):
            await runtime.publish_message(Tell("t"), topic)
        await runtime.stop_when_idle()
        agent = await runtime.try_get_underlying_agent_instance(AgentId("reader", "default"))
        seen.append(agent.heard)
    return seen


async def an_instance():
    runtime = SingleThreadedAgentRuntime()
    agent = Many("d")
    registered = await agent.register_instance(runtime, AgentId("many", "one"))
    again = await outcome_of(Many("d").register_instance(runtime, AgentId("many", "one")))
    second = await outcome_of(Many("d").register_instance(runtime, AgentId("many", "two")))
    other = await outcome_of(Kinds("d").register_instance(runtime, AgentId("many", "three")))
    runtime.start()
    answers = [
        await outcome_of(runtime.send_message(Ask("a"), AgentId("many", key)))
        for key in ("one", "nobody")
    ]
    await runtime.stop()
    return [str(registered), again, str(second), other, answers]


async def closures():
    heard = []

    async def note(context: ClosureContext, message: Tell, ctx: MessageContext) -> None:
        heard.append(f"{context.id} {message.text} {ctx.topic_id}")

    async def answer(context: ClosureContext, message: Ask, ctx: MessageContext) -> str:
        return message.text.upper()

    runtime = SingleThreadedAgentRuntime()
    subscribed = [DefaultSubscription(agent_type="note")]
    kind = await ClosureAgent.register_closure(
        runtime, "note", note, subscriptions=lambda: subscribed
    )
    for policy in ("warn", "error", "ignore"):
        await ClosureAgent.register_closure(
            runtime, f"answer_{policy}", answer, unknown_type_policy=policy, description=policy
        )
    runtime.start()
    await runtime.publish_message(Tell("t"), DefaultTopicId())
    asked_of = [
        [await outcome_of(runtime.send_message(message, AgentId(f"answer_{policy}", "k")))]
        for policy in ("warn", "error", "ignore")
        for message in (Ask("a"), Tell("t"))
    ]
    await runtime.stop_when_idle()
    described = await runtime.agent_metadata(AgentId("answer_warn", "k"))
    return [heard, kind.type, asked_of, described]


async def refused_closures():
    runtime = SingleThreadedAgentRuntime()

    async def two(context: ClosureContext, message: Tell) -> None: ...

    async def untold(context, message, ctx): ...

    async def noted(context: ClosureContext, message: Tell, ctx: MessageContext) -> None: ...

    return [
        (await outcome_of(ClosureAgent.register_closure(runtime, "two", two)))["raised"],
        (await outcome_of(ClosureAgent.register_closure(runtime, "untold", untold)))["raised"],
        attempt(lambda: ClosureAgent("d", noted))["raised"],
        issubclass(CantHandleException, Exception),
    ]


async def main():
    await show(
        the_first_that_matches,
        events_and_calls,
        what_is_returned,
        unions,
        any_return,
        unhandled_messages,
        attributes_of_a_handler,
        handlers_that_are_refused,
        subscriptions_of_a_class,
        an_instance,
        closures,
        refused_closures,
    )
