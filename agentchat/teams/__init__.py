"""Teams: several agents, one conversation."""

from agentchat.teams._graph import DiGraph, DiGraphEdge, DiGraphNode
from agentchat.teams._graph_builder import DiGraphBuilder
from agentchat.teams._graph_flow import GraphFlow
from agentchat.teams._group_chat import BaseGroupChat
from agentchat.teams._magentic_one import MagenticOneGroupChat
from agentchat.teams._round_robin import RoundRobinGroupChat
from agentchat.teams._selector import SelectorGroupChat
from agentchat.teams._swarm import Swarm

__all__ = [
    "BaseGroupChat",
    "DiGraph",
    "DiGraphBuilder",
    "DiGraphEdge",
    "DiGraphNode",
    "GraphFlow",
    "MagenticOneGroupChat",
    "RoundRobinGroupChat",
    "SelectorGroupChat",
    "Swarm",
]
