import os
import subprocess
import sys

import pytest

from agentchat.ext.code_executors._container_owner import is_gone, this_process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


def test_this_process_is_not_gone() -> None:
    assert not is_gone(this_process())


def test_a_process_that_has_ended_is_gone() -> None:
    machine, _, _ = this_process().split("/")
    with subprocess.Popen(["true"]) as process:
        process.wait()

    assert is_gone(f"{machine}/{process.pid}/12345")


def test_another_process_under_the_same_id_is_not_the_owner() -> None:
    machine, _, _ = this_process().split("/")

    assert is_gone(f"{machine}/{os.getpid()}/1")


@pytest.mark.parametrize("owner", ["another-machine/1/1", "", "nonsense", "a/b"])
def test_of_others_nothing_is_known(owner: str) -> None:
    assert not is_gone(owner)
