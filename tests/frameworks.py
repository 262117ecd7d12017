"""The environment that `.ci/frameworks` makes, with other people's frameworks."""

from pathlib import Path

import pytest

FRAMEWORKS = Path(__file__).parents[1] / "build" / "frameworks" / "bin" / "python"

needs_frameworks = pytest.mark.skipif(
    not FRAMEWORKS.exists(), reason="needs frameworks: run .ci/frameworks"
)
