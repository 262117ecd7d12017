"""One run of an assistant: started, watched, given the results of its calls, and read."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from openai import OpenAIError

from agentchat.core import FunctionCall
from agentchat.core._world import sleep
from agentchat.core.models import FunctionExecutionResult
from agentchat.ext.agents.openai._assistants_api import POLL_SECONDS, AssistantsApi, Json

_UNDER_WAY: Final = ("queued", "in_progress", "cancelling", "requires_action")


class AssistantRunEnded(ValueError):
    """A run of an assistant ended without an answer.

    Args:
        run_id: Which run.
        status: How it ended: `failed`, `cancelled`, `expired`, `incomplete`.
        reason: The server's own words, if it has any.
    """

    def __init__(self, run_id: str, status: str, reason: str) -> None:
        self.run_id = run_id
        self.status = status
        self.reason = reason
        super().__init__(f"Run {status}: {reason or 'the server gives no reason'} ({run_id})")


class AssistantRun:
    """A run in a thread.

    Args:
        api: The API.
        thread_id: Where it runs.
        run: As the server has it.
    """

    def __init__(self, api: AssistantsApi, thread_id: str, run: Json) -> None:
        self._api = api
        self._thread_id = thread_id
        self._path = f"/threads/{thread_id}/runs/{run['id']}"
        self._run = run

    @classmethod
    async def start(cls, api: AssistantsApi, thread_id: str, assistant_id: str) -> "AssistantRun":
        """Has an assistant go on with a thread."""
        run = await api.post(f"/threads/{thread_id}/runs", {"assistant_id": assistant_id})
        return cls(api, thread_id, run)

    @property
    def usage(self) -> Mapping[str, Any]:
        """The tokens it took, by their name in chat completions; empty before the end."""
        return self._run.get("usage") or {}

    @property
    def cached_tokens(self) -> int:
        """Those of the prompt that the vendor had cached."""
        return int((self.usage.get("prompt_token_details") or {}).get("cached_tokens") or 0)

    async def rounds(self) -> AsyncGenerator[list[FunctionCall], None]:
        """Waits for the end; yields the calls that are asked for, each time there are some.

        They must have been answered by `submit` before the next step is taken.

        Raises:
            AssistantRunEnded: It failed, expired, or was cancelled or cut.
        """
        while self._run["status"] in _UNDER_WAY:
            action = self._run.get("required_action")
            if self._run["status"] == "requires_action" and action:
                yield [
                    FunctionCall(
                        id=call["id"],
                        name=call["function"]["name"],
                        arguments=call["function"]["arguments"],
                    )
                    for call in action["submit_tool_outputs"]["tool_calls"]
                    if call["type"] == "function"
                ]
            else:
                await sleep(POLL_SECONDS)
                self._run = await self._api.get(self._path)
        if self._run["status"] != "completed":
            raise AssistantRunEnded(self._run["id"], self._run["status"], _reason(self._run))

    async def submit(self, results: Sequence[FunctionExecutionResult]) -> None:
        """Tells what came of the calls."""
        outputs = [{"tool_call_id": result.call_id, "output": result.content} for result in results]
        self._run = await self._api.post(
            f"{self._path}/submit_tool_outputs", {"tool_outputs": outputs}
        )

    async def abandon(self) -> None:
        """Has the server give up, if it is still at it: the thread is locked until it does."""
        if self._run["status"] in _UNDER_WAY:
            with suppress(OpenAIError):
                await self._api.post(f"{self._path}/cancel")

    async def answer(self) -> str:
        """The text of the last message that the run has written.

        Raises:
            ValueError: There is no message, or no text in it.
        """
        page = await self._api.get(
            f"/threads/{self._thread_id}/messages", order="desc", limit=1, run_id=self._run["id"]
        )
        if not page["data"]:
            raise ValueError("No messages received from assistant")
        content: list[Any] = page["data"][0].get("content") or []
        if not content:
            raise ValueError(f"No content in the last message: {page['data'][0]}")
        texts = [part["text"]["value"] for part in content if part["type"] == "text"]
        if not texts:
            raise ValueError(f"Expected text content in the last message: {content}")
        return "\n".join(texts)


def _reason(run: Json) -> str:
    error = run.get("last_error") or {}
    detail = run.get("incomplete_details") or {}
    said = [error.get("code"), error.get("message"), detail.get("reason")]
    return ": ".join(part for part in said if part)
