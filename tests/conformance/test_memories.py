"""Every memory that we have keeps its promises."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from agentchat.core.memory import LexicalMemory, ListMemory, Memory
from agentchat.ext.memory.json_lines import JsonLinesMemory
from agentchat.ext.memory.teachability import Teachability
from harness.conformance import check_memory


@pytest.mark.parametrize("make", [ListMemory, LexicalMemory, Teachability])
async def test_keeps_its_promises(make: Callable[[], Memory]) -> None:
    await check_memory(make)


async def test_a_memory_in_a_file_keeps_its_promises(tmp_path: Path) -> None:
    numbers = count()

    await check_memory(lambda: JsonLinesMemory(tmp_path / f"{next(numbers)}.jsonl"))
