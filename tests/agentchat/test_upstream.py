import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from agentchat._upstream import our_name, upstream_name

rest = st.lists(st.from_regex(r"[a-z]+", fullmatch=True)).map(
    lambda parts: "".join("." + part for part in parts)
)
roots = st.sampled_from(["autogen_core", "autogen_agentchat", "autogen_ext", "autogen_studio"])


@given(root=roots, rest=rest)
def test_an_upstream_name_comes_back_from_ours(root: str, rest: str) -> None:
    # Ours has the packages inside each other: there, `agentchat.core` can mean one thing only.
    if root == "autogen_agentchat" and rest.split(".")[1:2] in (["core"], ["ext"]):
        return

    assert upstream_name(our_name(root + rest)) == root + rest


def test_translates_whole_words_only() -> None:
    assert our_name("autogen_corerunner.x") == "autogen_corerunner.x"
    assert upstream_name("agentchatter") == "agentchatter"
    assert upstream_name("agentchat.corepack") == "autogen_agentchat.corepack"


PROGRAM = """
import importlib, inspect, sys, warnings
warnings.simplefilter("error")
from agentchat._upstream import install_aliases
install_aliases()
install_aliases()
import autogen_core.models, agentchat.core.models
from autogen_core.memory import ListMemory
import autogen_core

assert autogen_core.models is agentchat.core.models
assert autogen_core.models.__spec__.name == "agentchat.core.models"
assert inspect.getmodule(ListMemory).__name__ == "agentchat.core.memory"
assert sum(type(finder).__name__ == "_Aliases" for finder in sys.meta_path) == 1
importlib.reload(autogen_core.models)
dumped = ListMemory().dump_component()
assert dumped.provider == "autogen_core.memory.ListMemory", dumped.provider
assert type(ListMemory.load_component(dumped)) is ListMemory
try:
    import autogen_core.no_such_module
except ModuleNotFoundError as error:
    print(error)
"""


def test_upstream_names_import_the_very_modules() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)

    assert (ran.stdout, ran.stderr) == ("No module named 'agentchat.core.no_such_module'\n", "")
