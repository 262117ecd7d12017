"""The cases are no test modules, and yet their asserts shall say what they have found."""

import pytest

pytest.register_assert_rewrite("tests.compat.pains")
