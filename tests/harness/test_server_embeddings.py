"""Embeddings of the scripted endpoint, asked for by the real SDK over a real socket."""

import math
from collections.abc import Sequence
from typing import Any

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.openai_wire.embeddings import vector_of
from harness.script import Script
from harness.server import serving


def embedded(given: Any, **arguments: Any) -> list[list[float]]:
    with (
        serving(Script()) as url,
        openai.OpenAI(base_url=url, api_key="none", max_retries=0) as sdk,
    ):
        answer = sdk.embeddings.create(model="text-embedding-3-small", input=given, **arguments)
    assert answer.model == "text-embedding-3-small"
    return [each.embedding for each in answer.data]


def likeness(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_each_text_gets_a_vector() -> None:
    one, other = embedded(["a cat", "a dog"])

    assert (len(one), len(other)) == (1536, 1536)
    assert one != other


def test_the_same_text_has_the_same_vector_however_it_is_sent() -> None:
    as_base64 = embedded("a cat", dimensions=8)
    as_numbers = embedded("a cat", dimensions=8, encoding_format="float")

    assert as_base64[0] == pytest.approx(as_numbers[0])
    assert as_numbers == [vector_of("a cat", 8)]


def test_texts_with_words_in_common_are_nearer_to_each_other() -> None:
    question, answer, other = embedded(
        ["Where does the cat sleep?", "The cat does sleep on the sofa.", "Stocks fell on Monday."]
    )

    assert likeness(question, answer) > 2 * likeness(question, other)


def test_tokens_are_taken_as_well() -> None:
    assert len(embedded([[1, 2], [3]], dimensions=4)) == 2
    assert len(embedded([1, 2, 3], dimensions=4)) == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [({"given": []}, "input is a text"), ({"given": "x", "dimensions": -1}, "dimensions")],
)
def test_a_malformed_request_is_refused_with_the_reason(
    arguments: dict[str, Any], why: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=why):
        embedded(**arguments)


@given(st.text(), st.integers(1, 64))
def test_every_vector_has_the_length_of_one(text: str, dimensions: int) -> None:
    vector = vector_of(text, dimensions)

    assert len(vector) == dimensions
    assert math.hypot(*vector) == pytest.approx(1)
