"""OpenAIAssistantAgent: an agent that is an assistant of OpenAI's Assistants API."""

import logging
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, Literal

from openai import AsyncAzureOpenAI, AsyncOpenAI, OpenAIError
from pydantic import BaseModel

from agentchat import EVENT_LOGGER_NAME
from agentchat.agents._steps import AnswerStream
from agentchat.agents._streaming_agent import StreamingAgent
from agentchat.agents._tool_round import ToolRound
from agentchat.base import Response
from agentchat.core import CancellationToken, FunctionCall, Image
from agentchat.core._usage import report_usage
from agentchat.core.models import ChatCompletionClient, RequestUsage
from agentchat.ext.agents.openai._assistant_files import AssistantFiles
from agentchat.ext.agents.openai._assistant_run import AssistantRun
from agentchat.ext.agents.openai._assistant_state import OpenAIAssistantAgentState
from agentchat.ext.agents.openai._assistants_api import AssistantsApi
from agentchat.ext.agents.openai._tools import (
    GivenTool,
    LocalTool,
    local_tool,
    named_as_here,
    toolbox_of,
)
from agentchat.ext.models._requests import tool_schemas
from agentchat.ext.models.openai._tools import api_tools
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    TextMessage,
    ToolCallExecutionEvent,
    ToolCallRequestEvent,
)

if TYPE_CHECKING:  # The SDK takes these away together with the API.
    from openai.resources.beta.threads import AsyncMessages, AsyncRuns, AsyncThreads

_event_log = logging.getLogger(EVENT_LOGGER_NAME)

_BUILTIN_TOOLS: Final = ("code_interpreter", "file_search")

_Events = AsyncGenerator[BaseAgentEvent | BaseChatMessage, None]


