"""What goes wrong between us and a Jupyter server.

ConnectionError
└── JupyterServerUnavailable    nobody answers, or the connection broke
RuntimeError
└── JupyterRequestRefused       it answers, but does not do it
"""


class JupyterServerUnavailable(ConnectionError):
    """A Jupyter server does not answer, or has closed the connection.

    Args:
        url: Where it should be.
        reason: What the attempt ended with.
    """

    def __init__(self, url: str, reason: Exception) -> None:
        self.url = url
        self.reason = reason
        super().__init__(
            f"The Jupyter server at {url} does not answer: {type(reason).__name__}: {reason}"
        )


class JupyterRequestRefused(RuntimeError):
    """A Jupyter server did not do what it was asked for.

    Args:
        request: Method and URL.
        status: Of the HTTP response.
        body: Of the response, as text.
    """

    def __init__(self, request: str, status: int, body: str) -> None:
        self.request = request
        self.status = status
        self.body = body
        super().__init__(f"The Jupyter server refused {request} with status {status}: {body}")
