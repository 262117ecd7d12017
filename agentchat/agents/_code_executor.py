"""CodeExecutorAgent: runs the code in a conversation, and writes it too when it has a model."""

import inspect
import warnings
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any, ClassVar, Self

from pydantic import BaseModel, Field

from agentchat.agents._code_approval import ApprovalFuncType, ApprovalRequest, ApprovalResponse
from agentchat.agents._code_blocks import as_markdown, code_blocks_in, in_words
from agentchat.agents._code_loop import CodeTurn, write_and_run
from agentchat.agents._inbox import Inbox
from agentchat.agents._model_call import Asker
from agentchat.agents._steps import AnswerStream
from agentchat.agents._streaming_agent import StreamingAgent
from agentchat.base import Response
from agentchat.core import CancellationToken, Component
from agentchat.core.code_executor import CodeBlock, CodeExecutor, CodeResult
from agentchat.core.model_context import ChatCompletionContext, UnboundedChatCompletionContext
from agentchat.core.models import ChatCompletionClient, SystemMessage
from agentchat.messages import BaseChatMessage, TextMessage
from agentchat.state import BaseState

_UNAPPROVED_WARNING = (
    "No approval function set for CodeExecutorAgent. This means code will be executed "
    "automatically without human oversight. Pass an approval_func to look at the code before "
    "it runs."
)


class CodeExecutorAgentConfig(BaseModel, defer_build=True):
    """A code executor agent as plain data."""

    name: str
    code_executor: CodeExecutor
    model_client: ChatCompletionClient | None = None
    description: str | None = None
    sources: list[str] | None = None
    system_message: str | None = None
    model_client_stream: bool = False
    model_context: ChatCompletionContext | None = None
    supported_languages: list[str] | None = None
    max_retries_on_error: int | None = None
    """None for no retries; upstream leaves it out."""


class CodeExecutorAgentState(BaseState):
    """A code executor agent: what its model has been told."""

    type: str = "CodeExecutorAgentState"
    llm_context: Mapping[str, Any] = Field(default_factory=lambda: {"messages": []})
    """The state of its model context; empty in what upstream wrote, which left it out."""

    unanswered: list[str] = Field(default_factory=list)
    """Ids of the messages that the model has been told, and that no turn has answered yet."""


