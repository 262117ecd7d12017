"""What an agent has heard and said, and how much of it the server keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

from agentchat.ext.agents.openai._openai_config import OpenAIAgentState
from agentchat.ext.models.openai_responses._input import Item


class Conversation:
    """Items of the Responses API, in their order.

    A server that keeps responses is told only what is new since the last one. What it could not be
    told, since a request failed or was cancelled, is still new the next time.

    Args:
        is_kept: Whether the server is asked to keep responses.
    """

    def __init__(self, is_kept: bool) -> None:
        self._is_kept = is_kept
        self._items: list[Item] = []
        self._kept = 0
        self.response_id: str | None = None
        """The response that the next one continues; None for none."""

    @property
    def unsent(self) -> list[Item]:
        """What the next request has to say."""
        return self._items[self._kept :]

    def add(self, items: Sequence[Item]) -> None:
        """Takes what was said here, or came of a call."""
        self._items += items

    def add_response(self, response: Mapping[str, Any]) -> None:
        """Takes what the model has said."""
        self._items += [
            said for item in response["output"] for said in [_repeatable(item)] if said is not None
        ]
        if self._is_kept and response.get("id"):
            self.response_id = response["id"]
            self._kept = len(self._items)

    def clear(self) -> None:
        """Forgets everything."""
        self._items = []
        self._kept = 0
        self.response_id = None

    def saved(self) -> OpenAIAgentState:
        """The conversation as data."""
        return OpenAIAgentState(
            response_id=self.response_id, history=list(self._items), kept=self._kept
        )

    def load(self, state: OpenAIAgentState) -> None:
        """Takes up a conversation where it was saved."""
        self._items = list(state.history)
        self.response_id = state.response_id if self._is_kept else None
        known = len(self._items) if state.kept is None else state.kept
        self._kept = known if self.response_id else 0


def _repeatable(item: Mapping[str, Any]) -> Item | None:
    """An output item as it can be told to a server that has not kept it; None if it can't be."""
    if item.get("type") == "function_call":
        return {key: item[key] for key in ("type", "call_id", "name", "arguments")}
    if item.get("type") != "message":
        return None
    parts = item.get("content") or []
    text = "".join(part.get("text") or part.get("refusal") or "" for part in parts)
    return {"role": "assistant", "content": text} if text else None
