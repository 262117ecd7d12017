"""Probabilities of tokens, as OpenAI and those who resemble it write them."""

from collections.abc import Mapping
from typing import Any

from agentchat.core.models import ChatCompletionTokenLogprob, TopLogprob


def logprob_of(token: Mapping[str, Any]) -> ChatCompletionTokenLogprob:
    """How likely a token was, and its alternatives."""
    return ChatCompletionTokenLogprob(
        token=token["token"],
        logprob=token["logprob"],
        top_logprobs=[
            TopLogprob(logprob=other["logprob"], bytes=other.get("bytes"))
            for other in token.get("top_logprobs") or []
        ],
        bytes=token.get("bytes"),
    )
