"""What the OpenAI and the Azure client have in common: named arguments, sorted to where they go."""

import inspect
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from openai import AsyncOpenAI

from agentchat.ext.models._requests import refuse_unknown
from agentchat.ext.models.openai._client import BaseOpenAIChatCompletionClient
from agentchat.ext.models.openai._request import RESERVED_ARGUMENTS, is_create_argument
from agentchat.ext.models.openai.config import BaseOpenAIClientConfigurationConfigModel

_OWN_ARGUMENTS: Final = (
    "model_capabilities",
    "model_info",
    "add_name_prefixes",
    "include_name_in_message",
)

# What the SDK's client tells the server with every request, as far as it may change the answer.
_TOLD_TO_SERVER: Final = (
    "organization",
    "project",
    "default_headers",
    "default_query",
    "azure_deployment",
    "api_version",
)


class ConfiguredClient(BaseOpenAIChatCompletionClient):
    """A client that makes the SDK's client from its own arguments."""

    _sdk_class: ClassVar[type[AsyncOpenAI]]

    def __init__(self, **kwargs: Any) -> None:
        _check(type(self), kwargs)
        self._arguments = kwargs
        super().__init__(
            client=self._new_sdk_client(),
            create_args={name: kwargs[name] for name in kwargs if is_create_argument(name)},
            **{name: kwargs[name] for name in _OWN_ARGUMENTS if name in kwargs},
        )

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_client": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._client = self._new_sdk_client()

    def cache_identity(self) -> dict[str, Any]:
        """What answers depend on beside the call; not who pays for them, or how they travel."""
        told = {name: self._arguments[name] for name in self._arguments if name in _TOLD_TO_SERVER}
        return super().cache_identity() | told

    @abstractmethod
    def _sdk_arguments(self) -> Mapping[str, Any]:
        """The client's arguments, with what the SDK's client needs besides."""

    def _new_sdk_client(self) -> AsyncOpenAI:
        known = _sdk_parameters(self._sdk_class)
        arguments = self._sdk_arguments()
        return self._sdk_class(**{name: arguments[name] for name in arguments if name in known})


def saved_arguments(config: BaseOpenAIClientConfigurationConfigModel) -> dict[str, Any]:
    """The arguments that a configuration holds."""
    arguments = config.model_dump(exclude_none=True)
    if config.api_key is not None:
        arguments["api_key"] = config.api_key.get_secret_value()
    return arguments


def _check(client_class: type[ConfiguredClient], arguments: Mapping[str, Any]) -> None:
    name = client_class.__name__
    if "model" not in arguments:
        raise ValueError(f"model is required for {name}")
    disallowed = sorted(RESERVED_ARGUMENTS & arguments.keys())
    if disallowed:
        raise ValueError(f"Disallowed create args are present: {disallowed}")
    strange = [argument for argument in arguments if not is_create_argument(argument)]
    refuse_unknown(name, strange, [*_OWN_ARGUMENTS, *_sdk_parameters(client_class._sdk_class)])


def _sdk_parameters(sdk_class: type[AsyncOpenAI]) -> tuple[str, ...]:
    parameters = inspect.signature(sdk_class.__init__).parameters
    return tuple(name for name in parameters if name != "self" and not name.startswith("_"))
