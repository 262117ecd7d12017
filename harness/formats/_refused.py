"""Files that are no cassettes: what they are, and what helps."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

from harness.errors import UnreadableCassette


class _Kind(NamedTuple):
    marks: re.Pattern[bytes]
    """What such a file begins with, or what stands in it."""

    why: str
    fix: str | None = None
    """A command; `{path}` is the file."""


_RECORD_ANEW = "harness proxy --upstream URL -o CASSETTE"
_KINDS = (
    _Kind(
        re.compile(rb"\Aversion https://git-lfs"),
        "a pointer of Git LFS in place of the file",
        "git lfs pull --include {path}",
    ),
    _Kind(
        re.compile(rb"^(?:<{7}|>{7}) .*\r?$", re.MULTILINE),
        "both sides of a merge",
        "harness cassettes doctor {path}",
    ),
    _Kind(
        re.compile(
            rb"\A\d+:(?:\d+:)?(?=.{0,2000}(?:8:response|7:request|4:type;4:http))", re.DOTALL
        ),
        "flows of mitmproxy",
        "mitmdump -n -r {path} --set hardump={path}.har",
    ),
    _Kind(
        re.compile(rb'"(?:bodyPatterns|urlPath\w*|urlPattern)"\s*:|^\s*{\s*"mappings"\s*:'),
        "mappings of WireMock, which say what a request must be like and not what was sent, nor"
        " to which host",
        _RECORD_ANEW,
    ),
    _Kind(
        re.compile(rb"\A\s*(?:responses:\s+- response:|\[\[responses\]\])"),
        "a recording of `responses`, which holds no bodies of requests",
        _RECORD_ANEW,
    ),
    _Kind(
        re.compile(rb'"is_streaming"\s*:'),
        "a recording of Llama Stack, which holds what an SDK made of the answer",
        _RECORD_ANEW,
    ),
    _Kind(
        re.compile(rb"\A(?:PK\x03\x04|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd)"),
        "a packed file; only gzip is read as it is",
    ),
    _Kind(re.compile(rb"\ASQLite format 3\0"), "a database of SQLite"),
    _Kind(re.compile(rb"\A\x80[\x02-\x05]"), "a pickle, which is never read: it may run anything"),
    _Kind(re.compile(rb"\A(?:\xff\xfe|\xfe\xff)"), "UTF-16", "iconv -f UTF-16 -t UTF-8 {path}"),
    _Kind(re.compile(rb"\A\s*<(?:!doctype html|html)", re.IGNORECASE), "a web page"),
)


def refusal(path: Path, data: bytes) -> UnreadableCassette | None:
    """The error for a file of a kind that is known and not read; None for any other.

    Args:
        path: The file.
        data: What it holds.
    """
    for kind in _KINDS:
        if found := kind.marks.search(data):
            line = data.count(b"\n", 0, found.start()) + 1
            fix = kind.fix and kind.fix.format(path=shlex.quote(path.as_posix()))
            return UnreadableCassette(path, f"no cassette, but {kind.why}", line=line, fix=fix)
    return None
