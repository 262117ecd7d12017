from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from agentchat.core._component import Component, ComponentBase, ComponentModel
from agentchat.core._secrets import MissingSecret, SecretFromEnvironment


class Client(ComponentBase[BaseModel], Component[BaseModel]):
    component_type = "client"

    def __init__(
        self, key: SecretStr | str | None = None, more: dict[str, Any] | None = None
    ) -> None:
        self.key = key
        self.more = more


def read_from_json(client: Client) -> Client:
    return Client.load_component(
        ComponentModel.model_validate_json(client.dump_component().model_dump_json())
    )


def secret_of(client: Client) -> str:
    assert isinstance(client.key, SecretStr)
    return client.key.get_secret_value()


def test_a_secret_survives_within_the_process() -> None:
    dumped = Client(SecretStr("sesame")).dump_component()

    assert secret_of(Client.load_component(dumped)) == "sesame"
    assert "sesame" not in repr(dumped) + dumped.model_dump_json()


def test_a_plain_string_for_a_secret_is_masked_too() -> None:
    dumped = Client("sesame").dump_component()

    assert dumped.model_dump(mode="json")["config"] == {"key": "**********"}


def test_a_secret_of_the_environment_is_written_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOOR_API_KEY", "sesame-7")

    written = Client("sesame-7").dump_component().model_dump(mode="json")

    assert written["config"] == {"key": {"secret_from_environment": "DOOR_API_KEY"}}


def test_a_secret_of_the_environment_survives_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOOR_API_KEY", "sesame-7")
    client = Client(SecretStr("sesame-7"), {"nested": [SecretStr("sesame-7")]})

    again = read_from_json(client)

    assert secret_of(again) == "sesame-7"
    assert again.more == {"nested": [SecretFromEnvironment("DOOR_API_KEY")]}


def test_only_variables_that_are_called_secrets_are_referred_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOOR", "sesame-8")

    written = Client("sesame-8").dump_component().model_dump(mode="json")

    assert written["config"] == {"key": "**********"}


@pytest.mark.parametrize(
    ("variable", "reason"),
    [("NO_SUCH_KEY", "which is not set"), ("HOME", "which is not called a KEY")],
)
def test_refuses_a_reference_that_cannot_be_read(variable: str, reason: str) -> None:
    config = {"key": {"secret_from_environment": variable}}

    with pytest.raises(MissingSecret, match=reason) as missing:
        Client.load_component({"provider": f"{__name__}.Client", "config": config})

    assert missing.value.variable == variable
