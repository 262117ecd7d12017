"""interrupting(): a token's guard over what is awaited, where there may be no token."""

from contextlib import AbstractContextManager, nullcontext

from agentchat.core._cancellation import CancellationToken


def interrupting(cancellation_token: CancellationToken | None) -> AbstractContextManager[object]:
    """A block that ends with `CancelledError` when the token is cancelled."""
    return nullcontext() if cancellation_token is None else cancellation_token.interrupting()
