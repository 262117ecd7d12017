"""Forms and uploads as they are told from other bodies, and the border that lasts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.fields import Field, fields_of, with_lasting_border
from harness.formats import load
from harness.interactions import Request
from harness.session import CassetteSession, RecordMode

URL = "https://api.openai.com/v1/files"


def upload(border: str, *contents: bytes) -> bytes:
    parts = (
        b'--%b\r\nContent-Disposition: form-data; name="f"\r\n\r\n%b\r\n'
        % (border.encode(), content)
        for content in contents
    )
    return b"".join(parts) + b"--%b--\r\n" % border.encode()


def request(border: str, *contents: bytes) -> Request:
    headers = (("content-type", f"multipart/form-data; boundary={border}"),)
    return Request("POST", URL, headers, upload(border, *contents))


def recorded(path: Path, sent: Request) -> bytes:
    with CassetteSession(path, mode=RecordMode.REWRITE) as session:
        recording = session.record(sent)
        recording.answered(200, ())
        recording.received(b"{}")
        recording.ended("complete")
    return path.read_bytes()


def test_two_recordings_of_an_upload_have_one_border_and_each_plays_for_the_other(
    tmp_path: Path,
) -> None:
    one, other = (request(border, b"hello \xff") for border in ("4f1c" * 8, "b27d" * 8))

    files = [recorded(tmp_path / f"{n}.yaml", each) for n, each in enumerate((one, other))]
    stored = load(tmp_path / "0.yaml").interactions[0].request

    assert stored == request("border", b"hello \xff")
    assert [b"4f1c" in file or b"b27d" in file for file in files] == [False, False]
    assert CassetteSession(tmp_path / "0.yaml").play(other) is not None


OTHERS = [
    ("border", "multipart/form-data; boundary=border", upload("border", b"a")),
    ("another border in the header", "multipart/form-data; boundary=b8", upload("b7", b"a")),
    ("no header", "text/plain", upload("b7", b"a")),
    ("no end", "multipart/form-data; boundary=b7", b"--b7\r\n\r\na\r\n"),
    ("no upload", "application/json", b'{"a": 1}'),
]


@pytest.mark.parametrize(("kind", "header", "body"), OTHERS)
def test_what_has_no_border_to_change_stays(kind: str, header: str, body: bytes) -> None:
    headers = (("content-type", header),)

    assert with_lasting_border(headers, body) == (headers, body), kind


@given(
    st.text("ab-7", min_size=1, max_size=9).filter(lambda text: not text.endswith("-")),
    st.lists(st.binary(max_size=30) | st.sampled_from([b"--border", b"--border-2\r\n", b"a\r\n"])),
    st.booleans(),
)
def test_nothing_but_the_border_changes_and_once_is_enough(
    border: str, contents: list[bytes], is_quoted: bool
) -> None:
    if any(b"--" + border.encode() in each for each in contents):
        return
    named = f'"{border}"' if is_quoted else border
    headers = (("content-type", f"multipart/form-data; boundary={named}; charset=utf-8"),)
    body = upload(border, *contents)

    lasting, changed = with_lasting_border(headers, body)

    kind, fields = fields_of(changed)
    assert [changed[slice(*field.value)] for field in fields] == contents
    assert kind == ("multipart" if contents else "")
    assert with_lasting_border(lasting, changed) == (lasting, changed)


def test_a_field_says_where_its_value_stands() -> None:
    body = (
        b'--b7\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nhello\r\n--b7--\r\n"
    )

    kind, (field,) = fields_of(body)

    said = {name: body[slice(*span)] for name, span in field.said.items()}
    assert (kind, field.name, body[slice(*field.value)]) == ("multipart", "file", b"hello")
    assert said == {"filename": b"a.txt", "type": b"text/plain"}
    assert fields_of(b"a%20b=1") == ("form", [Field("a b", (6, 7), {})])
