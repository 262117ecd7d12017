"""Cassettes kept in good order: listed, examined, mended, pruned, renamed, imported."""

from harness.upkeep._ailments import Ailment
from harness.upkeep._committed import committed, committed_below
from harness.upkeep._doctor import Diagnosis, examined, mended, recovered
from harness.upkeep._importing import (
    Imported,
    Importer,
    Importing,
    check_targets,
    is_folder,
    targets_of,
)
from harness.upkeep._listing import Entry, Listing, listed
from harness.upkeep._places import cassettes_in, check_file, files_in, missing, named
from harness.upkeep._playbacks import (
    Missed,
    Playback,
    Playbacks,
    left_by_pytest,
    playback_of,
    read_playbacks,
    renew_playbacks,
    write_playbacks,
)
from harness.upkeep._pruning import LeftAlone, Pruning, Removal, prune, to_prune, without
from harness.upkeep._references import Reference
from harness.upkeep._renaming import Move, Renaming, rename, to_rename

__all__ = [
    "Ailment",
    "Diagnosis",
    "Entry",
    "Imported",
    "Importer",
    "Importing",
    "LeftAlone",
    "Listing",
    "Missed",
    "Move",
    "Playback",
    "Playbacks",
    "Pruning",
    "Reference",
    "Removal",
    "Renaming",
    "cassettes_in",
    "check_file",
    "check_targets",
    "committed",
    "committed_below",
    "examined",
    "files_in",
    "is_folder",
    "left_by_pytest",
    "listed",
    "mended",
    "missing",
    "named",
    "playback_of",
    "prune",
    "read_playbacks",
    "recovered",
    "rename",
    "renew_playbacks",
    "targets_of",
    "to_prune",
    "to_rename",
    "without",
    "write_playbacks",
]
