"""The tests in docs/test-clients.md pass."""

import inspect
import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from harness.openai_wire import chat
from harness.script import Reply

PAGE = Path(__file__).parents[2] / "docs" / "test-clients.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)


def answer(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, json=chat.whole(Reply(say="Hello."), json.loads(request.content)))


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: re.findall(r"def (test_\w+)", block)[0])
async def test_a_test_on_the_page_passes(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    given = {"tmp_path": tmp_path, "endpoint": httpx2.MockTransport(answer)}

    exec(block, names)

    (test,) = [value for name, value in names.items() if name.startswith("test_")]
    await test(**{name: given[name] for name in inspect.signature(test).parameters})
