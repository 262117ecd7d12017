"""The records of an examination."""

from typing import Any, Literal, NamedTuple

Verdict = Literal["supported", "differs", "rewrite"]


class Place(NamedTuple):
    """Where something stands; ordered as a reader meets it."""

    file: str
    cell: int
    """Of a notebook, from 1; 0 in a file that is none."""

    line: int
    """From 1."""

    column: int
    """In characters, from 1."""

    def __str__(self) -> str:
        cell = f"cell {self.cell}:" if self.cell else ""
        return f"{self.file}:{cell}{self.line}:{self.column}"


class Finding(NamedTuple):
    """Something of AutoGen's that the program uses."""

    place: Place
    what: str
    """As AutoGen calls it."""

    verdict: Verdict
    why: str = ""
    instead: str = ""
    """Python to write in its place; with a `supported` one, its import under our name."""

    since: str = ""
    """The AutoGen release that has what stands in its place; `here` if AutoGen has not."""

    guide: str = ""
    """The section of docs/guide.md that tells more."""

    def plain(self) -> dict[str, Any]:
        """The finding as JSON."""
        return {**self.place._asdict(), **self._asdict(), "place": str(self.place)}


class Unread(NamedTuple):
    """A file, or a cell of a notebook, that was not examined."""

    file: str
    why: str
    is_python: bool
    """Whether it should have been."""


class Report(NamedTuple):
    """What was found in a code base."""

    files: int
    """How many were read."""

    findings: tuple[Finding, ...]
    """In the order of their places."""

    unread: tuple[Unread, ...]
    command: str
    """Runs the program under AutoGen's import names; empty if it uses nothing of v0.4."""

    def count(self, verdict: Verdict) -> int:
        """How many findings have the verdict."""
        return sum(finding.verdict == verdict for finding in self.findings)

    @property
    def is_supported(self) -> bool:
        """Whether all of it was read, and none of it must be rewritten."""
        return not self.count("rewrite") and not any(each.is_python for each in self.unread)

    def plain(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "summary": {
                "files": self.files,
                "supported": self.count("supported"),
                "differ": self.count("differs"),
                "rewrite": self.count("rewrite"),
                "unread": sum(each.is_python for each in self.unread),
                "not_python": sum(not each.is_python for each in self.unread),
            },
            "command": self.command,
            "findings": [finding.plain() for finding in self.findings],
            "unread": [each._asdict() for each in self.unread],
        }
