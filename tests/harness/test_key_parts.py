"""What counts when two requests are compared, as a suite or a test declares it."""

import json
from typing import Any

import pytest

from harness.errors import UsageError
from harness.interactions import Request
from harness.matching import (
    AnyHost,
    CallIds,
    Count,
    Ignore,
    KeyPart,
    Matcher,
    MatchOn,
    Normalise,
    Numbered,
    WhiteSpace,
    parse_key_part,
    ready_made,
)

URL = "https://api.openai.com/v1/chat/completions"


def request(body: Any = None, url: str = URL, method: str = "POST", **headers: str) -> Request:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    return Request(method, url, named, data)


def said(text: str, **more: Any) -> Request:
    return request({"model": "gpt-4o-2024-08-06", "messages": [{"content": text}], **more})


def are_same(one: Request, other: Request, *parts: KeyPart) -> bool:
    matcher = Matcher(parts)
    return matcher.digest(one) == matcher.digest(other)


UUID, OTHER_UUID = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "0b3f7a10-1111-4222-8333-0123456789ab"
NORMALISED = [
    ("uuid", f"run {UUID} of {UUID}", f"run {OTHER_UUID} of {OTHER_UUID}"),
    ("date", "Today is 2026-01-01.", "Today is 2026-12-31."),
    ("date", "at 2026-01-01T10:20:30.123Z", "at 2026-12-31 23:59:59+02:00"),
    ("date", "It is 10:20:30 now", "It is 23:59:59.5 now"),
    ("timestamp", "at 1717171717.", "at 1767225600."),
    ("timestamp", "1717171717123", "1767225600.123"),
    ("path", "see /tmp/tmpab12cd/a.txt", "see /var/folders/x1/y2/T/tmp77/a.txt"),
    ("path", "/tmp/pytest-of-me/pytest-1/test_a0/a", "/tmp/pytest-of-you/pytest-27/test_a0/a"),
    ("path", r"C:\Users\me\AppData\Local\Temp\tmp1\a", r"C:\Users\you\AppData\Local\Temp\tmp2\a"),
    ("secret", "my <secret:OPENAI_API_KEY>!", "my <secret:api-key:1a2b3c4d5e6f>!"),
    ("whitespace", "  two\twords\n", "two words"),
    ("data-url", "data:image/png;base64,iVBORw0KGgo=", "data:image/png;base64,AAAA"),
]
KEPT = [
    ("uuid", f"{UUID} and {UUID}", f"{UUID} and {OTHER_UUID}"),
    ("date", "gpt-4o-2024-08-06", "gpt-4o-2024-11-20"),
    ("timestamp", "account 171717", "account 171718"),
    ("path", "/home/me/a.txt", "/home/you/a.txt"),
    ("secret", "my <secret:OPENAI_API_KEY>!", "your <secret:OPENAI_API_KEY>!"),
    ("whitespace", "two words", "twowords"),
    ("data-url", "data:image/png;base64,AAAA", "data:image/gif;base64,AAAA"),
]


@pytest.mark.parametrize(("name", "one", "other"), NORMALISED)
def test_a_ready_made_part_lets_what_differs_in_every_run_be_equal(
    name: str, one: str, other: str
) -> None:
    assert are_same(said(one), said(other), ready_made(name))
    assert are_same(said(one), said(other), ready_made(name, "/messages"))
    assert not are_same(said(one), said(other), ready_made(name, "/model"))
    assert not are_same(said(one), said(other))


@pytest.mark.parametrize(("name", "one", "other"), KEPT)
def test_a_ready_made_part_leaves_the_rest_different(name: str, one: str, other: str) -> None:
    assert not are_same(said(one), said(other), ready_made(name))


def test_a_number_is_normalised_where_the_pattern_matches_it_wholly() -> None:
    one, other = said("a", created=1717171717), said("a", created=1767225600)

    assert are_same(one, other, ready_made("timestamp"))
    assert not are_same(said("a", seed=17), said("a", seed=18), Normalise("1", "<one>"))


def test_what_is_normalised_everywhere_is_so_in_the_path_and_in_text_that_is_no_json() -> None:
    files = [request(b"", f"https://a.test/files/{uuid}") for uuid in (UUID, OTHER_UUID)]
    texts = [request(f"I am {uuid}.".encode()) for uuid in (UUID, OTHER_UUID)]

    assert are_same(*files, ready_made("uuid"))
    assert are_same(*texts, ready_made("uuid"))
    assert not are_same(*files, ready_made("uuid", "/a"))


