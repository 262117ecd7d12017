"""Run: what a scenario's function is given - all that touches the outside."""

import tempfile
import warnings
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import httpx2

from agentchat.core import CancellationToken
from agentchat.core.models import ChatCompletionClient, CreateResult, ModelFamily, ModelInfo
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import BaseChatMessage
from harness.errors import AnswersUsedUp
from harness.event_log import EventLog
from harness.observed import Model, ObservedClient, Origin
from harness.scenario import Scenario
from harness.session import WRITING, CassetteSession, RecordMode
from harness.sources import NO_KEY, OPENAI, Source, is_recording, source_for
from harness.transport import CassetteTransport

InputFunction = Callable[[str, CancellationToken | None], Awaitable[str]]
"""What a UserProxyAgent asks."""


class Closable(Protocol):
    """Anything with an asynchronous `close`."""

    async def close(self) -> None: ...


C = TypeVar("C", bound=Closable)


@dataclass(frozen=True)
class Settings:
    """How scenarios are run; the same for all of them."""

    record_mode: RecordMode = RecordMode.NONE
    seed: int = 0


class Run:
    """One trial, from the inside; its end closes all that it handed out.

    Args:
        scenario: What is run.
        settings: How.
        log: Where model calls are told.
    """

    def __init__(self, scenario: Scenario, settings: Settings, log: EventLog) -> None:
        self._scenario = scenario
        self._settings = settings
        self._log = log
        self._resources = AsyncExitStack()
        self._endpoints = self._resources.enter_context(ExitStack())
        self.session: CassetteSession | None = None
        """The cassette in play; None until a model is asked for."""

        self.replacements: dict[str, str] = {f"{scenario.root}/": "<project>/"}
        """Texts of this machine, and what traces and recordings say instead; in this order."""

    @cached_property
    def task(self) -> Any:
        """What the scenario asks; messages get their ids and times in this trial."""
        task = self._scenario.task
        return [*map(_made_anew, task)] if isinstance(task, list | tuple) else _made_anew(task)

    @property
    def case(self) -> Any:
        """The data of the case in hand; None for a scenario without cases."""
        return None

    @cached_property
    def workdir(self) -> Path:
        """A folder for this trial alone, empty at first and removed afterwards.

        Traces and recorded requests call it `<workdir>`.
        """
        folder = self._resources.enter_context(
            tempfile.TemporaryDirectory(prefix="harness-", ignore_cleanup_errors=True)
        )
        real = Path(folder).resolve()
        # The real one first: it is what comes back in a replay.
        spellings = (str(real), folder)
        self.replacements = dict.fromkeys(spellings, "<workdir>") | self.replacements
        return real

    def model(self, model: str, **settings: Any) -> ChatCompletionClient:
        """A client of OpenAI's API whose answers come from the scenario's cassette.

        In a recording they come from OpenAI if there is a key for it, else from the script beside
        the story, and go into the cassette. Failed requests are not sent again unless `max_retries`
        says so, for a replay would not wait as the recording did.

        Args:
            model: The model's name; that of another vendor needs its `base_url` and `model_info`.
            settings: Further arguments of OpenAIChatCompletionClient.

        Raises:
            UsageError: It shall be recorded, and nobody is there to answer.
        """
        # The vendor's SDK is loaded by those scenarios alone that ask for it.
        from agentchat.ext.models.openai import OpenAIChatCompletionClient

        base_url = str(settings.pop("base_url", OPENAI))
        client = OpenAIChatCompletionClient(
            **{
                "model": model,
                "base_url": base_url,
                "api_key": self.api_key,
                "max_retries": 0,
                **settings,
                "http_client": self.http_client(base_url),
            }
        )
        return ObservedClient(client, Model(model, self._origin), self._log)

    def http_client(self, base_url: str = OPENAI) -> httpx2.AsyncClient:
        """What a vendor's SDK sends its requests with; the scenario's cassette holds the answers.

        `AsyncOpenAI(http_client=run.http_client(), api_key=run.api_key, max_retries=0)` is a client
        for all that OpenAI offers. The trace tells of no model calls that are made this way.

        Args:
            base_url: Below which address a script answers, in a recording without a key.

        Raises:
            UsageError: It shall be recorded, and nobody is there to answer.
        """
        session = self._opened_session()
        source = self._source
        sender = None if source is None else source.transport(base_url)
        carrier = CassetteTransport(session, sender, pace=source is None)
        # Proxies from the environment would lead past the cassette.
        client = httpx2.AsyncClient(transport=carrier, trust_env=False)
        self._resources.push_async_callback(client.aclose)
        return client

    @property
    def api_key(self) -> str:
        """The key for OpenAI while it answers itself; else a text in the place of one."""
        return NO_KEY if self._source is None else self._source.api_key

    def replay(
        self, replies: Sequence[str | CreateResult], model_info: ModelInfo | None = None
    ) -> ChatCompletionClient:
        """A client that gives these replies in order, whatever is asked.

        Args:
            replies: Texts, or whole results.
            model_info: What the model is said to be capable of; by default all but seeing images.
        """
        capable = ModelInfo(
            vision=False,
            function_calling=True,
            json_output=True,
            family=ModelFamily.UNKNOWN,
            structured_output=True,
        )
        client = ReplayChatCompletionClient(replies, model_info or capable)
        return ObservedClient(client, Model("replay", lambda *_: "scripted"), self._log)

    def observe(
        self, client: ChatCompletionClient, name: str | None = None
    ) -> ChatCompletionClient:
        """The client, with its calls in the trace too; they are not recorded.

        Args:
            client: Any client.
            name: The model's name, by which its price is looked up; by default the client's class.
        """
        return ObservedClient(client, Model(name or type(client).__name__, _unrecorded), self._log)

    def user(self, *answers: str) -> InputFunction:
        """An input function for a UserProxyAgent: gives the answers in order.

        Once they are used up, the next question fails with AnswersUsedUp.
        """
        left = iter(answers)

        async def answer(prompt: str, cancellation_token: CancellationToken | None = None) -> str:
            for text in left:
                return text
            raise AnswersUsedUp(len(answers), prompt)

        return answer

    def closing(self, resource: C) -> C:
        """The resource itself, such as a workbench; it is closed when the trial ends."""
        self._resources.push_async_callback(resource.close)
        return resource

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if error is not None:
            self.settle(error)
        await self._resources.aclose()

    def settle(self, error: BaseException | None) -> None:
        """Makes the cassette of what was recorded; of a trial that failed, nothing is kept."""
        if self.session is None:
            return
        if error is not None:
            self.session.discard()
        else:
            self.session.finish()
            self._log.renumber(self.session.final)
            for drift in self.session.drifts:
                warnings.warn(str(drift), stacklevel=2)

    def _opened_session(self) -> CassetteSession:
        if self.session is None:
            # The session must know what the folder is called before the first request.
            _ = self.workdir
            self.session = CassetteSession(
                self._scenario.cassette,
                mode=self._settings.record_mode,
                origin="live" if self._source is None else self._source.origin,
                replace=self.replacements,
                owner=self._scenario.name,
                rerecord=f"harness run {self._scenario.id} --record-mode rewrite",
            )
        return self.session

    @cached_property
    def _source(self) -> Source | None:
        """Who answers what the cassette does not hold; None when nobody shall."""
        if not is_recording(self._scenario, self._settings.record_mode):
            return None
        return source_for(self._scenario, self._endpoints)

    def _origin(self, result: CreateResult, interactions: Sequence[str]) -> Origin:
        assert self.session is not None
        mode = self._settings.record_mode
        is_written = mode in WRITING
        if self._source is None or (
            is_written and not any(map(self.session.has_recorded, interactions))
        ):
            return "replayed"
        if self._source.origin == "scripted":
            return "scripted"
        return "recorded" if is_written else "live"


def _made_anew(task: Any) -> Any:
    """A message as if it had been made now, and not when the story was read; else what it is."""
    if not isinstance(task, BaseChatMessage):
        return task
    return type(task)(**{name: getattr(task, name) for name in task.model_fields_set})


def _unrecorded(result: CreateResult, interactions: Sequence[str]) -> Origin:
    return "cached" if result.cached else "live"
