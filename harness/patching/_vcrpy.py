"""vcrpy's patches for what else speaks HTTP; they patch, and what is played is ours to say."""

import http.client
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from types import FunctionType, SimpleNamespace
from typing import Any

from vcr import patch

from harness.patching._connections import AskingConnection
from harness.patching._exchange import VcrpyCassette
from harness.patching._replacing import replaced


def vcrpy_patches() -> Iterator[AbstractContextManager[None]]:
    """Patches of http.client, urllib3, requests, botocore, httplib2 and tornado."""
    yield from _whole_connections()
    yield from _Builder(VcrpyCassette("aiohttp", "httpx", "httpx2")).build()


class _Builder(patch.CassettePatcherBuilder):  # type: ignore[misc]
    """Builds connections that leave reading to the library."""

    def _build_cassette_subclass(self, base_class: type) -> type:
        return type(f"Asking{base_class.__name__}", (AskingConnection, base_class), {})


def _whole_connections() -> Iterator[AbstractContextManager[None]]:
    """Real connections that can be made while their classes are patched.

    Their constructors look up their own class by its name. vcrpy takes its patches back for that
    while, in all threads, and another thread would go live meanwhile.
    """
    yield replaced(patch, "force_reset", nullcontext)
    secure = patch._HTTPSConnection
    yield replaced(secure, "__init__", _seeing(secure.__init__, HTTPSConnection=secure))
    if find_spec("httplib2") is not None:
        plain, secure = patch._HTTPConnectionWithTimeout, patch._HTTPSConnectionWithTimeout
        client = SimpleNamespace(**vars(http.client) | {"HTTPConnection": patch._HTTPConnection})
        names: dict[str, Any] = {"http": SimpleNamespace(client=client)}
        yield replaced(plain, "__init__", _seeing(plain.__init__, **names))
        names = {"HTTPSConnectionWithTimeout": secure}
        yield replaced(secure, "__init__", _seeing(secure.__init__, **names))


def _seeing(function: FunctionType, **names: Any) -> FunctionType:
    """The function, for which these global names have other values."""
    copy = FunctionType(
        function.__code__,
        function.__globals__ | names,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy
