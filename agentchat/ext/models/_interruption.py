"""What a token does to a call, where there may be no token."""

import asyncio
from contextlib import AbstractContextManager, nullcontext

from agentchat.core._cancellation import CancellationToken


def interrupting(cancellation_token: CancellationToken | None) -> AbstractContextManager[object]:
    """A block that ends with `CancelledError` when the token is cancelled."""
    return nullcontext() if cancellation_token is None else cancellation_token.interrupting()


def raise_if_cancelled(cancellation_token: CancellationToken | None) -> None:
    """Raises `CancelledError` where nothing is awaited that could."""
    if cancellation_token is not None and cancellation_token.is_cancelled():
        raise asyncio.CancelledError
