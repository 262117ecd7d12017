from pathlib import Path

import pytest

from agentchat.ext.code_executors import create_default_code_executor
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor
from tests.docker_engine import need_engine

docker = pytest.importorskip("docker", reason="needs docker: its library is not installed")


@pytest.mark.filterwarnings("ignore:Using LocalCommandLineCodeExecutor:UserWarning")
def test_without_an_engine_the_default_is_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")

    with pytest.warns(UserWarning, match="Docker is not available or not running"):
        executor = create_default_code_executor()

    assert isinstance(executor, LocalCommandLineCodeExecutor)


def test_with_an_engine_the_default_is_docker(tmp_path: Path) -> None:
    from agentchat.ext.code_executors.docker import DockerCommandLineCodeExecutor

    need_engine()

    executor = create_default_code_executor(str(tmp_path))

    assert isinstance(executor, DockerCommandLineCodeExecutor)
