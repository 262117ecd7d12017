"""What an assistant saves, to go on from there: the conversation, and what its tools remember."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from agentchat.core.tools import Workbench
from agentchat.state import AssistantAgentState


class FullAssistantState(AssistantAgentState):
    """An assistant with what upstream leaves out, which is written where there is any."""

    unanswered: list[str] = Field(default_factory=list)
    """Ids of the messages that the model has been told, and that no turn has answered yet."""

    workbenches: list[Mapping[str, Any]] = Field(default_factory=list)
    """The states of its workbenches, in their order; empty when none remembers anything."""

    def written(self) -> dict[str, Any]:
        """The state as plain values; where nothing is left out, they are upstream's."""
        additions = ("unanswered", "workbenches")
        return self.model_dump(exclude={name for name in additions if not getattr(self, name)})


async def states_of(workbenches: Sequence[Workbench]) -> list[Mapping[str, Any]]:
    """What each workbench remembers; empty when none remembers anything."""
    states = [await workbench.save_state() for workbench in workbenches]
    return states if any(map(_tells_something, states)) else []


async def restore(workbenches: Sequence[Workbench], states: Sequence[Mapping[str, Any]]) -> None:
    """Has each workbench remember its state again; no states leave them as they are.

    Raises:
        ValueError: The states are those of another number of workbenches.
    """
    if states and len(states) != len(workbenches):
        raise ValueError(
            f"The state is that of an agent with {len(states)} workbenches, "
            f"and this one has {len(workbenches)}."
        )
    for workbench, state in zip(workbenches, states, strict=False):
        await workbench.load_state(state)


def _tells_something(state: Any) -> bool:
    """Whether there is anything in a state but the names of types and tools."""
    if not isinstance(state, Mapping):
        return True
    return any(_tells_something(value) for name, value in state.items() if name != "type")
