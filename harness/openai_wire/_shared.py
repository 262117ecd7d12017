"""What the formats share: ids, times, token counts and errors."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.script import HttpFailure, Reply, Tokens
from harness.trace import canonical

Json = Mapping[str, Any]
"""An object of a request."""

# Scripted traffic has no time of its own: 2026-01-01T00:00:00Z.
CREATED = 1_767_225_600


def failure(fail: HttpFailure) -> dict[str, Any]:
    """The body of an HTTP error."""
    kind = "server_error" if fail.status >= 500 else "invalid_request_error"
    kind = "rate_limit_error" if fail.status == 429 else kind
    return {"error": {"message": fail.message, "type": kind, "param": None, "code": None}}


def refusal(message: str, code: str) -> dict[str, Any]:
    """The body of an answer to a request that can't be answered.

    Args:
        message: Why not.
        code: The same in a word, for programs.
    """
    kind = "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def digest_of(*things: Any) -> str:
    """What ids are made of."""
    return hashlib.blake2b(canonical(list(things)).encode(), digest_size=12).hexdigest()


def text_of(content: Any) -> str:
    """The text of a message's content, which is text or a list of parts."""
    if not content or isinstance(content, str):
        return content or ""
    return "\n".join(str(part.get("text", "")) for part in content)


def tokens_of(reply: Reply, contents: Iterable[Any], tools: Sequence[Any]) -> Tokens:
    """What a reply costs; where it doesn't say, about four characters a token.

    Args:
        reply: The reply.
        contents: What the messages of the request say.
        tools: What tools it offers.
    """
    if reply.usage is not None:
        return reply.usage
    prompt = sum(4 + len(canonical(content)) // 4 for content in contents)
    said = (reply.say or "") + (reply.think or "") + (reply.refuse or "")
    called = sum(len(name) + len(canonical(arguments)) for name, arguments in reply.calls)
    return Tokens(
        prompt=prompt + len(canonical(tools)) // 4, completion=1 + (len(said) + called) // 4
    )
