"""Cassettes kept in good order: listed, compared, checked, pruned, renamed, merged, imported."""

from harness.upkeep._ailments import Ailment
from harness.upkeep._committed import committed, committed_below
from harness.upkeep._comparison import Change, ChangedInteraction, Comparison, Comparisons, compared
from harness.upkeep._costs import Cost, cost_of
from harness.upkeep._credentials import Credentials
from harness.upkeep._doctor import Diagnosis, examined, mended, recovered
from harness.upkeep._exchange import Exchange, Said, Shown, exchanges, shown
from harness.upkeep._importing import (
    Imported,
    Importer,
    Importing,
    check_targets,
    is_folder,
    targets_of,
)
from harness.upkeep._listing import Entry, Listing, listed
from harness.upkeep._merging import Conflict, Keep, Merging, merged
from harness.upkeep._places import cassettes_in, files_in, missing, named
from harness.upkeep._playbacks import (
    Missed,
    Playback,
    Playbacks,
    left_by_pytest,
    playback_of,
    read_playbacks,
    write_playbacks,
)
from harness.upkeep._pruning import LeftAlone, Pruning, Removal, prune, to_prune, without
from harness.upkeep._references import Reference
from harness.upkeep._renaming import Move, Renaming, rename, to_rename
from harness.upkeep._staleness import StaleCassette, Staleness, Unrun, staleness_of
from harness.upkeep._verifying import (
    Drifted,
    Verification,
    Verified,
    to_ask,
    verification_of,
    verified_levels,
    verified_live,
)
from harness.upkeep._words import Piece

__all__ = [
    "Ailment",
    "Change",
    "ChangedInteraction",
    "Comparison",
    "Comparisons",
    "Conflict",
    "Cost",
    "Credentials",
    "Diagnosis",
    "Drifted",
    "Entry",
    "Exchange",
    "Imported",
    "Importer",
    "Importing",
    "Keep",
    "LeftAlone",
    "Listing",
    "Merging",
    "Missed",
    "Move",
    "Piece",
    "Playback",
    "Playbacks",
    "Pruning",
    "Reference",
    "Removal",
    "Renaming",
    "Said",
    "Shown",
    "StaleCassette",
    "Staleness",
    "Unrun",
    "Verification",
    "Verified",
    "cassettes_in",
    "check_targets",
    "committed",
    "committed_below",
    "compared",
    "cost_of",
    "examined",
    "exchanges",
    "files_in",
    "is_folder",
    "left_by_pytest",
    "listed",
    "mended",
    "merged",
    "missing",
    "named",
    "playback_of",
    "prune",
    "read_playbacks",
    "recovered",
    "rename",
    "shown",
    "staleness_of",
    "targets_of",
    "to_ask",
    "to_prune",
    "to_rename",
    "verification_of",
    "verified_levels",
    "verified_live",
    "without",
    "write_playbacks",
]
