"""DiGraph: which participant may follow which, and on what condition."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from agentchat.messages import BaseChatMessage


class DiGraphEdge(BaseModel, defer_build=True):
    """A way from one participant to another."""

    target: str
    """Who may speak next."""

    condition: Annotated[str | Callable[[BaseChatMessage], bool] | None, Field(default=None)] = None
    """When: a text that the answer holds, or a function of the answer; None is always."""

    condition_function: Callable[[BaseChatMessage], bool] | None = Field(default=None, exclude=True)
    """The condition, where it is a function; functions are not saved."""

    activation_group: str = ""
    """Edges of one group activate their target together; by default all edges to a target do."""

    activation_condition: Literal["all", "any"] = "all"
    """Whether every edge of the group is needed, or one is enough."""

    @model_validator(mode="after")
    def _settle(self) -> "DiGraphEdge":
        if callable(self.condition):
            self.condition_function, self.condition = self.condition, None
        self.activation_group = self.activation_group or self.target
        return self

    @property
    def is_conditional(self) -> bool:
        """Whether the edge may stay closed."""
        return self.condition is not None or self.condition_function is not None

    def check_condition(self, message: BaseChatMessage) -> bool:
        """Whether an answer opens the edge."""
        if self.condition_function is not None:
            return self.condition_function(message)
        return self.condition is None or str(self.condition) in message.to_model_text()


class DiGraphNode(BaseModel, defer_build=True):
    """A participant, and where the conversation may go from it."""

    name: str
    edges: list[DiGraphEdge] = []
    activation: Literal["all", "any"] = "all"
    """Kept for configurations; what counts is the edges' own activation condition."""


class DiGraph(BaseModel, defer_build=True):
    """Participants by name, and the edges between them."""

    nodes: dict[str, DiGraphNode]
    default_start_node: str | None = None
    """Who begins; by default everybody without a predecessor."""

    _has_cycles: bool | None = None

    def model_post_init(self, context: Any, /) -> None:
        """Nothing is computed before it is asked for."""

    def edges(self) -> Iterator[tuple[DiGraphNode, DiGraphEdge]]:
        """All edges with the nodes they leave, in the order of the nodes."""
        for node in self.nodes.values():
            for edge in node.edges:
                yield node, edge

    def get_parents(self) -> dict[str, list[str]]:
        """Who comes before each node."""
        parents: dict[str, list[str]] = {name: [] for name in self.nodes}
        for node, edge in self.edges():
            parents[edge.target].append(node.name)
        return parents

    def start_order(self) -> list[str]:
        """The start nodes in the order of the graph."""
        if self.default_start_node is not None:
            return [self.default_start_node]
        return [name for name, parents in self.get_parents().items() if not parents]

    def get_start_nodes(self) -> set[str]:
        """Who begins."""
        return set(self.start_order())

    def get_leaf_nodes(self) -> set[str]:
        """Who has nobody after it."""
        return {name for name, node in self.nodes.items() if not node.edges}

    def get_remaining_map(self) -> dict[str, dict[str, int]]:
        """How many edges lead to each target, by group."""
        remaining: dict[str, dict[str, int]] = {}
        for _, edge in self.edges():
            groups = remaining.setdefault(edge.target, {})
            groups[edge.activation_group] = groups.get(edge.activation_group, 0) + 1
        return remaining

    def has_cycles_with_exit(self) -> bool:
        """Whether there is a cycle.

        Raises:
            ValueError: There is a cycle that nothing can leave, since no edge in it is conditional.
        """
        cycle_found = False
        for cycle in self._cycles():
            cycle_found = True
            edges = [edge for name in cycle for edge in self.nodes[name].edges]
            if not any(edge.is_conditional for edge in edges):
                raise ValueError(
                    f"Cycle detected without exit condition: {' -> '.join([*cycle, cycle[0]])}"
                )
        return cycle_found

    def get_has_cycles(self) -> bool:
        """Whether there is a cycle, as `graph_validate` found it."""
        if self._has_cycles is None:
            self._has_cycles = self.has_cycles_with_exit()
        return self._has_cycles

    def graph_validate(self) -> None:
        """Makes sure that the graph can be run.

        Raises:
            ValueError: It has no node, no start or no end, an edge to nowhere, a node that mixes
                conditional and unconditional edges, a cycle without exit, or one group with two
                activation conditions.
        """
        if not self.nodes:
            raise ValueError("Graph has no nodes.")
        self._check_targets()
        if not self.start_order():
            raise ValueError("Graph must have at least one start node")
        if not self.get_leaf_nodes():
            raise ValueError("Graph must have at least one leaf node")
        self._check_mixing()
        self._check_groups()
        self._has_cycles = self.has_cycles_with_exit()

    def _check_targets(self) -> None:
        wanted = [edge.target for _, edge in self.edges()]
        if self.default_start_node is not None:
            wanted.append(self.default_start_node)
        for name in wanted:
            if name not in self.nodes:
                raise ValueError(f"Graph has no node {name!r}; there are {list(self.nodes)}.")

    def _check_mixing(self) -> None:
        for node in self.nodes.values():
            if len({edge.is_conditional for edge in node.edges}) > 1:
                raise ValueError(
                    f"Node '{node.name}' has a mix of conditional and unconditional edges."
                )

    def _check_groups(self) -> None:
        seen: dict[tuple[str, str], tuple[str, str]] = {}
        for node, edge in self.edges():
            key = (edge.target, edge.activation_group)
            condition, origin = seen.setdefault(key, (edge.activation_condition, node.name))
            if condition != edge.activation_condition:
                raise ValueError(
                    f"Conflicting activation conditions for target '{edge.target}' group "
                    f"'{edge.activation_group}': '{condition}' (from node '{origin}') and "
                    f"'{edge.activation_condition}' (from node '{node.name}')"
                )

    def _cycles(self) -> Iterator[list[str]]:
        """Every cycle that a walk in depth finds, as the names on it."""
        finished: set[str] = set()
        for start in self.nodes:
            if start not in finished:
                yield from self._walk(start, [], finished)

    def _walk(self, name: str, trail: list[str], finished: set[str]) -> Iterator[list[str]]:
        if name in trail:
            yield trail[trail.index(name) :]
        elif name not in finished:
            for edge in self.nodes[name].edges:
                yield from self._walk(edge.target, [*trail, name], finished)
            finished.add(name)
