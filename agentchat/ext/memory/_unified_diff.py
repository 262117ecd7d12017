"""Unified diffs: read, and applied to a text where they fit it exactly."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

_HUNK: Final = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_NO_NEWLINE: Final = "\\"


class PatchDoesNotFit(ValueError):
    """A patch is not for the text that it is applied to.

    Args:
        line: Where in the text, from 1.
        expected: What the patch says is there.
        found: What is there; None behind the end.
    """

    def __init__(self, line: int, expected: str, found: str | None) -> None:
        self.line = line
        self.expected = expected
        self.found = found
        there = "the end of the file" if found is None else repr(found)
        super().__init__(
            f"The patch does not fit: line {line} should be {expected!r}.\n"
            f"  found:    {there}\n"
            f"  fix:      make the patch from the latest content"
        )


@dataclass
class _Hunk:
    start: int
    """Position of its first line in the old text, from 0."""

    old_count: int
    new_count: int
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        return len(self.old) >= self.old_count and len(self.new) >= self.new_count

    def take(self, line: str) -> None:
        # Editors and models drop the space of an empty line of context.
        mark, text = (line[0], line[1:]) if line.strip("\r\n") else (" ", line)
        if mark not in " +-":
            raise ValueError(f"A line of a patch begins with ' ', '+' or '-', not {line!r}.")
        if mark in " -":
            self.old.append(text)
        if mark in " +":
            self.new.append(text)

    def end_without_newline(self, mark: str) -> None:
        """The last line that was taken, which was marked so, ends the file without a line break."""
        for lines, marks in ((self.old, " -"), (self.new, " +")):
            if lines and mark in marks:
                lines[-1] = lines[-1].rstrip("\n")


def patched(text: str, patch: str) -> str:
    """The text with the first file's changes of a patch made.

    A line of the text and one of the patch are also the same if only one has a line break, since
    it is at the end of a file that this is easily lost.

    Raises:
        PatchDoesNotFit: The text is not the one that the patch was made for.
        ValueError: The patch changes nothing, or is none.
    """
    hunks = list(_hunks(patch.splitlines(keepends=True)))
    if not hunks:
        raise ValueError("Empty patch text provided.")
    lines = text.splitlines(keepends=True)
    result: list[str] = []
    position = 0
    for hunk in hunks:
        if hunk.start < position:
            raise ValueError("The parts of a patch are in the order of the file.")
        result += lines[position : hunk.start]
        _check(lines, hunk)
        result += hunk.new
        position = hunk.start + len(hunk.old)
    return "".join(_with_breaks([*result, *lines[position:]]))


def _hunks(lines: Sequence[str]) -> Iterator[_Hunk]:
    hunk: _Hunk | None = None
    mark = " "
    for line in lines:
        if hunk is not None and line.startswith(_NO_NEWLINE):
            hunk.end_without_newline(mark)
        elif hunk is not None and not hunk.is_complete:
            hunk.take(line)
            mark = line[0]
        elif match := _HUNK.match(line):
            if hunk is not None:
                yield hunk
            hunk = _opened(match)
        elif hunk is not None and line.startswith(("--- ", "diff ")):
            break  # Another file's.
    if hunk is not None:
        yield hunk


def _opened(match: re.Match[str]) -> _Hunk:
    first, old_count, _, new_count = match.groups()
    old = 1 if old_count is None else int(old_count)
    new = 1 if new_count is None else int(new_count)
    # What takes no lines out stands behind the line that it names.
    return _Hunk(int(first) - 1 if old else int(first), old, new)


def _check(lines: Sequence[str], hunk: _Hunk) -> None:
    for offset, expected in enumerate(hunk.old):
        position = hunk.start + offset
        found = lines[position] if position < len(lines) else None
        if found is None or found.rstrip("\r\n") != expected.rstrip("\r\n"):
            raise PatchDoesNotFit(
                position + 1, expected.rstrip("\r\n"), found and found.rstrip("\r\n")
            )


def _with_breaks(lines: Sequence[str]) -> Iterator[str]:
    """The lines, none of which runs into the next."""
    for number, line in enumerate(lines, 1):
        yield line if number == len(lines) or line.endswith("\n") else f"{line}\n"
