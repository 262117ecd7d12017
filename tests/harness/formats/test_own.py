"""The harness's own format: how it looks, what it keeps, and what it refuses."""

import difflib
import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import FutureCassette, UnreadableCassette
from harness.formats import Source, load, loaded, save
from harness.formats._canonical_reading import read_canonical
from harness.formats.own import written
from harness.interactions import (
    Cassette,
    Chunk,
    Failure,
    Header,
    Interaction,
    Request,
    Response,
    Unanswered,
)

URL = "https://api.openai.com/v1/chat/completions"
JSON = (("content-type", "application/json"),)
PROMPT = "You write Python.\n\n  Indent by two.\nSay TERMINATE when done: 😀\n"


def asking(prompt: str = PROMPT, answer: Any = None, path: tuple[str, ...] = ()) -> Interaction:
    body = {"model": "gpt-4o", "messages": [{"role": "system", "content": prompt}], "tools": []}
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(200, JSON, json.dumps(answer or {"n": 1}, indent=2).encode() + b"\n", 7)
    return Interaction(Request("POST", URL, JSON, content), response, path)


def cassette(*interactions: Interaction) -> Cassette:
    return Cassette(Header("2026-01-01", "agentchat-harness 0.1.0", "scripted"), interactions)


TEXT = """\
harness: cassette
version: 1
recorded: '2026-01-01'
by: agentchat-harness 0.1.0
origin: scripted
host: api.openai.com
interactions:
- agent_path:
  - team#1
  - writer#2
  request:
    method: POST
    url: https://api.openai.com/v1/chat/completions
    headers:
      content-type: application/json
    json:
      model: gpt-4o
      messages:
      - role: system
        content: |
          You write Python.

            Indent by two.
          Say TERMINATE when done: 😀
      tools: []
  response:
    status: 200
    duration_ns: 7
    headers:
      content-type: application/json
    layout: indented-newline
    json:
      id: '7'
      ok: true
      cost: 1.0e-05
...
"""


def test_a_cassette_is_text_that_people_read() -> None:
    answer = {"id": "7", "ok": True, "cost": 1e-05}

    data = written(cassette(asking(PROMPT, answer, ("team#1", "writer#2"))))

    assert data.decode() == TEXT


def test_the_documented_example_is_what_would_be_written() -> None:
    page = Path(__file__).parents[3] / "docs" / "cassette-format.md"
    example = page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]

    assert written(loaded(Source(page, example.encode()))).decode() == example


def test_one_changed_line_of_a_prompt_is_one_changed_line_of_the_file() -> None:
    before = written(cassette(asking(PROMPT))).decode().splitlines()
    after = written(cassette(asking(PROMPT.replace("two", "four")))).decode().splitlines()

    changed = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]

    assert [line.split() for line in changed] == [
        ["-", "Indent", "by", "two."],
        ["+", "Indent", "by", "four."],
    ]


BODIES = [
    pytest.param(b'{"a":1,"b":[1.5,null,true]}', "json", id="compact"),
    pytest.param(b'{"a": 1, "b": "\xc3\xa9"}', "json", id="spaced"),
    pytest.param(b'{"b": "\\u00e9"}', "json", id="spaced, ASCII alone"),
    pytest.param(b'{\n  "a": 1\n}\n', "json", id="indented"),
    pytest.param(b'{ "a":1}', "text", id="JSON in a layout of its own"),
    pytest.param(b'{"a":1,"a":2}', "text", id="a key twice"),
    pytest.param(b'{"a":"\\ud800"}', "text", id="half a character"),
    pytest.param(b'{"a":1.10}', "text", id="a number in a spelling of its own"),
    pytest.param(b"[" * 99 + b"]" * 99, "text", id="deep"),
    pytest.param(b"a=1&b=2", "text", id="a form"),
    pytest.param(b"\xff\xfe\x00", "base64", id="binary"),
]


@pytest.mark.parametrize(("body", "form"), BODIES)
def test_every_body_comes_back_byte_for_byte(body: bytes, form: str) -> None:
    recorded = cassette(
        Interaction(Request("POST", URL, (), body), Response(200, (), b"", duration_ns=0))
    )

    data = written(recorded)

    assert f"    {form}:" in data.decode()
    assert loaded(Source(Path("x.yaml"), data)) == recorded


def test_streams_failures_and_silence_come_back_as_they_were() -> None:
    request = Request("POST", URL, (), b"")
    chunks = (
        Chunk(5, b"data: 1\r\n\r\n"),
        Chunk(9, b"\xf0\x9f"),
        Chunk(9, b"\x98\x80\n\n"),
        Chunk(9, b""),
    )
    responses = (
        Response(200, (("set-cookie", "a"), ("set-cookie", "b")), chunks, 9),
        Response(200, (), chunks[:1], 9, "stopped"),
        Response(200, (), (), 9, Failure("ReadError", "reset: by peer")),
        Unanswered(Failure("ConnectTimeout", ""), 9),
        Unanswered("stopped", 9),
    )  # fmt: skip
    recorded = cassette(*(Interaction(request, response) for response in responses))

    assert loaded(Source(Path("x.yaml"), written(recorded))) == recorded


