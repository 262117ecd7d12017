"""The contracts: what an agent, a team and a termination condition promise each other."""

from agentchat.base._chat_agent import ChatAgent, Response
from agentchat.base._handoff import Handoff
from agentchat.base._task import TaskResult, TaskRunner
from agentchat.base._team import Team
from agentchat.base._termination import (
    AndTerminationCondition,
    OrTerminationCondition,
    TerminatedException,
    TerminationCondition,
)

__all__ = [
    "AndTerminationCondition",
    "ChatAgent",
    "Handoff",
    "OrTerminationCondition",
    "Response",
    "TaskResult",
    "TaskRunner",
    "Team",
    "TerminatedException",
    "TerminationCondition",
]
