import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from agentchat.core import CancellationToken
from agentchat.ext.tools.http import (
    HttpTool,
    NoHttpAnswer,
    NotJson,
    UnfitPath,
    UnsuccessfulStatus,
)
from harness.server import listening

SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "note": {"type": "string"},
        "size": {"type": "integer", "default": 3},
    },
    "required": ["id"],
}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


async def echo(request: Request) -> Response:
    body = await request.body()
    return JSONResponse(
        {
            "method": request.method,
            "path": request.scope["raw_path"].decode(),
            "query": dict(request.query_params),
            "body": json.loads(body) if body else None,
            "key": request.headers.get("x-key"),
            "port": request.client.port if request.client else None,
        }
    )


async def broken(_: Request) -> Response:
    return PlainTextResponse("out of order", 503)


async def text(_: Request) -> Response:
    return PlainTextResponse("no JSON")


async def hang(request: Request) -> Response:
    await request.body()
    await request.receive()  # Says that nobody waits any more.
    return Response()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    routes = [
        Route("/broken", broken, methods=METHODS),
        Route("/text", text, methods=METHODS),
        Route("/hang", hang, methods=METHODS),
        Route("/{rest:path}", echo, methods=METHODS),
    ]
    with listening(Starlette(routes=routes)) as url:
        yield int(url.rpartition(":")[2])


def tool(port: int, path: str = "/{id}", **more: Any) -> HttpTool:
    schema = SCHEMA if "{id}" in path else {"type": "object", "properties": {}}
    given: dict[str, Any] = {"json_schema": schema, "path": path, "timeout": 20.0, **more}
    return HttpTool("ask", "127.0.0.1", port, **given)


async def asked(http_tool: HttpTool, **arguments: Any) -> Any:
    try:
        return await http_tool.run_json(arguments, CancellationToken())
    finally:
        await http_tool.close()


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_some_methods_send_a_query(port: int, method: Any) -> None:
    answer = await asked(tool(port, method=method, return_type="json"), id="7", note="a b")

    assert (answer["method"], answer["path"]) == (method, "/7")
    assert answer["query"] == {"note": "a b", "size": "3"}
    assert answer["body"] is None


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_the_others_send_a_body(port: int, method: Any) -> None:
    http_tool = tool(port, method=method, return_type="json", headers={"x-key": "k"})

    answer = await asked(http_tool, id="7", note="a b")

    assert (answer["method"], answer["path"], answer["key"]) == (method, "/7", "k")
    assert answer["query"] == {}
    assert answer["body"] == {"note": "a b", "size": 3}


async def test_what_is_not_given_is_not_sent(port: int) -> None:
    answer = await asked(tool(port, return_type="json"), id="7")

    assert answer["body"] == {"size": 3}


async def test_a_value_can_not_leave_its_place_in_the_path(port: int) -> None:
    answer = await asked(tool(port, "/a/{id}", return_type="json"), id="../b?c=d#é")

    assert answer["path"] == "/a/..%2Fb%3Fc%3Dd%23%C3%A9"
    assert answer["query"] == {}


@pytest.mark.parametrize("value", [".", ".."])
async def test_a_value_can_not_be_a_direction(value: str) -> None:
    with pytest.raises(UnfitPath, match="'id' must not be"):
        await asked(tool(1, "/a/{id}"), id=value)


def test_a_place_needs_an_argument() -> None:
    with pytest.raises(UnfitPath, match="the schema has no argument 'other'"):
        HttpTool("ask", "localhost", 80, SCHEMA, path="/{other}")


async def test_connections_are_used_again(port: int) -> None:
    http_tool = tool(port, return_type="json")
    first = await http_tool.run_json({"id": "1"}, CancellationToken())
    second = await asked(http_tool, id="2")

    assert first["port"] == second["port"]


async def test_a_status_that_is_no_success_is_an_error(port: int) -> None:
    with pytest.raises(
        UnsuccessfulStatus, match=r"POST http://.*: status 503. out of order"
    ) as raised:
        await asked(tool(port, "/broken"))

    assert (raised.value.status, raised.value.body) == (503, "out of order")


async def test_text_that_is_not_json_is_an_error(port: int) -> None:
    with pytest.raises(NotJson, match="the answer is not JSON"):
        await asked(tool(port, "/text", return_type="json"))


async def test_an_absent_endpoint_is_an_error() -> None:
    with pytest.raises(NoHttpAnswer, match=r"POST http://127.0.0.1:1/x: ConnectError"):
        await asked(tool(1, "/x"))


async def test_an_endpoint_has_so_much_time_and_no_more(port: int) -> None:
    with pytest.raises(NoHttpAnswer, match=r"no answer within 0.05 seconds"):
        await asked(tool(port, "/hang", timeout=0.05))


async def test_a_call_can_be_cancelled(port: int) -> None:
    token = CancellationToken()
    http_tool = tool(port, "/hang")
    calling = asyncio.ensure_future(http_tool.run_json({}, token))
    await asyncio.sleep(0)

    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await calling
    await http_tool.close()


def test_json_is_shown_as_json() -> None:
    assert tool(1).return_value_as_string({"é": None}) == '{"é": null}'
    assert tool(1).return_value_as_string("text") == "text"


def test_a_tool_is_saved_and_loaded() -> None:
    http_tool = tool(80, method="GET", headers={"a": "b"}, description="Asks.")

    saved = http_tool.dump_component()

    assert HttpTool.load_component(saved.model_dump()).dump_component() == saved
    assert saved.provider == "agentchat.ext.tools.http.HttpTool"
    assert saved.config["json_schema"] == SCHEMA