def damaged(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


DAMAGES = [
    (damaged("...\n", ""), 8, 3, "truncated here or below: the last line, `...`, is missing"),
    (TEXT[: TEXT.index("\n  response:")], 8, 3,
     "truncated here or below: the last line, `...`, is missing"),
    (damaged("    method: POST\n", "    method: POST\n    colour: red\n"), 13, 5,
     "unknown key 'colour'"),
    (damaged("    method: POST\n", "    metod: POST\n"), 12, 5,
     "unknown key 'metod'; did you mean 'method'?"),
    (damaged("    duration_ns: 7\n", "    duration: 7\n"), 28, 5,
     "unknown key 'duration'; did you mean 'duration_ns'?"),
    (damaged("recorded: ", "x-mine: 1\nrecorded: "), 3, 1, "unknown key 'x-mine'"),
    (damaged("    method: POST\n", "    text: a\n    method: POST\n"), 11, 3,
     "a body has one form: chunks, or json, text or base64"),
    (damaged("version: 1", "version: 1" + "0" * 5000), 2, 10,
     "Exceeds the limit (4300 digits) for integer string conversion"),
    (damaged("    method: POST\n", ""), 11, 3, "the key 'method' is missing"),
    (damaged("status: 200", "status: fine"), 27, 5,
     "'status': input should be a valid integer"),
    (damaged("origin: scripted", "origin: mars"), 5, 1,
     "'origin': input should be 'live' or 'scripted'"),
    (damaged("    status: 200\n", ""), 26, 3,
     "the key 'status' is missing, and there is no failure"),
    (damaged("indented-newline", "wide"), 26, 3, "unknown layout 'wide'"),
    (damaged("    method: POST\n", "    method: 'POST\n"), 33, 12, "not YAML: "),
    (damaged("    method: POST\n", "    method: POST\n    method: GET\n"), 13, 5,
     "the key 'method' comes twice"),
    (damaged("POST", "!!python/object/apply:os.getcwd []"), 12, 13,
     "the tag 'tag:yaml.org,2002:python/object/apply:os.getcwd'"),
    (damaged("POST", "\x07"), 12, 13, "not YAML: the character '\\x07'"),
    ("harness: cassette\nversion: 1\ninteractions: 7\n", 3, 1,
     "truncated here or below: the last line, `...`, is missing"),
    ("- just\n- a list\n", 1, 1, "not a cassette in a format known here (SSE, cassetter TOML, "),
    ("", None, None, "it is empty"),
    ("<p>", 1, 1, "not a cassette in a format known here (SSE, cassetter TOML, "),
    ('{"version": 1,\n "interactions": [}', 2, 19, "not JSON: Expecting value"),
    ('{"harness": "cassette",\n "harness": "cassette"}', None, None,
     "not JSON: the key 'harness' comes twice"),
    (damaged("harness: ", "? [a]\n: 1\nharness: "), 1, 3, "a key that is no text"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "column", "why"), DAMAGES)
def test_a_damaged_file_is_refused_with_its_place(
    tmp_path: Path, text: str, line: int | None, column: int | None, why: str
) -> None:
    path = tmp_path / "chat.yaml"
    path.write_bytes(text.encode())

    with pytest.raises(UnreadableCassette) as caught:
        load(path)

    assert caught.value.why.startswith(why)
    assert (caught.value.line, caught.value.column) == (line, column)
    place, fix = str(caught.value).splitlines()
    assert place.startswith(f"{path}:")
    assert fix == f"  fix: harness cassettes doctor {path}"


def test_a_newer_version_is_refused_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "chat.yaml"
    path.write_text(damaged("version: 1", "version: 9\nshape: other"), encoding="utf-8")

    with pytest.raises(FutureCassette, match="format version 9 is newer than 1"):
        load(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCassette, match="No such file"):
        load(tmp_path / "gone.yaml")


def test_a_word_that_other_readers_take_for_something_else_stays_text() -> None:
    edited = damaged("content: |\n", "content: no\n      - content: |\n")

    [interaction] = loaded(Source(Path("x.yaml"), edited.encode())).interactions

    assert json.loads(interaction.request.body)["messages"][0]["content"] == "no"


EDITS = [
    ("harness: cassette\n", "# a comment\nharness: cassette\n"),
    ("origin: scripted", "origin:   'scripted'"),
    ("    method: POST\n", "    method: POST  # a comment\n"),
    ("    method: POST\n", '    "method": "POST"\n\n'),
    ("- agent_path:\n  - team#1\n  - writer#2\n", "- agent_path: [team#1, writer#2]\n"),
]


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_what_a_person_has_edited_is_read_as_what_it_says(old: str, new: str) -> None:
    two = TEXT.removesuffix("...\n") + TEXT.partition("interactions:\n")[2]
    edited = two.replace(old, new, 1)

    assert edited != two
    assert read_canonical(edited.encode()) is not None
    assert loaded(Source(Path("x.yaml"), edited.encode())) == loaded(
        Source(Path("x.yaml"), two.encode())
    )


FAR = [
    ("  request:", "  &a request:"),
    ("    method: POST", "    method: &a POST"),
    ("method: POST\n", "method: POST # x\n...\n"),
    ("method: POST\n", 'method: "POST\n- x"\n'),
    ("version: 1\n", 'version: "1\ninteractions:\n- a"\n'),
    ("harness: cassette\n", "--- # x\nharness: cassette\n"),
]


@pytest.mark.parametrize(("old", "new"), FAR)
def test_an_edit_that_may_reach_further_is_left_to_the_reader_of_the_whole(
    old: str, new: str
) -> None:
    assert old in TEXT
    assert read_canonical(TEXT.replace(old, new, 1).encode()) is None


def test_a_file_that_cannot_be_replaced_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "chat.yaml"
    (path / "in the way").mkdir(parents=True)

    with pytest.raises(OSError, match=r"chat\.yaml"):
        save(path, cassette(asking()))

    assert [each.name for each in tmp_path.iterdir()] == ["chat.yaml"]
