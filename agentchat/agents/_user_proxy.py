"""UserProxyAgent: a person's place in a conversation."""

import asyncio
import inspect
import warnings
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ClassVar, Self, TypeAlias, cast

from pydantic import BaseModel

from agentchat.agents._base import BaseChatAgent
from agentchat.agents._steps import AnswerStream, response_of
from agentchat.base import Response
from agentchat.core import CancellationToken, Component
from agentchat.core._daemon_thread import in_daemon_thread
from agentchat.core._world import new_id
from agentchat.messages import (
    BaseChatMessage,
    HandoffMessage,
    TextMessage,
    UserInputRequestedEvent,
)

SyncInputFunc: TypeAlias = Callable[[str], str]
AsyncInputFunc: TypeAlias = Callable[[str, CancellationToken | None], Awaitable[str]]
InputFuncType: TypeAlias = SyncInputFunc | AsyncInputFunc


class UserProxyAgentConfig(BaseModel, defer_build=True):
    """Configuration of a UserProxyAgent; its input function has no place in it."""

    name: str
    description: str = "A human user"


class UserProxyAgent(BaseChatAgent, Component[UserProxyAgentConfig]):
    """Answers with what a person enters; a handoff is answered by a handoff back.

    Args:
        name: A Python identifier, unique in a team.
        description: Who it is, for those who choose a speaker.
        input_func: Asks the person. It takes the prompt and, when it is a coroutine function, the
            cancellation token. A plain function runs in a thread. By default the terminal is
            asked. A configuration leaves it out, with a UserWarning.
    """

    component_config_schema: ClassVar[type[BaseModel]] = UserProxyAgentConfig
    component_provider_override: ClassVar[str] = "agentchat.agents.UserProxyAgent"

    class InputRequestContext:
        """Tells an input function for which request it is called."""

        _request_id: ClassVar[ContextVar[str]] = ContextVar("input_request")

        def __init__(self) -> None:
            raise RuntimeError(
                "InputRequestContext cannot be instantiated. It is a static class that provides "
                "context management for user input requests."
            )

        @classmethod
        @contextmanager
        def populate_context(cls, ctx: str) -> Iterator[None]:
            """A block in which this request is answered."""
            token = cls._request_id.set(ctx)
            try:
                yield
            finally:
                cls._request_id.reset(token)

        @classmethod
        def request_id(cls) -> str:
            """The `request_id` of the UserInputRequestedEvent that is being answered.

            Raises:
                RuntimeError: No input function is running.
            """
            request_id = cls._request_id.get(None)
            if request_id is None:
                raise RuntimeError(
                    "InputRequestContext.request_id() must be called within the input callback of "
                    "a UserProxyAgent."
                )
            return request_id

    def __init__(
        self,
        name: str,
        *,
        description: str = "A human user",
        input_func: InputFuncType | None = None,
    ) -> None:
        super().__init__(name, description)
        self.input_func: InputFuncType = input_func or _ask_on_terminal

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage, HandoffMessage)

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        return await response_of(self.on_messages_stream(messages, cancellation_token))

    async def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AnswerStream:
        """Asks the person.

        Raises:
            RuntimeError: The input function failed; its error is the cause. Or the last message
                hands over to somebody else.
        """
        handoff = self._handoff_in(messages)
        request_id = new_id("input_request")
        yield UserInputRequestedEvent(request_id=request_id, source=self.name)
        prompt = "Enter your response: "
        if handoff is not None:
            prompt = f"Handoff received from {handoff.source}. {prompt}"
        with (
            self.InputRequestContext.populate_context(request_id),
            cancellation_token.interrupting(),
        ):
            entered = await self._entered(prompt, cancellation_token)
        if handoff is None:
            yield Response(chat_message=TextMessage(content=entered, source=self.name))
        else:
            yield Response(
                chat_message=HandoffMessage(
                    content=entered, target=handoff.source, source=self.name
                )
            )

    async def on_reset(self, cancellation_token: CancellationToken | None = None) -> None:
        """Has nothing to forget."""

    def _handoff_in(self, messages: Sequence[BaseChatMessage]) -> HandoffMessage | None:
        last = messages[-1] if messages else None
        if not isinstance(last, HandoffMessage):
            return None
        if last.target != self.name:
            raise RuntimeError(
                f"Failed to get user input: Handoff message target does not match agent name: "
                f"{last.source!r} hands over to {last.target!r}, not to {self.name!r}"
            )
        return last

    async def _entered(self, prompt: str, token: CancellationToken) -> str:
        try:
            if inspect.iscoroutinefunction(self.input_func):
                return await cast(AsyncInputFunc, self.input_func)(prompt, token)
            return await asyncio.to_thread(cast(SyncInputFunc, self.input_func), prompt)
        except Exception as error:
            raise RuntimeError(f"Failed to get user input: {error}") from error

    def _to_config(self) -> UserProxyAgentConfig:
        if self.input_func is not _ask_on_terminal:
            warnings.warn(
                f"The configuration of the UserProxyAgent {self.name!r} leaves out its input_func, "
                "since that is a function. Loaded again, the agent asks on the terminal, unless "
                "its input_func is set.",
                UserWarning,
                stacklevel=3,
            )
        return UserProxyAgentConfig(name=self.name, description=self.description)

    @classmethod
    def _from_config(cls, config: UserProxyAgentConfig) -> Self:
        return cls(config.name, description=config.description)


async def _ask_on_terminal(prompt: str, token: CancellationToken | None) -> str:
    """A line from standard input."""
    return await in_daemon_thread(lambda: input(prompt), name="user-input")
