"""What urllib3 makes of a socket's error while it connects."""

from socket import gaierror
from ssl import SSLError
from typing import Any

from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError


def error_of_connecting(connection: Any, error: Exception) -> Exception:
    """The library's own error, if the connection is one of the library's."""
    # Its class is not called by its name here: that is vcrpy's now.
    is_its_own = hasattr(connection, "_new_conn")
    if not is_its_own or isinstance(error, SSLError):
        return error
    if isinstance(error, gaierror):
        return NameResolutionError(connection.host, connection, error)
    if isinstance(error, TimeoutError):
        waited = f"(connect timeout={connection.timeout})"
        return ConnectTimeoutError(
            connection, f"Connection to {connection.host} timed out. {waited}"
        )
    return NewConnectionError(connection, f"Failed to establish a new connection: {error}")
