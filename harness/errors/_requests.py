"""Requests that have no answer: they end a test, whatever catches exceptions there."""

from collections.abc import Sequence
from pathlib import Path

from harness.errors._base import explained


class ReplayMiss(BaseException):
    """A request that the cassette does not hold.

    Args:
        cassette: The file that was searched.
        asked: Which request, in words: `model call 3 of 'hello' (agent 'writer', its call 2)`.
        cause: What it looks like: a changed prompt, an extra call, an empty cassette.
        nearest: How the closest recorded request differs; None when there is none.
        fix: The command that records again.
    """

    def __init__(
        self, cassette: Path, asked: str, *, cause: str, nearest: str | None, fix: str
    ) -> None:
        self.cassette, self.asked, self.cause = cassette, asked, cause
        self.nearest, self.fix = nearest, fix
        super().__init__(
            explained(
                f"No recorded reply for {asked}.",
                cassette=str(cassette),
                cause=cause,
                nearest=nearest,
                fix=fix,
            )
        )


class UnexpectedModelCall(BaseException):
    """A model call that the script does not foresee.

    Args:
        call: Position of the call, from 1.
        model: The model that was asked.
        last: The text of the request's last message.
        unused: The replies that are left, in words.
    """

    def __init__(self, call: int, model: str, last: str, unused: Sequence[str]) -> None:
        self.call, self.model, self.last, self.unused = call, model, last, tuple(unused)
        loosened = ", or loosen the `when` (`if` in a file) of one that is left"
        super().__init__(
            explained(
                f"The script has no reply for model call {call}.",
                model=model,
                asked=repr(last if len(last) <= 200 else last[:200] + "…"),
                left="\n".join(self.unused) or "nothing, every reply was used",
                fix="add a reply to the script" + (loosened if self.unused else ""),
            )
        )


class NotServed(BaseException):
    """A request to an endpoint of ours that stands for no call of a model.

    Args:
        asked: `POST /v1/audio/speech`.
        served: What can be asked instead.
    """

    def __init__(self, asked: str, served: Sequence[str]) -> None:
        self.asked, self.served = asked, tuple(served)
        super().__init__(
            explained(
                f"{asked} is not served here.",
                served=", ".join(self.served),
                fix="record it with `harness proxy`, and serve that cassette",
            )
        )


class UnknownCassette(BaseException):
    """A request from a thread or task that was told of no cassette, while several are in use.

    Args:
        cassettes: Those in use.
    """

    def __init__(self, cassettes: Sequence[Path]) -> None:
        self.cassettes = tuple(cassettes)
        super().__init__(
            explained(
                f"A request may belong to any of {len(cassettes)} cassettes in use.",
                cassettes="\n".join(str(each) for each in cassettes),
                cause="a thread does not inherit the context of who starts it",
                fix="start it as Thread(target=contextvars.copy_context().run, args=(function,)); "
                "asyncio.to_thread passes the context on by itself",
            )
        )


class NetworkBlocked(BaseException):
    """A test, which has no network, tried to reach another machine.

    Args:
        host: The machine, as it was asked for.
        port: Its port, if one was named.
        fix: What helps, besides allowing the host.
    """

    def __init__(self, host: str, port: object, fix: str) -> None:
        self.host, self.port = host, port
        address = f"{host}:{port}" if port else host
        super().__init__(
            explained(
                f"A connection to {address} was blocked: this test has no network.",
                cause="it is asked outside of any cassette, or with a library that none sees",
                fix=f"{fix}, or --allowed-hosts {host}",
            )
        )
