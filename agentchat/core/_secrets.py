"""Secrets in configurations: never written, but for the environment variable that has them."""

import os
import re
from collections.abc import Callable
from typing import Any

from pydantic import SecretStr
from pydantic_core import SchemaSerializer, core_schema

_KEY = "secret_from_environment"
# A configuration may only ask for what is called a secret, and not for all of the environment.
_SECRET_NAME = re.compile(r"\w*(?:KEY|TOKEN|SECRET|PASSWORD)\w*", re.IGNORECASE)


class MissingSecret(ValueError):
    """A configuration refers to an environment variable that can't be read.

    Args:
        variable: Its name.
        reason: Why not.
    """

    def __init__(self, variable: str, reason: str) -> None:
        self.variable = variable
        super().__init__(
            f"The configuration takes a secret from the environment variable {variable!r}, "
            f"which {reason}.\n"
            f"  fix:      set it, or put the secret itself into the configuration before loading"
        )


class SecretFromEnvironment(SecretStr):
    """The value of an environment variable; JSON shows its name, so that it can be found again.

    Args:
        variable: Name of the variable; it must contain KEY, TOKEN, SECRET or PASSWORD.

    Raises:
        MissingSecret: The variable is not set, or not called a secret.
    """

    def __init__(self, variable: str) -> None:
        if not _SECRET_NAME.fullmatch(variable):
            raise MissingSecret(variable, "is not called a KEY, TOKEN, SECRET or PASSWORD")
        if variable not in os.environ:
            raise MissingSecret(variable, "is not set")
        super().__init__(os.environ[variable])
        self.variable = variable

    # pydantic finds this when it serializes a value of no declared type.
    __pydantic_serializer__ = SchemaSerializer(
        core_schema.any_schema(
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda secret: {_KEY: secret.variable}, when_used="json"
            )
        )
    )


def with_references(configuration: dict[str, Any]) -> dict[str, Any]:
    """The configuration, its secrets replaced by references to where the environment has them.

    A secret that the environment does not have stays as it is: JSON masks it.
    """
    return {key: _mapped(value, _referring) for key, value in configuration.items()}


def resolved(configuration: dict[str, Any]) -> dict[str, Any]:
    """The configuration, its references to the environment replaced by secrets.

    Raises:
        MissingSecret: A reference leads nowhere.
    """
    return {key: _mapped(value, _looked_up) for key, value in configuration.items()}


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    changed = change(value)
    if changed is not value:
        return changed
    if type(value) is dict:
        return {key: _mapped(item, change) for key, item in value.items()}
    if type(value) is list:
        return [_mapped(item, change) for item in value]
    return value


def _referring(value: Any) -> Any:
    if not isinstance(value, SecretStr) or not value.get_secret_value():
        return value
    for variable in sorted(os.environ):
        if os.environ[variable] == value.get_secret_value() and _SECRET_NAME.fullmatch(variable):
            return SecretFromEnvironment(variable)
    return value


def _looked_up(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {_KEY}:
        return SecretFromEnvironment(value[_KEY])
    return value
