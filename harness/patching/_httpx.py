"""httpx and httpx2: exact to the piece, the error and the moment at which the caller stops."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial, wraps
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from harness.in_use import in_use
from harness.patching._replacing import replaced
from harness.transport import Exchanges, Library, library_of


def httpx_patches() -> Iterator[AbstractContextManager[None]]:
    """Patches of their transports to the network; those inside a process are left alone."""
    for name in ("httpx2", "httpx"):
        if find_spec(name) is not None:
            library = library_of(import_module(name))
            for owner, attribute, make in (
                (library.module.HTTPTransport, "handle_request", _handling),
                (library.module.AsyncHTTPTransport, "handle_async_request", _handling_async),
            ):
                yield replaced(owner, attribute, make(library, vars(owner)[attribute]))


def _handling(library: Library, send: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(send)
    def handle_request(self: Any, request: Any) -> Any:
        use = in_use()
        if use is None or use.ignores(str(request.url)):
            return send(self, request)
        return Exchanges(library, use.session).handle(request, partial(send, self))

    return handle_request


def _handling_async(library: Library, send: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(send)
    async def handle_async_request(self: Any, request: Any) -> Any:
        use = in_use()
        if use is None or use.ignores(str(request.url)):
            return await send(self, request)
        exchanges = Exchanges(library, use.session, use.pace)
        return await exchanges.handle_async(request, partial(send, self))

    return handle_async_request
