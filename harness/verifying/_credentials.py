"""The keys with which recorded requests are asked again: from the environment, by host."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from harness.errors import UsageError
from harness.interactions import Headers, host_of

_VARIABLE = re.compile(r"\$\{?(\w+)\}?")


class _Vendor(NamedTuple):
    host: str
    """The end of the host's name."""

    header: str
    """With the variable that holds the key."""


_VENDORS = (
    _Vendor("api.openai.com", "authorization: Bearer $OPENAI_API_KEY"),
    _Vendor("openai.azure.com", "api-key: $AZURE_OPENAI_API_KEY"),
    _Vendor("api.anthropic.com", "x-api-key: $ANTHROPIC_API_KEY"),
    _Vendor("generativelanguage.googleapis.com", "x-goog-api-key: $GEMINI_API_KEY"),
    _Vendor("api.mistral.ai", "authorization: Bearer $MISTRAL_API_KEY"),
    _Vendor("api.groq.com", "authorization: Bearer $GROQ_API_KEY"),
    _Vendor("openrouter.ai", "authorization: Bearer $OPENROUTER_API_KEY"),
)


class Credentials:
    """What is sent besides the recorded headers.

    Args:
        headers: As `name: value`; `$NAME` in it is the value of an environment variable, so that no
            key need stand on the command line. They go to every host.
        environment: Where variables are looked up.

    Raises:
        UsageError: One is no header, or names a variable that is not set.
    """

    def __init__(
        self, headers: Sequence[str] = (), environment: Mapping[str, str] = os.environ
    ) -> None:
        self._environment = environment
        self._given = tuple(self._header(each) for each in headers)

    def headers_for(self, url: str) -> Headers:
        """The headers for a request.

        Raises:
            UsageError: The host wants a key, and its variable is not set.
        """
        if self._given:
            return self._given
        host = host_of(url).partition(":")[0]
        found = (each.header for each in _VENDORS if host.endswith(each.host))
        return tuple(self._header(each) for each in found)

    def _header(self, text: str) -> tuple[str, str]:
        name, colon, value = text.partition(":")
        if not colon or not name.strip():
            raise UsageError(f"{text!r} is no header; one is written as 'x-api-key: $MY_API_KEY'.")
        return name.strip().lower(), _VARIABLE.sub(self._value, value.strip())

    def _value(self, variable: re.Match[str]) -> str:
        value = self._environment.get(variable[1])
        if not value:
            raise UsageError(
                f"{variable[1]} is not set: to ask live, set it, or say what to send by "
                "--header 'NAME: $VARIABLE'."
            )
        return value
