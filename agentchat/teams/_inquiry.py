"""Asking a model which of several candidates speaks next."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal

from pydantic import ValidationError, create_model

from agentchat.core.models import AssistantMessage, LLMMessage, UserMessage


class Mentions:
    """Finds participants' names in what a model says."""

    def __init__(self, names: Iterable[str]) -> None:
        self._pattern_by_name = {name: _mention_of(name) for name in names}

    def of(self, names: Iterable[str], answer: str) -> list[str]:
        """Those of the names that are mentioned."""
        return [name for name in names if self._pattern_by_name[name].search(answer)]

    def any_in(self, answer: str) -> list[str]:
        """All names that are mentioned, whoever they belong to."""
        return self.of(self._pattern_by_name, answer)


class Inquiry:
    """One choice that is left to a model: what it is asked, and what its answers amount to.

    Args:
        question: What the model is asked first.
        candidates: From whom it may choose.
        previous: Who has just spoken, if anybody has.
        mentions: Finds the names of all participants in an answer.
        attempts: How often the model may be asked.
        wants_json: Whether the model is held to JSON that names a candidate.
    """

    def __init__(
        self,
        question: LLMMessage,
        candidates: list[str],
        previous: str | None,
        *,
        mentions: Mentions,
        attempts: int,
        wants_json: bool,
    ) -> None:
        self.messages: list[LLMMessage] = [question]
        """What the model is asked next."""

        self.output_type = _next_speaker(tuple(candidates)) if wants_json else None
        """What the answer shall be the JSON of; None for words."""

        self.speaker: str | None = None
        """Whom the model has chosen."""

        self.is_open = attempts > 0
        """Whether the model is to be asked, or asked again."""

        self._attempts_left = attempts
        self._candidates = candidates
        self._previous = previous
        self._mentions = mentions

    @property
    def fallback(self) -> str:
        """Who speaks when the model has chosen nobody."""
        previous = self._previous
        return previous if previous in self._candidates else self._candidates[0]

    def hear(self, answer: str) -> None:
        """Takes the answer to `messages`; one that names no single candidate is sent back there."""
        self._attempts_left -= 1
        # Also the last one: whoever keeps what the model was asked finds the whole of it.
        self.messages.append(AssistantMessage(content=answer, source="selector"))
        named = self._named_in(answer)
        if len(named) == 1:
            self.speaker = named[0]
            self.is_open = False
        else:
            self.is_open = self._attempts_left > 0
            objection = self._objection(answer, named)
            self.messages.append(UserMessage(content=objection, source="user"))

    def _named_in(self, answer: str) -> list[str]:
        if self.output_type is not None:
            try:
                return [self.output_type.model_validate_json(answer).speaker]
            except ValidationError:
                pass  # Not every server keeps to the schema; then words will do.
        return self._mentions.of(self._candidates, answer)

    def _objection(self, answer: str, named: Sequence[str]) -> str:
        if named:
            return (
                "Expected exactly one name to be mentioned. "
                f"Please select only one from: {self._candidates}."
            )
        if self._mentions.any_in(answer) == [self._previous]:
            return (
                "Repeated speaker is not allowed, "
                f"please select a different name from: {self._candidates}."
            )
        return f"No valid name was mentioned. Please select from: {self._candidates}."


@lru_cache
def _next_speaker(candidates: tuple[str, ...]) -> type[Any]:
    """The form of an answer that can name nobody else."""
    speaker: Any = Literal[candidates]
    return create_model("NextSpeaker", speaker=(speaker, ...))


def _mention_of(name: str) -> re.Pattern[str]:
    """Finds a name as a whole word; models like to write `_` as a space, or to escape it."""
    spellings = {name, name.replace("_", " "), name.replace("_", r"\_")}
    choices = "|".join(re.escape(spelling) for spelling in sorted(spellings, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)")
