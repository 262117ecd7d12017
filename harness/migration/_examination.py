"""A code base is read, and every use of AutoGen in it is told."""

import ast
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from harness.migration import _v02, _v04
from harness.migration._files import Source, read
from harness.migration._findings import Finding, Report, Unread
from harness.migration._usages import usages

_RUNNER = "python -m agentchat.compat"


def examine(paths: Iterable[Path]) -> Report:
    """Reads files and folders, notebooks too, and runs nothing of them.

    Raises:
        UsageError: A path does not exist.
    """
    told: list[tuple[Source, list[Finding]]] = []
    unread: list[Unread] = []
    for each in read(paths):
        if isinstance(each, Unread):
            unread.append(each)
            continue
        try:
            told.append((each, sorted(_findings(each))))
        except RecursionError:
            unread.append(Unread(each.file, "nested too deeply to be followed", is_python=True))
    findings = tuple(finding for _, found in told for finding in found)
    return Report(len(told), findings, tuple(unread), _command(told))


def _findings(source: Source) -> Iterator[Finding]:
    for usage in usages(source):
        yield from _v02.findings(usage)
        yield from _v04.findings(usage)


def _command(told: Sequence[tuple[Source, Sequence[Finding]]]) -> str:
    """How the program runs: the first file that does something when it is run."""
    files = [
        source
        for source, found in told
        if source.is_script and any(finding.verdict != "rewrite" for finding in found)
    ]
    programs = [source for source in files if _is_program(source)]
    return next((f"{_RUNNER} {shlex.quote(each.file)}" for each in (*programs, *files)), "")


def _is_program(source: Source) -> bool:
    """Whether the file does something when it is run."""
    return any(_runs(node) for piece in source.pieces for node in piece.tree.body)


def _runs(node: ast.stmt) -> bool:
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="asyncio"), attr="run"))):
            return True
        case _:
            return False
