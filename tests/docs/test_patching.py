"""The programs in docs/patching.md."""

import asyncio
import re
from pathlib import Path

import httpx2
import pytest

from harness.formats import save
from harness.interactions import Cassette, Interaction, Request, Response

PAGE = Path(__file__).parents[2] / "docs" / "patching.md"


def test_its_programs_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    block, decorated = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    request = Request("GET", "https://api.openai.com/v1/models", (), b"")
    recorded = Interaction(request, Response(200, (), b'{"data": ["gpt-4o"]}', 1))
    save(tmp_path / "cassettes" / "models.yaml", Cassette(interactions=(recorded,)))
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    names = {"httpx2": httpx2}

    exec(block + decorated, names)
    asyncio.run(names["list_models"]())

    assert names["names"] == ["gpt-4o"]
