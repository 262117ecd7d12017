"""What a cassette becomes with what journals hold: the same, however the work was divided."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace

from harness.interactions import Cassette, Header, Interaction
from harness.journal._entries import Place, Reference, fingerprint
from harness.journal._reading import Content
from harness.journal._rewriting import Rewriting, recordings, replaces, replaces_all


@dataclass(eq=False, slots=True)
class _Item:
    """An interaction on its way into the cassette."""

    interaction: Interaction
    beneath: list["_Item"] = field(default_factory=list)


def merged(old: Cassette, contents: Sequence[Content], rewriting: Rewriting, over: str) -> Cassette:
    """The cassette with all that the journals hold.

    Tests follow each other by name, what one test asked in the order of asking, branches that ran
    side by side one behind the other. What was recorded but not finished is added to what is there.

    Args:
        old: The cassette as it is.
        contents: The journals.
        rewriting: The run that records the cassette anew.
        over: The run that came to its end.
    """
    result = old
    for run, parts in recordings(contents):
        replaced = {each.opening.test for each in parts if replaces(each)}
        if not rewriting.tests_of(run) and any(replaces_all(each, over) for each in parts):
            replaced |= {each.test for each in result.interactions}
        result = _with_run(result, parts, replaced - rewriting.tests_of(run))
    return _with_adopted(result, contents)


def _with_run(old: Cassette, parts: Sequence[Content], replaced: Set[str]) -> Cassette:
    broken_off = {each.opening.test for each in parts if not each.is_finished and each.entries}
    # A test that was broken off has recorded too little to do without what was there.
    gone = replaced - broken_off
    items = [item for item in _items_of(old) if item.interaction.test not in gone]
    header = _header(old.header if items else None, parts, broken_off)
    items = _with_entries(items, parts)
    items.sort(key=lambda item: item.interaction.test)
    number_by_item = {id(item): number for number, item in enumerate(items, start=1)}
    return Cassette(header, tuple(_numbered(item, number_by_item) for item in items))


def _with_adopted(cassette: Cassette, contents: Sequence[Content]) -> Cassette:
    """The cassette, with what another recorder left in it as it may stay there."""
    clean_by_name = {name: each for part in contents for name, each in part.adopted.items()}
    if not clean_by_name:
        return cassette
    interactions = (
        replace(clean_by_name.get(fingerprint(each), each), beneath=each.beneath)
        for each in cassette.interactions
    )
    return replace(cassette, interactions=tuple(interactions))


def _items_of(cassette: Cassette) -> list[_Item]:
    items = [_Item(replace(each, beneath=())) for each in cassette.interactions]
    for item, each in zip(items, cassette.interactions, strict=True):
        item.beneath = [items[number - 1] for number in each.beneath if number <= len(items)]
    return items


def _with_entries(items: list[_Item], parts: Sequence[Content]) -> list[_Item]:
    """The items, and those of the entries: in place of what they replace, or behind."""
    old_by_name: dict[Reference, list[_Item]] = {}
    if any(each.replaces or each.beneath for part in parts for each in part.entries):
        for item in items:
            old_by_name.setdefault(fingerprint(item.interaction), []).append(item)
    added: list[tuple[Place, str, _Item]] = []
    for part in parts:
        item_by_reference = {name: same[0] for name, same in old_by_name.items()}
        for entry in part.entries:
            replaced = old_by_name.get(entry.replaces)
            item = replaced.pop(0) if replaced else _Item(entry.interaction)
            if item.interaction is entry.interaction:
                added.append((entry.place, fingerprint(entry.interaction), item))
            item.interaction = entry.interaction
            item_by_reference[entry.number] = item
        for entry in part.entries:
            found = [item_by_reference.get(each) for each in entry.beneath]
            item_by_reference[entry.number].beneath = [each for each in found if each is not None]
        old_by_name = {name: same for name, same in old_by_name.items() if same}
    added.sort(key=lambda each: each[:2])
    return [*items, *(item for _, _, item in added)]


def _numbered(item: _Item, number_by_item: dict[int, int]) -> Interaction:
    numbers = [number_by_item.get(id(each)) for each in item.beneath]
    return replace(item.interaction, beneath=tuple(sorted(n for n in numbers if n is not None)))


def _header(old: Header | None, parts: Sequence[Content], broken_off: set[str]) -> Header:
    openings = [each.opening for each in parts]
    headers = [] if old is None else [old]
    origins = {header.origin for header in headers} | {each.origin for each in openings}
    unfinished = {test for header in headers for test in header.unfinished}
    unfinished -= {each.opening.test for each in parts if each.is_finished}
    days = [header.recorded for header in headers] + [each.began[:10] for each in openings]
    return Header(
        recorded=max(days),
        by=openings[-1].by,
        origin="scripted" if "scripted" in origins else "live",
        unfinished=tuple(sorted(unfinished | broken_off)),
    )
