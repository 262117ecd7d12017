import re

from hypothesis import given
from hypothesis import strategies as st

from agentchat.ext.models._names import api_name, normalized


@given(name=st.text())
def test_every_name_has_a_legal_one(name: str) -> None:
    assert re.fullmatch("[a-zA-Z0-9_-]{1,64}", api_name(name))


@given(names=st.lists(st.text(), unique=True))
def test_no_two_names_share_a_legal_one(names: list[str]) -> None:
    assert len({api_name(name) for name in names}) == len(names)


@given(name=st.from_regex("[a-zA-Z0-9_-]{1,64}", fullmatch=True))
def test_legal_names_stay_as_they_are(name: str) -> None:
    assert api_name(name) == normalized(name) == name


def test_a_name_keeps_what_is_legal_of_it() -> None:
    assert api_name("Müller & Co").startswith("M_ller___Co_")
    assert normalized("Müller & Co") == "M_ller___Co"
