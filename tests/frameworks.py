"""The environments that `.ci/frameworks` makes, with other people's frameworks."""

from pathlib import Path

import pytest

_BUILD = Path(__file__).parents[1] / "build"

FRAMEWORKS = _BUILD / "frameworks" / "bin" / "python"
FRAMEWORKS_OF_OPENAI_2 = _BUILD / "frameworks-openai-2" / "bin" / "python"
"""Those that ask for a version of the OpenAI SDK that the others no longer take."""

needs_frameworks = pytest.mark.skipif(
    not (FRAMEWORKS.exists() and FRAMEWORKS_OF_OPENAI_2.exists()),
    reason="needs frameworks: run .ci/frameworks",
)
