"""AzureTokenProvider: bearer tokens, by azure.identity."""

from collections.abc import Callable
from typing import ClassVar, Self

from pydantic import BaseModel

from agentchat.core._component import Component, ComponentBase

try:
    from azure.core.credentials import TokenProvider
    from azure.identity import DefaultAzureCredential, get_bearer_token_provider
except ImportError as _missing:
    raise ImportError(
        'AzureTokenProvider needs azure-identity: pip install "agentchat-harness[azure]"'
    ) from _missing

__all__ = ["AzureTokenProvider", "Component", "ComponentBase", "TokenProviderConfig"]

_KIND = DefaultAzureCredential.__name__


class TokenProviderConfig(BaseModel):
    """A saved provider: no secret, but where to find one."""

    provider_kind: str
    """Class of the credential; `DefaultAzureCredential` is the one that can be loaded."""

    scopes: list[str]


class AzureTokenProvider(ComponentBase[TokenProviderConfig], Component[TokenProviderConfig]):
    """Gives a token whenever it is called, a new one when the last is about to expire.

    Args:
        credential: What asks for tokens.
        scopes: What they are for.
    """

    component_type: ClassVar[str] = "token_provider"
    component_config_schema: ClassVar[type[BaseModel]] = TokenProviderConfig
    component_provider_override: ClassVar[str] = "agentchat.ext.auth.azure.AzureTokenProvider"

    def __init__(self, credential: TokenProvider, *scopes: str) -> None:
        self.credential = credential
        self.scopes: list[str] = list(scopes)
        self.provider: Callable[[], str] = get_bearer_token_provider(credential, *scopes)

    def __call__(self) -> str:
        """A valid token; asking for it may block."""
        token: str = self.provider()
        return token

    def _to_config(self) -> TokenProviderConfig:
        if not isinstance(self.credential, DefaultAzureCredential):
            raise ValueError("Only DefaultAzureCredential is supported")  # noqa: TRY004
        return TokenProviderConfig(provider_kind=_KIND, scopes=self.scopes)

    @classmethod
    def _from_config(cls, config: TokenProviderConfig) -> Self:
        if config.provider_kind != _KIND:
            raise ValueError("Only DefaultAzureCredential is supported")
        return cls(DefaultAzureCredential(), *config.scopes)
