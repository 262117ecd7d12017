"""What recordings in the mode `rewrite` replace, and how far a run is with it."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from harness.journal._reading import Content

REWRITE = "rewrite"


def replaces(content: Content) -> bool:
    """Whether nothing stays of what the journal's test has recorded before its run."""
    return content.opening.mode == REWRITE and content.is_finished and bool(content.entries)


def replaces_all(content: Content, over: str) -> bool:
    """Whether nothing stays of what any test has recorded before the journal's run.

    Of a run that was killed nobody knows which tests it would have recorded too.

    Args:
        content: The journal.
        over: The run that came to its end.
    """
    who = content.opening
    is_last = bool(over) and who.run == over
    return (is_last or not who.test) and replaces(content)


def recordings(contents: Iterable[Content]) -> Iterable[tuple[str, Sequence[Content]]]:
    """The journals of each run with its name, or of sessions that are a recording on their own."""
    parts_by_name: dict[str, list[Content]] = {}
    for each in sorted(contents, key=lambda each: (each.opening.began, each.opening.run)):
        name = each.opening.run or each.opening.joint or each.path.name
        parts_by_name.setdefault(name, []).append(each)
    return parts_by_name.items()


class Rewriting(NamedTuple):
    """A run that records a cassette anew, with the tests whose new recordings stand there."""

    run: str = ""
    """Empty for none."""

    tests: frozenset[str] = frozenset()

    @classmethod
    def noted(cls, note: str) -> "Rewriting":
        """What a note says; nothing when its writer was killed over it."""
        try:
            run, tests = json.loads(note)
        except (ValueError, TypeError):
            return cls()
        return cls(run, frozenset(tests))

    @property
    def note(self) -> str:
        """What is left for those who merge the run's other journals."""
        return json.dumps([self.run, sorted(self.tests)]) if self.run else ""

    def after(self, contents: Iterable[Content]) -> "Rewriting":
        """How far it is when these journals are in the cassette too."""
        rewriting = self
        for _, parts in recordings(contents):
            rewriting = rewriting._after_run(parts)
        return rewriting

    def tests_of(self, run: str) -> frozenset[str]:
        """The tests whose new recordings stand there, if this is the run."""
        return self.tests if run == self.run else frozenset()

    def _after_run(self, parts: Sequence[Content]) -> "Rewriting":
        run = parts[0].opening.run
        if not run or not (run == self.run or any(map(replaces, parts))):
            return self
        recorded = {each.opening.test for each in parts if each.entries}
        return Rewriting(run, self.tests_of(run) | recorded)
