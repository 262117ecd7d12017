"""Rooms of AutoGen that are not here: what each is, why it is missing, and what to use instead."""

from collections.abc import Mapping
from typing import NamedTuple


class Room(NamedTuple):
    """A module or package of AutoGen that agentchat does without."""

    what: str
    """What it is in AutoGen."""

    why: str
    """How its task is done here."""

    instead: str
    """What to write in its place."""


class RoomNotHere(ModuleNotFoundError):
    """A program imports a part of AutoGen that agentchat does without.

    Args:
        module: What was imported.
        room: What is known of it.
    """

    def __init__(self, module: str, room: Room) -> None:
        self.room = room
        super().__init__(
            f"{module!r} is not in agentchat: it is {room.what}. {room.why}\n"
            f"  instead:  {room.instead}",
            name=module,
        )


_MCP = "from agentchat.ext.tools.mcp import McpWorkbench, StdioServerParams"
_SURFER = "Files and browsers are reached through servers of tools."
_MAGENTIC_ONE = "from agentchat.teams import MagenticOneGroupChat"
_TEAM = "The team itself is here, and takes agents of yours."
_COMPATIBLE = "A model behind an OpenAI-compatible endpoint is reached by base_url and model_info."
_OPENAI = "from agentchat.ext.models.openai import OpenAIChatCompletionClient"
_SEARCH = "A search service is asked over HTTP, or stands behind a memory."
_HTTP = "from agentchat.ext.tools.http import HttpTool"
_FUNCTION = "from agentchat.core.tools import FunctionTool"
_ONE_PROCESS = "Agents run in one process."
_RUNTIME = "from agentchat.core import SingleThreadedAgentRuntime"
_LEARNING = "A memory that learns from what users say is here."
_TEACHABILITY = "from agentchat.ext.memory.teachability import Teachability"

ABSENT_ROOMS: Mapping[str, Room] = {
    "autogen_ext.agents.azure": Room(
        "an agent of the Azure AI agent service",
        "An assistant kept by the service is reached through OpenAI's own API.",
        "from agentchat.ext.agents.openai import OpenAIAssistantAgent",
    ),
    "autogen_ext.agents.file_surfer": Room("an agent that reads local files", _SURFER, _MCP),
    "autogen_ext.agents.video_surfer": Room("an agent that watches videos", _SURFER, _MCP),
    "autogen_ext.agents.web_surfer": Room("an agent that drives a browser", _SURFER, _MCP),
    "autogen_ext.agents.magentic_one": Room(
        "the coder of the MagenticOne team", _TEAM, _MAGENTIC_ONE
    ),
    "autogen_ext.teams": Room("the MagenticOne team with its agents", _TEAM, _MAGENTIC_ONE),
    "autogen_ext.experimental": Room(
        "the task-centric memory, an experiment", _LEARNING, _TEACHABILITY
    ),
    "autogen_ext.models.llama_cpp": Room("models run by llama.cpp", _COMPATIBLE, _OPENAI),
    "autogen_ext.models.semantic_kernel": Room(
        "models reached through Semantic Kernel", _COMPATIBLE, _OPENAI
    ),
    "autogen_ext.runtimes": Room("runtimes that span processes", _ONE_PROCESS, _RUNTIME),
    "autogen_ext.tools.azure": Room("Azure AI Search as a tool", _SEARCH, _HTTP),
    "autogen_ext.tools.graphrag": Room("GraphRAG's searches as tools", _SEARCH, _HTTP),
    "autogen_ext.tools.semantic_kernel": Room(
        "tools as functions of Semantic Kernel", "A function is a tool by itself.", _FUNCTION
    ),
}
"""By upstream name; what lies inside such a package is missing with it."""

OTHER_PACKAGES: Mapping[str, Room] = {
    "autogen": Room(
        "AutoGen before v0.4",
        "Agents are asynchronous since, and take a model client.",
        "harness migrate PATH  (it tells what to write for each use of the old package)",
    ),
    "autogenstudio": Room(
        "AutoGen Studio, a web application",
        "A team that it exported loads here.",
        "from agentchat.base import Team; Team.load_component(json.load(file))",
    ),
    "autogen_test_utils": Room(
        "AutoGen's helpers for its own tests, which are not published",
        "A model whose answers are written down is in the replay client.",
        "from agentchat.ext.models.replay import ReplayChatCompletionClient",
    ),
}
"""Packages beside the three that are here; one that is installed is left alone."""


def absent_room(module: str) -> Room | None:
    """What is known of an upstream module that is not here; None if it should be."""
    if module in OTHER_PACKAGES:
        return OTHER_PACKAGES[module]
    while module:
        if module in ABSENT_ROOMS:
            return ABSENT_ROOMS[module]
        module = module.rpartition(".")[0]
    return None
