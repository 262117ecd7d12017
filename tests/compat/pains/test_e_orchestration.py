"""Orchestration: none of section E is left here."""

import pytest

from tests.compat.pains import cases_e
from tests.compat.pains.stage import Case, cases_in


@pytest.mark.parametrize("case", cases_in(cases_e), ids=lambda case: case.__name__)
async def test_pain(case: Case) -> None:
    await case()
