"""The progress ledger: where the orchestrator of a MagenticOneGroupChat thinks the work stands."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from agentchat.core._json_text import extract_json_from_str
from agentchat.core.models import (
    AssistantMessage,
    ChatCompletionClient,
    LLMMessage,
    UserMessage,
)

_ATTEMPTS = 10


class Flag(BaseModel, defer_build=True):
    """A yes or no, and why."""

    reason: str
    answer: bool


class Words(BaseModel, defer_build=True):
    """A text, and why that one."""

    reason: str
    answer: str


class ProgressLedger(BaseModel, defer_build=True):
    """The orchestrator's answers about the state of the work."""

    is_request_satisfied: Flag
    is_in_loop: Flag
    is_progress_being_made: Flag
    next_speaker: Words
    instruction_or_question: Words


async def asked_for_progress(
    client: ChatCompletionClient, context: Sequence[LLMMessage], names: Sequence[str]
) -> ProgressLedger:
    """The model's ledger; an answer that is none is sent back with what is wrong with it.

    Raises:
        ValueError: None of ten answers was a ledger.
    """
    messages = list(context)
    problem = ""
    for _ in range(_ATTEMPTS):
        result = await client.create(messages, json_output=_form(client))
        text = result.content if isinstance(result.content, str) else ""
        try:
            return _parsed(text, names)
        except ValueError as error:
            problem = str(error)
        messages.append(AssistantMessage(content=text, source="orchestrator"))
        messages.append(UserMessage(content=f"{problem} Answer once more.", source="user"))
    raise ValueError(f"Failed to parse ledger information after multiple retries. {problem}")


def _form(client: ChatCompletionClient) -> Any:
    if client.model_info.get("structured_output"):
        return ProgressLedger
    return True if client.model_info["json_output"] else None


def _parsed(text: str, names: Sequence[str]) -> ProgressLedger:
    found = extract_json_from_str(text)
    if len(found) != 1:
        raise ValueError(f"The answer holds {len(found)} JSON objects instead of one.")
    if len(names) == 1:
        found[0]["next_speaker"] = {"reason": "The team has one member.", "answer": names[0]}
    try:
        ledger = ProgressLedger.model_validate(found[0])
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"In the answer {place!r} is wrong: {first['msg']}.") from error
    if ledger.next_speaker.answer not in names and not ledger.is_request_satisfied.answer:
        raise ValueError(
            f"There is no {ledger.next_speaker.answer!r} in the team; there are {list(names)}."
        )
    return ledger
