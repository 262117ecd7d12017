"""Slow designs: none of the rows that can be counted is left here."""

import pytest

from tests.compat.pains import cases_slow
from tests.compat.pains.stage import Case, cases_in


@pytest.mark.parametrize("case", cases_in(cases_slow), ids=lambda case: case.__name__)
async def test_pain(case: Case) -> None:
    await case()
