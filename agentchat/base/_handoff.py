"""Passing the turn to another agent."""

from typing import Any

from pydantic import BaseModel, model_validator

from agentchat.core.tools import BaseTool, FunctionTool


class Handoff(BaseModel, defer_build=True):
    """Lets an agent pass the turn to another, by a tool that its model may call.

    Raises:
        ValueError: A name is given that is not an identifier.
    """

    target: str
    """Name of the agent that goes on."""

    description: str = ""
    """When to hand off, for the model; by default only to whom."""

    name: str = ""
    """The tool's name; by default `transfer_to_<target>`, in lower case."""

    message: str = ""
    """What the target is told; by default that it takes over."""

    @model_validator(mode="before")
    @classmethod
    def set_defaults(cls, values: Any) -> Any:
        """Fills in what follows from the target."""
        if not isinstance(values, dict):
            return values
        name, target = values.get("name"), values.get("target")
        if name and not str(name).isidentifier():
            raise ValueError(f"Handoff name must be a valid identifier: {name}")
        defaults = {
            "description": f"Handoff to {target}.",
            "name": f"transfer_to_{target}".lower(),
            "message": f"Transferred to {target}, adopting the role of {target} immediately.",
        }
        given = {field: value for field, value in values.items() if value or field == "target"}
        return defaults | given

    @property
    def handoff_tool(self) -> BaseTool[BaseModel, BaseModel]:
        """A tool without arguments that answers with the message."""

        def hand_off() -> str:
            return self.message

        return FunctionTool(hand_off, self.description, name=self.name, strict=True)
