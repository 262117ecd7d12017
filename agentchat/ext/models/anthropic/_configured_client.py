"""What both Anthropic clients have in common: named arguments, sorted to where they go."""

import inspect
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from agentchat.ext.models._requests import given_model_info, plain_arguments, refuse_unknown
from agentchat.ext.models.anthropic._client import BaseAnthropicChatCompletionClient, SdkClient
from agentchat.ext.models.anthropic._request import CREATE_ARGUMENTS, RESERVED_ARGUMENTS
from agentchat.ext.models.anthropic.config import BaseAnthropicClientConfigurationConfigModel

_OWN_ARGUMENTS: Final = ("model_capabilities", "model_info", "bedrock_info")


class ConfiguredClient(BaseAnthropicChatCompletionClient):
    """A client that makes the SDK's client from its own arguments."""

    _sdk_class: ClassVar[type[SdkClient]]

    def __init__(self, **kwargs: Any) -> None:
        name = type(self).__name__
        if "model" not in kwargs:
            raise ValueError(f"model is required for {name}")
        disallowed = sorted(RESERVED_ARGUMENTS & kwargs.keys())
        if disallowed:
            raise ValueError(f"Disallowed create args are present: {disallowed}")
        refuse_unknown(
            name, kwargs, [*self._sdk_parameters(), *sorted(CREATE_ARGUMENTS), *_OWN_ARGUMENTS]
        )
        self._arguments = kwargs
        super().__init__(
            client=self._new_sdk_client(),
            # A time limit is the SDK client's, for every call.
            create_args={
                key: kwargs[key] for key in kwargs if key in CREATE_ARGUMENTS and key != "timeout"
            },
            model_info=given_model_info(kwargs.get("model_capabilities"), kwargs.get("model_info")),
        )

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_client": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._client = self._new_sdk_client()

    @abstractmethod
    def _sdk_arguments(self) -> Mapping[str, Any]:
        """The client's arguments, with what the SDK's client needs besides."""

    def _new_sdk_client(self) -> SdkClient:
        arguments = self._sdk_arguments()
        known = self._sdk_parameters()
        given = {name: arguments[name] for name in arguments if name in known}
        return self._sdk_class(
            **{name: value for name, value in given.items() if value is not None}
        )

    @classmethod
    def _sdk_parameters(cls) -> list[str]:
        parameters = inspect.signature(cls._sdk_class.__init__).parameters
        return [name for name in parameters if name != "self" and not name.startswith("_")]

    def _plain_arguments(self) -> dict[str, Any]:
        # None keeps the defaults of the configuration out: they are not what was asked for.
        unset = {"max_tokens": None, "temperature": None}
        return unset | plain_arguments(self, self._arguments)


def saved_arguments(config: BaseAnthropicClientConfigurationConfigModel) -> dict[str, Any]:
    """The arguments that a configuration holds; its defaults are the client's to choose."""
    arguments = config.model_dump(exclude_none=True, exclude_unset=True)
    if config.api_key is not None:
        arguments["api_key"] = config.api_key.get_secret_value()
    return arguments