class CodeExecutorAgent(StreamingAgent, Component[CodeExecutorAgentConfig]):
    """Runs code blocks and answers with their output.

    Without a model it runs what it is given: the fenced blocks of the incoming text messages. With
    one it asks the model to write code, runs that, and answers in the model's words.

    The executor is started and stopped by whoever made it.

    Args:
        name: A Python identifier, unique in a team.
        code_executor: Where the code runs.
        model_client: Writes the code.
        model_context: Keeps the model's conversation; by default all of it.
        model_client_stream: Yield the model's answers piece by piece as well.
        max_retries_on_error: How often the model may try again when its code fails. It decides
            itself whether to, which takes a model with structured output.
        description: What the agent can do, for those who choose a speaker.
        system_message: Stands before the conversation in every request; None for nothing.
        sources: Agents whose code is run when there is no model; None for everybody's.
        supported_languages: Marks of the blocks that are run; by default python and sh.
        approval_func: Asked before code runs. Without one there is a UserWarning.

    Raises:
        ValueError: Retries are asked for, but there is no model that could decide on them.
    """

    component_config_schema: ClassVar[type[BaseModel]] = CodeExecutorAgentConfig
    component_provider_override: ClassVar[str] = "agentchat.agents.CodeExecutorAgent"

    DEFAULT_TERMINAL_DESCRIPTION: ClassVar[str] = (
        "A computer terminal that does nothing but run the code it is given: Python scripts in "
        "```python code blocks, and shell scripts in ```sh code blocks."
    )
    DEFAULT_AGENT_DESCRIPTION: ClassVar[str] = (
        "An agent that writes Python and shell scripts for a task, runs them, and reports what "
        "came of it."
    )
    DEFAULT_SYSTEM_MESSAGE: ClassVar[str] = (
        "You solve tasks by writing code, which is run for you. Put Python into ```python code "
        "blocks and shell scripts into ```sh code blocks; each block must be complete in itself "
        "and print what you need to know. Handle the cases that can go wrong."
    )
    NO_CODE_BLOCKS_FOUND_MESSAGE: ClassVar[str] = (
        "No code blocks found in the thread. Please provide at least one markdown-encoded code "
        "block to execute (i.e., quoting code in ```python or ```sh code blocks)."
    )
    DEFAULT_SUPPORTED_LANGUAGES: ClassVar[list[str]] = ["python", "sh"]

    def __init__(  # noqa: PLR0913 - upstream's signature
        self,
        name: str,
        code_executor: CodeExecutor,
        *,
        model_client: ChatCompletionClient | None = None,
        model_context: ChatCompletionContext | None = None,
        model_client_stream: bool = False,
        max_retries_on_error: int = 0,
        description: str | None = None,
        system_message: str | None = DEFAULT_SYSTEM_MESSAGE,
        sources: Sequence[str] | None = None,
        supported_languages: list[str] | None = None,
        approval_func: ApprovalFuncType | None = None,
    ) -> None:
        if description is None:
            description = (
                self.DEFAULT_TERMINAL_DESCRIPTION
                if model_client is None
                else self.DEFAULT_AGENT_DESCRIPTION
            )
        super().__init__(name, description)
        if max_retries_on_error > 0:
            _check_can_decide(model_client)
        if approval_func is None:
            warnings.warn(_UNAPPROVED_WARNING, UserWarning, stacklevel=2)
        if model_context is None:
            model_context = UnboundedChatCompletionContext()
        self._code_executor = code_executor
        self._model_client = model_client
        self._model_context = model_context
        self._model_client_stream = model_client_stream
        self._max_retries_on_error = max_retries_on_error
        self._system_messages = (
            [] if system_message is None else [SystemMessage(content=system_message)]
        )
        self._sources = None if sources is None else list(sources)
        self._supported_languages = list(supported_languages or self.DEFAULT_SUPPORTED_LANGUAGES)
        self._approval_func = approval_func
        self._inbox = Inbox(model_context)

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)

    @property
    def model_context(self) -> ChatCompletionContext:
        """The conversation as the model knows it."""
        return self._model_context

    async def extract_code_blocks_from_messages(
        self, messages: Sequence[BaseChatMessage]
    ) -> list[CodeBlock]:
        """The code that would be run: of text messages, from the sources that are listened to."""
        return [
            block
            for message in messages
            if isinstance(message, TextMessage)
            and (self._sources is None or message.source in self._sources)
            for block in code_blocks_in(message.content, self._supported_languages)
        ]

    async def execute_code_block(
        self, code_blocks: list[CodeBlock], cancellation_token: CancellationToken
    ) -> CodeResult:
        """Runs the blocks if they are approved; the output says what happened either way."""
        if self._approval_func is not None:
            approval = await self._approval(self._approval_func, code_blocks)
            if not approval.approved:
                return CodeResult(
                    exit_code=1,
                    output=f"Code execution was not approved. Reason: {approval.reason}",
                )
        return in_words(
            await self._code_executor.execute_code_blocks(code_blocks, cancellation_token)
        )

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        self._inbox.answered()
        await self._model_context.clear()

    async def save_state(self) -> Mapping[str, Any]:
        context = await self._model_context.save_state()
        return CodeExecutorAgentState(
            llm_context=context, unanswered=self._inbox.unanswered
        ).model_dump()

    async def load_state(self, state: Mapping[str, Any]) -> None:
        saved = CodeExecutorAgentState.model_validate(state)
        self._inbox.unanswered = saved.unanswered
        await self._model_context.load_state(saved.llm_context)

    def _answer(
        self, messages: Sequence[BaseChatMessage], token: CancellationToken
    ) -> AnswerStream:
        client = self._model_client
        if client is None:
            return self._run_what_was_given(messages, token)
        return self._run_what_is_written(client, messages, token)

    async def _run_what_was_given(
        self, messages: Sequence[BaseChatMessage], token: CancellationToken
    ) -> AnswerStream:
        blocks = await self.extract_code_blocks_from_messages(messages)
        content = self.NO_CODE_BLOCKS_FOUND_MESSAGE
        if blocks:
            content = (await self.execute_code_block(blocks, token)).output
        yield Response(chat_message=TextMessage(content=content, source=self.name))

    async def _run_what_is_written(
        self,
        client: ChatCompletionClient,
        messages: Sequence[BaseChatMessage],
        token: CancellationToken,
    ) -> AnswerStream:
        await self._inbox.take(messages)
        turn = CodeTurn(
            asker=Asker(
                source=self.name,
                client=client,
                context=self._model_context,
                system_messages=self._system_messages,
                streams=self._model_client_stream,
                token=token,
            ),
            languages=self._supported_languages,
            execute=partial(self.execute_code_block, cancellation_token=token),
            max_retries=self._max_retries_on_error,
        )
        async with aclosing(write_and_run(turn)) as steps:
            async for item in steps:
                if isinstance(item, Response):
                    self._inbox.answered()
                yield item

    async def _approval(
        self, approval_func: ApprovalFuncType, blocks: Sequence[CodeBlock]
    ) -> ApprovalResponse:
        answer = approval_func(
            ApprovalRequest(
                code=as_markdown(blocks), context=await self._model_context.get_messages()
            )
        )
        return await answer if inspect.isawaitable(answer) else answer

    def _to_config(self) -> CodeExecutorAgentConfig:
        if self._approval_func is not None:
            raise ValueError(
                "Cannot serialize CodeExecutorAgent with approval_func set. "
                "The approval function is not serializable."
            )
        return CodeExecutorAgentConfig(
            name=self.name,
            code_executor=self._code_executor,
            model_client=self._model_client,
            description=self.description,
            sources=self._sources,
            system_message=self._system_messages[0].content if self._system_messages else None,
            model_client_stream=self._model_client_stream,
            model_context=self._model_context,
            supported_languages=self._supported_languages,
            max_retries_on_error=self._max_retries_on_error or None,
        )

    @classmethod
    def _from_config(cls, config: CodeExecutorAgentConfig) -> Self:
        options = {field: getattr(config, field) for field in type(config).model_fields}
        return cls(**{**options, "max_retries_on_error": config.max_retries_on_error or 0})


def _check_can_decide(model_client: ChatCompletionClient | None) -> None:
    if model_client is None:
        raise ValueError("model_client.model_info must be provided when max_retries_on_error > 0")
    if not model_client.model_info["structured_output"]:
        raise ValueError("Specified model_client doesn't support structured output mode.")
