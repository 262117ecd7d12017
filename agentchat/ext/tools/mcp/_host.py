"""McpSessionHost: answers what a server asks of those who use it."""

from typing import ClassVar

from mcp import types
from pydantic import BaseModel

from agentchat.core._component import Component, ComponentBase, ComponentType
from agentchat.ext.tools.mcp._elicitation import Elicitor
from agentchat.ext.tools.mcp._roots import RootsProvider
from agentchat.ext.tools.mcp._sampling import Sampler


class McpSessionHost(ComponentBase[BaseModel], Component[BaseModel]):
    """What a server may ask while it works for us; it is told only of what is given here.

    Args:
        sampler: Lets the server ask a model.
        roots: Tells the server which directories it may work in.
        elicitor: Lets the server ask a person.
    """

    component_type: ClassVar[ComponentType] = "mcp_session_host"

    def __init__(
        self,
        sampler: Sampler | None = None,
        roots: RootsProvider | None = None,
        elicitor: Elicitor | None = None,
    ) -> None:
        self.sampler = sampler
        self.roots = roots
        self.elicitor = elicitor

    async def handle_sampling_request(
        self, params: types.CreateMessageRequestParams
    ) -> types.CreateMessageResult | types.ErrorData:
        """A model's answer for the server; an error that it can read, when there is none."""
        if self.sampler is None:
            return _unsupported("sampling")
        try:
            return await self.sampler.sample(params)
        except Exception as error:
            return _failed("Sampling", error)

    async def handle_elicit_request(
        self, params: types.ElicitRequestParams
    ) -> types.ElicitResult | types.ErrorData:
        """A person's answer for the server; an error that it can read, when there is none."""
        if self.elicitor is None:
            return _unsupported("elicitation")
        try:
            return await self.elicitor.elicit(params)
        except Exception as error:
            return _failed("Elicitation", error)

    async def handle_list_roots_request(self) -> types.ListRootsResult | types.ErrorData:
        """Directories for the server; an error that it can read, when there are none."""
        if self.roots is None:
            return _unsupported("listing roots")
        try:
            return await self.roots.list_roots()
        except Exception as error:
            return _failed("Listing roots", error)


def _unsupported(what: str) -> types.ErrorData:
    return types.ErrorData(
        code=types.INVALID_REQUEST, message=f"This host does not support {what}."
    )


def _failed(what: str, error: Exception) -> types.ErrorData:
    return types.ErrorData(code=types.INTERNAL_ERROR, message=f"{what} failed: {error}")
