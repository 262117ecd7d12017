from hypothesis import given
from hypothesis import strategies as st

from reports._prose import Prose, Span, pieces


def words(text: str) -> Prose:
    return Prose((Span("text", text),))


def test_tells_prose_from_fenced_code() -> None:
    text = "Run this:\n\n```python title\nprint(1)\n```\nDone."

    before, block, after = pieces(text)

    assert (before, after) == (words("Run this:"), words("Done."))
    assert (block.kind, block.label, block.text) == ("code", "python title", "print(1)")


def test_a_fence_that_is_never_closed_runs_to_the_end() -> None:
    (block,) = pieces("~~~\nfirst\n```\nlast")

    assert (block.kind, block.text) == ("code", "first\n```\nlast")


def test_a_longer_fence_holds_shorter_ones() -> None:
    (block,) = pieces("````\n```\ninner\n```\n````")

    assert (block.kind, block.text) == ("code", "```\ninner\n```")


def test_knows_inline_code_and_links() -> None:
    (prose,) = pieces("Call `f(x)`, see https://example.org/a_(b)?q=1.")

    assert prose == Prose(
        (
            Span("text", "Call "),
            Span("code", "f(x)"),
            Span("text", ", see "),
            Span("link", "https://example.org/a_(b)?q=1"),
            Span("text", "."),
        )
    )


def test_links_lead_to_the_web_alone() -> None:
    text = "javascript:alert(1) data:text/html,x file:///etc/passwd //example.org"

    assert pieces(text) == (words(text),)


@given(st.text(alphabet=st.characters(exclude_characters="`~", exclude_categories=["Cs"])))
def test_prose_keeps_all_but_the_line_breaks_around_it(text: str) -> None:
    said = "".join(span.text for piece in pieces(text) for span in piece.spans)

    assert said == text.strip("\r\n")


@given(st.text(alphabet="`~ \nabc"))
def test_no_arrangement_of_fences_loses_a_letter(text: str) -> None:
    letters = "".join(
        piece.label + piece.text
        if piece.kind == "code"
        else "".join(span.text for span in piece.spans)
        for piece in pieces(text)
    )

    assert [c for c in letters if c.isalpha()] == [c for c in text if c.isalpha()]
