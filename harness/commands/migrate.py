"""`harness migrate`: what a program written for AutoGen uses, and what becomes of it here."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from harness.migration import Finding, Report, examine

_NOT_SUPPORTED = 1
_GUIDE = "docs/guide.md"


def migrate(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 if something isn't supported.")
    ] = False,
) -> None:
    """Tell what differs for a program written for AutoGen.

    What it uses is listed: what is supported, what differs, what to write instead. The program is
    read, notebooks too, and never run.

    Exit codes: 0 told, 1 something isn't supported (with --check), 2 usage.
    """
    report = examine(paths)
    if as_json:
        typer.echo(json.dumps(report.plain(), indent=2))
    else:
        for line in _lines(report):
            typer.echo(line)
    if check and not report.is_supported:
        raise typer.Exit(_NOT_SUPPORTED)


def _lines(report: Report) -> Iterator[str]:
    told: dict[tuple[str, str], str] = {}
    for finding in report.findings:
        yield f"{finding.place}: {finding.verdict.ljust(9)} {finding.what}"
        # The same advice is not given twice.
        advice = (finding.why, finding.instead)
        before = told.setdefault(advice, str(finding.place))
        yield from _advice(finding) if before == str(finding.place) else _as_before(finding, before)
    for each in report.unread:
        if each.is_python:
            yield f"{each.file}: unread    {each.why}"
    if report.findings or any(each.is_python for each in report.unread):
        yield ""
    yield from _summary(report)


def _advice(finding: Finding) -> Iterator[str]:
    if finding.why:
        yield f"    {finding.why}"
    for line in finding.instead.splitlines():
        yield f"    | {line}".rstrip()
    if finding.guide:
        since = "not in AutoGen" if finding.since == "here" else f"since AutoGen {finding.since}"
        yield f"    ({since}; {_GUIDE}#{finding.guide})"


def _as_before(finding: Finding, before: str) -> Iterator[str]:
    if finding.verdict != "supported":
        yield f"    as at {before}"


def _summary(report: Report) -> Iterator[str]:
    yield (
        f"{report.count('supported')} supported, {report.count('differs')} differ, "
        f"{report.count('rewrite')} to rewrite, in {_counted(report.files, 'file')}."
    )
    unread = Counter(Path(each.file).suffix or "no suffix" for each in report.unread
                     if not each.is_python)  # fmt: skip
    if unread:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(unread.items()))
        yield f"{_counted(unread.total(), 'file')} not read, not being Python: {kinds}."
    if report.command:
        when = "When that is rewritten" if report.count("rewrite") else "As it is"
        yield f"{when}, it runs with: {report.command}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
