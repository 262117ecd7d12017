"""Without vcrpy: what it would patch may not send past a cassette unseen."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from harness.in_use import in_use
from harness.patching._replacing import replaced


def unpatched_libraries() -> Iterator[AbstractContextManager[None]]:
    """Patches that refuse requests of libraries that no cassette sees without vcrpy."""
    connection = http.client.HTTPConnection
    yield replaced(connection, "putrequest", _refusing(connection.putrequest, _url_of_connection))
    if find_spec("urllib3") is not None:
        # Its pool connects before it asks for anything.
        secure = import_module("urllib3.connection").HTTPSConnection
        yield replaced(secure, "connect", _refusing(secure.connect, _origin_of_connection))
    if find_spec("tornado") is not None:
        client = import_module("tornado.simple_httpclient").SimpleAsyncHTTPClient
        fetch = _refusing(client.fetch_impl, _url_of_tornado)
        yield replaced(client, "fetch_impl", fetch)


def _refusing(send: Callable[..., Any], url_of: Callable[..., str]) -> Callable[..., Any]:
    @wraps(send)
    def refusing(*args: Any, **kwargs: Any) -> Any:
        use = in_use()
        url = url_of(*args)
        if use is not None and not use.ignores(url):
            raise ImportError(
                f"{url} is asked with a library that a cassette sees through vcrpy, which is not "
                'installed: pip install "agentchat-harness[vcr]"'
            )
        return send(*args, **kwargs)

    return refusing


def _url_of_connection(connection: Any, _method: str, target: str, *_: Any) -> str:
    scheme = "https" if connection.default_port == http.client.HTTPS_PORT else "http"
    return f"{scheme}://{connection.host}:{connection.port}{target}"


def _origin_of_connection(connection: Any) -> str:
    # Behind a proxy, the library keeps whom it really asks to itself.
    host = getattr(connection, "_tunnel_host", None) or connection.host
    port = getattr(connection, "_tunnel_port", None) or connection.port
    return f"https://{host}:{port}"


def _url_of_tornado(_client: Any, request: Any, *_: Any) -> str:
    return str(request.url)
