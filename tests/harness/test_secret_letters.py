"""Known secrets that are told by their letters alone, however they are drawn."""

import codecs
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.redaction import KnownSecrets, Redactor

SECRET = "Zx9quite/Secret+Value<77>&co"
HIDDEN = b"It is <secret:SERVICE_KEY> ."
REDACTOR = Redactor({"SERVICE_KEY": SECRET})

ALIKE = str.maketrans("aeoxcSi", "\u0430\u0435\u03bf\u0445\u0441\u0405\u0456")
BOLD = str.maketrans(
    {chr(ord(first) + n): chr(bold + n) for first, bold in (("A", 0x1D400), ("a", 0x1D41A))
     for n in range(26)}
)  # fmt: skip
DRAWN = {
    "in capitals": SECRET.upper(),
    "in small letters": SECRET.lower(),
    "case by case": SECRET.swapcase(),
    "a space between": " ".join(SECRET),
    "a dash between": "-".join(SECRET),
    "on two lines": f"{SECRET[:12]}\n{SECRET[12:]}",
    "in bold": f"{SECRET[:12]}**{SECRET[12:14]}**{SECRET[14:]}",
    "in mathematical letters": SECRET.translate(BOLD),
    "in letters that look alike": SECRET.translate(ALIKE),
    "with accents": unicodedata.normalize("NFC", "\u0301".join(SECRET)),
    "with variants": "\ufe0f".join(SECRET),
    "backwards": SECRET[::-1],
    "in ROT13": codecs.encode(SECRET, "rot13"),
}


@pytest.mark.parametrize("drawn", DRAWN)
def test_a_known_secret_is_replaced_however_it_is_drawn(drawn: str) -> None:
    assert REDACTOR.body(f"It is {DRAWN[drawn]} .".encode()) == HIDDEN


@pytest.mark.parametrize("ascii_alone", [True, False])
@pytest.mark.parametrize("drawn", DRAWN)
def test_json_around_it_stays_as_it_is(drawn: str, ascii_alone: bool) -> None:
    said = [f"It is {DRAWN[drawn]} .", 7]

    redacted = json.loads(REDACTOR.body(json.dumps(said, ensure_ascii=ascii_alone).encode()))

    assert redacted == ["It is <secret:SERVICE_KEY> .", 7]


def test_the_last_look_names_it() -> None:
    known = KnownSecrets([("SERVICE_KEY", SECRET)])

    assert {known.name_in(drawn.encode()) for drawn in DRAWN.values()} == {"SERVICE_KEY"}


OTHERS = {
    "words alone": ("correct-horse-battery-staple", "Correct horse battery staple"),
    "digits alone": ("0123-4567-8901-2345", "0123456789012345"),
    "few letters": ("hunter-22-hunter", "Hunter 22 hunter"),
    "in two texts": ("abcdefgh12345678", '["abcdefgh","12345678"]'),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_other_texts_may_well_say_stays(case: str) -> None:
    secret, text = OTHERS[case]

    assert Redactor({"SERVICE_KEY": secret}).body(text.encode()) == text.encode()


NOISE = st.text(" .,-_/*\t\n\u200b\u0301\ufe0f+", max_size=3)


@given(st.lists(st.tuples(st.booleans(), NOISE), min_size=len(SECRET), max_size=len(SECRET)))
def test_it_never_stays_whatever_is_between_its_letters(drawing: list[tuple[bool, str]]) -> None:
    drawn = "".join(
        f"{letter.swapcase() if is_swapped else letter}{noise}"
        for letter, (is_swapped, noise) in zip(SECRET, drawing, strict=True)
    )

    once = REDACTOR.body(f"It is {drawn}.".encode())

    assert once.startswith(b"It is <secret:SERVICE_KEY>")
    assert REDACTOR.body(once) == once
