"""What all errors are made of."""

from pathlib import Path


def explained(what: str, **details: str | None) -> str:
    """The form of every message here: what happened, then a line a known detail."""
    lines = [what]
    width = max((len(name) for name, text in details.items() if text is not None), default=0) + 1
    for name, text in details.items():
        if text is not None:
            indented = text.replace("\n", "\n" + " " * (width + 3))
            lines.append(f"  {(name + ':').ljust(width)} {indented}")
    return "\n".join(lines)


def place(path: Path, line: int | None = None, column: int | None = None) -> str:
    """Where something is, as editors take it: `a.yaml:3:7`."""
    return ":".join(str(part) for part in (path, line, column) if part is not None)


class HarnessError(Exception):
    """Anything the harness refuses to do, or can't."""


class InternalError(HarnessError):
    """A bug of the harness itself."""

    def __init__(self, what: str) -> None:
        super().__init__(explained(f"{what} This is a bug in the harness; please report it."))


class UsageError(HarnessError):
    """The caller asked for something that does not fit together."""