class OpenAIAssistantAgent(StreamingAgent):
    """Answers through an assistant and a thread at OpenAI, both made when first needed.

    OpenAI is withdrawing the Assistants API in favour of the Responses API; for anything new take
    OpenAIAgent, which has the same tools. Servers of others may go on offering it.

    Cancelling also cancels the run at the server, since a thread takes no message while one is
    under way.

    Args:
        name: A Python identifier, unique in a team.
        description: What the agent can do, for those who choose a speaker.
        client: The SDK's client; the caller closes it.
        model: Name of the model.
        instructions: What the assistant shall be and do.
        tools: `code_interpreter`, `file_search`, and local tools or plain functions.
        assistant_id: An assistant that exists, in the place of one with the model, instructions,
            tools and settings that are given here.
        thread_id: A thread that exists; a reset takes away only what came after.
        metadata: Kept with the assistant.
        response_format: The form of answers, in the API's form.
        temperature: How freely the model chooses its words.
        tool_resources: Files and vector stores for the assistant, in the API's form.
        top_p: How many of the likely words the model chooses from.

    Raises:
        ValueError: The name is no identifier, something is no tool, or the client is no client of
            the SDK.
    """

    def __init__(  # noqa: PLR0913
        self,
        name: str,
        description: str,
        client: AsyncOpenAI | AsyncAzureOpenAI,
        model: str,
        instructions: str,
        tools: Iterable[Literal["code_interpreter", "file_search"] | GivenTool] | None = None,
        assistant_id: str | None = None,
        thread_id: str | None = None,
        metadata: dict[str, str] | None = None,
        response_format: Any = None,
        temperature: float | None = None,
        tool_resources: Any = None,
        top_p: float | None = None,
    ) -> None:
        if isinstance(client, ChatCompletionClient):
            raise ValueError(  # noqa: TRY004 - upstream's class
                "Incorrect client passed to OpenAIAssistantAgent. Please use an OpenAI AsyncClient "
                "instance instead of an AutoGen ChatCompletionClient instance."
            )
        super().__init__(name, description)
        given = list(tools or ())
        self._builtin_tools = [tool for tool in given if tool in _BUILTIN_TOOLS]
        self._local_tools: list[LocalTool] = [
            local_tool(tool) for tool in given if tool not in _BUILTIN_TOOLS
        ]
        self._client = client
        self._model = model
        self._settings = {
            "model": model,
            "description": description,
            "instructions": instructions,
            "tools": self._api_tools(),
            "metadata": metadata,
            "response_format": _plain(response_format),
            "temperature": temperature,
            "tool_resources": _plain(tool_resources),
            "top_p": top_p,
        }
        self._api = AssistantsApi(client)
        self._files = AssistantFiles(client, self._api)
        self._assistant_id = assistant_id
        self._owns_assistant = False
        self._thread_id = thread_id
        self._initial_message_ids: list[str] | None = None
        """None until it is known what the thread held from the start."""

    @property
    def produced_message_types(self) -> Sequence[type[BaseChatMessage]]:
        return (TextMessage,)

    @property
    def threads(self) -> "AsyncThreads":
        """The SDK's own way to threads, while it has one."""
        return self._client.beta.threads

    @property
    def runs(self) -> "AsyncRuns":
        """The SDK's own way to runs, while it has one."""
        return self._client.beta.threads.runs

    @property
    def messages(self) -> "AsyncMessages":
        """The SDK's own way to messages, while it has one."""
        return self._client.beta.threads.messages

    async def handle_incoming_message(
        self, message: BaseChatMessage, cancellation_token: CancellationToken
    ) -> None:
        """Puts a message into the thread."""
        with cancellation_token.interrupting():
            _, thread_id = await self._ready()
            body = {"role": "user", "content": _content_of(message)}
            await self._api.post(f"/threads/{thread_id}/messages", body)

    async def on_reset(self, cancellation_token: CancellationToken) -> None:
        """Takes everything out of the thread that was not there from the start."""
        with cancellation_token.interrupting():
            _, thread_id = await self._ready()
            path = f"/threads/{thread_id}/messages"
            initial = self._initial_message_ids or ()
            for message in [each async for each in self._api.listed(path)]:
                if message["id"] not in initial:
                    await self._api.delete(f"{path}/{message['id']}")

    async def on_upload_for_code_interpreter(
        self, file_paths: str | Iterable[str], cancellation_token: CancellationToken
    ) -> None:
        """Uploads files that the code interpreter can read in this thread."""
        with cancellation_token.interrupting():
            _, thread_id = await self._ready()
            await self._files.add_to_thread(thread_id, await self._files.upload(file_paths))

    async def on_upload_for_file_search(
        self, file_paths: str | Iterable[str], cancellation_token: CancellationToken
    ) -> None:
        """Uploads files that the assistant can search.

        Raises:
            ValueError: The agent has no `file_search`, or a file could not be made searchable.
        """
        if "file_search" not in self._builtin_tools:
            raise ValueError(
                "File search is not enabled for this assistant. "
                "Add a file_search tool when creating the assistant."
            )
        with cancellation_token.interrupting():
            assistant_id, _ = await self._ready()
            vector_store_id = await self._files.open_vector_store(assistant_id)
            await self._files.index(vector_store_id, await self._files.upload(file_paths))

    async def delete_uploaded_files(self, cancellation_token: CancellationToken) -> None:
        """Deletes the files that this agent has uploaded; what can't be deleted is logged."""
        with cancellation_token.interrupting():
            await self._files.delete_files()

    async def delete_assistant(self, cancellation_token: CancellationToken) -> None:
        """Deletes the assistant, if this agent has made it; a failure is logged."""
        if not self._owns_assistant:
            return
        try:
            with cancellation_token.interrupting():
                await self._api.delete(f"/assistants/{self._assistant_id}")
        except OpenAIError as error:
            _event_log.error("Failed to delete assistant: %s", error)
            return
        self._assistant_id, self._owns_assistant = None, False

    async def delete_vector_store(self, cancellation_token: CancellationToken) -> None:
        """Deletes the vector store, if this agent has made one; a failure is logged."""
        with cancellation_token.interrupting():
            await self._files.delete_vector_store()

    async def save_state(self) -> Mapping[str, Any]:
        return OpenAIAssistantAgentState(
            assistant_id=self._assistant_id,
            thread_id=self._thread_id,
            initial_message_ids=self._initial_message_ids or [],
            vector_store_id=self._files.vector_store_id,
            uploaded_file_ids=list(self._files.file_ids),
            owns_assistant=self._owns_assistant,
        ).model_dump()

    async def load_state(self, state: Mapping[str, Any]) -> None:
        loaded = OpenAIAssistantAgentState.model_validate(state)
        self._assistant_id = loaded.assistant_id
        self._owns_assistant = loaded.owns_assistant
        self._thread_id = loaded.thread_id
        self._initial_message_ids = loaded.initial_message_ids if loaded.thread_id else None
        self._files.vector_store_id = loaded.vector_store_id
        self._files.file_ids = list(loaded.uploaded_file_ids)

    def _api_tools(self) -> list[dict[str, Any]]:
        builtin = [{"type": name} for name in self._builtin_tools]
        return [*builtin, *api_tools(tool_schemas(self._local_tools))]

    async def _ready(self) -> tuple[str, str]:
        """The ids of the assistant and the thread, both of which exist then."""
        if self._assistant_id is None:
            self._assistant_id = (await self._api.post("/assistants", self._settings))["id"]
            self._owns_assistant = True
        if self._thread_id is None:
            self._thread_id = (await self._api.post("/threads"))["id"]
            self._initial_message_ids = []
        if self._initial_message_ids is None:
            messages = self._api.listed(f"/threads/{self._thread_id}/messages")
            self._initial_message_ids = [message["id"] async for message in messages]
        return str(self._assistant_id), str(self._thread_id)

    async def _answer(
        self, messages: Sequence[BaseChatMessage], token: CancellationToken
    ) -> AnswerStream:
        for message in messages:
            await self.handle_incoming_message(message, token)
        assistant_id, thread_id = await self._ready()
        run = await AssistantRun.start(self._api, thread_id, assistant_id)
        try:
            async with aclosing(run.rounds()) as rounds:
                async for calls in rounds:
                    async with aclosing(self._call(run, calls, token)) as events:
                        async for event in events:
                            yield event
            answer = await run.answer()
        finally:
            await run.abandon()
        yield Response(
            chat_message=TextMessage(
                content=answer, source=self.name, models_usage=self._counted(run)
            )
        )

    async def _call(
        self, run: AssistantRun, asked: Sequence[FunctionCall], token: CancellationToken
    ) -> _Events:
        calls = named_as_here(asked, self._local_tools)
        request = ToolCallRequestEvent(content=calls, source=self.name)
        _event_log.debug(request)
        yield request
        tool_round = ToolRound(calls)
        toolbox = await toolbox_of(self.name, self._local_tools)
        async with aclosing(tool_round.perform(toolbox, token)) as events:
            async for event in events:
                yield event
        execution = ToolCallExecutionEvent(content=tool_round.results, source=self.name)
        _event_log.debug(execution)
        yield execution
        await run.submit(tool_round.results)

    def _counted(self, run: AssistantRun) -> RequestUsage:
        usage = RequestUsage(
            prompt_tokens=run.usage.get("prompt_tokens", 0),
            completion_tokens=run.usage.get("completion_tokens", 0),
        )
        report_usage(self._model, usage, cached_tokens=run.cached_tokens)
        return usage


def _content_of(message: BaseChatMessage) -> str | list[dict[str, Any]]:
    content = message.to_model_message().content
    if isinstance(content, str):
        return content
    return [
        {"type": "image_url", "image_url": {"url": part.data_uri}}
        if isinstance(part, Image)
        else {"type": "text", "text": part}
        for part in content
    ]


def _plain(value: Any) -> Any:
    """A setting as JSON; the SDK has classes for some."""
    return value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value
