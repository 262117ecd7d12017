"""What a memory is asked when a turn begins: the last thing that was said."""

from agentchat.core import FunctionCall
from agentchat.core.model_context import ChatCompletionContext
from agentchat.core.models import FunctionExecutionResultMessage, LLMMessage, SystemMessage


async def question_in(context: ChatCompletionContext) -> str:
    """The text of the last message that is no instruction; empty if there is none.

    Notes of other memories are instructions too, and no question.
    """
    said = [each for each in await context.get_messages() if not isinstance(each, SystemMessage)]
    return _text_of(said[-1]) if said else ""


def _text_of(message: LLMMessage) -> str:
    if isinstance(message, FunctionExecutionResultMessage):
        return "\n".join(result.content for result in message.content)
    if isinstance(message.content, str):
        return message.content
    parts = (part.arguments if isinstance(part, FunctionCall) else part for part in message.content)
    return "\n".join(part for part in parts if isinstance(part, str))
