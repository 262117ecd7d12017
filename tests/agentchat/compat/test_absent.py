import subprocess
import sys
from pathlib import Path

import pytest

from agentchat.compat._absent import ABSENT_ROOMS, OTHER_PACKAGES, RoomNotHere, absent_room
from agentchat.compat._finder import Aliases

MODULES_NOT_HERE = [
    "autogen_ext.agents.azure",
    "autogen_ext.agents.file_surfer",
    "autogen_ext.agents.magentic_one",
    "autogen_ext.agents.video_surfer",
    "autogen_ext.agents.video_surfer.tools",
    "autogen_ext.agents.web_surfer",
    "autogen_ext.agents.web_surfer.playwright_controller",
    "autogen_ext.experimental",
    "autogen_ext.experimental.task_centric_memory",
    "autogen_ext.experimental.task_centric_memory.memory_controller",
    "autogen_ext.experimental.task_centric_memory.utils",
    "autogen_ext.experimental.task_centric_memory.utils.apprentice",
    "autogen_ext.experimental.task_centric_memory.utils.chat_completion_client_recorder",
    "autogen_ext.experimental.task_centric_memory.utils.grader",
    "autogen_ext.experimental.task_centric_memory.utils.page_logger",
    "autogen_ext.experimental.task_centric_memory.utils.teachability",
    "autogen_ext.models.llama_cpp",
    "autogen_ext.models.semantic_kernel",
    "autogen_ext.runtimes",
    "autogen_ext.runtimes.grpc",
    "autogen_ext.runtimes.grpc.protos",
    "autogen_ext.runtimes.grpc.protos.agent_worker_pb2",
    "autogen_ext.runtimes.grpc.protos.agent_worker_pb2_grpc",
    "autogen_ext.runtimes.grpc.protos.cloudevent_pb2",
    "autogen_ext.runtimes.grpc.protos.cloudevent_pb2_grpc",
    "autogen_ext.teams",
    "autogen_ext.teams.magentic_one",
    "autogen_ext.tools.azure",
    "autogen_ext.tools.graphrag",
    "autogen_ext.tools.semantic_kernel",
]


@pytest.mark.parametrize("module", [*MODULES_NOT_HERE, *OTHER_PACKAGES])
def test_a_module_that_is_not_here_says_what_it_is_and_what_to_use(module: str) -> None:
    spec = Aliases().find_spec(module, None)

    assert spec is not None
    with pytest.raises(RoomNotHere, match=f"'{module}' is not in agentchat: it is ") as caught:
        Aliases().create_module(spec)
    assert caught.value.name == module
    assert f"instead:  {caught.value.room.instead}" in str(caught.value)


def test_every_room_is_told_of_for_a_module_of_autogen() -> None:
    assert {absent_room(module) for module in MODULES_NOT_HERE} == set(ABSENT_ROOMS.values())


@pytest.mark.parametrize("room", [*ABSENT_ROOMS.values(), *OTHER_PACKAGES.values()])
def test_what_to_use_instead_can_be_imported(room: object) -> None:
    statement = room.instead.partition(";")[0]
    if not statement.startswith("from"):
        return
    ran = subprocess.run([sys.executable, "-c", statement], capture_output=True, text=True)

    assert ran.stderr == ""


def test_a_program_sees_the_reason_at_its_import() -> None:
    program = (
        "from agentchat.compat import install_aliases; install_aliases()\n"
        "try:\n    from autogen_ext.runtimes.grpc import GrpcWorkerAgentRuntime\n"
        "except ModuleNotFoundError as error: print(error)\n"
        "import autogen\n"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert ran.stdout == (
        "'autogen_ext.runtimes' is not in agentchat: it is runtimes that span processes. "
        "Agents run in one process.\n"
        "  instead:  from agentchat.core import SingleThreadedAgentRuntime\n"
    )
    assert "RoomNotHere: 'autogen' is not in agentchat: it is AutoGen before v0.4." in ran.stderr


def test_another_package_that_is_installed_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "autogen.py").write_text("NAME = 'theirs'", encoding="utf-8")
    program = (
        "from agentchat.compat import install_aliases; install_aliases()\n"
        "import autogen; print(autogen.NAME)"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path
    )

    assert (ran.stdout, ran.stderr) == ("theirs\n", "")
