"""The Assistants API as far as agents use it, kept in memory: its model is the script.

Assistants, threads, messages, runs, files and vector stores. A run is queued until it is asked for;
then it has the reply of the script, or asks for the results of the reply's calls.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from harness.openai_wire import assistants as wire
from harness.script import Asked, Reply
from harness.server._answers import refused
from harness.server._uploads import uploaded

Thing = dict[str, Any]
"""Anything that has an id."""

_UNDER_WAY = ("queued", "in_progress", "requires_action", "cancelling")
_PAGE = 20


class Assistants:
    """What was made by the requests of one session.

    Args:
        reply: What the model says to a request.
    """

    def __init__(self, reply: Callable[[Asked], Reply]) -> None:
        self._reply = reply
        self._things: dict[str, dict[str, Thing]] = {}
        self._count_by_prefix: dict[str, int] = {}

    async def answer(self, request: Request, api: str) -> Response | None:
        """The answer to a request; None when it is not for this API.

        Args:
            request: The request.
            api: Its path, from the name of the API on.

        Raises:
            UnexpectedModelCall: The script has no reply for a run.
            ValueError: The request is malformed.
        """
        *folders, last = api.split("/")
        content = await request.body()
        if api == "files" and request.method == "POST":
            return _found(self._file(request, content))
        body = json.loads(content) if content else {}
        match request.method, [*folders, last]:
            case "POST", ["threads", "runs"]:
                return _found(self._run_of_new_thread(body))
            case "POST", ["threads", _, "runs", run_id, ("cancel" | "submit_tool_outputs") as what]:
                return self._changed_run("/".join(folders[:3]), run_id, what, body)
            case "GET", ["files", file_id, "content"]:
                return self._content(file_id)
            case "POST", ["threads", thread_id, "runs"] if thread_id in self._at("threads"):
                return _found(self._run(thread_id, body))
        return self._plain(request, folders, last, body)

    def _plain(
        self, request: Request, folders: list[str], last: str, body: Thing
    ) -> Response | None:
        """What can be done with a thing of any kind: made, listed, read, changed, deleted."""
        path = "/".join((*folders, last))
        if (kind := wire.kind_at(path)) is not None:
            if len(folders) == 2 and folders[1] not in self._at(folders[0]):
                return _missing(folders[1])
            if request.method == "POST":
                return _found(self._made(path, kind, body))
            return _found(_page(self._at(path).values(), request)) if request.method == "GET" else None
        folder = "/".join(folders)
        if wire.kind_at(folder) is None:
            return None
        thing = self._at(folder).get(last)
        if thing is None:
            return _missing(last)
        if request.method == "DELETE":
            del self._at(folder)[last]
            return _found({"id": last, "object": f"{thing['object']}.deleted", "deleted": True})
        if request.method == "POST":
            thing |= body
        return _found(self._gone_on(thing) if folder.endswith("/runs") else thing)

    def _made(self, path: str, kind: wire.Kind, fields: Thing) -> Thing:
        number = self._count_by_prefix[kind.prefix] = self._count_by_prefix.get(kind.prefix, 0) + 1
        thing = kind.made(f"{kind.prefix}_{number}", path, fields)
        self._at(path)[thing["id"]] = thing
        for message in fields.get("messages", ()) if path == "threads" else ():
            self._say(thing["id"], message)
        return thing

    def _say(self, thread_id: str, message: Thing) -> Thing:
        path = f"threads/{thread_id}/messages"
        return self._made(path, wire.KINDS["messages"], message)

    def _run_of_new_thread(self, body: Thing) -> Thing:
        thread = self._made("threads", wire.KINDS["threads"], body.pop("thread", None) or {})
        return self._run(thread["id"], body)

    def _run(self, thread_id: str, body: Thing) -> Thing:
        assistant = self._at("assistants").get(body["assistant_id"], {})
        for message in body.pop("additional_messages", None) or ():
            self._say(thread_id, message)
        settings = wire.run_settings(assistant, body)
        return self._made(f"threads/{thread_id}/runs", wire.KINDS["runs"], settings)

    def _changed_run(self, folder: str, run_id: str, what: str, body: Thing) -> Response:
        run = self._at(folder).get(run_id)
        if run is None:
            return _missing(run_id)
        if what == "cancel":
            run |= {"status": "cancelling", "required_action": None}
        else:
            outputs = [str(each.get("output", "")) for each in body["tool_outputs"]]
            run |= {"status": "queued", "required_action": None, "outputs": outputs}
        return _found(run)

    def _gone_on(self, run: Thing) -> Thing:
        """A run after its next step, if it has one to take."""
        if run["status"] == "cancelling":
            run["status"] = "cancelled"
        if run["status"] != "queued":
            return run
        messages = self._at(f"threads/{run['thread_id']}/messages")
        reply = self._reply(wire.asked_by(run, list(messages.values())))
        run |= wire.run_after(reply, run)
        if run["status"] not in _UNDER_WAY and (reply.say or reply.refuse):
            made_by = {"assistant_id": run["assistant_id"], "run_id": run["id"]}
            said = {"role": "assistant", "content": reply.say or reply.refuse, **made_by}
            self._say(run["thread_id"], said)
        return run

    def _file(self, request: Request, content: bytes) -> Thing:
        fields = uploaded(request.headers["content-type"], content)
        name, data = fields["file"]
        _, purpose = fields["purpose"]
        described = {"filename": name, "bytes": len(data), "purpose": purpose.decode()}
        return self._made("files", wire.KINDS["files"], {**described, "content": data})

    def _content(self, file_id: str) -> Response:
        file = self._at("files").get(file_id)
        return _missing(file_id) if file is None else Response(file["content"])

    def _at(self, path: str) -> dict[str, Thing]:
        return self._things.setdefault(path, {})


def _found(thing: Thing) -> Response:
    hidden = ("content",) if thing.get("object") == "file" else ("outputs",)
    return JSONResponse({name: value for name, value in thing.items() if name not in hidden})


def _missing(name: str) -> Response:
    return refused(404, f"There is no {name!r} in this session.", "not_found")


def _page(things: Iterable[Thing], request: Request) -> Thing:
    asked = request.query_params
    listed = [each for each in things if asked.get("run_id") in (None, each.get("run_id"))]
    if asked.get("order", "desc") == "desc":
        listed.reverse()
    ids = [each["id"] for each in listed]
    start = ids.index(asked["after"]) + 1 if asked.get("after") in ids else 0
    end = start + int(asked.get("limit", _PAGE))
    page = [{key: value for key, value in each.items() if key != "content" or each["object"] != "file"} for each in listed[start:end]]
    ids = ids[start:end]
    border = {"first_id": ids[0] if ids else None, "last_id": ids[-1] if ids else None}
    return {"object": "list", "data": page, **border, "has_more": end < len(listed)}
