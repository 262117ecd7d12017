"""Things that are made by requests and found by their addresses, as APIs of the REST kind do."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from harness.openai_wire.assistants import KIND_BY_FOLDERS, Thing

Address = tuple[str, ...]
"""`("threads", "thread_1", "messages")` of a list, and one part more of a thing in it."""

_PAGE = 20


class NoSuchThing(Exception):
    """There is nothing of this id.

    Args:
        name: The id.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no {name!r} in this session.")


class Things:
    """Things by their addresses; ids are counted, so that the same requests give the same."""

    def __init__(self) -> None:
        self._things_by_list: dict[Address, dict[str, Thing]] = {}
        self._count_by_prefix: Counter[str] = Counter()

    def has_list(self, address: Address) -> bool:
        """Whether things of a known kind can be at an address."""
        return len(address) % 2 == 1 and address[::2] in KIND_BY_FOLDERS

    def made(self, address: Address, fields: Mapping[str, Any]) -> Thing:
        """A new thing in a list.

        Raises:
            NoSuchThing: What the list belongs to is not there.
        """
        kind = KIND_BY_FOLDERS[address[::2]]
        things = self._at(address)
        self._count_by_prefix[kind.prefix] += 1
        parents = {f"{address[0].removesuffix('s')}_id": address[1]} if len(address) > 1 else {}
        thing = kind.made(self._count_by_prefix[kind.prefix], parents, fields)
        things[thing["id"]] = thing
        return thing

    def all(self, address: Address) -> list[Thing]:
        """All things in a list, oldest first.

        Raises:
            NoSuchThing: What the list belongs to is not there.
        """
        return list(self._at(address).values())

    def page(self, address: Address, query: Mapping[str, str]) -> Thing:
        """A part of a list, as the query asks for it: `order`, `after`, `limit`, `run_id`.

        Raises:
            NoSuchThing: What the list belongs to is not there.
        """
        run_id = query.get("run_id")
        things = [each for each in self.all(address) if run_id in (None, each.get("run_id"))]
        if query.get("order", "desc") == "desc":
            things.reverse()
        ids = [each["id"] for each in things]
        start = ids.index(query["after"]) + 1 if query.get("after") in ids else 0
        end = start + int(query.get("limit", _PAGE))
        shown = ids[start:end] or [None]
        border = {"first_id": shown[0], "last_id": shown[-1], "has_more": end < len(ids)}
        return {"object": "list", "data": things[start:end], **border}

    def one(self, address: Address) -> Thing:
        """A thing, to be read or changed.

        Raises:
            NoSuchThing: It is not there.
        """
        *folder, name = address
        things = self._at(tuple(folder))
        if name not in things:
            raise NoSuchThing(name)
        return things[name]

    def deleted(self, address: Address) -> Thing:
        """Takes a thing out; what lies in it goes with it.

        Raises:
            NoSuchThing: It is not there.
        """
        thing = self.one(address)
        del self._at(address[:-1])[thing["id"]]
        return {"id": thing["id"], "object": f"{thing['object']}.deleted", "deleted": True}

    def _at(self, address: Address) -> dict[str, Thing]:
        if len(address) > 1:
            self.one(address[:-1])
        return self._things_by_list.setdefault(address, {})
