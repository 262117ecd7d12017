"""What was said in a team, and what each participant has yet to hear."""

from collections.abc import Iterable, Sequence
from copy import copy
from itertools import repeat

from typing_extensions import TypeIs

from agentchat.base import Response, TaskResult
from agentchat.core._record import kept
from agentchat.core._strands import Moment
from agentchat.messages import BaseAgentEvent, BaseChatMessage

Utterance = BaseAgentEvent | BaseChatMessage

_ROOM = 64
"""How many messages are kept at least before it is looked which of them all have heard."""


class Turn:
    """One participant's turn while it goes on; nothing of it counts before it is over."""

    delta: Sequence[Utterance] = ()
    """Everything the speaker reports with its answer, the answer last."""

    said: Sequence[BaseChatMessage] = ()
    """The part that the others hear."""

    answer: BaseChatMessage | None = None
    """What is still to be shown of it; a team has shown its words already."""

    answered: Moment | None = None
    """When that was, where others went on beside it."""

    is_answered = False
    """Whether the speaker has given its answer."""

    is_over = False
    """Whether the speaker is through, cleaning up included."""

    is_called_off = False
    """Whether it was broken off since the team was asked to stop."""

    def __init__(self, speaker: str, heard_until: int) -> None:
        self.speaker = speaker
        self.heard_until = heard_until
        """How much of the conversation the speaker was given."""

    def takes(self, item: Utterance | Response | TaskResult) -> TypeIs[Response | TaskResult]:
        """Takes in the speaker's answer, if that is what came out of it."""
        if isinstance(item, Response):
            self.answer = item.chat_message
            self.said = (item.chat_message,)
            # What an agent shows but does not report, such as the talk of its inner team, is its
            # own affair: it neither counts for conditions nor reaches the thread.
            self.delta = (*(item.inner_messages or ()), item.chat_message)
        elif isinstance(item, TaskResult):
            self.said = [
                message for message in item.messages if isinstance(message, BaseChatMessage)
            ]
            self.delta = item.messages
        else:
            return False
        self.is_answered = True
        return True


class Conversation:
    """One list for the team and one position for each participant, however many there are."""

    def __init__(self, participants: Iterable[str]) -> None:
        self.thread: list[Utterance] = []
        """Everything said and done, for those who choose speakers."""

        self._participants = tuple(participants)
        self.forget()

    def forget(self) -> None:
        """Empties everything."""
        self.thread = []
        # What somebody may still have to hear, and who has said it; more was heard by all.
        self._heard: list[tuple[str | None, BaseChatMessage]] = []
        self._heard_by_all = 0
        self._room = _ROOM
        self._position_by_name = dict.fromkeys(self._participants, 0)
        # What a loaded state says that a participant has not heard yet.
        self._held_by_name: dict[str, list[BaseChatMessage]] = {}

    def twin(self) -> "Conversation":
        """Another one in which the same was said."""
        twin = copy(self)
        twin.thread = list(self.thread)
        twin._heard = list(self._heard)
        twin._position_by_name = dict(self._position_by_name)
        twin._held_by_name = dict(self._held_by_name)
        return twin

    def announce(self, messages: Sequence[BaseChatMessage], author: str | None = None) -> None:
        """Lets everybody but the author hear the messages."""
        self.thread.extend(map(kept, messages))
        self._heard.extend((author, message) for message in messages)

    def unheard(self, name: str) -> list[BaseChatMessage]:
        """What a participant has not been given yet; never its own words."""
        unheard = list(self._held_by_name.get(name, ()))
        position = self._position_by_name[name] - self._heard_by_all
        for author, message in self._heard[position:]:
            if author != name:
                unheard.append(message)
        return unheard

    def begin(self, names: Sequence[str]) -> list[Turn]:
        """Opens a turn for participants that are given `unheard(name)`."""
        until = self._heard_by_all + len(self._heard)
        return list(map(Turn, names, repeat(until)))

    def commit(self, turns: Sequence[Turn]) -> list[Utterance]:
        """Makes finished turns part of the conversation, and returns what they add to it."""
        added: list[Utterance] = []
        for turn in turns:
            added.extend(turn.delta)
            self._heard.extend(zip(repeat(turn.speaker), turn.said))
            self._position_by_name[turn.speaker] = turn.heard_until
            self._held_by_name.pop(turn.speaker, None)
        self.thread.extend(map(kept, added))
        if len(self._heard) > self._room:
            self._let_go()
        return added

    def _let_go(self) -> None:
        """Drops what everybody has heard; seldom, so that it costs next to nothing a turn."""
        heard_by_all = min(self._position_by_name.values())
        del self._heard[: heard_by_all - self._heard_by_all]
        self._heard_by_all = heard_by_all
        self._room = 2 * len(self._heard) + _ROOM

    def load(
        self, thread: list[Utterance], unheard_by_name: dict[str, list[BaseChatMessage]]
    ) -> None:
        """Replaces everything by what was saved."""
        self.forget()
        self.thread = thread
        self._held_by_name = unheard_by_name
