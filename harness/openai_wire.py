"""A scripted reply in OpenAI's chat completions format, whole or as a stream of events.

The format: https://platform.openai.com/docs/api-reference/chat. Ids are made from the request and
the reply, so that the same script gives the same bytes.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.script import Asked, HttpFailure, Reply, Tokens, pieces
from harness.trace import canonical

# Scripted traffic has no time of its own: 2026-01-01T00:00:00Z.
_CREATED = 1_767_225_600


def asked_by(request: Mapping[str, Any]) -> Asked:
    """What a script may look at in the JSON body of a request."""
    messages: Sequence[Mapping[str, Any]] = request.get("messages", ())
    return Asked(
        model=str(request.get("model", "")),
        system="\n".join(_text(m) for m in messages if m.get("role") in ("system", "developer")),
        last=_text(messages[-1]) if messages else "",
        tools=tuple(str(tool["function"]["name"]) for tool in request.get("tools", ())),
    )


def completion(reply: Reply, request: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a successful answer."""
    return {
        **_head(reply, request, "chat.completion"),
        "choices": [
            {
                "index": 0,
                "message": _message(reply, request),
                "logprobs": None,
                "finish_reason": _finish_reason(reply),
            }
        ],
        "usage": _usage(reply, request),
    }


def events(reply: Reply, request: Mapping[str, Any]) -> Iterator[bytes]:
    """The server-sent events of a streamed answer."""
    head = _head(reply, request, "chat.completion.chunk")
    for delta in _deltas(reply, request):
        yield _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    end = {"index": 0, "delta": {}, "finish_reason": _finish_reason(reply)}
    yield _event({**head, "choices": [end]})
    if (request.get("stream_options") or {}).get("include_usage"):
        yield _event({**head, "choices": [], "usage": _usage(reply, request)})
    yield b"data: [DONE]\n\n"


def failure(fail: HttpFailure) -> dict[str, Any]:
    """The body of an HTTP error."""
    kind = "rate_limit_error" if fail.status == 429 else "server_error"
    return {"error": {"message": fail.message, "type": kind, "param": None, "code": None}}


def _head(reply: Reply, request: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{_digest(reply, request)}",
        "object": kind,
        "created": _CREATED,
        "model": request.get("model"),
        "service_tier": "default",
        "system_fingerprint": "fp_scripted",
    }


def _message(reply: Reply, request: Mapping[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.say, "refusal": reply.refuse}
    if reply.think is not None:
        message["reasoning_content"] = reply.think
    if reply.calls:
        message["tool_calls"] = _tool_calls(reply, request)
    return message


def _tool_calls(reply: Reply, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    digest = _digest(reply, request)
    return [
        {
            "id": f"call_{digest}{number}",
            "type": "function",
            "function": {"name": name, "arguments": canonical(arguments)},
        }
        for number, (name, arguments) in enumerate(reply.calls)
    ]


def _deltas(reply: Reply, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": "", "refusal": None}
    for word in pieces(reply.think):
        yield {"reasoning_content": word}
    for word in pieces(reply.say):
        yield {"content": word}
    for word in pieces(reply.refuse):
        yield {"refusal": word}
    for index, call in enumerate(_tool_calls(reply, request)):
        function = call["function"]
        opening = {**call, "index": index, "function": {"name": function["name"], "arguments": ""}}
        yield {"tool_calls": [opening]}
        for piece in pieces(function["arguments"]):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _finish_reason(reply: Reply) -> str:
    return reply.finish or ("tool_calls" if reply.calls else "stop")


def _usage(reply: Reply, request: Mapping[str, Any]) -> dict[str, int]:
    tokens = reply.usage or _estimate(reply, request)
    return {
        "prompt_tokens": tokens.prompt,
        "completion_tokens": tokens.completion,
        "total_tokens": tokens.prompt + tokens.completion,
    }


def _estimate(reply: Reply, request: Mapping[str, Any]) -> Tokens:
    """About four characters a token, and a few tokens a message."""
    messages: Sequence[Mapping[str, Any]] = request.get("messages", ())
    prompt = sum(4 + len(canonical(message.get("content"))) // 4 for message in messages)
    tools = len(canonical(request.get("tools", []))) // 4
    said = (reply.say or "") + (reply.think or "") + (reply.refuse or "")
    called = sum(len(name) + len(canonical(arguments)) for name, arguments in reply.calls)
    return Tokens(prompt=prompt + tools, completion=1 + (len(said) + called) // 4)


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "\n".join(str(part.get("text", "")) for part in content)


def _digest(reply: Reply, request: Mapping[str, Any]) -> str:
    seed = canonical([dict(request), reply.model_dump(mode="json")])
    return hashlib.blake2b(seed.encode(), digest_size=12).hexdigest()


def _event(body: Mapping[str, Any]) -> bytes:
    return f"data: {canonical(body)}\n\n".encode()
