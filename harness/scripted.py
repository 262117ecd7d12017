"""ScriptedModel: a model whose replies the test writes down.

model = ScriptedModel(call("search", query="cats"), say("Cats purr."))
"""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx2
from pydantic import ConfigDict, ValidationError

from agentchat.core import CancellationToken, FunctionCall
from agentchat.core.models import (
    CreateResult,
    FinishReasons,
    FunctionExecutionResultMessage,
    LLMMessage,
    ModelInfo,
    RequestUsage,
    SystemMessage,
)
from agentchat.ext.models._cache_key import Call
from agentchat.ext.models._interruption import raise_if_cancelled
from harness.errors import UsageError
from harness.offline import OfflineClient
from harness.script import Asked, HttpFailure, Performance, Reply, Tokens, When, pieces
from harness.trace import canonical


class ScriptedFailure(Exception):
    """What a scripted `fail` step raises; retries and fallbacks read it as they read an SDK's.

    Args:
        status: The HTTP status that the step stands for.
        message: What the server would have said.
        retry_after: The `Retry-After` header, if there is one.
    """

    def __init__(self, status: int, message: str, retry_after: str | None = None) -> None:
        self.status = self.status_code = status
        self.message, self.retry_after = message, retry_after
        headers = {} if retry_after is None else {"retry-after": retry_after}
        self.response = httpx2.Response(status, headers=headers)
        super().__init__(f"{status}: {message}")


