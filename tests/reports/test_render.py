import base64
import re
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.result import Failure, Judgement, Manifest, Totals, TrialResult
from harness.trace import Event, Failed, MessageSent, ModelCalled, Stopped, Trace, Usage
from reports.render import html
from reports.run_folder import Run, Trial
from reports.view import page_of

STYLE = (files("reports") / "static/report.css").read_text("utf-8")
HARMLESS = "word"
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><b class='x",
    "' onmouseover='alert(1)",
    "--><svg onload=alert(1)>",
    "&lt;b&gt; &amp;amp; &#60;",
    "{{ 7 * 7 }} {% raw %}",
    "]]><!--",
    "javascript:alert(1)",
]

# No fences, inline code or links: those are meant to become elements.
words = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(alphabet=st.characters(exclude_characters="`~", exclude_categories=["Cs"])).map(
        lambda text: text.replace("://", ":")
    ),
).map(lambda text: f"a{text}z")


class Document(HTMLParser):
    """The elements of a page with their attributes, and the text that people see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.within = ""
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))
        self.within = tag

    def handle_data(self, data: str) -> None:
        self.text += data if self.within not in ("style", "script") else ""

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment", ((data, None),)))

    def values(self, name: str) -> list[str]:
        """The attribute's value wherever it stands."""
        return [value or "" for _, attrs in self.elements for key, value in attrs if key == name]


def message(source: str, text: str, kind: str, **body: Any) -> MessageSent:
    is_chat = kind.endswith("Message")
    return MessageSent(
        number=0, at_ns=0, source=source, type=kind, is_chat=is_chat, text=text, body=body
    )


def story(text: str) -> Iterator[Event]:
    """An event of each kind with this text wherever text may stand."""
    agent = f"agent {text}"
    calls = [{"id": "1", "name": text, "arguments": text}]
    results = [{"call_id": "1", "name": text, "content": text, "is_error": True}]
    yield message("user", f"{text}\n```python\n{text}\n```\nsee `this`", "TextMessage")
    yield message("runner", text, "TextMessage")
    yield ModelCalled(
        number=0,
        at_ns=0,
        agent=agent,
        path=(text,),
        call=1,
        kept=1,
        model=text,
        messages=({"role": text, "name": text, "content": text, text: text},),
        tools=({"name": text, "description": text, "parameters": {text: text}},),
        answer=tuple(calls),
        thought=text,
        finish_reason=text,
        usage=Usage(),
        origin="replayed",
        interactions=(text,),
    )
    yield message(agent, text, "ToolCallRequestEvent", content=calls)
    yield message(agent, text, "ToolCallExecutionEvent", content=results)
    yield message(agent, text, "HandoffMessage", target=text)
    yield message(agent, text, "ThoughtEvent")
    yield message(text, text, "SelectSpeakerEvent", content=[agent])
    yield message(agent, text, f"{text}Event")
    yield Stopped(number=0, at_ns=0, reason=text)
    yield Failed(number=0, at_ns=0, error=text, text=text, where=text)


def drawn(text: str, **fields: Any) -> str:
    """A page that holds this text wherever a page may hold text."""
    events = tuple(
        event.model_copy(update={"number": number}) for number, event in enumerate(story(text))
    )
    results = [
        TrialResult(
            scenario="s.py::x",
            trial=trial,
            title=text,
            description=text,
            tags=(text,),
            case=text,
            outcome="error",
            judgements=(Judgement(expectation=text, holds=False, why=text, event=0),),
            failure=Failure(error=text, text=text, where=text) if trial else None,
            stop_reason=text,
            cassette=text,
            trace="t",
        ).model_copy(update=fields)
        for trial in range(2)
    ]
    manifest = Manifest(
        harness=text,
        python=text,
        record_mode=text,
        packages={text: text},
        scenarios=("s.py::x", text),
    )
    trials = tuple(Trial(result, Trace(scenario="s.py::x", events=events)) for result in results)
    return html(page_of(Run(manifest, trials)))


def shape(document: Document) -> list[Any]:
    """The elements, but for what depends on a text by design: colours, and names of places."""
    hue = re.compile(r"\bagent-\d+\b")
    place = re.compile(r"(?<=\b(?:event|trial)-)[0-9a-f]{8}")
    inks = re.compile(r"ink-\w+")
    return [
        (tag, [(key, place.sub("#", hue.sub("agent", value or ""))) for key, value in attributes])
        for tag, attributes in document.elements
        if not (tag == "span" and inks.fullmatch(dict(attributes).get("class") or ""))
    ]


