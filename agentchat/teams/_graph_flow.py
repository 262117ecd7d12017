"""GraphFlow: a graph says who speaks after whom."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Self

from agentchat.base import ChatAgent, TerminationCondition
from agentchat.core import AgentRuntime
from agentchat.messages import BaseAgentEvent, BaseChatMessage
from agentchat.state import BaseGroupChatManagerState
from agentchat.teams._conversation import Turn, Utterance
from agentchat.teams._graph import DiGraph, DiGraphEdge
from agentchat.teams._group_chat import BaseGroupChat, check_are_agents
from agentchat.teams._manager import GroupChatManager, Roster, Rules


class GraphManagerState(BaseGroupChatManagerState):
    """Where a graph stands."""

    type: str = "GraphManagerState"
    remaining: dict[str, dict[str, int]] = {}
    """How many edges each target still waits for, by group."""

    enqueued_any: dict[str, dict[str, bool]] = {}
    """Which targets one edge of the group has made ready already."""

    ready: list[str] = []
    """Who speaks in the next turn."""

    triggered: dict[str, list[str]] = {}
    """Which groups have made each of them ready; absent in what upstream wrote."""


class GraphManager(GroupChatManager):
    """Lets everybody speak whose edges are open, all of them in one turn."""

    def __init__(self, graph: DiGraph, name: str, roster: Roster, rules: Rules) -> None:
        super().__init__(name, roster, rules)
        graph.graph_validate()
        if graph.get_has_cycles() and rules.termination_condition is None and not rules.max_turns:
            raise ValueError(
                "A termination condition is required for cyclic graphs without a maximum turn "
                "limit."
            )
        self._graph = graph
        self._start()

    def _start(self) -> None:
        self._remaining = self._graph.get_remaining_map()
        self._enqueued_any = {
            target: dict.fromkeys(groups, False) for target, groups in self._remaining.items()
        }
        self._ready = self._graph.start_order()
        self._triggered: dict[str, list[str]] = {}

    async def select_speakers(self, thread: Sequence[Utterance]) -> Sequence[str]:
        return tuple(self._ready)

    def turn_over(self, turns: Sequence[Turn]) -> None:
        spoken = {turn.speaker for turn in turns}
        self._ready = [name for name in self._ready if name not in spoken]
        for turn in turns:
            self._rearm(turn.speaker)
        for turn in turns:
            if turn.said:
                self._follow_edges(turn.speaker, turn.said[-1])

    def twin(self) -> Self:
        twin = super().twin()
        twin._take(self.state())
        return twin

    def finished(self) -> str | None:
        if self._ready:
            return None
        self._start()
        return "Digraph execution is complete"

    async def forget(self) -> None:
        await super().forget()
        self._start()

    def state(self) -> GraphManagerState:
        return GraphManagerState(
            remaining=self._remaining,
            enqueued_any=self._enqueued_any,
            ready=self._ready,
            triggered=self._triggered,
        )

    async def load(self, state: Mapping[str, Any]) -> GraphManagerState:
        loaded = GraphManagerState.model_validate(state)
        self._take(loaded)
        return loaded

    def _take(self, state: GraphManagerState) -> None:
        # A copy of its own: it is counted down from here on.
        own = state.model_copy(deep=True)
        self._remaining = own.remaining
        self._enqueued_any = own.enqueued_any
        self._ready = own.ready
        self._triggered = own.triggered

    def _rearm(self, speaker: str) -> None:
        """Makes the groups that activated a speaker wait for their edges again, for loops."""
        for group in self._triggered.pop(speaker, ()):
            if self._enqueued_any[speaker][group]:
                self._enqueued_any[speaker][group] = False
            else:
                self._remaining[speaker][group] = self._graph.get_remaining_map()[speaker][group]

    def _follow_edges(self, speaker: str, answer: BaseChatMessage) -> None:
        for edge in self._graph.nodes[speaker].edges:
            if edge.check_condition(answer) and self._activates(edge):
                self._triggered.setdefault(edge.target, []).append(edge.activation_group)
                if edge.target not in self._ready:
                    self._ready.append(edge.target)

    def _activates(self, edge: DiGraphEdge) -> bool:
        """Counts an open edge, and tells whether it makes its target ready."""
        target, group = edge.target, edge.activation_group
        if edge.activation_condition == "all":
            self._remaining[target][group] -= 1
            return self._remaining[target][group] == 0
        was_enqueued = self._enqueued_any[target][group]
        self._enqueued_any[target][group] = True
        return not was_enqueued


class GraphFlow(BaseGroupChat):
    """A team whose order is a graph: sequences, branches that run side by side, joins, loops.

    A turn is one batch: all who are ready speak at once. When nobody is ready any more the run
    ends with "Digraph execution is complete", and the next run starts from the beginning; a run
    that was stopped in the middle goes on where it was.

    Args:
        participants: Agents, with the names of the graph's nodes.
        graph: Who may follow whom.
        name: Of the team, when it takes part in another.
        description: What the team can do, for those who choose a speaker.
        termination_condition: Ends a run; a graph with cycles needs this or `max_turns`.
        max_turns: Ends a run after so many batches.
        runtime: Where the participants live as actors; by default they are called directly.
        custom_message_types: Kinds of message that no participant declares to produce.

    Raises:
        TypeError: A participant is no agent.
        ValueError: There are no participants, or two have the same name.
    """

    def __init__(  # noqa: PLR0913 - upstream's signature
        self,
        participants: Sequence[ChatAgent],
        graph: DiGraph,
        *,
        name: str | None = None,
        description: str | None = None,
        termination_condition: TerminationCondition | None = None,
        max_turns: int | None = None,
        runtime: AgentRuntime | None = None,
        custom_message_types: Sequence[type[BaseAgentEvent | BaseChatMessage]] | None = None,
    ) -> None:
        check_are_agents(participants)
        super().__init__(
            name=name or "GraphFlow",
            description=description or "A team of agents",
            participants=participants,
            group_chat_manager_name="GraphManager",
            group_chat_manager_class=partial(GraphManager, graph),
            termination_condition=termination_condition,
            max_turns=max_turns,
            runtime=runtime,
            custom_message_types=custom_message_types,
        )
