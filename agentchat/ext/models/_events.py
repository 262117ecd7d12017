"""What the clients that wrap others report to the log, beside what those report themselves."""

import json
from typing import Any


class ModelCallEvent:
    """Something happened to a call before it was answered.

    Args:
        type: The name of the kind of event.
        facts: What is to be known of it, as JSON.
    """

    def __init__(self, type: str, **facts: Any) -> None:  # noqa: A002 - as in other events
        self.kwargs: dict[str, Any] = {"type": type} | facts

    def __str__(self) -> str:
        return json.dumps(self.kwargs)
