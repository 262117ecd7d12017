"""What an assistant saves, to go on from there: the conversation, and what its parts remember."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pydantic import Field

from agentchat.state import AssistantAgentState


class FullAssistantState(AssistantAgentState):
    """An assistant with what upstream leaves out, which is written where there is any."""

    unanswered: list[str] = Field(default_factory=list)
    """Ids of the messages that the model has been told, and that no turn has answered yet."""

    workbenches: list[Mapping[str, Any]] = Field(default_factory=list)
    """The states of its workbenches, in their order; empty when none remembers anything."""

    memories: list[Mapping[str, Any]] = Field(default_factory=list)
    """The states of its memories, likewise; those that keep things elsewhere have none."""

    def written(self) -> dict[str, Any]:
        """The state as plain values; where nothing is left out, they are upstream's."""
        additions = ("unanswered", "workbenches", "memories")
        return self.model_dump(exclude={name for name in additions if not getattr(self, name)})


class Remembering(Protocol):
    """A part of an agent that has a state: a workbench, a memory."""

    async def save_state(self) -> Mapping[str, Any]:
        """What it remembers, as plain values."""
        ...

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Has it remember that instead."""
        ...


async def states_of(parts: Sequence[Remembering]) -> list[Mapping[str, Any]]:
    """What each part remembers; empty when none remembers anything."""
    states = [await part.save_state() for part in parts]
    return states if any(map(_tells_something, states)) else []


async def restore(
    parts: Sequence[Remembering], states: Sequence[Mapping[str, Any]], called: str
) -> None:
    """Has each part remember its state again; no states leave them as they are.

    Raises:
        ValueError: The states are those of another number of parts.
    """
    if states and len(states) != len(parts):
        raise ValueError(
            f"The state is that of an agent with {len(states)} {called}, "
            f"and this one has {len(parts)}."
        )
    for part, state in zip(parts, states, strict=False):
        await part.load_state(state)


def _tells_something(state: Any) -> bool:
    """Whether there is anything in a state but the names of types and tools."""
    if not isinstance(state, Mapping):
        return True
    return any(_tells_something(value) for name, value in state.items() if name != "type")
