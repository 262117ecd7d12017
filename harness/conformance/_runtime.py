"""What every agent runtime promises."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from pydantic import BaseModel

from agentchat.core import (
    AgentId,
    AgentRuntime,
    BaseAgent,
    CancellationToken,
    MessageContext,
    TopicId,
    TypeSubscription,
    try_get_known_serializers_for_type,
)
from harness.conformance._promises import orderly, promise, raised_by, through_json


class _Letter(BaseModel):
    """What is sent here; it may cross a wire."""

    text: str


class _Failure(Exception):
    """What a handler raises."""


class _Clerk(BaseAgent):
    """Keeps the letters it gets, and answers with the number of them."""

    def __init__(self) -> None:
        super().__init__("Keeps letters.")
        self.texts: list[str] = []
        self.contexts: list[MessageContext] = []
        self.stays = asyncio.Event()
        self.gave_up = asyncio.Event()

    async def on_message_impl(self, message: _Letter, ctx: MessageContext) -> _Letter:
        self.texts.append(message.text)
        self.contexts.append(ctx)
        if message.text == "fail":
            raise _Failure(message.text)
        if message.text == "stay":
            await self._stay(ctx)
        return _Letter(text=str(len(self.texts)))

    async def _stay(self, ctx: MessageContext) -> None:
        over = asyncio.Event()
        self.stays.set()
        ctx.cancellation_token.add_callback(over.set)
        await over.wait()
        self.gave_up.set()

    async def save_state(self) -> Mapping[str, Any]:
        return {"texts": self.texts}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        self.texts = list(state["texts"])


class _Office:
    """A runtime with clerks of two types."""

    def __init__(self, runtime: AgentRuntime) -> None:
        self.runtime = runtime
        self.hired: Counter[str] = Counter()

    async def open(self) -> None:
        self.runtime.add_message_serializer(try_get_known_serializers_for_type(_Letter))
        for kind in ("clerk", "deputy"):
            await self.runtime.register_factory(kind, self._hiring(kind), expected_class=_Clerk)
            await self.runtime.add_subscription(TypeSubscription("news", kind, id=kind))

    def _hiring(self, kind: str) -> Callable[[], Awaitable[_Clerk]]:
        async def hire() -> _Clerk:
            self.hired[kind] += 1
            # Whoever asks meanwhile must not get a second one.
            await asyncio.sleep(0)
            return _Clerk()

        return hire

    async def clerk(self, kind: str = "clerk", key: str = "one") -> _Clerk:
        return await self.runtime.try_get_underlying_agent_instance(AgentId(kind, key), type=_Clerk)

    async def send(self, text: str, **options: Any) -> Any:
        return await self.runtime.send_message(
            _Letter(text=text), AgentId("clerk", "one"), **options
        )

    async def publish(self, text: str, **options: Any) -> None:
        await self.runtime.publish_message(_Letter(text=text), TopicId("news", "one"), **options)


async def check_runtime(make: Callable[[], AbstractAsyncContextManager[AgentRuntime]]) -> None:
    """Checks what every agent runtime promises, with agents of its own.

    Args:
        make: A block in which a fresh runtime runs.

    Raises:
        AssertionError: A promise was broken; the message is that promise.
    """
    for check in _CHECKS:
        async with orderly("A runtime"), make() as runtime:
            office = _Office(runtime)
            await office.open()
            await check(office)


async def _carries_questions_and_answers(office: _Office) -> None:
    sender = AgentId("deputy", "two")
    answer = await office.send("hello", sender=sender, message_id="letter-1")
    promise("The sender gets what the handler returned", answer == _Letter(text="1"), answer)
    (context,) = (await office.clerk()).contexts
    promise("A direct message is an RPC, and has no topic", context.is_rpc and not context.topic_id)
    promise("A handler is told the sender", context.sender == sender, context.sender)
    promise("A handler is told the message's id", context.message_id == "letter-1")


async def _carries_failures(office: _Office) -> None:
    error = await raised_by(office.send("fail"))
    promise("The sender gets what the handler raised", isinstance(error, _Failure), error)
    stranger = office.runtime.send_message(_Letter(text="hello"), AgentId("stranger", "one"))
    error = await raised_by(stranger)
    promise("Who writes to an unknown type of agent is told", isinstance(error, Exception), error)
    promise("A failure leaves the runtime running", await office.send("hello") == _Letter(text="2"))


async def _publishes_to_all_who_listen(office: _Office) -> None:
    await office.publish("hello", sender=AgentId("deputy", "one"))
    await office.runtime.publish_message(_Letter(text="lost"), TopicId("silence", "one"))
    # Behind it, all that was published before has been heard.
    await office.send("over")
    clerk = await office.clerk()
    promise(
        "Who listens to a topic hears each message once",
        clerk.texts == ["hello", "over"],
        clerk.texts,
    )
    promise("A publisher does not hear itself", not (await office.clerk("deputy")).texts)
    context = clerk.contexts[0]
    promise(
        "A published message is no RPC, and its topic is told",
        not context.is_rpc and context.topic_id == TopicId("news", "one"),
        context,
    )
    await office.runtime.remove_subscription("clerk")
    await office.publish("unheard")
    await office.send("over")
    promise("Without its subscription an agent hears nothing more", "unheard" not in clerk.texts)
    heard = (await office.clerk("deputy")).texts
    promise("The others hear it still", heard == ["unheard"], heard)


async def _keeps_the_order(office: _Office) -> None:
    texts = [str(number) for number in range(20)]
    await asyncio.gather(*map(office.send, texts))
    arrived = (await office.clerk()).texts
    promise(
        "Messages reach an agent in the order in which they were sent", arrived == texts, arrived
    )


async def _makes_agents_once(office: _Office) -> None:
    promise("No agent is made before it is needed", not office.hired, office.hired)
    await asyncio.gather(*map(office.send, ("hello", "hello")))
    promise("An agent is made once for each key", office.hired["clerk"] == 1, office.hired)
    await office.runtime.get("clerk", "two")
    promise("To ask for an id makes no agent", office.hired["clerk"] == 1, office.hired)
    await office.runtime.get("clerk", "two", lazy=False)
    promise("An agent is made when that is asked for", office.hired["clerk"] == 2, office.hired)
    metadata = await office.runtime.agent_metadata(AgentId("clerk", "two"))
    promise("An agent's metadata tell its type", metadata["type"] == "clerk", metadata)


async def _refuses_what_is_there_already(office: _Office) -> None:
    runtime = office.runtime
    known = TypeSubscription("news", "clerk")
    attempts: dict[str, Callable[[], Awaitable[object]]] = {
        "A type that is taken": lambda: runtime.register_factory("clerk", _Clerk),
        "A subscription that exists": lambda: runtime.add_subscription(known),
        "To remove what is no subscription": lambda: runtime.remove_subscription("nothing"),
    }
    for what, attempt in attempts.items():
        error = await raised_by(attempt())
        promise(f"{what} is refused by ValueError", isinstance(error, ValueError), error)


async def _obeys_tokens(office: _Office) -> None:
    clerk, token = await office.clerk(), CancellationToken()
    waiting = asyncio.ensure_future(office.send("stay", cancellation_token=token))
    await clerk.stays.wait()
    token.cancel()
    error = await raised_by(waiting)
    promise(
        "A sender whose token is cancelled gets CancelledError",
        isinstance(error, asyncio.CancelledError),
        error,
    )
    # It would hang if the handler were not told.
    await clerk.gave_up.wait()
    promise("A cancelled message leaves the runtime running", await office.send("hello"))


async def _saves_and_loads(office: _Office) -> None:
    await office.send("hello")
    state = through_json(await office.runtime.save_state(), "a runtime")
    await office.send("forgotten")
    await office.runtime.load_state({**state, "stranger/one": {}})
    texts = (await office.clerk()).texts
    promise("An agent goes on from the state that was loaded", texts == ["hello"], texts)
    one = AgentId("clerk", "one")
    await office.runtime.agent_load_state(one, {"texts": []})
    promise(
        "One agent's state can be saved and loaded by itself",
        await office.runtime.agent_save_state(one) == {"texts": []},
    )


_CHECKS: tuple[Callable[[_Office], Awaitable[None]], ...] = (
    _carries_questions_and_answers,
    _carries_failures,
    _publishes_to_all_who_listen,
    _keeps_the_order,
    _makes_agents_once,
    _refuses_what_is_there_already,
    _obeys_tokens,
    _saves_and_loads,
)
