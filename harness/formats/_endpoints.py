"""Which of a model's APIs a body belongs to, told by its shape: where only bodies were saved."""

from typing import Any

_OPENAI = "https://api.openai.com/v1"
_ANTHROPIC = "https://api.anthropic.com/v1/messages"
_BY_OBJECT = {
    "chat.completion": f"{_OPENAI}/chat/completions",
    "chat.completion.chunk": f"{_OPENAI}/chat/completions",
    "text_completion": f"{_OPENAI}/completions",
    "response": f"{_OPENAI}/responses",
    "list": f"{_OPENAI}/embeddings",
}


def url_of_answer(answer: Any) -> str | None:
    """The address that gives such an answer, or such an event of a stream; None if unknown."""
    match answer:
        case {"object": str(kind)} if kind in _BY_OBJECT:
            return _BY_OBJECT[kind]
        case {"type": str(kind)} if kind.startswith("response."):
            return _BY_OBJECT["response"]
        case {"type": "message", "role": _} | {"type": "message_start"}:
            return _ANTHROPIC
        case {"choices": _}:
            return _BY_OBJECT["chat.completion"]
    return None


def url_of_question(question: Any) -> str | None:
    """The address that takes such a request; None if unknown."""
    match question:
        case {"model": _, "messages": list()}:
            return _BY_OBJECT["chat.completion"]
        case {"model": _, "input": _}:
            return _BY_OBJECT["response"]
        case {"model": _, "prompt": _}:
            return _BY_OBJECT["text_completion"]
    return None


def model_of(answer: Any) -> str:
    """The model that answered; empty if the answer doesn't say it."""
    for inner in ("response", "message"):
        if isinstance(answer, dict) and isinstance(answer.get(inner), dict):
            answer = answer[inner]
    model = answer.get("model") if isinstance(answer, dict) else None
    return model if isinstance(model, str) else ""