def test_numbers_follow_the_order_of_appearance_whatever_the_order_of_keys() -> None:
    one = request({"a": "id-7 id-9", "b": "id-7"})
    other = request({"b": "id-1", "a": "id-1 id-2"})

    assert are_same(one, other, Numbered(r"id-\d", "id"))
    assert not are_same(one, request({"a": "id-1 id-2", "b": "id-2"}), Numbered(r"id-\d", "id"))


def chat(call: str) -> dict[str, Any]:
    calls = [{"id": call, "type": "function", "function": {"name": "add", "arguments": "{}"}}]
    return {"messages": [{"tool_calls": calls}, {"role": "tool", "tool_call_id": call}]}


def responses(call: str) -> dict[str, Any]:
    return {"input": [{"type": "function_call", "call_id": call}, {"call_id": call}]}


def anthropic(call: str) -> dict[str, Any]:
    blocks = [{"type": "tool_use", "id": call}, {"type": "tool_result", "tool_use_id": call}]
    return {"messages": [{"content": blocks}]}


def bedrock(call: str) -> dict[str, Any]:
    blocks = [{"toolUse": {"toolUseId": call}}, {"toolResult": {"toolUseId": call}}]
    return {"messages": [{"content": blocks}]}


@pytest.mark.parametrize("made", [chat, responses, anthropic, bedrock])
def test_ids_of_tool_calls_count_as_which_they_are_not_how_they_read(made: Any) -> None:
    one, other = request(made("call_abc123")), request(made("D681PevKs"))
    broken = made("call_abc123")
    broken[next(iter(broken))].append({"tool_call_id": "call_other"})

    assert are_same(one, other, CallIds())
    assert not are_same(one, request(broken), CallIds())
    assert not are_same(one, other)


def test_parameters_of_the_query_are_ignored_by_name() -> None:
    one, other = (request(url=f"{URL}?session={number}&page=1") for number in (1, 2))

    assert are_same(one, other, Ignore("query:session"))
    assert are_same(one, other, Ignore("query:s*"))
    assert are_same(one, other, Ignore("query"))
    assert not are_same(one, other, Ignore("query:page"))


@pytest.mark.parametrize("written", ["filter[a]", "filter%5Ba%5D", "filter%5ba%5d"])
def test_a_parameter_is_named_as_it_means_however_it_is_written(written: str) -> None:
    one, other = (request(url=f"{URL}?{written}={value}") for value in (1, 2))

    assert are_same(one, other, Ignore("query:filter[a]"))
    assert not are_same(one, other, Ignore("query:filter[b]"))


def test_a_header_counts_where_it_is_declared_to() -> None:
    one, other = request(x_tenant="red"), request(x_tenant="blue")

    assert are_same(one, other)
    assert not are_same(one, other, Count("header:X-Tenant"))
    assert not are_same(one, request(), Count("header:x-tenant"))
    assert Matcher([Count("header:X-Tenant")]).headers == {"x-tenant"}


def test_any_host_lets_one_recording_serve_all() -> None:
    azure = request({"a": 1}, "https://mine.openai.azure.com/v1/chat/completions")
    local = request({"a": 1}, "http://localhost:8080/v1/chat/completions")

    assert are_same(azure, local, AnyHost())
    assert not are_same(azure, local)
    assert not are_same(azure, request({"a": 2}, azure.url), AnyHost())


def test_the_scheme_counts_where_it_is_declared_to() -> None:
    safe, open_ = request(url="https://a.test/"), request(url="http://a.test/")

    assert are_same(safe, open_)
    assert not are_same(safe, open_, Count("scheme"))


def test_every_byte_counts_where_it_is_declared_to() -> None:
    one, other = request(b'{"a": 1}'), request(b'{"a":1}')

    assert are_same(one, other)
    assert not are_same(one, other, Count("raw_body"))


MATCH_ON = [
    (("method", "path"), "https://b.test:8/v1?c=1", "POST", {}, True),
    (("method", "path"), "https://a.test/v2", "POST", {}, False),
    (("host",), "https://a.test:8/v2", "GET", {"x": 1}, True),
    (("host", "port"), "https://a.test:8/v1", "POST", {}, False),
    (("uri",), "https://a.test/v1", "GET", {"x": 1}, True),
    (("uri",), "http://a.test/v1", "POST", {}, False),
    (("query",), "https://a.test/v1?a=1", "POST", {}, False),
    (("body",), "https://b.test/v2", "GET", {}, True),
    (("body",), "https://a.test/v1", "POST", {"x": 1}, False),
]


