"""Secrets in every disguise, recorded and then looked for in the file by other means."""

import base64
import gzip
import html
import json
import quopri
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
import yaml

from harness.formats import load, save
from harness.interactions import (
    Cassette,
    Chunk,
    Ending,
    Failure,
    Header,
    Headers,
    Interaction,
    Request,
    Response,
)
from harness.session import CassetteSession, RecordMode

OPAQUE = "Zx9quite/Secret+Value<77>&co"
VENDORS = "sk-proj-Zq7wZq7wZq7wZq7wZq7wZq7w"
URL = "https://api.openai.com/v1/chat/completions"
JSON = (("content-type", "application/json"),)
EVENTS = (("content-type", "text/event-stream"),)


class Exchange(NamedTuple):
    """What is recorded; an error in place of an answer, if there is a message for one."""

    request: Request = Request("POST", URL, JSON, b"{}")
    headers: Headers = JSON
    pieces: tuple[bytes, ...] = (b"{}",)
    status: int = 200
    error: str = ""


def numeric(secret: str) -> str:
    return "".join(f"&#{ord(character)};" for character in secret)


def escaped(secret: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in secret)


def braced(secret: str) -> str:
    return "".join(f"\\u{{{ord(character):x}}}" for character in secret)


def percent(secret: str) -> str:
    return "".join(f"%{byte:02X}" for byte in secret.encode())


def octal(secret: str) -> str:
    return "".join(f"\\{ord(character):03o}" for character in secret)


def in_numbers(secret: str) -> str:
    return ", ".join(str(byte) for byte in secret.encode())


def in_hexadecimal_numbers(secret: str) -> str:
    return ", ".join(hex(byte) for byte in secret.encode())


def of_a_browser(secret: str) -> str:
    return "".join(f"%u{ord(character):04x}" for character in secret)


def long_escapes(secret: str) -> str:
    return "".join(f"\\U{ord(character):08x}" for character in secret)


def fullwidth(secret: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in secret)


def in_mail(secret: str) -> str:
    return quopri.encodestring(f"{'Words before it. ' * 4}{secret} .".encode()).decode()


def deflated(data: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-15)
    return packing.compress(data) + packing.flush()


def answered(text: str) -> Exchange:
    return Exchange(pieces=(b'{"content":%b}' % json.dumps(f"It is {text} .").encode(),))


def asked(url: str) -> Exchange:
    return Exchange(Request("POST", url, JSON, b"{}"))


def raw(body: bytes, content_type: str = "application/octet-stream") -> Exchange:
    return Exchange(headers=(("content-type", content_type),), pieces=(body,))


def packed(body: bytes, encoding: str) -> Exchange:
    headers = (*JSON, ("content-encoding", encoding))
    return Exchange(Request("POST", URL, headers, body), headers, (body,))


def streamed(secret: str) -> Exchange:
    deltas = (secret[start : start + 3] for start in range(0, len(secret), 3))
    events = (
        b'data: {"choices":[{"index":0,"delta":{"content":%b}}]}\n\n' % json.dumps(delta).encode()
        for delta in ("It is ", *deltas, " .")
    )
    return Exchange(headers=EVENTS, pieces=tuple(events))


def lines(secret: str) -> Exchange:
    deltas = ("It is ", secret[:9], secret[9:], " .")
    objects = (json.dumps({"message": {"content": delta}}).encode() + b"\n" for delta in deltas)
    return Exchange(headers=(("content-type", "application/x-ndjson"),), pieces=tuple(objects))


def form(secret: str) -> Exchange:
    body = f"a=1&client_secret={quote(secret, safe='')}&b=2".encode()
    headers = (("content-type", "application/x-www-form-urlencoded"),)
    return Exchange(Request("POST", URL, headers, body))


def uploaded(secret: str) -> Exchange:
    body = (
        '--b7\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        f"the key is {secret} .\r\n--b7--\r\n"
    ).encode()
    headers = (("content-type", "multipart/form-data; boundary=b7"),)
    return Exchange(Request("POST", URL, headers, body))


def spoken(secret: str, around: bytes, spelled: Callable[[str], Any]) -> Exchange:
    deltas = ("It is ", *(secret[start : start + 4] for start in range(0, len(secret), 4)), " .")
    pieces = (around % json.dumps(spelled(delta)).encode() for delta in deltas)
    return Exchange(headers=EVENTS, pieces=tuple(pieces))


def tokens(secret: str) -> Exchange:
    deltas = ("It is ", secret[:9], secret[9:], " .")
    return Exchange(headers=EVENTS, pieces=tuple(b"data: %b\n\n" % d.encode() for d in deltas))


