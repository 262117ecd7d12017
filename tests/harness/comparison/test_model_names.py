"""Which model an interaction asked, told by its address where the body doesn't say it."""

import pytest

from harness.comparison._exchange import model_of
from harness.interactions import Interaction, Request, Response

ADDRESSES = [
    ("https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent",
     "gemini-2.5-pro"),
    ("https://me.openai.azure.com/openai/deployments/mine/chat/completions?api-version=1", "mine"),
    ("https://model/v1/models", ""),
]  # fmt: skip


@pytest.mark.parametrize(("url", "model"), ADDRESSES)
def test_the_address_names_the_model_and_a_host_does_not(url: str, model: str) -> None:
    asked = Interaction(Request("GET", url, (), b""), Response(200, (), b"", 1))

    assert model_of(asked) == model
