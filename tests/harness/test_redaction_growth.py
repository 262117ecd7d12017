"""What redaction takes grows as what it looks at does, also where that is made to be hard."""

import gzip
import json
import time
from collections.abc import Callable

import pytest

from harness.redaction import ByPattern, Redactor

KEY = b"sk-proj-Zq7wZq7wZq7wZq7wZq7wZq7w"
SECRET = b"Zx9quite/Secret+Value<77>&co"
RULES = (ByPattern(r"@\w+", "mail"),)

BODIES: dict[str, Callable[[int], list[bytes]]] = {
    "keys among placeholders": lambda n: [b"<secret:api-key:0b8455e3729b> %b " % KEY * n],
    "keys cut by the network": lambda n: [KEY[:9], KEY[9:] + b" "] * n,
    "a secret, letter by letter": lambda n: [b" ".join(SECRET[i : i + 1] for i in range(28)) * n],
    "what a rule finds": lambda n: [json.dumps("ä a@b.de " * n, ensure_ascii=False).encode()],
    "escapes upon escapes": lambda n: [b"%2525" * 9 * n],
    "backslashes": lambda n: [b"\\" * 90 * n],
    "beginnings of keys": lambda n: [b" sk-aaa-" * 9 * n],
    "beginnings of private keys": lambda n: [b"PRIVATE KEY-----aaaaaaaaaaaaaaa " * n],
    "numbers": lambda n: [b"90,12," * 9 * n],
    "open brackets": lambda n: [b"[{" * 90 * n],
    "long runs": lambda n: [b"a" * 90 * n],
    "packed parts": lambda n: [gzip.compress(b"") * 50 * n],
}


def took(pieces: list[bytes]) -> int:
    """The processor's time."""
    redactor = Redactor({"SERVICE_KEY": SECRET.decode()}, RULES)
    began = time.process_time_ns()
    clean = redactor.pieces(pieces)
    redactor.known.name_in(b"".join(clean))
    return time.process_time_ns() - began


@pytest.mark.parametrize("body", BODIES)
def test_ten_times_as_much_takes_about_ten_times_as_long(body: str) -> None:
    little, much = BODIES[body](100), BODIES[body](1000)

    ratio = min(took(much) for _ in range(3)) / min(took(little) for _ in range(5))

    assert ratio < 30
