import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports._code import LANGUAGES, LONGEST, Code, Token, code, json_code, readable


def test_colours_a_known_language() -> None:
    block = code("def f(): pass", "python")

    assert block.tokens[:3] == (Token("keyword", "def"), Token("", " "), Token("name", "f"))


@pytest.mark.parametrize("label", ["", "brainfuck", "raw", "no such language"])
def test_leaves_every_other_language_plain(label: str) -> None:
    assert code("+[>]", label) == Code(label, (Token("", "+[>]"),))


def test_leaves_very_long_code_plain() -> None:
    text = "x = 1\n" * LONGEST

    assert code(text, "python").tokens == (Token("", text),)


@given(st.sampled_from(sorted(LANGUAGES)), st.text(max_size=60))
def test_colours_change_no_character(language: str, text: str) -> None:
    assert code(text, language).text == text


def test_indents_json() -> None:
    assert readable('{"a":[1,"x"]}').text == '{\n  "a": [\n    1,\n    "x"\n  ]\n}'


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":2}', "1e400", '"\\u00e9"', "[" * 100_000, "9" * 5000, "not JSON", ""]
)
def test_shows_json_as_it_stands_where_indenting_would_change_it(text: str) -> None:
    assert readable(text).text == text


def test_shows_a_value_as_json_with_its_letters_as_they_are() -> None:
    assert json_code({"name": "é"}).text == '{\n  "name": "é"\n}'