class Step(Reply):
    """A reply with what only a model in the process can do."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    chunks: tuple[str, ...] | None = None
    """The pieces in which the text is streamed; by default words."""

    error: Exception | None = None
    """What is raised, behind the pieces if there are any."""


def say(
    text: str, *, think: str | None = None, usage: Tokens | None = None, when: When | None = None
) -> Reply:
    """A step that answers with text."""
    with _making("say"):
        return Reply(say=text, think=think, usage=usage, when=when or When())


def call(tool: str, /, **arguments: Any) -> Reply:
    """A step that calls one tool; several at once are `calls`."""
    with _making("call"):
        return Reply(call=({tool: arguments},))


def calls(*requests: Mapping[str, Mapping[str, Any]]) -> Reply:
    """A step that calls several tools at once: `calls({"add": {"a": 1}}, {"add": {"a": 2}})`."""
    with _making("calls"):
        return Reply(call=requests)


def fail(
    failure: int | Exception,
    message: str = "The script says so.",
    *,
    retry_after: str | None = None,
) -> Reply:
    """A step that raises.

    Args:
        failure: An HTTP status, for a `ScriptedFailure`; over HTTP it is an answer with that
            status. Or the very error that is raised, in the process alone.
        message: What the server says, with a status.
        retry_after: Its `Retry-After` header, in seconds or as a date.
    """
    with _making("fail"):
        if isinstance(failure, int):
            return Reply(fail=HttpFailure(status=failure, message=message, retry_after=retry_after))
        return Step(fail=HttpFailure(status=500, message=str(failure)), error=failure)


def stream(*chunks: str, error: int | Exception | None = None) -> Reply:
    """A step that answers with a text in certain pieces, in the process alone.

    Args:
        chunks: The pieces; `create` gives the text that they add up to.
        error: What is raised behind the last piece, as for `fail`; `create` raises it too.
    """
    with _making("stream"):
        raised = _failure(HttpFailure(status=error)) if isinstance(error, int) else error
        return Step(say="".join(chunks), chunks=chunks, error=raised)


class ScriptedModel(OfflineClient):
    """Answers with its steps: each once, the first unused one that fits the request.

    Args:
        steps: `say`, `call`, `calls`, `fail`, `stream`, or whole `Reply` records; a text is a
            `say`.
        model: The name that `When.model` is held against, and by which it has a price.
        model_info: What the model is said to be capable of; everything by default.

    Raises:
        UsageError: A step is none of those.
        UnexpectedModelCall: From `create` and `create_stream`, when no step is left that fits.
    """

    def __init__(
        self, *steps: Reply | str, model: str = "scripted", model_info: ModelInfo | None = None
    ) -> None:
        super().__init__(model, model_info)
        self._performance = Performance(
            [_checked(number, step) for number, step in enumerate(steps, start=1)]
        )
        self._calls: list[Call] = []
        self._answers = 0

    @property
    def calls(self) -> tuple[Call, ...]:
        """What was asked so far, also what no step was left for: messages, tools, settings."""
        return tuple(self._calls)

    def assert_complete(self) -> None:
        """Makes sure that every step has been used.

        Raises:
            UnusedReplies: Some were not asked for.
        """
        self._performance.assert_complete()

    async def _pieces(
        self, call: Call, token: CancellationToken | None
    ) -> AsyncGenerator[str | CreateResult, None]:
        raise_if_cancelled(token)
        self._calls.append(call._replace(messages=tuple(call.messages)))
        reply = self._performance.answer(self._asked(call))
        step = reply if isinstance(reply, Step) else Step.model_construct()
        if reply.fail is not None and step.error is None:
            raise _failure(reply.fail)
        result = self._result(reply, call)
        texts = pieces(result.content) if isinstance(result.content, str) else ()
        for piece in texts if step.chunks is None else step.chunks:
            raise_if_cancelled(token)
            yield piece
        if step.error is not None:
            raise step.error
        self._count(result)
        yield result

    def _asked(self, call: Call) -> Asked:
        systems = (message for message in call.messages if isinstance(message, SystemMessage))
        return Asked(
            model=self.model_name,
            system="\n".join(map(_text, systems)),
            last=_text(call.messages[-1]) if call.messages else "",
            tools=tuple(
                tool["name"] if isinstance(tool, dict) else tool.name for tool in call.tools
            ),
        )

    def _result(self, reply: Reply, call: Call) -> CreateResult:
        self._answers += 1
        requests = [
            FunctionCall(id=f"call_{self._answers}_{n}", name=name, arguments=canonical(arguments))
            for n, (name, arguments) in enumerate(reply.calls)
        ]
        return CreateResult(
            content=requests or reply.say or reply.refuse or "",
            finish_reason=_finish_reason(reply),
            usage=self._usage(reply, call, requests),
            cached=False,
            thought=reply.think or (reply.say if reply.calls else None),
        )

    def _usage(self, reply: Reply, call: Call, requests: Sequence[FunctionCall]) -> RequestUsage:
        if reply.usage is None:
            return self._estimated(call, reply.say or "", requests)
        return RequestUsage(
            prompt_tokens=reply.usage.prompt, completion_tokens=reply.usage.completion
        )


@contextmanager
def _making(step: str) -> Iterator[None]:
    """A block in which a step is made: its first mistake is the caller's."""
    try:
        yield
    except ValidationError as error:
        first = error.errors()[0]
        name = first["loc"][0] if first["loc"] else ""
        what = f"{name} is {first['input']!r}. " if name else ""
        said = first["msg"].removeprefix("Value error, ")
        raise UsageError(f"The step {step}() can't be made: {what}{said}.") from None


def _failure(said: HttpFailure) -> ScriptedFailure:
    return ScriptedFailure(said.status, said.message, said.retry_after)


def _checked(number: int, step: object) -> Reply:
    if isinstance(step, Reply):
        return step
    if isinstance(step, str):
        return say(step)
    hint = " Steps are given one by one: ScriptedModel(*steps)." if isinstance(step, list) else ""
    raise UsageError(
        f"Step {number} of a ScriptedModel is {step!r}. A step is a text, "
        f"or one of say(), call(), calls(), fail(), stream().{hint}"
    )


def _finish_reason(reply: Reply) -> FinishReasons:
    finish = reply.finish or ("tool_calls" if reply.calls else "stop")
    return "function_calls" if finish == "tool_calls" else finish


def _text(message: LLMMessage) -> str:
    if isinstance(message, FunctionExecutionResultMessage):
        return "\n".join(result.content for result in message.content)
    content = message.content
    if isinstance(content, str):
        return content
    return "\n".join(part for part in content if isinstance(part, str))
