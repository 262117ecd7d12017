"""What counts as a secret, what stands for it, and what is left alone."""

import pytest

from harness.redaction import (
    SECRET_HEADERS,
    Redactor,
    Replacing,
    credentials_in,
    event_texts,
    secrets_among,
)

KEY = "sk-proj-abc123DEF456ghi789JKL"
REDACTOR = Redactor({"authorization": KEY, "DB_PASSWORD": "hunter2!x y z"})

TOKENS = [
    ("api-key", "sk-ant-api03-abcdefgh0123456789"),
    ("api-key", "gsk_abcdefgh0123456789"),
    ("api-key", "sk_live_abcdefgh0123456789"),
    ("api-key", "hf_abcdefgh0123456789"),
    ("api-key", "fw_abcdefgh0123456789"),
    ("api-key", "r8_abcdefgh0123456789"),
    ("api-key", "csk-abcdefgh0123456789"),
    ("api-key", "sess-abcdefgh0123456789"),
    ("api-key", "sk-or-v1-abcdefgh0123456789"),
    ("api-key", "sk-svcacct-abcdefgh0123456789"),
    ("api-key", "xai-abcdefgh0123456789"),
    ("api-key", "pplx-abcdefgh0123456789"),
    ("api-key", "tgp_v1_abcdefgh0123456789"),
    ("api-key", "pcsk_abcdefgh0123456789"),
    ("api-key", "lsv2_pt_abcdefgh0123456789_a1b2c3"),
    ("api-key", "pa-" + "a1B2" * 10 + "c3d"),
    ("api-key", "dapi" + "0a1b" * 8),
    ("api-key", "SG.abcdefgh0123456789.abcdefgh0123456789"),
    ("azure-key", "a1B2" * 13 + "JQQJ99" + "c3D4" * 6 + "e5"),
    ("google-key", "AQ." + "a1B2" * 10),
    ("google-token", "GOCSPX-abcdefgh0123456789ijkl"),
    ("google-token", "ya29.abcdefgh0123456789ijkl"),
    ("slack-webhook", "hooks.slack.com/services/T01234567/B01234567/abcdefgh01"),
    ("webhook-secret", "whsec_abcdefgh0123456789ijklmn"),
    ("registry-token", "npm_abcdefgh0123456789ijklmnopqrst"),
    ("aws-key", "AKIAIOSFODNN7EXAMPLE"),
    ("github-token", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
    ("github-token", "github_pat_0123456789abcdefghij"),
    ("gitlab-token", "glpat-0123456789abcdefghij"),
    ("google-key", "AIzaSyA0123456789abcdefghijklmnopqrstuv"),
    ("slack-token", "xoxb-123456789012-abcdefghij"),
    ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"),
    ("organization", "org-abcdEFGH1234ijklMNOP5678"),
    ("project", "proj_abcdEFGH1234ijklMNOP5678"),
    ("user", "user-abcdEFGH1234ijklMNOP5678"),
]


@pytest.mark.parametrize(("kind", "token"), TOKENS)
def test_a_token_is_known_by_its_form(kind: str, token: str) -> None:
    redacted = REDACTOR.text(f'{{"a": "\\n{token}", "b": "({token})"}}')

    one = redacted.split('"')[3].removeprefix("\\n")
    assert one.startswith(f"<secret:{kind}:")
    assert redacted == f'{{"a": "\\n{one}", "b": "({one})"}}'


@pytest.mark.parametrize(
    "text",
    ["user_preferences_of_all_users", "sk-learn-and-friends-of-it", "org-chart-of-the-company",
     "risk-1234567890123456789", "AKIA", "a bearer of responsibilities", "project_1234567890123456",
     "chatcmpl-BJ3tOEUq2WfPnYtwubhExHvBQEJD9", "call_NTHCpi3S0L0yG1mqLfGgzCjX",
     "https://example.com/a/very/long/path/with/1234567890", "fw_llama-v3p1-405b-instruct",
     "hf_hub_download_of_2024_models"],
)  # fmt: skip
def test_what_only_looks_a_little_like_a_token_stays(text: str) -> None:
    assert REDACTOR.text(text) == text


IN_ITS_PLACE = [
    ("Cookie: __cf_bm={}; path=/", "cookie", "a1b2c3d4e5f6a7b8-1700000000-1.0.1.1-abc"),
    ('{{"access_token": "{}", "expires_in": 1}}', "token", "opaque/0123456789+abc"),
    ("grant_type=a&client_secret={}&scope=b", "token", "a1b2c3d4e5f6"),
    ("aws_secret_access_key = {}\n", "aws-secret", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzz1234"),
    ("Authorization: Basic {}\n", "login", "bWU6aHVudGVyMg=="),
    ("-----BEGIN PRIVATE KEY-----{}-----END PRIVATE KEY-----", "private-key", "MIIB" * 10),
]  # fmt: skip


@pytest.mark.parametrize(("around", "kind", "secret"), IN_ITS_PLACE)
def test_what_has_no_form_is_known_by_what_stands_around_it(
    around: str, kind: str, secret: str
) -> None:
    before, after = around.format("|").split("|")

    redacted = REDACTOR.body(around.format(secret).encode()).decode()

    assert redacted.startswith(f"{before}<secret:{kind}:")
    assert redacted.endswith(f">{after}")


HOSTILE = [
    b"sk-" + b"_-" * 30,
    b"eyJabcdefgh",
    b"AKIA",
    b"%25",
    b"&amp;",
    b"\\u005c",
    b"a\0",
    b"Zm9v",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_half_a_million_bytes_of_what_is_almost_a_secret_are_searched_in_one_go(
    piece: bytes,
) -> None:
    body = piece * (500_000 // len(piece))

    assert REDACTOR.body(body) == body


def test_the_scheme_word_stays_and_the_token_goes() -> None:
    redacted = REDACTOR.text("Authorization: Bearer abcdefgh.0123456789 and more")

    assert redacted.startswith("Authorization: Bearer <secret:bearer:")
    assert redacted.endswith("> and more")


def test_two_secrets_of_a_kind_are_told_apart_and_each_always_reads_the_same() -> None:
    one, other = (f"org-{mark * 12}" for mark in ("a1", "b2"))

    redacted = REDACTOR.text(f"{one} {other} {one}").split()

    assert redacted[0] == redacted[2] != redacted[1]
    assert Redactor().text(one) == redacted[0] == "<secret:organization:dda78d860ed8>"


def test_a_digest_is_long_enough_that_thousands_of_a_kind_are_told_apart() -> None:
    redactor = Redactor()

    redacted = {redactor.body(b"org-a1b2c3d4e5f6a7b8%05d" % number) for number in range(20_000)}

    assert len(redacted) == 20_000


def test_a_short_digest_of_an_older_cassette_goes_on_standing_for_its_secret() -> None:
    one, other = (f"org-{mark * 12}" for mark in ("a1", "b2"))
    redactor = Redactor()

    assert redactor.text("see <secret:organization:dda7>") == "see <secret:organization:dda7>"
    assert redactor.text(one) == "<secret:organization:dda7>"
    assert redactor.text(other) == Redactor().text(other)


def test_a_known_secret_is_called_by_its_name_whatever_its_value() -> None:
    one, other = Redactor({"API_KEY": "abcdefgh1"}), Redactor({"API_KEY": "hgfedcba2"})

    assert one.text("it is abcdefgh1.") == other.text("it is hgfedcba2.")
    assert one.text("it is abcdefgh1.") == "it is <secret:API_KEY>."


@pytest.mark.parametrize("name", sorted(SECRET_HEADERS))
def test_a_secret_header_is_replaced_wholly(name: str) -> None:
    assert REDACTOR.headers([(name.title(), "a b")]) == ((name.title(), f"<secret:{name}>"),)


def test_other_headers_are_searched() -> None:
    headers = [("content-type", "application/json"), ("x-debug", f"key {KEY}")]

    expected = (("content-type", "application/json"), ("x-debug", "key <secret:authorization>"))
    assert REDACTOR.headers(headers) == expected


URLS = [
    ("https://example.com/v1?key=AAA&x=1#f", "https://example.com/v1?key=<secret:parameter>&x=1#f"),
    ("https://example.com/?access_token=a", "https://example.com/?access_token=<secret:parameter>"),
    ("https://me:pass@example.com/", "https://<secret:login>@example.com/"),
    (f"https://example.com/{KEY}/a", "https://example.com/<secret:authorization>/a"),
    ("https://example.com/v1?api-version=2024-10-21", "https://example.com/v1?api-version=2024-10-21"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "redacted"), URLS)
def test_an_address_keeps_all_but_its_secrets(url: str, redacted: str) -> None:
    assert REDACTOR.text(url) == redacted


def test_a_secret_cut_by_the_network_goes_where_it_begins() -> None:
    pieces = [b"data: x sk-proj-abc1", b"23DEF456", b"ghi789JKL y\n\n"]

    assert REDACTOR.pieces(pieces) == [b"data: x <secret:authorization>", b"", b" y\n\n"]


def event(index: int, delta: str) -> bytes:
    return b'data: {"choices":[{"index":%d,"delta":{"content":"%s"}}]}\n\n' % (
        index,
        delta.encode(),
    )


def test_a_secret_that_a_model_says_word_by_word_goes_from_every_event() -> None:
    stream = [event(0, "It is sk-proj-abc1"), event(1, "Hello"), event(0, "23DEF456ghi789JKL, yes")]

    redacted = REDACTOR.pieces(stream)

    assert redacted == [
        event(0, "It is <secret:authorization>"),
        event(1, "Hello"),
        event(0, ", yes"),
    ]


def test_of_a_key_that_looks_whole_in_its_first_event_no_rest_stays() -> None:
    stream = [event(0, "It is sk-proj-Zq7wZq7wZq7wZq7wZq7w"), event(0, "restOfTheKey99 .")]

    (text,) = event_texts(b"".join(Redactor().pieces(stream)))

    assert b"rest" not in text


def test_an_environment_names_its_secrets() -> None:
    environment = {
        "OPENAI_API_KEY": KEY,
        "DB_PASSWORD": "hunter22",
        "GITHUB_TOKEN": "a" * 20,
        "TEST_SECRET": "postgres",
        "SECRET_FILE": "/run/secrets/0123456789",
        "MONKEY": "a1b2c3d4e5",
        "PATH": "/usr/bin/0123456789",
    }

    assert sorted(secrets_among(environment)) == ["DB_PASSWORD", "GITHUB_TOKEN", "OPENAI_API_KEY"]


INSIDE = [
    ("DATABASE_URL", "postgres://me:hunter22%2Fx@db.test/a", "hunter22/x"),
    ("BROKER", "amqps://:hunter22x@mq.test", "hunter22x"),
    ("STORAGE", "Protocol=https;AccountName=a;AccountKey=a1b2c3d4e5==;X=y", "a1b2c3d4e5=="),
    ("PGPASSWORD", "hunter22x", "hunter22x"),
    ("NPM_AUTH", "hunter22x", "hunter22x"),
]


@pytest.mark.parametrize(("name", "value", "secret"), INSIDE)
def test_of_an_address_with_a_login_the_password_is_the_secret(
    name: str, value: str, secret: str
) -> None:
    assert secrets_among({name: value}) == {name: secret}


@pytest.mark.parametrize(
    ("name", "value"),
    [("OPENAI_BASE_URL", "https://api.test/v1/0123456789"), ("PWD", "/home/me/0123456789"),
     ("SSH_AUTH_SOCK", "/tmp/ssh-0123456789/agent"), ("HTTP_PROXY", "http://me:pw@proxy.test")],
)  # fmt: skip
def test_what_holds_no_secret_is_not_searched_for(name: str, value: str) -> None:
    assert secrets_among({name: value}) == {}


def test_a_request_names_the_credentials_it_sends() -> None:
    headers = [
        ("Authorization", f"Bearer {KEY}"),
        ("api-key", "test"),
        ("cookie", "theme=dark; sid=a1b2c3d4e5; sid2=f6g7h8i9j0"),
        ("content-type", "application/json-123456789"),
    ]

    assert credentials_in(headers) == {
        "authorization": KEY,
        "cookie": "a1b2c3d4e5",
        "cookie.2": "f6g7h8i9j0",
    }


def test_a_replaced_text_may_need_escapes_in_json() -> None:
    there, back = Replacing({"C:\\run 7": "<workdir>"}), Replacing({"<workdir>": "C:\\run 7"})
    body = rb'{"path":"C:\\run 7\\a"}'

    assert there.body(body) == rb'{"path":"<workdir>\\a"}'
    assert back.body(there.body(body)) == body


def test_of_two_texts_the_longer_is_replaced() -> None:
    replacing = Replacing({"/home/me/": "<project>/", "/home/me/tmp": "<workdir>"})

    assert replacing.text("/home/me/tmp/a /home/me/b") == "<workdir>/a <project>/b"
