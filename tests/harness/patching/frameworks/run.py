"""One framework's program under a cassette: PROGRAM BASE_URL CASSETTE RECORD_MODE."""

import json
import sys
from importlib import import_module
from pathlib import Path

import harness

program, base_url, cassette, mode = sys.argv[1:]
with harness.cassette(Path(cassette), record_mode=mode) as use:
    answer = import_module(program).answer(base_url)
print(json.dumps({"answer": answer, "played": use.play_count, "unplayed": len(use.unplayed)}))
