"""The last look before writing trusts the redactor's own, and must find what a fresh one does."""

import base64
import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from harness.redaction import KnownSecrets, Redactor

SECRET = "correct-horse-battery-staple-42"
SECRETS = {"MY_KEY": SECRET, "LOUD": "secret:api-key"}

spellings = st.sampled_from(
    [
        SECRET,
        SECRET[::-1],
        quote(SECRET.replace("-", "/"), safe=""),
        base64.b64encode(SECRET.encode()).decode(),
        json.dumps(json.dumps({"key": SECRET})),
        SECRET[:10],
        "<secret:api-key>",
        "data: {\"text\": \"",
        "\"}\n",
        "plain words",
    ]
)  # fmt: skip
texts = st.lists(spellings | st.text(max_size=12), max_size=6).map(
    lambda parts: " ".join(parts).encode(errors="surrogatepass")
)


@given(data=texts)
def test_what_the_redactor_vouches_for_is_clean(data: bytes) -> None:
    redactor = Redactor(SECRETS)

    clean = redactor.body(data)

    fresh = KnownSecrets(SECRETS.items())
    assert redactor.known.name_in(clean) == fresh.name_in(clean)
    assert redactor.known.name_in(data) == fresh.name_in(data)


def test_an_earlier_key_stays_known_when_another_is_sent() -> None:
    redactor = Redactor()
    redactor.learn([("authorization", f"Bearer {SECRET}")])

    redactor.learn([("authorization", "Bearer another-key-0123456789")])

    body = redactor.body(f"It was {SECRET}.".encode())
    assert body == b"It was <secret:authorization>."


def test_what_is_known_later_is_not_vouched_for() -> None:
    redactor = Redactor()
    body = redactor.body(f"It is {SECRET}.".encode())

    redactor.learn([("authorization", f"Bearer {SECRET}")])

    assert redactor.known.name_in(body) == "authorization"
