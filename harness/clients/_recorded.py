"""Whose calls a cassette holds: of which client, and of which model."""

from difflib import get_close_matches
from typing import NamedTuple

from harness.clients._requests import CACHE, SCHEME
from harness.errors import UsageError
from harness.interactions import Cassette, is_client_call
from harness.matching import json_of
from harness.session import CassetteSession


class Recorded(NamedTuple):
    """A client whose calls were recorded."""

    url: str
    """What the cassette calls the client."""

    model: str


def recorded_in(session: CassetteSession, model: str = "") -> Recorded:
    """The client of a session's cassette; one that nobody knows, if there is nothing at all.

    Args:
        session: The session.
        model: Its model; empty for the only one there is.

    Raises:
        UsageError: There is none of the model, or there are several.
    """
    cassette = session.cassette
    known = _clients_of(cassette)
    found = [each for each in known if model in ("", each.model)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{session.path} has calls of several clients. {_hint(found)}")
    if known:
        near = get_close_matches(model, [each.model for each in known], n=1)
        meant = f"Did you mean {near[0]!r}? " if near else ""
        raise UsageError(f"{session.path} has no calls of {model!r}. {meant}{_hint(known)}")
    if cassette.interactions:
        raise UsageError(f"{session.path} has no calls of a model client, only {_held(cassette)}")
    return Recorded(f"{SCHEME}://unknown", model)


def _clients_of(cassette: Cassette) -> list[Recorded]:
    requests = (each.request for each in cassette.interactions)
    calls = (each for each in requests if is_client_call(each) and not each.url.startswith(CACHE))
    return list(dict.fromkeys(Recorded(call.url, model_of(call.body)) for call in calls))


def _held(cassette: Cassette) -> str:
    """What a cassette without calls holds, and what to do with it."""
    if any(each.is_client_call for each in cassette.interactions):
        return "answers of a cache. Give it to a ChatCompletionCache, as its CassetteStore."
    return (
        "what went over HTTP. Replay it there, or record it again with the client in a "
        "RecordingChatCompletionClient."
    )


def model_of(body: bytes) -> str:
    """The model that a recorded call was for."""
    value = json_of(body)
    return str(value.get("model", "")) if isinstance(value, dict) else ""


def _hint(clients: list[Recorded]) -> str:
    told = [f"{each.model!r} ({each.url})" for each in clients]
    return f"Recorded are {', '.join(told)}; say which by `model=`."
