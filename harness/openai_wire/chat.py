"""Chat completions: https://platform.openai.com/docs/api-reference/chat."""

from collections.abc import Iterator, Sequence
from typing import Any

from harness.openai_wire._shared import CREATED, Json, digest_of, text_of, tokens_of
from harness.script import Asked, Reply, pieces
from harness.trace import canonical


def asked_by(request: Json) -> Asked:
    """What a script may look at in the JSON body of a request."""
    messages: Sequence[Json] = request.get("messages", ())
    system = [m.get("content") for m in messages if m.get("role") in ("system", "developer")]
    return Asked(
        model=str(request.get("model", "")),
        system="\n".join(text_of(content) for content in system),
        last=text_of(messages[-1].get("content")) if messages else "",
        tools=tuple(str(tool["function"]["name"]) for tool in request.get("tools", ())),
    )


def whole(reply: Reply, request: Json) -> dict[str, Any]:
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


def events(reply: Reply, request: Json) -> Iterator[bytes]:
    """The server-sent events of a streamed answer."""
    head = _head(reply, request, "chat.completion.chunk")
    for delta in _deltas(reply, request):
        yield _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    end = {"index": 0, "delta": {}, "finish_reason": _finish_reason(reply)}
    yield _event({**head, "choices": [end]})
    if (request.get("stream_options") or {}).get("include_usage"):
        yield _event({**head, "choices": [], "usage": _usage(reply, request)})
    yield b"data: [DONE]\n\n"


def tool_calls(reply: Reply, digest: str) -> list[dict[str, Any]]:
    """The calls of a reply, with ids made of the digest."""
    return [
        {
            "id": f"call_{digest}{number}",
            "type": "function",
            "function": {"name": name, "arguments": canonical(arguments)},
        }
        for number, (name, arguments) in enumerate(reply.calls)
    ]


def _head(reply: Reply, request: Json, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{_digest(reply, request)}",
        "object": kind,
        "created": CREATED,
        "model": request.get("model"),
        "service_tier": "default",
        "system_fingerprint": "fp_scripted",
    }


def _message(reply: Reply, request: Json) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.say, "refusal": reply.refuse}
    if reply.think is not None:
        message["reasoning_content"] = reply.think
    if reply.calls:
        message["tool_calls"] = tool_calls(reply, _digest(reply, request))
    return message


def _deltas(reply: Reply, request: Json) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": "", "refusal": None}
    for word in pieces(reply.think):
        yield {"reasoning_content": word}
    for word in pieces(reply.say):
        yield {"content": word}
    for word in pieces(reply.refuse):
        yield {"refusal": word}
    for index, call in enumerate(tool_calls(reply, _digest(reply, request))):
        function = call["function"]
        opening = {**call, "index": index, "function": {"name": function["name"], "arguments": ""}}
        yield {"tool_calls": [opening]}
        for piece in pieces(function["arguments"]):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _finish_reason(reply: Reply) -> str:
    return reply.finish or ("tool_calls" if reply.calls else "stop")


def _usage(reply: Reply, request: Json) -> dict[str, int]:
    contents = [message.get("content") for message in request.get("messages", ())]
    tokens = tokens_of(reply, contents, request.get("tools", []))
    return {
        "prompt_tokens": tokens.prompt,
        "completion_tokens": tokens.completion,
        "total_tokens": tokens.prompt + tokens.completion,
    }


def _digest(reply: Reply, request: Json) -> str:
    return digest_of(dict(request), reply.model_dump(mode="json"))


def _event(body: Json) -> bytes:
    return f"data: {canonical(body)}\n\n".encode()