@given(words)
def test_no_text_adds_or_changes_an_element(text: str) -> None:
    hostile, harmless = Document(drawn(text)), Document(drawn(HARMLESS))

    assert shape(hostile) == shape(harmless)


# JSON, where a tool's schema stands, writes quotation marks and backslashes in its own way.
@given(words.map(lambda text: re.sub(r"[\s\"\\]+", " ", text)[:150]).filter(str.isprintable))
def test_every_text_can_be_read_wherever_it_stands(text: str) -> None:
    hostile, harmless = Document(drawn(text)), Document(drawn(HARMLESS))

    assert hostile.text.count(text) >= harmless.text.count(HARMLESS)


def test_control_characters_are_made_visible() -> None:
    shown = Document(drawn("red: \x1b[31m, nul: \0, tab:\t.")).text

    assert "red: ␛[31m, nul: ␀, tab:\t." in shown


def test_code_that_a_message_begins_with_leaves_room_for_its_number() -> None:
    page = drawn("```python\n1\n```")

    assert re.search(r'class="number"[^>]*>0</a>\s*<figure class="code">', page)
    assert ".speech:has(> .number + .code) > .code { margin-right: 0; }" in STYLE


def test_a_page_fetches_nothing_and_runs_its_own_script_alone() -> None:
    text = drawn(HARMLESS)
    style, script = (
        re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("style", "script")
    )

    hashes = [
        f"'sha256-{base64.b64encode(sha256(found[1].encode()).digest()).decode()}'"
        for found in (style, script)
        if found
    ]
    policies = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policies == [
        "default-src &#39;none&#39;; img-src data:; base-uri &#39;none&#39;; "
        "form-action &#39;none&#39;; "
        f"style-src {hashes[0]}; script-src {hashes[1]}".replace("'", "&#39;")
    ]


def test_a_page_holds_no_inline_handler_style_or_outside_address() -> None:
    document = Document(drawn("see https://example.org/page"))

    names = {key for _, attributes in document.elements for key, _ in attributes}
    outside = [value for value in document.values("href") if not value.startswith("#")]
    assert not [name for name in names if name.startswith("on") or name == "style"]
    assert set(document.values("src")) == set()
    assert set(outside) == {"https://example.org/page"}
    assert set(document.values("rel")) == {"noreferrer noopener"}


def test_every_link_within_the_page_leads_somewhere_and_no_place_has_two() -> None:
    document = Document(drawn(HARMLESS))

    places = document.values("id")
    links = {value[1:] for value in document.values("href") if value.startswith("#")}
    assert links <= set(places)
    assert len(places) == len(set(places))


@pytest.mark.parametrize(
    ("usd", "shown"),
    [("0", "$0.00"), ("12.346", "$12.35"), ("0.5", "$0.50"), ("0.00123", "$0.0012")],
)
def test_money_is_as_precise_as_matters(usd: str, shown: str) -> None:
    text = Document(drawn(HARMLESS, totals=Totals(usd=Decimal(usd) / 2))).text

    assert f"Saved by replay{shown}" in text.replace("\n", "")


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(colour: str, into: str, share: float) -> str:
    """What `color-mix(in srgb, colour share, into)` gives."""
    pairs = [(int(colour[at : at + 2], 16), int(into[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_text_colour_reads_on_every_ground(theme: int) -> None:
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", STYLE)
    grounds = {name: both[theme] for name, *both in pairs if name in {"page", "card", "sunken"}}
    inks = {(name, both[theme]) for name, *both in pairs if name not in {*grounds, "line"}}
    tinted = {(ink, mixed(ink, grounds["card"], 0.14)) for _, ink in inks}

    contrasts = {
        (ink, ground): (max(lights) + 0.05) / (min(lights) + 0.05)
        for ink, ground in {*product([ink for _, ink in inks], grounds.values()), *tinted}
        for lights in [(luminance(ink), luminance(ground))]
    }
    assert len(inks) > 25
    assert {pair: round(c, 2) for pair, c in contrasts.items() if c < 4.5} == {}
