"""Answers from calls of a model client, which were recorded one floor above HTTP."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from starlette.requests import Request as Asked
from starlette.responses import Response as Answer

from agentchat.core._world import sleep
from harness.errors import NotServed, ReplayMiss
from harness.interactions import Failure, Interaction, Request, Response, Unanswered
from harness.matching import Ignore, KeyPart, json_of
from harness.openai_wire import calls
from harness.script import HttpFailure, Reply, Tokens
from harness.server._answers import Report, missed, not_served, refused
from harness.server._apis import API_BY_PATH, api_of, worded
from harness.server._recorded import CassetteAnswers

_CALL_BY_PATH: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "chat/completions": calls.of_chat,
    "responses": calls.of_responses,
}
_ONLY_A_CLIENT_KNOWS = (
    "method", "host", "/messages/*/source", "/messages/*/thought", "/messages/*/content/*/id",
    "/messages/*/content/*/call_id", "/messages/*/content/*/is_error", "/tools/*/strict",
    "/tool_choice", "/json_output", "/extra_create_args",
)  # fmt: skip
_EVENT = b"data: "
_ENDS: Mapping[str, Any] = {"length": "length", "content_filter": "content_filter"}


class CalledAnswers(CassetteAnswers):
    """Gives what a model client answered, in whichever of OpenAI's formats is asked for.

    Messages and tools decide which call a request stands for; a stream has its words one by one.

    Args:
        path: The cassette.
        name: What messages call the asker.
        pace: Take the recorded time for every answer.
        key_parts: Further exceptions to "everything in a request counts".
    """

    def __init__(
        self, path: Path, name: str = "", pace: bool = False, key_parts: Sequence[KeyPart] = ()
    ) -> None:
        super().__init__(path, name, [*map(Ignore, _ONLY_A_CLIENT_KNOWS), *key_parts])
        self._pace = pace
        self._not_served: list[NotServed] = []

    @property
    def report(self) -> Report:
        """What was played, and what not."""
        report = super().report
        return report._replace(misses=(*report.misses, *self._not_served))

    async def answer(self, request: Asked) -> Answer:
        """What the client answered, or an error that says how the nearest call differs."""
        api = api_of(request)
        if made := self.of_server(request):
            return made
        if request.method != "POST" or api not in API_BY_PATH:
            self._not_served.append(not_served(request, API_BY_PATH))
            return missed(self._not_served[-1])
        try:
            body = json.loads(await request.body())
            call = _CALL_BY_PATH[api](body)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            why = f"This is no request for {request.method} {request.url.path}: {error}"
            return refused(400, why, "malformed")
        try:
            recorded = self._played(call)
        except ReplayMiss as miss:
            return missed(miss)
        if self._pace:
            await sleep(recorded.duration_ns / 1e9)
        return worded(API_BY_PATH[api], _reply(recorded), body)

    def _played(self, call: Mapping[str, Any]) -> Response | Unanswered:
        body = json.dumps(call, ensure_ascii=False, separators=(",", ":")).encode()
        playing = self.session.play(Request("CREATE", "model://client", (), body))
        assert playing is not None
        return playing.response


def holds_only_calls(interactions: Sequence[Interaction]) -> bool:
    """Whether nothing was recorded on the floor of HTTP."""
    return bool(interactions) and all(each.is_client_call for each in interactions)


def _reply(recorded: Response | Unanswered) -> Reply:
    ending, content = recorded.ending, b""
    if isinstance(recorded, Response):
        content = recorded.content
    # A stream ends with the result, or with what is known of the error.
    last = content.rpartition(_EVENT)[2] if _EVENT in content else content
    said = json_of(last)
    said = said if isinstance(said, dict) else {}
    if ending != "complete":
        return Reply(fail=_failure(ending, said))
    usage = said.get("usage") or {}
    tokens = Tokens(
        prompt=usage.get("prompt_tokens", 0), completion=usage.get("completion_tokens", 0)
    )
    told, thought = said.get("content") or "", said.get("thought")
    finish = _ENDS.get(said.get("finish_reason", ""))
    if isinstance(told, str):
        return Reply(say=told, think=thought, finish=finish, usage=tokens)
    called = tuple({call["name"]: _arguments(call["arguments"])} for call in told)
    return Reply(say=thought, call=called, finish=finish, usage=tokens)


def _failure(ending: Failure | str, details: Mapping[str, Any]) -> HttpFailure:
    message = ending.message if isinstance(ending, Failure) else "The caller stopped waiting."
    after = details.get("headers", {}).get("retry-after")
    return HttpFailure(status=details.get("status", 502), message=message, retry_after=after)


def _arguments(text: str) -> Any:
    value = json_of(text.encode())
    return text if value is None else value
