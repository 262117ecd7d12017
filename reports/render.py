"""The page model as one HTML file: nothing is fetched, and nothing but its own script runs."""

from base64 import b64encode
from decimal import Decimal
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports.view import Page

_VISIBLE_OF_CONTROL = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"}
_VISIBLE_OF_CONTROL[127] = 0x2421


def html(page: Page) -> str:
    """Draws the page; equal pages give equal text."""
    style, script = (_static(name) for name in ("report.css", "report.js"))
    policy = (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src '{_source(style)}'; script-src '{_source(script)}'"
    )
    template = _environment().get_template("page.html.jinja")
    # The project's own style and script are the only texts that are not escaped.
    return template.render(page=page, policy=policy, style=Markup(style), script=Markup(script))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    environment.filters.update(count=_count, usd=_usd, seconds=_seconds, line=_line)
    return environment


def _static(name: str) -> str:
    return (files("reports") / "static" / name).read_text(encoding="utf-8")


def _source(text: str) -> str:
    """How a Content-Security-Policy names an inline text."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _visible(value: Any) -> Any:
    """Text with its control characters made visible; HTML has no way to hold them."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return value.replace("\r\n", "\n").translate(_VISIBLE_OF_CONTROL)
    return value


def _count(number: int) -> str:
    return f"{number:,}"


def _usd(amount: Decimal) -> str:
    """Dollars as precisely as matters: cents from a dollar on, two digits that count below."""
    places = min(max(2, 1 - amount.adjusted()), 8)
    return f"${amount:,.{places}f}"


def _seconds(nanoseconds: int) -> str:
    """A duration as a person reads it."""
    milliseconds = nanoseconds // 1_000_000
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    if milliseconds < 60_000:
        return f"{milliseconds / 1000:.1f} s"
    minutes, rest = divmod(milliseconds // 1000, 60)
    return f"{minutes} min {rest} s"


def _line(text: str, longest: int = 160) -> str:
    """The beginning of a text, on one line."""
    flat = " ".join(text[: longest * 4].split())
    return flat if len(flat) <= longest and len(text) <= longest * 4 else flat[:longest] + "…"
