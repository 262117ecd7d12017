"""Dispatcher: one queue, and one task that opens what lies in it.

Envelopes are opened in the order they came. Opening one asks the intervention handlers, and then
starts a task for each receiver; so handlers begin in order and run side by side, those of one agent
too. A handler sees the context variables of who sent the message.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from itertools import count
from typing import Any, TypeVar

from agentchat.core._agent_instances import AgentInstances
from agentchat.core._bell import Bell
from agentchat.core._context import MessageHandlerContext
from agentchat.core._envelopes import Answer, Direct, Envelope, Published
from agentchat.core._ids import AgentId, TopicId
from agentchat.core._intervention import DropMessage, InterventionHandler, intervene
from agentchat.core._message_log import MessageLog
from agentchat.core._subscription import SubscriptionTable
from agentchat.core._world import sleep
from agentchat.core.exceptions import MessageDroppedException, UndeliverableException
from agentchat.core.logging import ROOT_LOGGER_NAME

logger = logging.getLogger(ROOT_LOGGER_NAME)

M = TypeVar("M", Direct, Published)

_STOPPED = "The runtime stopped before the message was delivered"

# GeneratorExit comes to a task that is collected together with its loop: nobody is left to tell.
_ENDS_THE_PROGRAM = (GeneratorExit, KeyboardInterrupt, SystemExit)

_POLL_SECONDS = 1.0
"""How often `stop_when` looks."""


class Dispatcher:
    """Takes envelopes, and calls the handlers of who shall get them.

    Args:
        agents: Who may be called.
        subscriptions: Who hears what is published.
        intervention_handlers: See every message, in this order.
        log: Is told of every message.
        ignore_unhandled_exceptions: Only log what the handler of a published message raises.
    """

    def __init__(
        self,
        agents: AgentInstances,
        subscriptions: SubscriptionTable,
        intervention_handlers: Sequence[InterventionHandler],
        log: MessageLog,
        ignore_unhandled_exceptions: bool,
    ) -> None:
        self._agents = agents
        self._living = agents.living
        self._subscriptions = subscriptions
        self._intervention_handlers = intervention_handlers
        self._log = log
        self._ignore_unhandled_exceptions = ignore_unhandled_exceptions
        self._queue: deque[Envelope] = deque()
        self._being_opened = 0
        # By number, in the order they began: in that order they are cancelled.
        self._handling: dict[int, asyncio.Task[None]] = {}
        self._numbers = count()
        self._arrival = Bell()
        self._idleness = Bell()
        self._loop_task: asyncio.Task[None] | None = None
        self._stopping = False
        self._background_exception: BaseException | None = None

    @property
    def waiting(self) -> int:
        """How many envelopes are in the queue."""
        return len(self._queue)

    @property
    def is_started(self) -> bool:
        """Whether it has been started, and not stopped since."""
        return self._loop_task is not None

    def ask(self, direct: Direct) -> Awaitable[Any]:
        """Queues a direct message; what is returned waits for its answer.

        Raises:
            UndeliverableException: Nobody is registered under the receiver's type; or see `_put`.
            BaseException: What came instead of an answer.
        """
        self._log.sent(direct)
        if not self._agents.knows(direct.receiver.type):
            raise UndeliverableException("Recipient not found")
        self._put(direct)
        return direct.reply

    def publish(self, published: Published) -> None:
        """Queues a published message.

        Raises:
            UndeliverableException: See `_put`.
        """
        self._log.sent(published)
        self._put(published)

    def _put(self, envelope: Envelope) -> None:
        """Queues an envelope.

        Raises:
            UndeliverableException: An exception has ended the loop, and nobody has collected it.
        """
        if self._loop_task is not None and self._loop_task.done():
            raise UndeliverableException(_STOPPED) from self._loop_task.exception()
        self._queue.append(envelope)
        self._arrival.ring()

    def start(self) -> None:
        """Begins to open what is in the queue, and what will come."""
        if self._loop_task is not None:
            raise RuntimeError("Runtime is already started")
        self._stopping = False
        self._forget_ended()
        self._loop_task = asyncio.get_running_loop().create_task(self._run())
        self._loop_task.add_done_callback(lambda _: self._idleness.ring())

    async def stop(self) -> None:
        """Opens nothing more, tells who waits, and raises what a handler has raised."""
        await self._end(self._started())

    async def _end(self, loop_task: asyncio.Task[None]) -> None:
        """Stops one start, which somebody else may be stopping too."""
        if self._loop_task is loop_task:
            self._stopping = True
            self._arrival.ring()
        if not loop_task.done():
            await asyncio.wait((loop_task,))
        if self._loop_task is loop_task:
            self._loop_task = None
            self._discard_queue(None)
        loop_task.result()
        self._raise_background_exception()

    async def stop_when_idle(self) -> None:
        """Stops when the queue is empty and no handler runs any more."""
        loop_task = self._started()
        if asyncio.current_task() in self._handling.values():
            raise RuntimeError("A message handler cannot wait until all handlers have ended")
        while not (self._is_idle() or loop_task.done()):
            await self._idleness.heard()
        await self._end(loop_task)

    async def stop_when(self, condition: Callable[[], bool]) -> None:
        """Stops when the condition is true."""
        loop_task = self._started()
        while not (condition() or loop_task.done()):
            await sleep(_POLL_SECONDS)
        await self._end(loop_task)

    async def abandon(self) -> None:
        """Cancels all handlers but the calling one, and discards what is queued."""
        this = asyncio.current_task()
        running = [task for task in self._handling.values() if task is not this]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
        self._forget_ended()
        self._discard_queue(None)

    async def process_next(self) -> None:
        """Opens the next envelope, and lets its handlers begin."""
        while not self._queue and self._background_exception is None:
            await self._arrival.heard()
        self._raise_background_exception()
        envelope = self._queue.popleft()
        self._being_opened += 1
        try:
            if not self._intervention_handlers or await self._passes(envelope):
                self._carry_out(envelope)
        finally:
            self._being_opened -= 1
            self._tell_if_idle()
        await asyncio.sleep(0)

    async def _run(self) -> None:
        try:
            while not self._stopping:
                if self._queue or self._background_exception is not None:
                    await self.process_next()
                else:
                    await self._arrival.heard()
        except asyncio.CancelledError:
            # The event loop is being torn down; this may be started again on another.
            self._loop_task = None
            self._discard_queue(None)
            raise
        except GeneratorExit:
            raise
        except BaseException as error:
            self._discard_queue(error)
            raise

    def _carry_out(self, envelope: Envelope) -> None:
        if isinstance(envelope, Answer):
            self._hand_back(envelope)
        elif isinstance(envelope, Published) or not envelope.reply.done():
            envelope.context.run(self._call_receivers, envelope)

    async def _passes(self, envelope: Envelope) -> bool:
        """Whether the intervention handlers let it pass, perhaps with another message."""

        async def show(handler: InterventionHandler, message: Any) -> Any:
            return await self._show(envelope, handler, message)

        try:
            message = await intervene(
                self._intervention_handlers, envelope.hook, envelope.message, show
            )
        except BaseException as error:
            if isinstance(envelope, Published):
                logger.exception("Exception raised in intervention handler")
            envelope.fail(error)
            if isinstance(error, _ENDS_THE_PROGRAM) or _is_cancelling(error):
                raise
            return False
        if message is DropMessage:
            self._log.dropped(envelope)
            envelope.fail(MessageDroppedException())
            return False
        envelope.message = message
        return True

    async def _show(self, envelope: Envelope, handler: InterventionHandler, message: Any) -> Any:
        return await envelope.show(handler, message)

    def _call_receivers(self, envelope: Direct | Published) -> None:
        if isinstance(envelope, Direct):
            self._begin(self._answer, envelope, envelope.receiver)
            return
        for receiver in self._receivers(envelope.receiver):
            if envelope.sender is None or receiver != envelope.sender:
                self._begin(self._deliver, envelope, receiver)

    def _receivers(self, topic_id: TopicId) -> Sequence[AgentId]:
        try:
            return self._subscriptions.receivers(topic_id)
        except Exception as error:
            logger.exception("Error asking the subscriptions to %s", topic_id)
            self._keep(error)
            return ()

    def _begin(
        self,
        handle: Callable[[M, AgentId, int], Coroutine[Any, Any, None]],
        envelope: M,
        receiver: AgentId,
    ) -> None:
        # What is begun here calls `_ended` itself: a done callback would cost half as much again
        # as the task. Tasks that are cancelled before they begin are forgotten where that happens.
        number = next(self._numbers)
        handling = handle(envelope, receiver, number)
        self._handling[number] = asyncio.get_running_loop().create_task(handling)

    def _ended(self, number: int) -> None:
        self._handling.pop(number, None)
        if not self._handling:
            self._tell_if_idle()

    def _forget_ended(self) -> None:
        tasks = self._handling.items()
        self._handling = {number: task for number, task in tasks if not task.done()}

    async def _answer(self, direct: Direct, receiver: AgentId, number: int) -> None:
        try:
            message = await self._handle(direct, receiver)
        except GeneratorExit:
            raise
        except BaseException as error:
            self._log.raised(direct, receiver, error)
            direct.fail(error)
        else:
            self._send_back(Answer(message, receiver, direct.sender, direct.reply, direct.origin))
        self._ended(number)

    def _send_back(self, answer: Answer) -> None:
        self._log.sent(answer)
        try:
            self._put(answer)
        except UndeliverableException as error:
            answer.fail(error)

    async def _deliver(self, published: Published, receiver: AgentId, number: int) -> None:
        try:
            await self._handle(published, receiver)
        except _ENDS_THE_PROGRAM:
            raise
        except BaseException as error:
            if not _is_cancelling(error):
                logger.exception("Error processing publish message for %s", receiver)
                self._log.raised(published, receiver, error)
                self._keep(error)
        self._ended(number)

    def _handle(self, envelope: Direct | Published, receiver: AgentId) -> Coroutine[Any, Any, Any]:
        # Each handler has a task, and so a context, of its own: there is nothing to reset.
        MessageHandlerContext.enter(receiver)
        agent = self._living.get(receiver)
        # No coroutine of its own for one that lives: it would be one more for each message.
        if agent is None:
            return self._make_and_handle(envelope, receiver)
        self._log.delivered(envelope, receiver)
        return agent.on_message(envelope.message, ctx=envelope.message_context())

    async def _make_and_handle(self, envelope: Direct | Published, receiver: AgentId) -> Any:
        await self._agents.get(receiver)
        return await self._handle(envelope, receiver)

    def _hand_back(self, answer: Answer) -> None:
        self._log.delivered(answer, answer.receiver)
        if not answer.reply.done():
            answer.reply.set_result(answer.message)

    def _keep(self, error: BaseException) -> None:
        """Remembers the first exception that nobody waits for."""
        if self._ignore_unhandled_exceptions or self._background_exception is not None:
            return
        if not isinstance(error, asyncio.CancelledError):
            self._background_exception = error
            self._arrival.ring()

    def _raise_background_exception(self) -> None:
        if self._background_exception is not None:
            error, self._background_exception = self._background_exception, None
            raise error

    def _discard_queue(self, cause: BaseException | None) -> None:
        while self._queue:
            undeliverable = UndeliverableException(_STOPPED)
            undeliverable.__cause__ = cause
            self._queue.popleft().fail(undeliverable)

    def _started(self) -> asyncio.Task[None]:
        if self._loop_task is None:
            raise RuntimeError("Runtime is not started")
        return self._loop_task

    def _is_idle(self) -> bool:
        return not (self._queue or self._being_opened or self._handling)

    def _tell_if_idle(self) -> None:
        if self._is_idle():
            self._idleness.ring()


def _is_cancelling(error: BaseException) -> bool:
    """Whether the running task is cancelled itself, and not just something it called."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0
