"""What Python tells of too late, or knows nothing of: libraries with network stacks of their own.

While they are patched they announce whom they ask, as its own sockets do.
"""

import re
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial, wraps
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

from harness.network._overlaying import overlaid

_Place = tuple[str, int | None]
_Patches = Iterator[AbstractContextManager[None]]

# Of gRPC's targets: `dns:///host:443`, `ipv4:192.0.2.1:443`; without one it is a name.
_SCHEME = re.compile(r"^(?:[a-z\d.+-]+://[^/]*/|dns:|ipv[46]:)")


@contextmanager
def announced() -> Iterator[None]:
    """A block in which they do, also those that are imported only now."""
    with ExitStack() as patches:
        finder = _Finder(patches)
        for module in filter(None, map(sys.modules.get, _PATCHES)):
            finder.patch(module)
        sys.meta_path.insert(0, finder)
        try:
            yield
        finally:
            # Whoever has put back what was there before has taken it out.
            with suppress(ValueError):
                sys.meta_path.remove(finder)


class _Finder:
    """Finds modules as Python does, and has them patched when they are there."""

    def __init__(self, patches: ExitStack) -> None:
        self._patches = patches

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name not in _PATCHES:
            return None
        spec = PathFinder.find_spec(name, path, target)
        loader: Any = spec and spec.loader
        if loader is not None:
            execute = loader.exec_module

            def execute_and_patch(module: ModuleType) -> None:
                execute(module)
                self.patch(module)

            loader.exec_module = execute_and_patch
        return spec

    def patch(self, module: ModuleType) -> None:
        # Another version, or somebody's stand-in, is left as it is.
        with suppress(AttributeError, TypeError):
            for patch in _PATCHES[module.__name__](module):
                self._patches.enter_context(patch)


def _socket(module: Any) -> _Patches:
    # A name is looked up before Python tells of it.
    for name in ("connect", "connect_ex", "sendto"):
        announcing = _announcing(getattr(module.socket, name), _of_address)
        yield overlaid(module.socket, name, announcing)


def _of_address(*args: Any) -> _Place:
    address = args[-1]
    return address[:2] if isinstance(address, tuple) else ("", None)


def _uvloop(module: Any) -> _Patches:
    loop = module.Loop
    connect = _announcing(loop.create_connection, _of_connection)
    yield overlaid(loop, "create_connection", connect)
    yield overlaid(loop, "getaddrinfo", _look_up)


async def _look_up(loop: Any, host: Any, port: Any, **options: Any) -> Any:
    """As asyncio's own loops do it, so that Python hears of it."""
    return await loop.run_in_executor(None, partial(socket.getaddrinfo, host, port, **options))


def _of_connection(_loop: Any, _made: Any, host: Any = None, port: Any = None, **_: Any) -> _Place:
    return host or "", port


def _grpc(module: Any) -> _Patches:
    for kind in vars(module).values():
        if isinstance(kind, type) and kind.__name__.endswith("MultiCallable"):
            for name in ("__call__", "with_call", "future"):
                if name in vars(kind):
                    yield overlaid(kind, name, _announcing(vars(kind)[name], _of_call))


def _of_call(call: Any, *_: Any, **__: Any) -> _Place:
    target = call._channel.target
    name = unquote((target() if callable(target) else target).decode())
    return ("", None) if name.startswith("unix") else _of_url(_SCHEME.sub("", name))


def _curl_cffi(module: Any) -> _Patches:
    def of_option(_curl: Any, option: Any, value: Any) -> _Place:
        return _of_url(value) if option == module.CurlOpt.URL else ("", None)

    curl = module.Curl
    yield overlaid(curl, "setopt", _announcing(curl.setopt, of_option))


def _pycurl(module: Any) -> _Patches:
    def of_curl(*curls: Any) -> _Place:
        return _of_url(curls[-1].getinfo(module.EFFECTIVE_URL) or "")

    for kind, names in (
        (module.Curl, ("perform", "perform_rb", "perform_rs")),
        (module.CurlMulti, ("add_handle",)),
    ):
        # Classes that can't be changed.
        members = {name: _announcing(getattr(kind, name), of_curl) for name in names}
        yield overlaid(module, kind.__name__, type(kind.__name__, (kind,), members))


def _of_url(url: str | bytes) -> _Place:
    text = url.decode(errors="replace") if isinstance(url, bytes) else url
    # What the library makes of other texts is not known: `ipv4:192.0.2.1:443,192.0.2.2:443`.
    place: _Place = text, None
    with suppress(ValueError):
        parts = urlsplit(text if "://" in text else f"//{text}")
        place = parts.hostname or "", parts.port
    return place


def _announcing(function: Callable[..., Any], place_of: Callable[..., _Place]) -> Any:
    @wraps(function)
    def announce(*args: Any, **options: Any) -> Any:
        place = place_of(*args, **options)
        if place[0]:
            sys.audit("socket.connect", None, place)
        return function(*args, **options)

    return announce


_PATCHES: dict[str, Callable[[Any], _Patches]] = {
    "curl_cffi": _curl_cffi,
    "grpc._channel": _grpc,
    "grpc.aio._channel": _grpc,
    "pycurl": _pycurl,
    "socket": _socket,
    "uvloop": _uvloop,
}
