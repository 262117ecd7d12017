"""What can be wrong with a response beside what can be wrong with any reply."""

from agentchat.ext.models._errors import ModelReplyError


class ResponseNotCompleted(ModelReplyError):
    """The server has given up on a response, or is still at it.

    Args:
        model: The model that was asked.
        status: What the server calls it: `failed`, `cancelled`, `queued`, `in_progress`; `error`
            for an error in the middle of a stream.
        code: The server's short name for what went wrong, if it has one.
        reason: The server's own words.
    """

    def __init__(self, model: str, status: str, code: str | None, reason: str) -> None:
        self.model = model
        self.status = status
        self.code = code
        self.reason = reason
        cause = ": ".join(part for part in (code, reason) if part)
        super().__init__(
            f"The response of {model!r} is not complete but {status!r}.\n"
            f"  reason:   {cause or 'the server gives none'}\n"
            f"  fix:      {_fix_of(status)}"
        )


def _fix_of(status: str) -> str:
    if status in ("queued", "in_progress"):
        return "leave out background=True: a client waits for the answer itself"
    return "ask again; if it stays, the reason tells what to change"
