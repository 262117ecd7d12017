"""Which of a model's APIs a body belongs to, told by its shape: where only bodies were saved."""

from typing import Any

from harness.formats._bodies import from_json
from harness.interactions import Request

_OPENAI = "https://api.openai.com/v1"
_GEMINI = "https://generativelanguage.googleapis.com/v1beta/models"
_OLLAMA = "http://localhost:11434/api"
_ANTHROPIC = "https://api.anthropic.com/v1/messages"
_BY_OBJECT = {
    "chat.completion": f"{_OPENAI}/chat/completions",
    "chat.completion.chunk": f"{_OPENAI}/chat/completions",
    "text_completion": f"{_OPENAI}/completions",
    "response": f"{_OPENAI}/responses",
    "list": f"{_OPENAI}/embeddings",
}


def url_of_answer(answer: Any, *, is_streamed: bool = False) -> str | None:
    """The address that gives such an answer, or such an event of a stream; None if unknown."""
    match answer:
        case {"candidates": list()}:
            action = "streamGenerateContent?alt=sse" if is_streamed else "generateContent"
            return f"{_GEMINI}/{_model_of(answer)}:{action}"
        case {"created_at": str(), "done": bool(), "message": dict()}:
            return f"{_OLLAMA}/chat"
        case {"created_at": str(), "done": bool(), "response": str()}:
            return f"{_OLLAMA}/generate"
        case {"object": str(kind)} if kind in _BY_OBJECT:
            return _BY_OBJECT[kind]
        case {"type": str(kind)} if kind.startswith("response."):
            return _BY_OBJECT["response"]
        case {"type": "message", "role": _} | {"type": "message_start"}:
            return _ANTHROPIC
        case {"choices": _}:
            return _BY_OBJECT["chat.completion"]
    return None


def _model_of(answer: Any) -> str:
    """The model that answered; empty if the answer doesn't say it."""
    if not isinstance(answer, dict):
        return ""
    inner = (answer.get(name) for name in ("response", "message"))
    parts = [answer, *(part for part in inner if isinstance(part, dict))]
    models = (part.get(name) for part in parts for name in ("model", "modelVersion"))
    return next((model for model in models if isinstance(model, str)), "")


def question_for(answer: Any) -> Request | None:
    """A stand-in for the request that had such an event for an answer; None if that is unknown."""
    url = url_of_answer(answer, is_streamed=True)
    if url is None:
        return None
    body = from_json({"model": _model_of(answer), "stream": True})
    return Request("POST", url, (("content-type", "application/json"),), body)
