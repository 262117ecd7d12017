"""What can be wrong with a model's reply.

ModelReplyError
├── UnreadableReply         the body, or an event of the stream, is not the JSON it should be
├── EmptyReply              the body has no choice to read
├── ErrorInReply            the server began to answer, and then reports an error in its answer
├── LegacyFunctionCall      the model calls a function in the way that came before tools
├── TruncatedStream         the stream ended before the model said that it was done
├── RefusedToAnswer         a structured answer was asked for, the model refused
└── UnfitOutput             the structured answer does not fit its model class

MalformedToolArguments      a warning: the agent, not the client, answers for such a call
"""

from typing import Any

_SHOWN_CHARACTERS = 300


class ModelReplyError(Exception):
    """A model's reply can't be used; what it cost has been counted as far as it is known."""


class UnreadableReply(ModelReplyError):
    """A reply is not JSON, or not the JSON of a chat completion.

    Args:
        model: The model that was asked.
        reason: What the reader stumbled over.
    """

    def __init__(self, model: str, reason: str) -> None:
        self.model = model
        self.reason = reason
        super().__init__(
            f"The reply of {model!r} can't be read: {reason}.\n"
            f"  fix:      ask again; if it stays, see what stands between here and the model"
        )


class EmptyReply(ModelReplyError):
    """A reply holds no choice.

    Args:
        model: The model that was asked.
        body: What came instead.
    """

    def __init__(self, model: str, body: object) -> None:
        self.model = model
        self.body = body
        super().__init__(
            f"The reply of {model!r} holds no choice.\n"
            f"  body:     {_shortened(body)}\n"
            f"  fix:      see whether the server reports an error in the body"
        )


class ErrorInReply(ModelReplyError):
    """A server said that all is well, and reports an error in the body, or between the chunks.

    Args:
        model: The model that was asked.
        reason: The server's own words.
        code: The server's number or short name for what went wrong, if it has one.
        body: What came, as it came.
    """

    def __init__(self, model: str, reason: str, code: object, body: object) -> None:
        self.model = model
        self.reason = reason
        self.code = code
        self.body = body
        self.status_code: int | None = code if isinstance(code, int) else None
        """The HTTP status that the server would have answered with, had it known in time."""

        named = "" if code is None else f" ({code})"
        super().__init__(
            f"The server of {model!r} reports an error in its reply{named}: {_shortened(reason)}\n"
            f"  fix:      ask again; if it stays, the server's words tell what to change"
        )


class LegacyFunctionCall(ModelReplyError, ValueError):
    """The model calls a function in the way that came before tools, which nobody offered it.

    Args:
        model: The model that was asked.
        name: What it calls.
    """

    def __init__(self, model: str, name: str) -> None:
        self.model = model
        self.name = name
        super().__init__("function_call is deprecated and is not supported by this model client.")


class TruncatedStream(ModelReplyError):
    """A stream ended before the model said that it was done; its last part is missing.

    Args:
        model: The model that was asked.
        text: The text that had come.
        tool_calls: How many tool calls had begun.
    """

    def __init__(self, model: str, text: str, tool_calls: int) -> None:
        self.model = model
        self.text = text
        self.tool_calls = tool_calls
        super().__init__(
            f"The stream of {model!r} ended before the model said that it was done.\n"
            f"  received: {len(text)} characters of text, {tool_calls} tool calls begun\n"
            f"  fix:      ask again; the connection was cut, or a proxy gave up"
        )


class RefusedToAnswer(ModelReplyError):
    """The model refused, where a structured answer was asked for.

    Args:
        model: The model that was asked.
        refusal: The model's own words.
    """

    def __init__(self, model: str, refusal: str) -> None:
        self.model = model
        self.refusal = refusal
        super().__init__(f"{model!r} refused to answer: {_shortened(refusal)}")


class UnfitOutput(ModelReplyError):
    """A structured answer does not fit the class that was asked for.

    Args:
        model: The model that was asked.
        output_type: Name of the class.
        finish_reason: Why the model stopped; `length` means that the answer was cut.
        content: The answer.
    """

    def __init__(self, model: str, output_type: str, finish_reason: str, content: str) -> None:
        self.model = model
        self.output_type = output_type
        self.finish_reason = finish_reason
        self.content = content
        fix = "raise max_tokens" if finish_reason == "length" else "see the error below this one"
        super().__init__(
            f"The answer of {model!r} does not fit {output_type}.\n"
            f"  answer:   {_shortened(content)}\n"
            f"  finish:   {finish_reason}\n"
            f"  fix:      {fix}"
        )


class MalformedToolArguments(UserWarning):
    """A tool call's arguments are not a JSON object; the call is passed on as it is.

    Args:
        tool: Name of the tool.
        arguments: What the model wrote.
    """

    def __init__(self, tool: str, arguments: str) -> None:
        self.tool = tool
        self.arguments = arguments
        super().__init__(
            f"The arguments of a call to {tool!r} are not a JSON object: {_shortened(arguments)}"
        )


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
