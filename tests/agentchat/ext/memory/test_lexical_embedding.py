import math

from hypothesis import given
from hypothesis import strategies as st

from agentchat.ext.memory._lexical_embedding import embedded


def nearness(one: str, other: str) -> float:
    pairs = zip(embedded(one, 512), embedded(other, 512), strict=True)
    return sum(left * right for left, right in pairs)


@given(text=st.text(), dimensions=st.integers(16, 64))
def test_every_text_has_a_direction(text: str, dimensions: int) -> None:
    vector = embedded(text, dimensions)

    assert len(vector) == dimensions
    assert math.isclose(math.hypot(*vector), 1)


@given(text=st.text())
def test_a_text_is_nearest_to_itself(text: str) -> None:
    assert math.isclose(nearness(text, text), 1)


def test_texts_are_near_when_they_share_words_or_parts_of_them() -> None:
    question = "Which temperature unit?"

    same_word = nearness(question, "The temperature is measured in Celsius.")
    same_stem = nearness(question, "Temperatures are measured in Celsius.")
    nothing = nearness(question, "Meals must be vegan.")

    assert same_word > same_stem > 0.1 > abs(nothing)


def test_letter_case_does_not_count() -> None:
    assert embedded("Oslo", 64) == embedded("OSLO", 64)
