"""What was said in a team, and what each participant has yet to hear."""

from collections.abc import Iterable, Sequence
from itertools import repeat

from typing_extensions import TypeIs

from agentchat.base import Response, TaskResult
from agentchat.messages import BaseAgentEvent, BaseChatMessage

Utterance = BaseAgentEvent | BaseChatMessage


class Turn:
    """One participant's turn while it goes on; nothing of it counts before it is over."""

    __slots__ = ("answer", "delta", "heard_until", "is_answered", "is_over", "said", "speaker")

    def __init__(self, speaker: str, heard_until: int) -> None:
        self.speaker = speaker
        self.heard_until = heard_until
        """How much of the conversation the speaker was given."""

        self.delta: Sequence[Utterance] = ()
        """Everything the speaker reports with its answer, the answer last."""

        self.said: Sequence[BaseChatMessage] = ()
        """The part that the others hear."""

        self.answer: BaseChatMessage | None = None
        """What is still to be shown of it; a team has shown its words already."""

        self.is_answered = False
        """Whether the speaker has given its answer."""

        self.is_over = False
        """Whether the speaker is through, cleaning up included."""

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
        self._heard: list[tuple[str | None, BaseChatMessage]] = []
        self.forget()

    def forget(self) -> None:
        """Empties everything."""
        self.thread = []
        self._heard = []
        self._position_by_name = dict.fromkeys(self._participants, 0)
        # What a loaded state says that a participant has not heard yet.
        self._held_by_name: dict[str, list[BaseChatMessage]] = {}

    def announce(self, messages: Sequence[BaseChatMessage], author: str | None = None) -> None:
        """Lets everybody but the author hear the messages."""
        self.thread.extend(messages)
        self._heard.extend((author, message) for message in messages)

    def unheard(self, name: str) -> list[BaseChatMessage]:
        """What a participant has not been given yet; never its own words."""
        unheard = list(self._held_by_name.get(name, ()))
        for author, message in self._heard[self._position_by_name[name] :]:
            if author != name:
                unheard.append(message)
        return unheard

    def begin(self, names: Sequence[str]) -> list[Turn]:
        """Opens a turn for participants that are given `unheard(name)`."""
        until = len(self._heard)
        return list(map(Turn, names, repeat(until)))

    def commit(self, turns: Sequence[Turn]) -> list[Utterance]:
        """Makes finished turns part of the conversation, and returns what they add to it."""
        added: list[Utterance] = []
        for turn in turns:
            added.extend(turn.delta)
            self._heard.extend(zip(repeat(turn.speaker), turn.said))
            self._position_by_name[turn.speaker] = turn.heard_until
            self._held_by_name.pop(turn.speaker, None)
        self.thread.extend(added)
        return added

    def load(
        self, thread: list[Utterance], unheard_by_name: dict[str, list[BaseChatMessage]]
    ) -> None:
        """Replaces everything by what was saved."""
        self.forget()
        self.thread = thread
        self._held_by_name = unheard_by_name
