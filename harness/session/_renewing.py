"""Recording anew: what did not change keeps its bytes, so that a diff shows what did."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from harness.interactions import Failure, Interaction, Request, Response, Unanswered
from harness.session._cleaning import Cleaning
from harness.session._drift import drift_between
from harness.session._ids import changed_ids, same_ids
from harness.session.lookup import Found, Stack


class Anew(NamedTuple):
    """What a request that is recorded has to do with what was recorded before."""

    replaced: Found | None = None
    """Whose place it takes."""

    former: Interaction | None = None
    """What stays in its stead, if the answer is the same."""


class Former:
    """What was recorded before, each to be found once; equal ones in recorded order.

    Args:
        stack: Where it is found; None where nothing is recorded anew.
        stays: Whether what is not asked again stays, so that what is takes its old place.
        test: Who asks; another test's recordings are nobody else's.
    """

    def __init__(self, stack: Stack | None, stays: bool, test: str) -> None:
        self._stack, self._stays, self._test = stack, stays, test

    def asked(self, clean: Request, agent_path: tuple[str, ...]) -> Anew:
        """A request is recorded now."""
        found = None if self._stack is None else self._stack.replaced(clean, agent_path)
        if found is None:
            return Anew()
        former = found.interaction
        is_theirs = former.agent_path == agent_path and former.test == self._test
        return Anew(found if self._stays else None, former if is_theirs else None)


def renewed(
    live: Interaction, former: Interaction | None, cleaning: Cleaning, since: Iterable[Request]
) -> Interaction:
    """What is to be kept of an exchange: the former one, if it was answered the same.

    Then its ids stand for the new ones in all that is recorded from now on, as they will when it is
    played.

    Args:
        live: The exchange, clean.
        former: The same request's former one.
        cleaning: What was recorded by other rules is not kept.
        since: What was asked before the exchange was over, and may have its ids already.
    """
    given_out = live.response
    live = replace(live, response=same_ids.in_response(given_out))
    if former is None or not _is_same(former.response, live.response):
        return live
    changed = changed_ids(former.response, given_out)
    if changed is None or (changed and any(_names(request, changed) for request in since)):
        return live
    former = replace(former, beneath=())
    if cleaning.interaction(former) != former:
        return live
    same_ids.remember(changed)
    return former


def _is_same(former: Response | Unanswered, live: Response | Unanswered) -> bool:
    if isinstance(former, Response) and isinstance(live, Response):
        is_alike = type(former.body) is type(live.body) and former.headers == live.headers
    else:
        is_alike = type(former) is type(live)
    has_same_end = isinstance(former.ending, Failure) or former.ending == live.ending
    return is_alike and has_same_end and drift_between(former, live) is None


def _names(request: Request, ids: Iterable[str]) -> bool:
    return any(each in request.url or each.encode() in request.body for each in ids)
