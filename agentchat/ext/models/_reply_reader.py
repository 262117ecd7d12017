"""ReplyReader: how the replies of one vendor are read into the assembler."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from agentchat.ext.models._assembler import ReplyAssembler
from agentchat.ext.models._reading import Json


class ReplyReader(ABC):
    """Reads one reply of a vendor, whole or event by event, into the assembler.

    Args:
        model: The model that was asked, for errors.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self.assembler: ReplyAssembler = ReplyAssembler()

    @abstractmethod
    def read_whole(self, body: Json) -> bool:
        """Reads a whole reply; False when there is nothing in it to read."""

    @abstractmethod
    def read_event(self, event: Json) -> Iterator[str]:
        """Reads an event of a stream; yields what the stream's reader shall see of it."""

    @property
    def shown(self) -> ReplyAssembler:
        """What has come of a stream so far."""
        return self.assembler

    @property
    def is_complete(self) -> bool:
        """Whether the server has said that the stream is over."""
        return self.assembler.finish_reason is not None
