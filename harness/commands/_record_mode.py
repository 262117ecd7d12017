"""The option `--record-mode` of the commands that play and record."""

from typing import Any

import typer

from harness.session import RecordMode, mode_named


def record_mode_option(what: str) -> Any:
    """The option; a mode that there is none of is told with the nearest one.

    Args:
        what: What it decides.
    """
    modes = ", ".join(RecordMode)
    return typer.Option(parser=_parsed, metavar="MODE", help=f"{what} One of: {modes}.")


def _parsed(text: str) -> RecordMode:
    # As options are spelt: new-episodes.
    return mode_named(text.replace("-", "_"))
