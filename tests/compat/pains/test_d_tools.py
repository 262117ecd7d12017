"""Tools: none of section D is left here."""

import pytest

from tests.compat.pains import cases_d
from tests.compat.pains.stage import Case, cases_in


@pytest.mark.parametrize("case", cases_in(cases_d), ids=lambda case: case.__name__)
async def test_pain(case: Case) -> None:
    await case()
