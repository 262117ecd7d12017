"""Secrets in files that are there already, each named with its place and never shown."""

import base64
import gzip
import json
from pathlib import Path

import pytest
import yaml

from harness.errors import UnreadableCassette
from harness.formats import save
from harness.interactions import Cassette, Header, Interaction, Request, Response
from harness.linting import Finding, findings

KEY = "sk-proj-Zq7wZq7wZq7wZq7wZq7wZq7w"
URL = "https://api.openai.com/v1/chat/completions"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "cassettes"

VCRPY = f"""\
interactions:
- request:
    method: POST
    uri: https://api.test/v1?api_key=f1e2d3c4b5a6&page=1
    headers:
      authorization: [Bearer {KEY}]
      cookie: ["theme=dark; sid=a1b2c3d4e5"]
    body: '{{"a": 1}}'
  response:
    status: {{code: 200, message: OK}}
    headers:
      openai-organization: [acme-gmbh]
      set-cookie: ["__cf_bm=a1b2c3d4e5f6a7b8c9; path=/; expires=Wed, 01-Jan-25 00:00:00 GMT"]
      x-request-id: [req_0123456789abcdef]
    body: {{string: '{{"said": "my key is
        {KEY}"}}'}}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_secret_is_named_with_place_and_line(tmp_path: Path) -> None:
    found = findings(written(tmp_path, VCRPY))

    assert found == [
        Finding("interaction 1, request address", "address", "parameter", 4, "… (12 characters)"),
        Finding("interaction 1, request headers", "header", "authorization", 6,
                "sk-p… (32 characters)"),
        Finding("interaction 1, request headers", "header", "cookie", 7, "… (10 characters)"),
        Finding("interaction 1, response headers", "header", "openai-organization", 12,
                "… (9 characters)"),
        Finding("interaction 1, response headers", "header", "set-cookie", 13,
                "a1b2… (18 characters)"),
        Finding("interaction 1, response body", "text", "api-key", 16, "sk-p… (32 characters)"),
    ]  # fmt: skip


def test_a_finding_shows_no_secret(tmp_path: Path) -> None:
    shown = repr(findings(written(tmp_path, VCRPY)))

    assert KEY[5:] not in shown
    assert "a1b2c3d4e5" not in shown


STAND_INS = [
    "Bearer <secret:authorization>",
    "Bearer test_openai_api_key_1",
    "[REDACTED]",
    "AUTHORIZATION-XXX-1",
    "Bearer sk-dummy-1234567890123456",
    "<FILTERED>",
    "***",
]


@pytest.mark.parametrize("value", STAND_INS)
def test_what_stands_where_a_secret_was_is_none(value: str, tmp_path: Path) -> None:
    text = VCRPY.replace(f"Bearer {KEY}", json.dumps(value)).replace(KEY, "not told")

    kinds = [(found.kind, found.name) for found in findings(written(tmp_path, text))]

    assert ("header", "authorization") not in kinds


def test_a_recording_of_the_harness_is_clean(tmp_path: Path) -> None:
    request = Request("POST", URL, (), b'{"a":"<secret:api-key:1a2b3c4d5e6f>"}')
    save(tmp_path / "a.yaml", Cassette(Header(), (Interaction(request, answer(b"{}")),)))

    assert findings(tmp_path / "a.yaml") == []


def answer(body: bytes, *headers: tuple[str, str]) -> Response:
    return Response(200, headers, body, duration_ns=0)


HIDDEN = [
    base64.b64encode(b'{"key": "' + KEY.encode() + b'"}'),
    json.dumps({"a": json.dumps({"b": "".join(f"\\u{ord(c):04x}" for c in KEY)})}).encode(),
    gzip.compress(KEY.encode()),
    "".join(f"%{ord(character):02x}" for character in KEY).encode(),
]


@pytest.mark.parametrize("body", HIDDEN, ids=["base64", "json in json", "gzip", "percent"])
def test_a_secret_in_disguise_is_told_by_its_interactions_line(body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    request = Request("POST", URL, (), b"{}")
    plain, hiding = Interaction(request, answer(b"{}")), Interaction(request, answer(body))
    save(path, Cassette(Header(), (plain, hiding)))

    (found,) = findings(path)

    second = [n for n, line in enumerate(path.read_text().splitlines(), 1) if line[:2] == "- "][1]
    assert (found.place, found.name, found.line) == (
        "interaction 2, response body", "api-key", second,
    )  # fmt: skip


def test_a_known_secret_is_found_by_its_value_and_called_by_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, "# asked with hunter22\ninteractions: []\n")

    assert findings(path, {"DB_PASSWORD": "hunter22"}) == [
        Finding("", "text", "DB_PASSWORD", 1, "… (8 characters)")
    ]


def test_what_can_not_be_unpacked_is_told(tmp_path: Path) -> None:
    packed = Interaction(
        Request("POST", URL, (), b"{}"), answer(b"\x8b\x01\x80\xff\x03", ("content-encoding", "br"))
    )
    save(tmp_path / "a.yaml", Cassette(Header(), (packed,)))

    (found,) = findings(tmp_path / "a.yaml")

    assert found[:3] == ("interaction 1, response body", "packed", "br")


@pytest.mark.parametrize("name", ["notes.txt", "broken.yaml", "data.json"])
def test_any_file_is_searched_as_text(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(f"{{\n\nthe key is {KEY}\n", encoding="utf-8")

    assert findings(tmp_path / name) == [Finding("", "text", "api-key", 3, "sk-p… (32 characters)")]


def test_a_secret_in_the_name_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / f"test_it[{KEY}].yaml").write_text("interactions: []\n", encoding="utf-8")

    found = findings(tmp_path / f"test_it[{KEY}].yaml")

    assert found == [Finding("file name", "text", "api-key", 1, "sk-p… (32 characters)")]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCassette, match="No such file"):
        findings(tmp_path / "none.yaml")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"{SAMPLES} is not on this machine")
def test_in_real_recordings_only_what_is_really_telling_is_found() -> None:
    files = sorted(file for file in SAMPLES.rglob("*") if file.suffix in (".yaml", ".yml"))

    names = {found.name for file in files for found in findings(file)}

    assert len(files) == 864
    assert names == {"openai-organization", "openai-project", "set-cookie", "cookie", "user"}


def test_the_hook_is_one_that_pre_commit_understands() -> None:
    (hook,) = yaml.safe_load(
        Path(__file__).parents[2].joinpath(".pre-commit-hooks.yaml").read_text()
    )

    assert (hook["id"], hook["entry"], hook["language"]) == (
        "harness-cassettes-lint", "harness cassettes lint", "python",
    )  # fmt: skip
