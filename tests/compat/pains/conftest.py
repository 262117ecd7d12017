"""The cases are no test modules, and yet their asserts shall say what they have found."""

from pathlib import Path

import pytest

for file in Path(__file__).parent.glob("cases_*.py"):
    pytest.register_assert_rewrite(f"tests.compat.pains.{file.stem}")
