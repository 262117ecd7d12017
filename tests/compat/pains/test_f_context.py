"""Context, memory, cost, security: none of section F is left here."""

import pytest

from tests.compat.pains import cases_f
from tests.compat.pains.stage import Case, cases_in


@pytest.mark.parametrize("case", cases_in(cases_f), ids=lambda case: case.__name__)
async def test_pain(case: Case) -> None:
    await case()
