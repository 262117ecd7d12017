"""Files that are no cassettes are told what they are."""

from pathlib import Path

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded

CONFLICT = b"""\
interactions:
- request:
<<<<<<< HEAD
    method: POST
=======
    method: GET
>>>>>>> other
"""
LLAMA_STACK = b"""\
{"request": {"method": "POST", "url": "http://0.0.0.0:11434/v1/chat/completions", "body": {}},
 "response": {"body": {"__type__": "openai.ChatCompletion", "__data__": {}}, "is_streaming": false}}
"""
WIREMOCK = b"""\
{"request": {"method": "POST", "urlPath": "/v1/chat/completions"},
 "response": {"status": 200, "body": "{}"}}
"""
REFUSED = [
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
     "1: no cassette, but a pointer of Git LFS in place of the file\n"
     "  fix: git lfs pull --include 'a b.yaml'"),
    (CONFLICT, "3: no cassette, but both sides of a merge\n"
     "  fix: harness cassettes doctor 'a b.yaml'"),
    (b"1234:9:websocket;0:~8:response;", "1: no cassette, but flows of mitmproxy\n"
     "  fix: mitmdump -n -r 'a b.yaml' --set hardump='a b.yaml'.har"),
    (WIREMOCK, "1: no cassette, but mappings of WireMock, which say what a request must be like and"
     " not what was sent, nor to which host\n  fix: harness proxy --upstream URL -o CASSETTE"),
    (b"responses:\n- response:\n    url: http://x/\n",
     "1: no cassette, but a recording of `responses`, which holds no bodies of requests\n"
     "  fix: harness proxy --upstream URL -o CASSETTE"),
    (LLAMA_STACK, "2: no cassette, but a recording of Llama Stack, which holds what an SDK made of"
     " the answer\n  fix: harness proxy --upstream URL -o CASSETTE"),
    (b"PK\x03\x04aaaa", "1: no cassette, but a packed file; only gzip is read as it is"),
    (b"SQLite format 3\0", "1: no cassette, but a database of SQLite"),
    (b"\x80\x04\x95", "1: no cassette, but a pickle, which is never read: it may run anything"),
    ("interactions: []".encode("utf-16"),
     "1: no cassette, but UTF-16\n  fix: iconv -f UTF-16 -t UTF-8 'a b.yaml'"),
    (b"\n<!DOCTYPE html>\n<html>", "1: no cassette, but a web page"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_a_file_of_another_kind_is_named_with_what_helps(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableCassette) as caught:
        loaded(Source(Path("a b.yaml"), data))

    assert str(caught.value) == f"a b.yaml:{message}"


def test_a_recorded_conflict_is_no_conflict() -> None:
    request = b"- request: {method: GET, uri: 'http://x/'}\n"
    response = b"  response:\n    status: 200\n    body: |\n      <<<<<<< HEAD\n      ours\n"

    [interaction] = loaded(Source(Path("a.yaml"), request + response)).interactions

    assert b"<<<<<<< HEAD" in interaction.response.content  # type: ignore[union-attr]
