"""The Assistants API as far as agents use it, kept in memory: its model is the script.

Assistants, threads, messages, runs, files and vector stores. A run is queued until it is looked at;
then it has the reply of the script, or waits for the results of the reply's calls.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from harness.openai_wire import assistants as wire
from harness.openai_wire.assistants import Thing
from harness.script import Asked, Reply
from harness.server._answers import refused
from harness.server._things import Address, NoSuchThing, Things


class Assistants:
    """What was made by the requests of one session.

    Args:
        reply: What the model says to a request.
    """

    def __init__(self, reply: Callable[[Asked], Reply]) -> None:
        self._reply = reply
        self._things = Things()
        self._content_by_file: dict[str, bytes] = {}
        self._outputs_by_run: dict[str, list[str]] = {}
        self._steps_by_run: Counter[str] = Counter()

    async def answer(self, request: Request, api: str) -> Response | None:
        """The answer to a request; None when it is not for this API.

        Args:
            request: The request.
            api: Its path, from the name of the API on.

        Raises:
            UnexpectedModelCall: The script has no reply for a run.
            ValueError: The request is malformed.
        """
        address = tuple(api.split("/"))
        if not self._things.has_list(address[:1]):
            return None
        content = await request.body()
        try:
            if (request.method, address) == ("POST", ("files",)):
                return JSONResponse(self._uploaded(request.headers["content-type"], content))
            if request.method == "GET" and address[::2] == ("files", "content"):
                return Response(self._content_by_file[self._things.one(address[:2])["id"]])
            body = json.loads(content) if content else {}
            thing = self._of_run(request.method, address, body)
            thing = thing or self._of_any(request.method, address, body, request.query_params)
        except NoSuchThing as error:
            return refused(404, str(error), "not_found")
        return None if thing is None else JSONResponse(thing)

    def _of_run(self, method: str, address: Address, body: Thing) -> Thing | None:
        """What goes on in a thread."""
        match method, address:
            case "POST", ("threads",):
                return self._thread(body)
            case "POST", ("threads", "runs"):
                thread = self._thread(body.pop("thread", None) or {})
                return self._run((*address[:1], thread["id"], "runs"), body)
            case "POST", ("threads", _, "messages"):
                return self._message(address, body)
            case "POST", ("threads", _, "runs"):
                return self._run(address, body)
            case "POST", ("threads", _, "runs", _, "cancel"):
                run = self._things.one(address[:-1])
                return self._changed(run, "cancelling")
            case "POST", ("threads", _, "runs", run_id, "submit_tool_outputs"):
                run = self._things.one(address[:-1])
                self._outputs_by_run[run_id] = [
                    str(output.get("output", "")) for output in body["tool_outputs"]
                ]
                return self._changed(run, "queued")
            case "GET", ("threads", _, "runs", _):
                return self._gone_on(address)
        return None

    def _of_any(
        self, method: str, address: Address, body: Thing, query: Mapping[str, str]
    ) -> Thing | None:
        """What can be done with a thing of any kind."""
        if self._things.has_list(address):
            if method == "POST":
                return self._things.made(address, body)
            return self._things.page(address, query) if method == "GET" else None
        if not self._things.has_list(address[:-1]):
            return None
        if method == "DELETE":
            return self._things.deleted(address)
        thing = self._things.one(address)
        thing.update(body if method == "POST" else {})
        return thing

    def _thread(self, body: Thing) -> Thing:
        messages = body.pop("messages", None) or ()
        thread = self._things.made(("threads",), body)
        for message in messages:
            self._message(("threads", thread["id"], "messages"), message)
        return thread

    def _message(self, address: Address, body: Thing) -> Thing:
        content = wire.content_of(body.get("content"))
        return self._things.made(address, {**body, "content": content})

    def _run(self, address: Address, body: Thing) -> Thing:
        for message in body.pop("additional_messages", None) or ():
            self._message((*address[:2], "messages"), message)
        assistant = self._things.one(("assistants", body["assistant_id"]))
        return self._things.made(address, wire.settings_of(assistant, body))

    def _gone_on(self, address: Address) -> Thing:
        """A run after its next step, if it has one to take."""
        run = self._things.one(address)
        if run["status"] == "cancelling":
            return self._changed(run, "cancelled")
        if run["status"] != "queued":
            return run
        place = (*address[:2], "messages")
        messages = self._things.all(place)
        outputs = self._outputs_by_run.pop(run["id"], [])
        reply = self._reply(wire.asked_by(run, messages, outputs))
        self._steps_by_run[run["id"]] += 1
        step = f"{run['id']}_{self._steps_by_run[run['id']]}_"
        run.update(wire.step_of(reply, run, messages, step))
        said = reply.say or reply.refuse
        if said:
            by = {"role": "assistant", "run_id": run["id"], "assistant_id": run["assistant_id"]}
            self._message(place, {**by, "content": said})
        return run

    def _changed(self, run: Thing, status: str) -> Thing:
        run.update(status=status, required_action=None)
        return run

    def _uploaded(self, kind: str, content: bytes) -> Thing:
        """A file, of a form with the fields `file` and `purpose`."""
        head = f"content-type: {kind}\r\n\r\n".encode()
        form = BytesParser(policy=HTTP).parsebytes(head + content)
        parts: dict[Any, Any] = {
            part.get_param("name", header="content-disposition"): part for part in form.iter_parts()
        }
        data: bytes = parts["file"].get_payload(decode=True)
        fields = {
            "filename": parts["file"].get_filename(),
            "bytes": len(data),
            "purpose": parts["purpose"].get_payload().strip(),
        }
        file = self._things.made(("files",), fields)
        self._content_by_file[file["id"]] = data
        return file
