"""One framework's program under a cassette: PROGRAM BASE_URL CASSETTE RECORD_MODE QUESTION...

Tells what came of each question. Where nothing is recorded the network is closed.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import harness
from harness.errors import ReplayMiss

program, base_url, cassette, mode, *questions = sys.argv[1:]
answer = import_module(program).answer


def close_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        # Not an error that a framework may take for a reason to try again.
        raise SystemExit(f"{event}{arguments[1:]}: the network is closed")


def told(question: str) -> dict[str, Any]:
    with harness.cassette(Path(cassette), record_mode=mode) as use:
        try:
            said = answer(base_url, question)
        except ReplayMiss:
            said = None
    return {
        "said": said,
        "played": use.play_count,
        "unplayed": len(use.unplayed),
        "misses": [miss.cause for miss in use.misses],
    }


if mode == "none":
    sys.addaudithook(close_network)
print(json.dumps([told(question) for question in questions]))
