"""A cassette while a test, or what several tests share, has it in use."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.pytest_plugin._commands import command_for, outermost
from harness.pytest_plugin._evidence import Evidence
from harness.pytest_plugin._marks import Wanted, key_parts_of, redact_of
from harness.pytest_plugin._names import path_of
from harness.pytest_plugin._settings import Settings
from harness.pytest_plugin._values import WRITING

if TYPE_CHECKING:
    from harness.cassettes import CassetteBlock
    from harness.in_use import CassetteInUse


class Opened:
    """One cassette in use.

    Args:
        settings: What all tests are told.
        wanted: What this one's markers say.
        path: The file.
        owner: The test, or the node whose tests share it, as pytest names it.
        label: What the recording calls the owner; empty when nobody shares the file.
        run: The test run.
        mode: The record mode.
        has_examples: Whether it is also played from its start, again and again.
    """

    def __init__(  # noqa: PLR0913 - all of it is what one cassette is opened with
        self, settings: Settings, wanted: Wanted, path: Path, *, owner: str, label: str, run: str,
        mode: str, has_examples: bool,
    ) -> None:  # fmt: skip
        self.path, self.owner, self.label, self.mode = path, owner, label, mode
        self._settings, self._wanted = settings, wanted
        _forget_former_try(path, owner, label, run)
        # What is asked beside the examples, which record anew, must not replace them.
        beside = "all" if has_examples and mode == "rewrite" else mode
        self._block: CassetteBlock | None = self._new_block(beside, run)
        self.use: CassetteInUse = self._block.__enter__()
        self._in_use = True
        self.may_go_live = self._may_go_live()
        """Whether what was not recorded when it was opened is asked live."""

        self._told = self._told_drifts = 0
        self._played_in_calls = 0
        self._left_by_calls: list[set[int]] = []
        self.use.session.rerecord = self.rerecord

    @property
    def rerecord(self) -> str:
        """The command that records it again, all of it."""
        tests = {each.test for each in self.use.session.cassette.interactions} - {""}
        names = outermost({*tests, self.owner}) if self.label else [self.owner]
        return command_for(self._settings.root, names)

    def new_misses(self) -> list[Any]:
        """The misses since this was asked the last time."""
        told, self._told = self._told, len(self.use.misses)
        return list(self.use.misses[told:])

    def new_drifts(self) -> list[str]:
        """How live answers differed since this was asked the last time, and what helps."""
        drifts = self.use.session.drifts[self._told_drifts :]
        self._told_drifts += len(drifts)
        return [*map(str, drifts), f"  fix: {self.rerecord}"] if drifts else []

    def suspend(self) -> None:
        """Another one has the requests for a while."""
        if self._in_use:
            self.use.end()
            self._in_use = False

    def resume(self) -> None:
        """The requests come here again."""
        if not self._in_use and self._block is not None:
            self.use.begin()
            self._in_use = True

    def close(self, error: BaseException | None) -> None:
        """Ends it; what was recorded is left in a journal, for the end of the test run.

        Args:
            error: Why the test came to an early end.

        Raises:
            HarnessError: What was recorded can't be kept.
        """
        block, self._block = self._block, None
        if block is not None:
            block.__exit__(type(error) if error else None, error, None)

    def evidence(self, problem: str) -> Evidence:
        """What became of it."""
        from harness.journal import fingerprint

        session = self.use.session
        recorded = session.cassette.interactions
        left = [at for at in session.unplayed if all(at in each for each in self._left_by_calls)]
        age = session.expired(self._settings.expire_days) if self._settings.expire_days else None
        return {
            "cassette": os.path.relpath(self.path),
            "owner": self.owner,
            "rerecord": self.rerecord,
            "mode": self.mode if self.may_go_live else "none",
            "fingerprint": fingerprint(session.cassette) if self.path.exists() else "",
            "played": len(session.played) + self._played_in_calls,
            "unplayed": [(at + 1, recorded[at].test) for at in left],
            "label": self.label,
            "misses": [(miss.asked, miss.cause, miss.nearest or "") for miss in session.misses],
            "problem": problem,
            "expired": "" if age is None else str(age),
            "reaction": self._wanted.unplayed or self._settings.unplayed,
            "left_out": dict(session.left_out),
        }

    @contextmanager
    def from_start(self) -> Iterator[None]:
        """A block in which it is played from its start; all such blocks are one recording."""
        with self._repeated as use:
            try:
                yield
            finally:
                self.use.misses.extend(use.misses)
                self._played_in_calls += use.play_count
                self._left_by_calls.append(set(use.session.unplayed))

    @cached_property
    def _repeated(self) -> "CassetteBlock":
        # Other tests of the run may have begun the cassette by then.
        begins = self.mode == "once" and self.may_go_live
        return self._new_block("new_episodes" if begins else self.mode, run="")

    def _may_go_live(self) -> bool:
        from harness.session import RecordMode, may_go_live

        if self.mode not in WRITING:
            return self.mode != "none"
        return may_go_live(self.path, RecordMode(self.mode), self.label)

    def _new_block(self, mode: str, run: str) -> "CassetteBlock":
        from harness.cassettes import cassette

        settings, wanted = self._settings, self._wanted
        passed_on = {
            "record_on_exception": True,
            "durability": settings.durability,
            "strict": settings.strict,
            **wanted.passed_on,
        }
        return cassette(
            self.path,
            record_mode=mode,
            shared=self._layers(),
            key_parts=key_parts_of(wanted, settings),
            redact=redact_of(wanted, settings),
            ignore_hosts=wanted.lists["ignore_hosts"],
            owner=self.owner,
            rerecord=command_for(settings.root, [self.owner]),
            test=self.label,
            run=run,
            **passed_on,
        )

    def _layers(self) -> list[Path]:
        named = (*self._wanted.lists["shared"], *self._settings.shared)
        paths = [path_of(name, self._settings.cassettes, self._settings.root) for name in named]
        beneath = (
            path_of(each, self._settings.cassettes, self._settings.root)
            for each in self._wanted.layers
        )
        # Those that other tests record may not be there yet.
        layers = dict.fromkeys((*paths, *(path for path in beneath if path.exists())))
        return [path for path in layers if path != self.path]


def _forget_former_try(path: Path, owner: str, label: str, run: str) -> None:
    """A test that is repeated within a run records anew."""
    if run and "::" in owner:
        from harness.journal import pending

        for each in pending(path):
            if each.run == run and each.test == label and not each.is_in_use:
                with suppress(OSError):
                    each.journal.unlink()
