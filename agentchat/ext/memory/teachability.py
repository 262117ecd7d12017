"""Teachability: a memory that learns from what users say."""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, ClassVar

from pydantic import BaseModel

from agentchat.core import CancellationToken, Component
from agentchat.core.memory import (
    LexicalMemory,
    Memory,
    MemoryContent,
    MemoryMimeType,
    MemoryQueryResult,
    UpdateContextResult,
)
from agentchat.core.model_context import ChatCompletionContext
from agentchat.core.models import (
    AssistantMessage,
    ChatCompletionClient,
    LLMMessage,
    SystemMessage,
    UserMessage,
)

__all__ = ["DEFAULT_RULES", "Teachability"]

DEFAULT_RULES = (
    r"\b(?:remember|note that|keep in mind|bear in mind|don't forget|do not forget)\b",
    r"\b(?:from now on|in (?:the )?future|next time)\b",
    r"^(?:please )?(?:always|never)\b",
    r"\b(?:i|we) (?:always|never|usually|prefer|like|love|dislike|hate|want you to)\b",
    r"\b(?:my|our) (?:\w+ ){1,3}(?:is|are)\b",
    r"^(?:when|whenever|if) (?:i|we)\b.*,",
)
"""What English advice looks like: regular expressions, searched in a sentence without case."""

_INSTRUCTIONS = """Users teach an assistant while they talk to it. Write down what it should know \
or do in later conversations too: facts about the user, wishes, rules, ways to solve a kind of task.

Write one thing a line, each so that it can be understood by itself. Write NOTHING if there is
nothing to learn, as in a question, or in a task that is for this once only."""

_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")  # noqa: RUF001 - full-width on purpose
_BULLETS = "-*\u2022 \t"


class Teachability(Memory, Component[BaseModel]):
    """Learns from what users say, and tells what it has learned where that bears on the task.

    In each turn it first recalls, and then learns from what was said since the last answer. By
    default it keeps the sentences that look like advice; with a model client it has the model put
    them into words. An application that knows better calls `learn`. Nothing is learned twice.

    Args:
        memory: Where advice is kept, and how it is found again; by default a LexicalMemory. With
            a JsonLinesMemory, advice outlives the process.
        model_client: Is asked, once for each message of a teacher, what there is to learn.
        teachers: The sources of messages to learn from. What other agents and tools say teaches
            nothing, so that a web page can't.
        rules: What a sentence must look like to be kept; without effect if there is a model client.
    """

    component_provider_override: ClassVar[str] = "agentchat.ext.memory.teachability.Teachability"

    def __init__(
        self,
        memory: Memory | None = None,
        model_client: ChatCompletionClient | None = None,
        teachers: Sequence[str] = ("user",),
        rules: Sequence[str] = DEFAULT_RULES,
    ) -> None:
        self._memory = LexicalMemory() if memory is None else memory
        self._model_client = model_client
        self._teachers = tuple(teachers)
        self._rules = [re.compile(rule, re.IGNORECASE) for rule in rules]
        # A memory tells what bears on a question; whether it has a text, it may not tell.
        self._known: set[str] = set()

    async def update_context(self, model_context: ChatCompletionContext) -> UpdateContextResult:
        """Puts advice that bears on the last message into the context, and learns from it."""
        # In this order: what was said a moment ago needs no recalling.
        recalled = await self._memory.update_context(model_context)
        for message in _since_last_answer(await model_context.get_messages()):
            if isinstance(message, UserMessage) and message.source in self._teachers:
                for advice in await self._advice_in(_text_of(message)):
                    await self.learn(advice)
        return recalled

    async def learn(self, advice: str) -> bool:
        """Remembers a piece of advice; False when it is known already, letter case aside."""
        key = advice.casefold()
        found = await self._memory.query(advice)
        self._known.update(str(item.content).casefold() for item in found.results)
        if key in self._known:
            return False
        await self._memory.add(MemoryContent(content=advice, mime_type=MemoryMimeType.TEXT))
        self._known.add(key)
        return True

    async def query(
        self,
        query: str | MemoryContent,
        cancellation_token: CancellationToken | None = None,
        **kwargs: Any,
    ) -> MemoryQueryResult:
        """The advice that bears on a question."""
        return await self._memory.query(query, cancellation_token, **kwargs)

    async def add(
        self, content: MemoryContent, cancellation_token: CancellationToken | None = None
    ) -> None:
        """Remembers something whatever it looks like, and also if it is known already."""
        await self._memory.add(content, cancellation_token)

    async def clear(self) -> None:
        """Forgets everything."""
        self._known.clear()
        await self._memory.clear()

    async def close(self) -> None:
        """Closes the memory inside; the model client is its owner's."""
        await self._memory.close()

    def _to_config(self) -> BaseModel:
        return super()._to_config().model_copy(update={"memory": self._memory})

    async def _advice_in(self, text: str) -> list[str]:
        if self._model_client is not None:
            return await _advice_by_model(self._model_client, text)
        sentences = (sentence.strip() for sentence in _SENTENCE_ENDS.split(text))
        return [sentence for sentence in sentences if self._is_advice(sentence)]

    def _is_advice(self, sentence: str) -> bool:
        # A question asks, whatever its words.
        return not sentence.endswith(("?", "\uff1f")) and any(
            rule.search(sentence) for rule in self._rules
        )


async def _advice_by_model(client: ChatCompletionClient, text: str) -> list[str]:
    messages: list[LLMMessage] = [
        SystemMessage(content=_INSTRUCTIONS),
        UserMessage(content=text, source="user"),
    ]
    answer = (await client.create(messages)).content
    lines = (line.strip(_BULLETS) for line in str(answer).splitlines())
    return [line for line in lines if line and line.strip(".") != "NOTHING"]


def _since_last_answer(conversation: Sequence[LLMMessage]) -> list[LLMMessage]:
    unanswered = takewhile(
        lambda message: not isinstance(message, AssistantMessage), reversed(conversation)
    )
    return list(unanswered)[::-1]


def _text_of(message: UserMessage) -> str:
    parts = [message.content] if isinstance(message.content, str) else message.content
    return "\n".join(part for part in parts if isinstance(part, str))