@pytest.mark.parametrize(("names", "url", "method", "body", "same"), MATCH_ON)
def test_nothing_counts_but_what_is_named_as_in_vcrpy(
    names: tuple[str, ...], url: str, method: str, body: Any, same: bool
) -> None:
    one, other = request({}, "https://a.test/v1"), request(body, url, method)

    assert are_same(one, other, MatchOn(names)) is same


def upload(border: str, content: str, name: str = "a.txt") -> Request:
    body = (
        f'--{border}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nassistants\r\n'
        f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: text/plain\r\n\r\n{content}\r\n--{border}--\r\n"
    ).encode()
    return request(body, content_type=f"multipart/form-data; boundary={border}")


def test_the_border_of_an_upload_does_not_count_and_its_content_does() -> None:
    assert are_same(upload("b1", "hello"), upload("c22", "hello"))
    assert are_same(upload("b1", "hello"), upload("c22", "hello"), Count("headers"))
    assert not are_same(upload("b1", "hello"), upload("b1", "bye"))
    assert are_same(upload("b1", "a", "x"), upload("b2", "a", "y"), Ignore("/file/filename"))


def test_the_order_of_a_forms_fields_does_not_count_and_its_values_do() -> None:
    assert are_same(request(b"a=1&b=x+y"), request(b"b=x%20y&a=1"))
    assert not are_same(request(b"a=1&b=2"), request(b"a=1&b=3"))
    assert are_same(request(b"a=1&b=2"), request(b"a=1&b=3"), Ignore("/b"))
    assert not are_same(request(b"a=1"), request({"a": "1"}))


@pytest.mark.parametrize(
    ("one", "other"), [("1", "1.0"), ("100", "1e2"), ("0", "-0.0"), ("0.1", "0.10")]
)
def test_a_number_counts_by_its_value(one: str, other: str) -> None:
    assert are_same(*(request(f'{{"a":{number}}}'.encode()) for number in (one, other)))


TEXTS = [
    ("ignore:/messages/*/name", Ignore("/messages/*/name")),
    ("ignore: query:session", Ignore("query:session")),
    ("ignore:host", Ignore("host")),
    ("count:header:openai-beta", Count("header:openai-beta")),
    ("count:scheme", Count("scheme")),
    ("normalise:uuid", ready_made("uuid")),
    ("normalize:date:/messages/0", ready_made("date", "/messages/0")),
    ("normalise:whitespace", WhiteSpace()),
    (r"normalise:\d+:\d+ -> <pair>", Normalise(r"\d+:\d+", "<pair>")),
    ("any-host", AnyHost()),
    ("match_on:method, path,body", MatchOn(("method", "path", "body"))),
    ("match_on:method path", MatchOn(("method", "path"))),
]


@pytest.mark.parametrize(("text", "part"), TEXTS)
def test_a_part_is_declared_by_a_line_of_text(text: str, part: KeyPart) -> None:
    assert parse_key_part(text) == part


WRONG = [
    ("ignor:/seed", "'ignor:/seed' is no key part. Did you mean 'ignore'?"),
    ("seed", "'seed' is no key part. Written are: ignore:/seed, "),
    ("ignore:", "'ignore:' is no key part. Written are: ignore:/seed, "),
    ("ignore:seed", "no part 'seed' to match on; known are .*begins with a slash, as in '/seed'"),
    ("ignore:hosts", "no part 'hosts' to match on; did you mean 'host'?"),
    ("count:x-tenant", "no part 'x-tenant' .* a header is named as in 'header:openai-beta'"),
    ("match_on:method,boddy", "no part 'boddy' to match on; did you mean 'body'?"),
    ("normalise:uuids", "No ready-made key part is called 'uuids'; did you mean 'uuid'?"),
    (
        "normalise:qqq",
        "there are uuid, date, timestamp, path, secret, .*'normalise:.* -> <number>'",
    ),
    ("normalise:[ -> x", r"'\[' is not a regular expression: unterminated character set"),
    (r"normalise:a -> \2", "can't replace what 'a' finds: invalid group reference 2"),
    (r"normalise:a -> \g<b>", "can't replace what 'a' finds: .*unknown group name 'b'"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_line_that_declares_nothing_says_what_is_near(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        parse_key_part(text)
