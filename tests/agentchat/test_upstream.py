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
