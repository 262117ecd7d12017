"""Code in the kernels of a Jupyter server, which runs in Docker or elsewhere."""

from agentchat.ext.code_executors.docker_jupyter._client import (
    JupyterClient,
    JupyterConnectable,
    JupyterConnectionInfo,
)
from agentchat.ext.code_executors.docker_jupyter._executor import (
    DockerJupyterCodeExecutor,
    DockerJupyterCodeResult,
)
from agentchat.ext.code_executors.docker_jupyter._kernel_client import JupyterKernelClient
from agentchat.ext.code_executors.docker_jupyter._server import DockerJupyterServer

__all__ = [
    "DockerJupyterCodeExecutor",
    "DockerJupyterCodeResult",
    "DockerJupyterServer",
    "JupyterClient",
    "JupyterConnectable",
    "JupyterConnectionInfo",
    "JupyterKernelClient",
]
