"""DiGraphBuilder: a graph of agents, edge by edge."""

import warnings
from collections.abc import Callable
from typing import Literal, Self

from agentchat.base import ChatAgent
from agentchat.messages import BaseChatMessage
from agentchat.teams._graph import DiGraph, DiGraphEdge, DiGraphNode

Activation = Literal["all", "any"]


class DiGraphBuilder:
    """Collects agents and the ways between them; its methods chain.

    >>> DiGraphBuilder().get_participants()
    []
    """

    def __init__(self) -> None:
        self.nodes: dict[str, DiGraphNode] = {}
        self.agents: dict[str, ChatAgent] = {}
        self._entry_point: str | None = None

    def add_node(self, agent: ChatAgent, activation: Activation = "all") -> Self:
        """Adds an agent; one that is there already keeps its edges."""
        if agent.name not in self.nodes:
            self.nodes[agent.name] = DiGraphNode(name=agent.name, edges=[], activation=activation)
            self.agents[agent.name] = agent
        return self

    def add_edge(
        self,
        source: str | ChatAgent,
        target: str | ChatAgent,
        condition: str | Callable[[BaseChatMessage], bool] | None = None,
        activation_group: str | None = None,
        activation_condition: Activation | None = None,
    ) -> Self:
        """Adds a way from one agent to another.

        Args:
            source: Who has spoken; an agent or its name.
            target: Who may speak then.
            condition: A text that the answer must hold, or a function of the answer.
            activation_group: Edges of one group activate the target together.
            activation_condition: Whether all edges of the group are needed, or any.

        Raises:
            ValueError: One of the two has not been added.
        """
        source_name, target_name = _name_of(source), _name_of(target)
        for kind, name in (("Source", source_name), ("Target", target_name)):
            if name not in self.nodes:
                raise ValueError(f"{kind} node '{name}' must be added before adding an edge.")
        self.nodes[source_name].edges.append(
            DiGraphEdge(
                target=target_name,
                condition=condition,
                activation_group=activation_group or "",
                activation_condition=activation_condition or "all",
            )
        )
        return self

    def add_conditional_edges(
        self, source: str | ChatAgent, condition_to_target: dict[str, str | ChatAgent]
    ) -> Self:
        """Adds one edge for each text that the answer may hold.

        Raises:
            ValueError: One of the agents has not been added.
        """
        warnings.warn(
            "add_conditional_edges will be changed in the future to support callable conditions. "
            "For now, please use add_edge if you need to specify custom conditions.",
            DeprecationWarning,
            stacklevel=2,
        )
        for condition, target in condition_to_target.items():
            self.add_edge(source, target, condition)
        return self

    def set_entry_point(self, name: str | ChatAgent) -> Self:
        """Names who begins, where the graph itself leaves it open.

        Raises:
            ValueError: The agent has not been added.
        """
        if _name_of(name) not in self.nodes:
            raise ValueError(
                f"Start node '{_name_of(name)}' must be added before setting as entry point."
            )
        self._entry_point = _name_of(name)
        return self

    def build(self) -> DiGraph:
        """The graph, validated.

        Raises:
            ValueError: It can't be run; see `DiGraph.graph_validate`.
        """
        graph = DiGraph(nodes=self.nodes, default_start_node=self._entry_point)
        graph.graph_validate()
        return graph

    def get_participants(self) -> list[ChatAgent]:
        """The agents, in the order in which they were added."""
        return list(self.agents.values())


def _name_of(agent: str | ChatAgent) -> str:
    return agent if isinstance(agent, str) else agent.name
