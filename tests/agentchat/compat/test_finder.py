"""Each check is a program of its own, warnings being errors: aliases change a whole process."""

import subprocess
import sys
from pathlib import Path

import pytest

INSTALLED = """
import sys
from agentchat.compat import install_aliases
install_aliases()
install_aliases()
"""


def run(program: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, cwd=cwd
    )


CHECKS = {
    "the very modules": """
import autogen_core.models, agentchat.core.models
assert autogen_core.models is agentchat.core.models
assert autogen_core.models.__spec__.name == autogen_core.models.__name__ == "agentchat.core.models"
""",
    "a module by its attributes": """
import autogen_ext.models.replay as replay
from autogen_core import models
import agentchat.core.models, agentchat.ext.models.replay
assert replay is agentchat.ext.models.replay and models is agentchat.core.models
""",
    "the very classes": """
import autogen_agentchat.agents, agentchat.agents, autogen_core, agentchat.core
assert autogen_agentchat.agents.AssistantAgent is agentchat.agents.AssistantAgent
assert autogen_core.Image is agentchat.core.Image
""",
    "one finder": """
assert sum(type(finder).__name__ == "Aliases" for finder in sys.meta_path) == 1
""",
    "inspect": """
import inspect
from autogen_core.memory import ListMemory
import autogen_core.memory
assert inspect.getmodule(ListMemory) is autogen_core.memory
assert inspect.getsource(ListMemory).startswith("class ListMemory")
assert inspect.getfile(ListMemory) == autogen_core.memory.__file__
assert inspect.getsource(autogen_core.memory).startswith('\"\"\"')
""",
    "reload": """
import importlib, autogen_core.models
before = autogen_core.models
assert importlib.reload(autogen_core.models) is before
import autogen_core.models as after
assert after is before and after.__spec__.name == "agentchat.core.models"
""",
    "type hints": """
import typing
from autogen_agentchat.agents import AssistantAgent, BaseChatAgent
from autogen_core.models import ChatCompletionClient
from autogen_agentchat.base import Response
class Mine(BaseChatAgent):
    async def on_messages(self, messages, cancellation_token) -> Response: ...
assert typing.get_type_hints(Mine.on_messages)["return"] is Response
assert typing.get_type_hints(AssistantAgent.__init__)["model_client"] is ChatCompletionClient
""",
    "the distributions": """
from importlib.metadata import PackageNotFoundError, distributions, metadata, version
for name in ("autogen-core", "autogen_agentchat", "autogen-ext"):
    assert version(name) == "0.7.5"
assert metadata("autogen-core")["Summary"].startswith("Provided by agentchat-harness")
try:
    version("autogen-unknown")
except PackageNotFoundError:
    pass
else:
    raise AssertionError
assert all(each.version for each in distributions())
""",
    "the releases": """
import autogen_core, autogen_agentchat, autogen_ext, agentchat
assert autogen_core.__version__ == autogen_agentchat.__version__ == agentchat.__version__
""",
    "a component": """
from autogen_core.memory import ListMemory
dumped = ListMemory().dump_component()
assert dumped.provider == "autogen_core.memory.ListMemory", dumped.provider
assert type(ListMemory.load_component(dumped)) is ListMemory
""",
    "find_spec": """
from importlib.util import find_spec
assert find_spec("autogen_core.models") is not None
assert find_spec("autogen_corerunner") is None
""",
    "nothing by a wrong name": """
try:
    import autogen_core.no_such_module
except ModuleNotFoundError as error:
    assert "agentchat.core.no_such_module" in str(error)
else:
    raise AssertionError
""",
}


@pytest.mark.parametrize("check", CHECKS)
def test_the_aliases_give(check: str) -> None:
    ran = run(INSTALLED + CHECKS[check])

    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_walk_over_the_packages_meets_no_error() -> None:
    program = INSTALLED + (
        "import pkgutil, autogen_core, autogen_agentchat\n"
        "def fail(name): raise AssertionError(name)\n"
        "for package in (autogen_core, autogen_agentchat):\n"
        "    prefix = package.__name__.replace('agentchat.core', 'autogen_core') + '.'\n"
        "    print(len([*pkgutil.walk_packages(package.__path__, prefix)]) > 20)\n"
    )

    ran = run(program)

    assert (ran.stdout, ran.stderr) == ("True\nTrue\n", "")


def test_an_agent_of_the_users_is_pickled_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from autogen_core import FunctionCall\n"
        "from autogen_agentchat.messages import TextMessage\n"
        "class Call(FunctionCall): pass\n"
        "class Note(TextMessage): pass\n",
        encoding="utf-8",
    )
    program = INSTALLED + (
        "import pickle, mine\n"
        "kept = [mine.Call('1', '{}', 'f'), mine.Note(content='c', source='s')]\n"
        "again = pickle.loads(pickle.dumps(kept))\n"
        "print(again == kept, [type(each).__name__ for each in again])\n"
    )

    ran = run(program, cwd=tmp_path)

    assert (ran.stdout, ran.stderr) == ("True ['Call', 'Note']\n", "")


def test_the_aliases_win_over_autogen_itself(tmp_path: Path) -> None:
    (tmp_path / "autogen_core.py").write_text("THEIRS = True", encoding="utf-8")

    ran = run(INSTALLED + "import autogen_core; print(autogen_core.__name__)", cwd=tmp_path)

    assert (ran.stdout, ran.stderr) == ("agentchat.core\n", "")


def test_the_aliases_do_not_come_too_late(tmp_path: Path) -> None:
    (tmp_path / "autogen_core.py").write_text("THEIRS = True", encoding="utf-8")

    ran = run("import autogen_core" + INSTALLED, cwd=tmp_path)

    assert "AutogenAlreadyImported: 'autogen_core' was imported before the aliases" in ran.stderr
    assert str(tmp_path / "autogen_core.py") in ran.stderr
