"""RetryingChatCompletionClient: asks again when a model could not answer, after a wait."""

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import ClassVar

from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component
from agentchat.core._world import monotonic, randomness, sleep
from agentchat.core.logging import EVENT_LOGGER_NAME
from agentchat.core.models import ChatCompletionClient, CreateResult
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._events import ModelCallEvent
from agentchat.ext.models._interruption import interrupting
from agentchat.ext.models._transience import is_transient, seconds_to_wait
from agentchat.ext.models._wrapping_client import WrappingClient

__all__ = ["RetryPolicy", "RetryingChatCompletionClient", "is_transient"]

logger: logging.Logger = logging.getLogger(EVENT_LOGGER_NAME)


@dataclass(frozen=True)
class RetryPolicy:
    """How often a model is asked again, and after what wait.

    A server that names a time is asked no earlier, and not much later. Otherwise waits double, and
    each is shortened by chance to no less than half.
    """

    max_attempts: int = 5
    """The first one counts."""

    max_total_seconds: float | None = 300.0
    """From the first attempt on; a wait that would end later is not begun. None for no limit."""

    first_wait_seconds: float = 1.0
    max_wait_seconds: float = 60.0
    """Servers may ask for more."""

    restart_streams: bool = False
    """Begin a stream again that broke after some pieces. Its reader gets all pieces again, after
    those that it had: only for readers that wait for the result."""

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ValueError(f"max_attempts must be at least 1, not {self.max_attempts}")


class RetryingChatCompletionClient(WrappingClient, Component[BaseModel]):
    """Asks a client's model again after rate limits, overload and broken connections.

    What failed attempts have cost is in the usage of the client, as far as the vendor said. The
    error of the last attempt is raised as it is, with a note of how often was asked. SDKs ask
    again themselves, unseen; `max_retries=0` keeps theirs from it.

    Args:
        client: Who is asked; closed together with this one.
        policy: How often, and after what wait.
        retry_on: Which errors may be gone the next time; `is_transient` unless given.
    """

    component_type: ClassVar[str] = "model"
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.models.retry.RetryingChatCompletionClient"
    )

    def __init__(
        self,
        client: ChatCompletionClient,
        policy: RetryPolicy | None = None,
        retry_on: Callable[[Exception], bool] | None = None,
    ) -> None:
        super().__init__(client)
        self.policy: RetryPolicy = policy or RetryPolicy()
        self._is_worth_it = retry_on or is_transient

    async def _answer(self, call: Call, token: CancellationToken | None) -> CreateResult:
        attempts = self._attempts(token)
        while True:
            try:
                return await self.client.create(
                    call.messages, **call.options(), cancellation_token=token
                )
            except Exception as error:
                if not await attempts.may_go_on(error):
                    raise

    async def _pieces(
        self, call: Call, token: CancellationToken | None
    ) -> AsyncGenerator[str | CreateResult, None]:
        """The answer; after its first piece an error is the reader's.

        Unless the policy restarts streams.
        """
        attempts = self._attempts(token)
        has_begun = False
        while True:
            stream = self.client.create_stream(
                call.messages, **call.options(), cancellation_token=token
            )
            try:
                async with aclosing(stream):
                    async for piece in stream:
                        has_begun = True
                        yield piece
            except Exception as error:
                if has_begun and not self.policy.restart_streams:
                    raise
                if not await attempts.may_go_on(error):
                    raise
            else:
                return

    def _attempts(self, token: CancellationToken | None) -> "_Attempts":
        return _Attempts(self.policy, self._is_worth_it, self.model_name, token)


class _Attempts:
    """The attempts of one call: how many there were, and whether there is another."""

    def __init__(
        self,
        policy: RetryPolicy,
        is_worth_it: Callable[[Exception], bool],
        model: str,
        token: CancellationToken | None,
    ) -> None:
        self._policy, self._is_worth_it = policy, is_worth_it
        self._model, self._token = model, token
        self._started = monotonic()
        self._failed = 0
        self._between: Callable[[float, float], float] | None = None

    async def may_go_on(self, error: Exception) -> bool:
        """Waits until it is time for another attempt; False when there is none."""
        self._failed += 1
        if not self._is_worth_it(error):
            return False
        wait = self._wait_after(error)
        passed = monotonic() - self._started
        limit = self._policy.max_total_seconds
        is_last = self._failed >= self._policy.max_attempts
        if is_last or (limit is not None and passed + wait > limit):
            error.add_note(f"Asked {self._model!r} {self._failed} times in {passed:.1f} seconds.")
            return False
        self._log(error, wait)
        with interrupting(self._token):
            await sleep(wait)
        return True

    def _wait_after(self, error: Exception) -> float:
        wanted = seconds_to_wait(error)
        if self._between is None:
            # One for the call: generators of the same label begin with the same numbers.
            self._between = randomness("retry").uniform
        if wanted is not None:
            # Those who were sent away together shall not come back together.
            return wanted + self._between(0, self._policy.first_wait_seconds)
        doubled = self._policy.first_wait_seconds * 2 ** min(self._failed - 1, 30)
        longest = min(doubled, self._policy.max_wait_seconds)
        return self._between(longest / 2, longest)

    def _log(self, error: Exception, wait: float) -> None:
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                ModelCallEvent(
                    "LLMRetry",
                    model=self._model,
                    failed_attempts=self._failed,
                    wait_seconds=wait,
                    error=f"{type(error).__name__}: {error}",
                )
            )