def mail(secret: str) -> str:
    text = f"{'Of the words before it. ' * 2}It is {secret} . {'Of those behind it. ' * 6}"
    return base64.encodebytes(text.encode()).decode()


def said(secret: str) -> bytes:
    return json.dumps({"content": f"It is {secret} ."}).encode()


DISGUISES: dict[str, Callable[[str], Exchange]] = {
    "plain": answered,
    "request body": lambda s: Exchange(Request("POST", URL, JSON, said(s))),
    "base64": lambda s: answered(base64.b64encode(s.encode()).decode()),
    "base64, not aligned": lambda s: answered(base64.b64encode(b"key=" + s.encode()).decode()),
    "base64 for urls": lambda s: answered(base64.urlsafe_b64encode(b"{" + s.encode()).decode()),
    "data url": lambda s: answered("data:a/b;base64," + base64.b64encode(said(s)).decode()),
    "url-encoded": lambda s: answered(quote(s, safe="")),
    "url-encoded letter by letter": lambda s: answered(percent(s)),
    "url-encoded twice": lambda s: answered(quote(quote(s, safe=""), safe="")),
    "url-encoded six times": lambda s: answered(percent(s).replace("%", "%2525252525")),
    "json in json": lambda s: answered(json.dumps({"a": json.dumps({"b": s})})),
    "cut by the network": lambda s: Exchange(
        headers=EVENTS, pieces=(b"data: " + s[:7].encode(), s[7:].encode() + b"\n\n")
    ),
    "said word by word": streamed,
    "a json line at a time": lines,
    "texts of a stream": lambda s: spoken(s, b"data: %b\n\n", str),
    "lists of a stream": lambda s: spoken(s, b"data: %b\n\n", lambda delta: [{"text": delta}]),
    "parts of a data stream": lambda s: spoken(s, b"0:%b\n", str),
    "words of a stream": tokens,
    "arguments of a call": lambda s: spoken(
        json.dumps({"key": s}), b'data: {"partial_json":%b}\n\n', str
    ),
    "base64 in lines": lambda s: answered(mail(s)),
    "base64 behind a line": lambda s: answered("\n" + base64.b64encode(s.encode()).decode()),
    "base32": lambda s: answered(base64.b32encode(s.encode()).decode()),
    "small base32": lambda s: answered(base64.b32encode(s.encode()).decode().lower().rstrip("=")),
    "zlib in base64": lambda s: answered(base64.b64encode(zlib.compress(said(s))).decode()),
    "raw deflate in base64": lambda s: answered(base64.b64encode(deflated(said(s))).decode()),
    "quoted-printable": lambda s: answered(in_mail(s)),
    "octal escapes": lambda s: answered(octal(s)),
    "octal escapes of its own": lambda s: raw(octal(s).encode()),
    "fullwidth letters": lambda s: answered(fullwidth(s)),
    "nothing wide between letters": lambda s: answered("\u200b".join(s)),
    "escapes with braces": lambda s: answered(braced(s)),
    "escapes of eight digits": lambda s: answered(long_escapes(s)),
    "escapes of a browser": lambda s: answered(of_a_browser(s)),
    "a list of numbers": lambda s: answered(in_numbers(s)),
    "a list of numbers of its own": lambda s: raw(in_numbers(s).replace(", ", ",\n  ").encode()),
    "a list of hexadecimal numbers": lambda s: answered(f"{{{in_hexadecimal_numbers(s)}}}"),
    "soft hyphens of html": lambda s: answered("&shy;".join(s)),
    "gzip": lambda s: packed(gzip.compress(said(s)), "gzip"),
    "deflate": lambda s: packed(zlib.compress(said(s)), "deflate"),
    "gzip without a header": lambda s: raw(gzip.compress(said(s))),
    "gzip in two parts": lambda s: raw(gzip.compress(b"It is ") + gzip.compress(said(s))),
    "gzip with a damaged part": lambda s: raw(gzip.compress(said(s)) + b"\x1f\x8b\x08damaged"),
    "query": lambda s: asked(f"{URL}?a=1&said={quote(s, safe='')}"),
    "parameter": lambda s: asked(f"{URL}?api_key={quote(s, safe='')}"),
    "login": lambda s: asked(f"https://me:{quote(s, safe='')}@api.openai.com/v1"),
    "cookie": lambda s: Exchange(Request("POST", URL, (("cookie", f"sid={s}"),), b"{}")),
    "set-cookie": lambda s: Exchange(headers=(*JSON, ("set-cookie", f"sid={s}; path=/"))),
    "another header": lambda s: Exchange(
        headers=(*JSON, ("x-debug", f"key {s} ."), ("location", f"https://x.test/?q={quote(s)}"))
    ),
    "error body": lambda s: Exchange(pieces=(b'{"error":%b}' % said(s),), status=401),
    "error message": lambda s: Exchange(error=f"could not connect with {s} to the server"),
    "html": lambda s: answered(html.escape(s)),
    "html, letter by letter": lambda s: answered(numeric(s)),
    "html, without its ends": lambda s: answered(numeric(s).replace(";", "")),
    "html in html": lambda s: answered(numeric(s).replace("&", "&amp;amp;")),
    "json escapes": lambda s: raw(b'{"content":"%b"}' % escaped(s).encode(), JSON[0][1]),
    "hexadecimal": lambda s: answered(s.encode().hex()),
    "capital hexadecimal": lambda s: answered(s.encode().hex().upper()),
    "hexadecimal with colons": lambda s: answered(s.encode().hex(":")),
    "hexadecimal with spaces": lambda s: answered(s.encode().hex(" ").upper()),
    "hexadecimal with dashes": lambda s: answered(s.encode().hex("-")),
    "utf-16": lambda s: raw(f"it is {s} .".encode("utf-16-le")),
    "utf-16, big end first": lambda s: raw(f"it is {s} .".encode("utf-16-be")),
    "utf-32": lambda s: raw(f"it is {s} .".encode("utf-32-le")),
    "utf-32, big end first": lambda s: raw(f"it is {s} .".encode("utf-32-be")),
    "form": form,
    "multipart": uploaded,
    "frames": lambda s: Exchange(
        headers=EVENTS, pieces=(b'\x81\x20{"say":"' + s.encode() + b'"}', b'{"say":"bye"}')
    ),
}  # fmt: skip


