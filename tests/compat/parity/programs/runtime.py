"""The runtime of the core: sending, publishing, refusing."""

from dataclasses import dataclass

from agentchat.core import (
    AgentId,
    AgentType,
    ClosureAgent,
    DefaultInterventionHandler,
    DefaultTopicId,
    DropMessage,
    RoutedAgent,
    SingleThreadedAgentRuntime,
    TopicId,
    TypePrefixSubscription,
    TypeSubscription,
    default_subscription,
    event,
    message_handler,
    rpc,
)
from tests.compat.parity.observation import attempt, outcome_of, show


@dataclass
class Ask:
    text: str


@dataclass
class Tell:
    text: str


@default_subscription
class Answering(RoutedAgent):
    def __init__(self) -> None:
        super().__init__("answers")
        self.heard = []

    @rpc
    async def on_ask(self, message: Ask, ctx) -> str:
        if message.text == "fail":
            raise LookupError("not found")
        return f"{self.id}:{message.text}:{ctx.is_rpc}:{ctx.sender}"

    @event
    async def on_tell(self, message: Tell, ctx) -> None:
        self.heard.append(f"{message.text}:{ctx.topic_id}:{ctx.is_rpc}:{ctx.sender}")

    async def save_state(self):
        return {"heard": self.heard}

    async def load_state(self, state):
        self.heard = list(state["heard"])


async def running(**options):
    runtime = SingleThreadedAgentRuntime(**options)
    await Answering.register(runtime, "answering", Answering)
    runtime.start()
    return runtime


async def sending():
    runtime = await running()
    one = AgentId("answering", "one")
    seen = [
        await outcome_of(runtime.send_message(Ask("hi"), one)),
        await outcome_of(runtime.send_message(Ask("fail"), one)),
        await outcome_of(runtime.send_message(Ask("hi"), AgentId("nobody", "x"))),
        await outcome_of(runtime.send_message("text", one)),
    ]
    await runtime.stop()
    return seen


async def publishing():
    runtime = await running()
    for topic in (DefaultTopicId(), TopicId("default", "two"), TopicId("other", "two")):
        await runtime.publish_message(Tell("hear"), topic)
    await runtime.stop_when_idle()
    return await runtime.save_state()


async def states():
    runtime = await running()
    await runtime.load_state({"answering/three": {"heard": ["before"]}, "stranger/x": {}})
    await runtime.publish_message(Tell("now"), TopicId("default", "three"))
    await runtime.stop_when_idle()
    return await runtime.save_state()


async def refusals():
    runtime = await running()
    one = AgentId("answering", "one")
    seen = [
        attempt(runtime.start),
        await outcome_of(Answering.register(runtime, "answering", Answering)),
        await outcome_of(runtime.add_subscription(TypeSubscription("default", "answering"))),
        await outcome_of(runtime.remove_subscription("unknown")),
        await outcome_of(runtime.try_get_underlying_agent_instance(AgentId("x", "y"))),
        await outcome_of(runtime.try_get_underlying_agent_instance(one, ClosureAgent)),
    ]
    await runtime.stop()
    return [*seen, await outcome_of(runtime.stop())]


async def interventions():
    class Censor(DefaultInterventionHandler):
        async def on_send(self, message, *, message_context, recipient):
            return DropMessage if message.text == "secret" else Ask(message.text.upper())

        async def on_response(self, message, *, sender, recipient):
            return f"({message})"

    runtime = await running(intervention_handlers=[Censor()])
    one = AgentId("answering", "one")
    seen = [await outcome_of(runtime.send_message(Ask(text), one)) for text in ("hi", "secret")]
    await runtime.stop()
    return seen


async def names():
    return [
        str(AgentId("a", "k")),
        repr(AgentId("a", "k")),
        AgentId.from_str("a/b/c").key,
        attempt(lambda: AgentId("a b", "k")),
        attempt(lambda: AgentId.from_str("ab")),
        attempt(lambda: TopicId("a b", "s")),
        attempt(lambda: TopicId.from_str("ab")),
        str(TopicId("a:b", "s")),
        str(DefaultTopicId()),
        AgentId(AgentType("t"), "k") == AgentId("t", "k"),
        AgentId("a", "k") == "a/k",
    ]


async def subscriptions():
    by_type = TypeSubscription("news", "reader")
    by_prefix = TypePrefixSubscription("news", "reader")
    return [
        by_type.is_match(TopicId("news", "s")),
        by_type.is_match(TopicId("newspaper", "s")),
        by_prefix.is_match(TopicId("newspaper", "s")),
        str(by_type.map_to_agent(TopicId("news", "s"))),
        attempt(lambda: by_type.map_to_agent(TopicId("other", "s"))),
        attempt(lambda: by_prefix.map_to_agent(TopicId("other", "s"))),
        by_type == TypeSubscription("news", "reader"),
        by_type == TypeSubscription("news", "other"),
    ]


async def handlers_that_are_refused():
    def without_message():
        @message_handler
        async def handle(self, text: str, ctx) -> None: ...

    def without_return():
        @message_handler
        async def handle(self, message: Ask, ctx): ...

    async def of_text():
        class Texts(RoutedAgent):
            @message_handler
            async def on_text(self, message: str, ctx) -> None: ...

        await Texts.register(SingleThreadedAgentRuntime(), "texts", lambda: Texts("t"))

    return [
        attempt(without_message)["raised"],
        attempt(without_return)["raised"],
        (await outcome_of(of_text())) is None,
    ]


async def background_errors():
    class Broken(RoutedAgent):
        @event
        async def on_tell(self, message: Tell, ctx) -> None:
            raise ArithmeticError("broken")

    seen = []
    for ignoring in (True, False):
        runtime = SingleThreadedAgentRuntime(ignore_unhandled_exceptions=ignoring)
        await Broken.register(runtime, "broken", lambda: Broken("b"))
        await runtime.add_subscription(TypeSubscription("default", "broken"))
        runtime.start()
        await runtime.publish_message(Tell("x"), DefaultTopicId())
        seen.append(await outcome_of(runtime.stop_when_idle()))
    return seen


async def main():
    await show(
        sending,
        publishing,
        states,
        refusals,
        interventions,
        names,
        subscriptions,
        handlers_that_are_refused,
        background_errors,
    )
