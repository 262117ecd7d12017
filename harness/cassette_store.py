"""CassetteStore: a cache's answers in a cassette, to be reviewed and committed."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shlex import quote as quoted
from threading import Lock
from typing import Any, ClassVar, Self, TypeVar, cast
from urllib.parse import quote

from pydantic import BaseModel
from pydantic_core import from_json, to_json, to_jsonable_python

from agentchat import __version__
from agentchat.core import CacheStore
from agentchat.core._component import Component
from agentchat.core._world import SystemWorld
from agentchat.ext.models._cache_key import Call
from harness.clients._requests import CACHE, CREATE, JSON, request_of
from harness.errors import SecretFound, UsageError, explained
from harness.formats import load, save
from harness.interactions import Cassette, Header, Interaction, Request, Response
from harness.journal import lock_of, locked, secret_in
from harness.redaction import Redactor, Rule, secrets_among

T = TypeVar("T")


class CassetteStoreConfig(BaseModel):
    """A saved store."""

    path: str
    """The cassette's file."""


class CassetteStore(CacheStore[T], Component[CassetteStoreConfig]):
    """Keeps values in a cassette: one interaction each, as structured data, in the order of keys.

    What a `ChatCompletionCache` keeps there stands below what was asked.

    Every new value writes the file anew, whole or not at all; threads and processes that share it
    see and keep each other's. Secrets are replaced before anything is written, so that a value may
    come back with `<secret:…>` in it. Other interactions of the cassette stay as they are.

    Args:
        path: The cassette's file; made when the first value is kept.
        redact: Rules of the project for what else is secret.
    """

    component_config_schema: ClassVar[type[BaseModel]] = CassetteStoreConfig
    component_provider_override: ClassVar[str] = "harness.cassette_store.CassetteStore"

    def __init__(self, path: Path | str, redact: Sequence[Rule] = ()) -> None:
        self.path = Path(path)
        self._redactor = Redactor(secrets_among(os.environ), redact)
        self._seen = _Seen(None, Cassette())
        self._lock = Lock()

    def get(self, key: str, default: T | None = None) -> T | None:
        """The value kept under the key, as JSON values; or else the default.

        Raises:
            UnreadableCassette: The file is damaged.
            FutureCassette: The file was written by a newer version.
        """
        text = self.get_text(key)
        return default if text is None else cast(T, from_json(text))

    def get_text(self, key: str) -> bytes | None:
        """The JSON text under the key; None when there is none."""
        with self._lock:
            return self._latest().bodies.get(_url_of(key))

    def set(self, key: str, value: T) -> None:
        """Keeps the value under the key, in the place of an older one.

        Raises:
            pydantic_core.PydanticSerializationError: The value has no JSON form.
            SecretFound: A secret would be written that could not be replaced; nothing is.
            UnreadableCassette: The file is damaged.
            UsageError: Another recorder wrote the file, and nobody took the secrets out of it.
        """
        self._keep(Request(CREATE, _url_of(key), (), b""), value)

    def set_answer(self, key: str, value: T, call: Call, model: str) -> None:
        """Keeps the answer to a call of a model under the key, and shows the call.

        Raises what `set` does.
        """
        self._keep(request_of(call, CREATE, _url_of(key), model), value)

    def _keep(self, request: Request, value: T) -> None:
        kept = self._interaction(request, value)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock, locked(lock_of(self.path)):
            old = self._latest().cassette
            if not old.is_ours:
                raise UsageError(_foreign(self.path, old.header.by))
            others = [each for each in old.interactions if each.request.url != kept.request.url]
            # In the order of keys, whatever came first: bytes don't depend on timing.
            values = sorted((each for each in (*others, kept) if _is_ours(each)), key=_url)
            rest = [each for each in others if not _is_ours(each)]
            today = SystemWorld().now().date().isoformat()
            header = Header(today, f"agentchat-harness {__version__}", old.header.origin)
            new = Cassette(header, (*rest, *values))
            save(self.path, new)
            self._seen = _Seen(_state_of(self.path), new)

    def _interaction(self, request: Request, value: T) -> Interaction:
        said = to_json(self._without_split_secrets(to_jsonable_python(value)))
        request = replace(request, body=self._redactor.body(request.body))
        response = Response(200, JSON, self._redactor.body(said), duration_ns=0)
        kept = Interaction(request, response)
        if found := secret_in(kept, self._redactor.known):
            secret, place = found
            raise SecretFound(self.path, secret, f"the value of {request.url}, {place}")
        return kept

    def _without_split_secrets(self, value: Any) -> Any:
        """The value without secrets that a list says in several texts, as a stream does."""
        if isinstance(value, dict):
            return {name: self._without_split_secrets(inner) for name, inner in value.items()}
        if not isinstance(value, list):
            return value
        texts = [each.encode() for each in value if isinstance(each, str)]
        clean = iter(self._redactor.pieces(texts) if len(texts) > 1 else texts)
        return [
            next(clean).decode(errors="replace")
            if isinstance(each, str)
            else self._without_split_secrets(each)
            for each in value
        ]

    def _latest(self) -> "_Seen":
        """What the file holds; it is read only if somebody else wrote it."""
        state = _state_of(self.path)
        if state != self._seen.state:
            self._seen = _Seen(state, Cassette() if state is None else load(self.path))
        return self._seen

    def _to_config(self) -> CassetteStoreConfig:
        return CassetteStoreConfig(path=self.path.as_posix())

    @classmethod
    def _from_config(cls, config: CassetteStoreConfig) -> Self:
        return cls(config.path)


class _Seen:
    """What the file held when it was seen last.

    Args:
        state: By which it is known whether it is still the same; None for no file.
        cassette: What was in it.
    """

    def __init__(self, state: tuple[int, ...] | None, cassette: Cassette) -> None:
        self.state, self.cassette = state, cassette
        self.bodies = {
            _url(each): each.response.content
            for each in cassette.interactions
            if _is_ours(each) and isinstance(each.response, Response)
        }


def _state_of(path: Path) -> tuple[int, ...] | None:
    try:
        now = path.stat()
    except FileNotFoundError:
        return None
    return now.st_mtime_ns, now.st_size, now.st_ino


def _foreign(path: Path, by: str) -> str:
    return explained(
        f"{path} was recorded by {by or 'another recorder'}: a cache can't be added to it.",
        fix=f"give the cache a file of its own, or harness cassettes import {quoted(str(path))} -o "
        f"{quoted(str(path.with_suffix('.yaml')))} --force",
    )


def _url_of(key: str) -> str:
    return CACHE + quote(key, safe="")


def _url(interaction: Interaction) -> str:
    return interaction.request.url


def _is_ours(interaction: Interaction) -> bool:
    return interaction.request.url.startswith(CACHE)
