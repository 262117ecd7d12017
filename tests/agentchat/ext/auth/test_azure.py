from typing import Any

import pytest

pytest.importorskip("azure.identity", reason="needs azure: azure-identity is not installed")

from azure.core.credentials import AccessToken

from agentchat.ext.auth.azure import AzureTokenProvider

SCOPE = "https://cognitiveservices.azure.com/.default"
FAR_AWAY = 2**40


class Credential:
    """Gives tokens that are valid until a given time."""

    def __init__(self, expires_on: int) -> None:
        self.expires_on = expires_on
        self.asked: list[tuple[str, ...]] = []

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        self.asked.append(scopes)
        return AccessToken(f"token-{len(self.asked)}", self.expires_on)


@pytest.mark.parametrize(
    ("expires_on", "tokens"), [(FAR_AWAY, ["token-1", "token-1"]), (0, ["token-1", "token-2"])]
)
def test_gives_a_token_for_as_long_as_it_is_valid(expires_on: int, tokens: list[str]) -> None:
    credential = Credential(expires_on)
    provider = AzureTokenProvider(credential, SCOPE)

    assert [provider(), provider()] == tokens
    assert set(credential.asked) == {(SCOPE,)}


def test_the_default_credential_can_be_saved_and_loaded() -> None:
    config = {"provider_kind": "DefaultAzureCredential", "scopes": [SCOPE]}
    loaded = AzureTokenProvider.load_component(
        {"provider": "autogen_ext.auth.azure.AzureTokenProvider", "config": config}
    )

    saved = loaded.dump_component()

    assert (saved.component_type, saved.config) == ("token_provider", config)


def test_another_credential_can_not_be_saved() -> None:
    with pytest.raises(ValueError, match="Only DefaultAzureCredential is supported"):
        AzureTokenProvider(Credential(0), SCOPE).dump_component()


def test_another_credential_can_not_be_loaded() -> None:
    config = {"provider_kind": "ClientSecretCredential", "scopes": [SCOPE]}

    with pytest.raises(ValueError, match="Only DefaultAzureCredential is supported"):
        AzureTokenProvider.load_component(
            {"provider": "agentchat.ext.auth.azure.AzureTokenProvider", "config": config}
        )