def record(path: Path, exchange: Exchange) -> None:
    with CassetteSession(path, mode=RecordMode.REWRITE) as session:
        recording = session.record(exchange.request)
        if exchange.error:
            recording.failed(ConnectionError(exchange.error))
            return
        recording.answered(exchange.status, exchange.headers)
        for piece in exchange.pieces:
            recording.received(piece)
        recording.ended("complete")


def spellings(secret: str) -> list[bytes]:
    plain = secret.encode()
    texts = (
        secret, secret[::-1], json.dumps(secret)[1:-1], json.dumps(json.dumps(secret))[3:-3],
        quote(secret, safe=""), quote(quote(secret, safe=""), safe=""), percent(secret),
        html.escape(secret), numeric(secret), escaped(secret), plain.hex(), plain.hex().upper(),
        braced(secret), octal(secret), numeric(secret).replace(";", ""), plain.hex(":"),
        plain.hex(" ").upper(), percent(secret).replace("%", "%2525252525"),
        numeric(secret).replace("&", "&amp;amp;"), plain.hex("-"), long_escapes(secret),
        of_a_browser(secret), in_numbers(secret), in_hexadecimal_numbers(secret),
    )  # fmt: skip
    thirty_two = base64.b32encode(plain)[: len(plain) * 8 // 5]
    coded = [
        base64.b64encode(b"\0" * shift + plain)[
            (shift * 8 + 5) // 6 : (shift + len(plain)) * 8 // 6
        ]
        for shift in range(3)
    ]
    wide = [secret.encode(f"utf-{bits}-{end}") for bits in (16, 32) for end in ("le", "be")]
    return (
        [text.encode() for text in texts]
        + coded
        + wide
        + [thirty_two, thirty_two.lower()]
        + [each.translate(bytes.maketrans(b"+/", b"-_")) for each in coded]
    )


def leaves(tree: Any, of_keys: bool = True) -> Iterator[str]:
    """All texts and numbers in a tree, but for positions, which say nothing."""
    if isinstance(tree, dict):
        if of_keys:
            yield from tree
        for key, inner in tree.items():
            yield from leaves(inner, of_keys) if key != "index" else ()
    elif isinstance(tree, list):
        for inner in tree:
            yield from leaves(inner, of_keys)
    else:
        yield str(tree)


def deltas(text: str) -> str:
    lines = (re.sub(r"^(data: |0:)", "", line) for line in text.splitlines())
    return "".join(said for line in lines for said in leaves(value_of(line), of_keys=False))


def value_of(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def unpacked(data: bytes) -> bytes:
    for wbits in (47, -15):
        try:
            return zlib.decompressobj(wbits=wbits).decompress(data)
        except zlib.error:
            continue
    return data


def without_lines(text: str) -> bytes:
    return re.sub(r"\n|\\n", "", text).encode()


def decoded(word: str) -> bytes:
    try:
        return base64.b64decode(word, validate=True)
    except ValueError:
        return b""


def all_texts(path: Path) -> Iterator[bytes]:
    """The file, and everything in it that a reader could come upon."""
    yield path.read_bytes()
    tree = yaml.safe_load(path.read_bytes())
    for text in (inner for leaf in leaves(tree) for inner in (leaf, *leaves(value_of(leaf)))):
        yield text.encode()
        yield without_lines(text)
        yield quopri.decodestring(text.encode())
        yield unicodedata.normalize("NFKC", text.replace("\u200b", "")).encode()
        yield text.replace("&shy;", "").encode()
        yield from (unpacked(decoded(word)) for word in text.split())
    for interaction in tree["interactions"]:
        for side in (interaction["request"], interaction["response"]):
            chunks = [side, *side.get("chunks", ())]
            whole = "".join(chunk.get("text", "") for chunk in chunks)
            yield whole.encode()
            yield deltas(whole).encode()
            yield without_lines(whole)
            yield re.sub(",\\s+", ", ", whole).encode()
            coded = b"".join(base64.b64decode(chunk.get("base64", "")) for chunk in chunks)
            yield coded
            yield from (unpacked(part) for part in re.split(rb"(?=\x1f\x8b)", coded))


def found(path: Path, secret: str) -> list[bytes]:
    texts = list(all_texts(path))
    return [each for each in spellings(secret) if any(each in text for text in texts)]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_the_value_of_a_variable_is_nowhere_on_disk(
    disguise: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE_KEY", OPAQUE)

    record(tmp_path / "a.yaml", DISGUISES[disguise](OPAQUE))

    assert found(tmp_path / "a.yaml", OPAQUE) == []


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_credential_that_was_sent_is_nowhere_on_disk(disguise: str, tmp_path: Path) -> None:
    exchange = DISGUISES[disguise](OPAQUE)
    headers = (("x-api-key", OPAQUE), *exchange.request.headers)
    request = Request("POST", exchange.request.url, headers, exchange.request.body)

    record(tmp_path / "a.yaml", exchange._replace(request=request))

    assert found(tmp_path / "a.yaml", OPAQUE) == []


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_key_in_its_vendors_form_is_nowhere_on_disk(disguise: str, tmp_path: Path) -> None:
    record(tmp_path / "a.yaml", DISGUISES[disguise](VENDORS))

    assert found(tmp_path / "a.yaml", VENDORS) == []


@pytest.mark.parametrize(("library", "encoding"), [("brotli", "br"), ("zstandard", "zstd")])
def test_nothing_is_on_disk_of_what_came_in_a_packing_of_another_library(
    library: str, encoding: str, tmp_path: Path
) -> None:
    packing = pytest.importorskip(library)
    body = packing.compress(said(VENDORS))

    record(tmp_path / "a.yaml", packed(body, encoding))

    interaction = load(tmp_path / "a.yaml").interactions[0]
    assert isinstance(interaction.response, Response)
    for stored in (interaction.request.body, interaction.response.content):
        clear = stored if stored.startswith(b"{") else packing.decompress(stored)
        assert clear.startswith(b'{"content": "It is <secret:api-key:')


# What goes by its place, whatever it is, is named by its place.
NAMES = {"cookie": "cookie", "set-cookie": "set-cookie", "parameter": "parameter", "login": "login"}
PLACEHOLDERS = [f"<secret:{name}" for name in ("SERVICE_KEY", "api-key", *NAMES.values())]


def named(path: Path) -> list[str]:
    """The names that stand for secrets in the file, in whatever disguise."""
    return [each.removeprefix("<secret:") for each in PLACEHOLDERS if found(path, each)]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_what_stands_in_its_place_says_which_it_was(
    disguise: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE_KEY", OPAQUE)

    record(tmp_path / "a.yaml", DISGUISES[disguise](OPAQUE))

    assert named(tmp_path / "a.yaml") == [NAMES.get(disguise, "SERVICE_KEY")]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_what_stands_in_a_vendors_keys_place_says_what_it_was(
    disguise: str, tmp_path: Path
) -> None:
    record(tmp_path / "a.yaml", DISGUISES[disguise](VENDORS))

    assert named(tmp_path / "a.yaml") == [NAMES.get(disguise, "api-key")]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_the_search_itself_finds_what_is_not_redacted(disguise: str, tmp_path: Path) -> None:
    exchange = DISGUISES[disguise](VENDORS)
    chunks = tuple(Chunk(0, piece) for piece in exchange.pieces)
    ending: Ending = Failure("ConnectError", exchange.error) if exchange.error else "complete"
    response = Response(exchange.status, exchange.headers, chunks, 0, ending)

    save(tmp_path / "a.yaml", Cassette(Header(), (Interaction(exchange.request, response),)))

    assert found(tmp_path / "a.yaml", VENDORS) != []
