"""What a team's saved state holds: its participants', the conversation's, and the condition's."""

from collections.abc import Mapping, Sequence
from typing import Any

from agentchat.base import ChatAgent, Team
from agentchat.messages import BaseChatMessage, MessageFactory
from agentchat.state import ChatAgentContainerState, TeamState
from agentchat.teams._manager import GroupChatManager


async def saved(manager: GroupChatManager, participants: Sequence[ChatAgent | Team]) -> TeamState:
    """What `load` needs to go on from the manager's place."""
    states: dict[str, Any] = {}
    for participant in participants:
        unheard = manager.conversation.unheard(participant.name)
        states[participant.name] = ChatAgentContainerState(
            agent_state=await participant.save_state(),
            message_buffer=[message.dump() for message in unheard],
        ).model_dump()
    thread = [message.dump() for message in manager.conversation.thread]
    states[manager.name] = (
        manager.state()
        .model_copy(update={"message_thread": thread, "current_turn": manager.turns_taken})
        .model_dump()
    )
    condition = manager.rules.termination_condition
    return TeamState(
        agent_states=states,
        termination_condition=None if condition is None else await condition.save_state(),
    )


async def load(
    state: TeamState, manager: GroupChatManager, participants: Sequence[ChatAgent | Team]
) -> None:
    """Lets the manager and the participants go on from a saved state.

    Raises:
        ValueError: The state is not one of this team's; nothing has changed, unless a participant
            refuses its own part.
    """
    factory, condition = manager.roster.message_factory, manager.rules.termination_condition
    states = {
        each.name: ChatAgentContainerState.model_validate(_state_of(each.name, state))
        for each in participants
    }
    unheard = {
        name: [_restored(message, factory) for message in container.message_buffer]
        for name, container in states.items()
    }
    loaded = await manager.load(_state_of(manager.name, state))
    thread = [factory.create(message) for message in loaded.message_thread]
    for seat, participant in zip(manager.roster.seats, participants, strict=True):
        await participant.load_state(states[participant.name].agent_state)
        seat.loaded()
    manager.turns_taken = loaded.current_turn
    manager.has_ended = None
    manager.conversation.load(thread, unheard)
    if condition is not None and state.termination_condition is not None:
        await condition.load_state(state.termination_condition)


def _state_of(name: str, state: TeamState) -> Mapping[str, Any]:
    if name not in state.agent_states:
        raise ValueError(
            f"Agent state for {name} not found in the saved state. It holds: "
            f"{', '.join(state.agent_states) or 'nothing'}."
        )
    found: Mapping[str, Any] = state.agent_states[name]
    return found


def _restored(dump: Mapping[str, Any], factory: MessageFactory) -> BaseChatMessage:
    message = factory.create(dump)
    if not isinstance(message, BaseChatMessage):
        raise ValueError(f"A message buffer holds a {type(message).__name__}, an event.")  # noqa: TRY004 - a bad state
    return message
