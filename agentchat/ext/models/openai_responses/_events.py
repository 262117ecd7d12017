"""The events of a streamed response: shown as they come, and the response that they end with."""

from collections.abc import Iterator
from typing import Any, Final

from agentchat.ext.models._assembler import ReplyAssembler
from agentchat.ext.models.openai_responses._errors import ResponseNotCompleted
from agentchat.ext.models.openai_responses._reply import REASONING_BREAK, Json

_LAST: Final = ("response.completed", "response.incomplete", "response.failed")
_TEXT: Final = ("response.output_text.delta", "response.refusal.delta")
_REASONING: Final = ("response.reasoning_summary_text.delta", "response.reasoning_text.delta")


class EventReader:
    """Reads the events of one stream, in their order.

    What is shown is put together from the deltas; what counts is the whole response at the end.

    Args:
        model: The model that was asked.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._shown = ReplyAssembler()
        self._item_by_index: dict[int, Json] = {}
        self._reasoning_part: object = None
        self._response: dict[str, Any] | None = None

    @property
    def response(self) -> Json | None:
        """The whole response; None while it has not come."""
        return self._response

    @property
    def text(self) -> str:
        """The text so far."""
        return self._shown.text

    @property
    def calls(self) -> int:
        """How many tool calls have been written to their ends."""
        return sum(item.get("type") == "function_call" for item in self._item_by_index.values())

    def read(self, event: Json) -> Iterator[str]:
        """Takes an event; yields what the stream's reader shall see of it.

        Raises:
            ResponseNotCompleted: It is an error.
        """
        kind = event.get("type")
        if kind in _TEXT:
            yield from self._shown.add_text(event.get("delta") or "")
        elif kind in _REASONING:
            yield from self._read_reasoning(event)
        elif kind == "response.output_item.done":
            self._item_by_index[event.get("output_index", len(self._item_by_index))] = event["item"]
        elif kind in _LAST:
            yield from self._shown.end_thinking()
            self._response = self._whole(event["response"])
        elif kind == "error":
            raise ResponseNotCompleted(
                self._model, "error", event.get("code"), event.get("message") or ""
            )

    def _read_reasoning(self, event: Json) -> Iterator[str]:
        part = [event.get(key) for key in ("output_index", "summary_index", "content_index")]
        is_next = self._reasoning_part not in (None, part)
        self._reasoning_part = part
        delta = event.get("delta") or ""
        yield from self._shown.add_reasoning(REASONING_BREAK + delta if is_next else delta)

    def _whole(self, response: Json) -> dict[str, Any]:
        """The response with its output, which some servers don't repeat at the end."""
        items = [self._item_by_index[index] for index in sorted(self._item_by_index)]
        return {**response, "output": response.get("output") or items}
