"""The files of an assistant agent: uploaded, made searchable, and deleted again."""

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from openai import AsyncOpenAI, OpenAIError

from agentchat import EVENT_LOGGER_NAME
from agentchat.core._world import sleep
from agentchat.ext.agents.openai._assistants_api import POLL_SECONDS, AssistantsApi

_event_log = logging.getLogger(EVENT_LOGGER_NAME)


class AssistantFiles:
    """Files and a vector store that the agent has made at the server.

    Args:
        client: The SDK's client.
        api: The API through that client.
    """

    def __init__(self, client: AsyncOpenAI, api: AssistantsApi) -> None:
        self._client = client
        self._api = api
        self.file_ids: list[str] = []
        self.vector_store_id: str | None = None

    async def upload(self, paths: str | Iterable[str]) -> list[str]:
        """Uploads files, and gives their ids."""
        ids = []
        for path in [paths] if isinstance(paths, str) else paths:
            content = await asyncio.to_thread(Path(path).read_bytes)
            file = await self._client.files.create(
                file=(Path(path).name, content), purpose="assistants"
            )
            self.file_ids.append(file.id)
            ids.append(file.id)
        return ids

    async def add_to_thread(self, thread_id: str, file_ids: list[str]) -> None:
        """Lets the code interpreter read files, besides those that it has."""
        thread = await self._api.get(f"/threads/{thread_id}")
        resources: dict[str, Any] = thread.get("tool_resources") or {}
        known = (resources.get("code_interpreter") or {}).get("file_ids") or []
        resources["code_interpreter"] = {"file_ids": [*known, *file_ids]}
        await self._api.post(f"/threads/{thread_id}", {"tool_resources": resources})

    async def open_vector_store(self, assistant_id: str) -> str:
        """The id of the vector store; at first it is made, and given to the assistant."""
        if self.vector_store_id is None:
            store = await self._api.post("/vector_stores")
            self.vector_store_id = str(store["id"])
            search = {"vector_store_ids": [self.vector_store_id]}
            resources = {"tool_resources": {"file_search": search}}
            await self._api.post(f"/assistants/{assistant_id}", resources)
        return self.vector_store_id

    async def index(self, vector_store_id: str, file_ids: list[str]) -> None:
        """Puts files into a vector store, and waits until they can be searched.

        Raises:
            ValueError: Some could not be read.
        """
        path = f"/vector_stores/{vector_store_id}/file_batches"
        batch = await self._api.post(path, {"file_ids": file_ids})
        while batch["status"] == "in_progress":
            await sleep(POLL_SECONDS)
            batch = await self._api.get(f"{path}/{batch['id']}")
        failed = (batch.get("file_counts") or {}).get("failed", 0)
        if batch["status"] != "completed" or failed:
            raise ValueError(
                f"Files could not be made searchable: the batch is {batch['status']}, "
                f"{failed} of {len(file_ids)} files failed."
            )

    async def delete_files(self) -> None:
        """Deletes what was uploaded; what can't be is logged, and kept in mind."""
        left = []
        for file_id in self.file_ids:
            try:
                await self._client.files.delete(file_id)
            except OpenAIError as error:
                _event_log.error("Failed to delete file %s: %s", file_id, error)
                left.append(file_id)
        self.file_ids = left

    async def delete_vector_store(self) -> None:
        """Deletes the vector store, if there is one; a failure is logged."""
        if self.vector_store_id is None:
            return
        try:
            await self._api.delete(f"/vector_stores/{self.vector_store_id}")
            self.vector_store_id = None
        except OpenAIError as error:
            _event_log.error("Failed to delete vector store: %s", error)
