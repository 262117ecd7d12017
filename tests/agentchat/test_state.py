import pytest

from agentchat import state
from agentchat.state import BaseState, TeamState

upstream_fields = {
    "AssistantAgentState": {"llm_context": {"messages": []}},
    "BaseGroupChatManagerState": {"message_thread": [], "current_turn": 0},
    "BaseState": {},
    "ChatAgentContainerState": {"agent_state": {}, "message_buffer": []},
    "MagenticOneOrchestratorState": {
        "message_thread": [],
        "current_turn": 0,
        "task": "",
        "facts": "",
        "plan": "",
        "n_rounds": 0,
        "n_stalls": 0,
    },
    "RoundRobinManagerState": {"message_thread": [], "current_turn": 0, "next_speaker_index": 0},
    "SelectorManagerState": {"message_thread": [], "current_turn": 0, "previous_speaker": None},
    "SocietyOfMindAgentState": {"inner_team_state": {}},
    "SwarmManagerState": {"message_thread": [], "current_turn": 0, "current_speaker": ""},
    "TeamState": {"agent_states": {}},
}


@pytest.mark.parametrize("name", state.__all__)
def test_a_state_holds_what_upstream_writes(name: str) -> None:
    kind: type[BaseState] = getattr(state, name)
    written = {"type": name, "version": "1.0.0"} | upstream_fields[name]

    dumped = kind().model_dump(mode="json")

    assert kind.model_validate(written) == kind()
    assert {field: dumped[field] for field in written} == written


def test_two_states_share_nothing() -> None:
    first, second = state.ChatAgentContainerState(), state.ChatAgentContainerState()

    first.message_buffer.append({"content": "hi"})

    assert second.message_buffer == []


def test_a_team_state_of_upstream_says_nothing_of_the_condition() -> None:
    loaded = TeamState.model_validate({"agent_states": {}})

    assert loaded.termination_condition is None
