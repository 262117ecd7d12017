"""The whole message of a miss, for each thing that may have changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import ReplayMiss
from harness.formats import save
from harness.interactions import Cassette, Header, Interaction, Request, Response
from harness.matching import Count
from harness.session import CassetteSession

URL = "https://api.openai.com/v1/chat/completions"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOL = {"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}
BODY = {
    "model": "gpt-4o",
    "messages": [{"role": "user", "content": "Say Hi to all."}],
    "tools": [TOOL],
    "temperature": 0.5,
}


def chat(url: str = URL, method: str = "POST", tenant: str = "red", **changes: Any) -> Request:
    body = json.dumps({**BODY, **changes}).encode()
    return Request(method, url, (("x-tenant", tenant),), body)


def form(body: bytes) -> Request:
    return Request("POST", "https://a.test/token", (), body)


def page(url: str) -> Request:
    return Request("GET", f"https://a.test/{url}", (), b"")


def gemini(model: str) -> Request:
    return Request("POST", f"https://a.test/v1beta/models/{model}:generateContent", (), b"{}")


HELLO = [{"role": "user", "content": "Say Hello to all."}]
OTHER_SCHEMA = {**SCHEMA, "properties": {"city": {"type": "integer"}}}
OTHER_TOOL = {"type": "function", "function": {"name": "weather", "parameters": OTHER_SCHEMA}}
CHANGES = [
    (chat(), chat(messages=HELLO), "a changed prompt",
     "messages[0].content: 'Hi' became 'Hello' in 'Say Hello to all.'"),
    (chat(), chat(messages=[*HELLO, *HELLO]), "a changed prompt",
     "messages[0].content: 'Hi' became 'Hello' in 'Say Hello to all.'"),
    (chat(), chat(tools=[OTHER_TOOL]), "a changed tool schema",
     "tools[0].function.parameters.properties.city.type: 'string' became 'integer'"),
    (chat(), chat(tools=[]), "a changed number of tools: 1 became 0",
     f"tools[0]: {TOOL!r} was removed"),
    (chat(), chat(model="gpt-5"), "a changed model", "model: 'gpt-4o' became 'gpt-5'"),
    (gemini("pro"), gemini("flash"), "a changed model", "path: '/v1beta/models/pro:generateContent'"
     " became '/v1beta/models/flash:generateContent'"),
    (chat(), chat(temperature=1), "a changed sampling setting, temperature",
     "temperature: 0.5 became 1"),
    (chat(), chat(store=True), "a changed setting, store", "store: was not set, is True"),
    (chat(), chat(model="gpt-5", temperature=1, messages=HELLO), "a changed model",
     "model: 'gpt-4o' became 'gpt-5'; temperature, messages changed too"),
    (chat(), chat(f"{URL}?beta=1"), "a changed query parameter, beta",
     "query.beta: was not set, is '1'"),
    (page("a?page=1&of=9"), page("a?page=2&of=9"), "a changed query parameter, page",
     "query.page: '1' became '2'"),
    (page("a?id=1&id=2"), page("a?id=1&id=3"), "a changed query parameter, id",
     "query.id[1]: '2' became '3'"),
    (chat(), chat(URL.replace("chat/completions", "responses")), "another path",
     "path: '/v1/chat/completions' became '/v1/responses'"),
    (chat(), chat(URL.replace("api.", "eu.api.")), "another host",
     "host: 'api.openai.com' became 'eu.api.openai.com'"),
    (chat(), chat(URL.replace(".com", ".com:8443")), "another port",
     "port: was not set, is '8443'"),
    (chat(), chat(method="PUT"), "another method", "method: 'POST' became 'PUT'"),
    (chat(), chat(tenant="blue"), "a changed header, x-tenant",
     "headers.x-tenant: 'red' became 'blue'"),
    (form(b"scope=a+b&id=7"), form(b"scope=a+c&id=7"), "a changed field, scope",
     "scope: 'b' became 'c' in 'a c'"),
    (form(b"some words"), form(b"some more words"), "another body",
     "body: 'more ' was added in 'some more words'"),
]  # fmt: skip


def interaction(request: Request, agent: str) -> Interaction:
    return Interaction(request, Response(200, (), b"{}", duration_ns=0), (f"{agent}#1",))


def session(folder: Path, *recorded: Interaction) -> CassetteSession:
    path = folder / "cassettes" / "a.yaml"
    path.parent.mkdir(exist_ok=True)
    save(path, Cassette(Header(), recorded))
    parts = [Count("header:x-tenant")]
    return CassetteSession(path, owner="hello", rerecord="harness run hello", key_parts=parts)


def message(call: str, cause: str, nearest: str) -> str:
    return (
        f"No recorded reply for {call}.\n"
        "  cassette: cassettes/a.yaml\n"
        f"  cause:    {cause}\n"
        f"  nearest:  {nearest}\n"
        "  fix:      harness run hello"
    )


@pytest.mark.parametrize(("recorded", "asked", "cause", "difference"), CHANGES)
def test_a_change_is_told_by_cause_and_place(
    recorded: Request, asked: Request, cause: str, difference: str, tmp_path: Path
) -> None:
    replayed = session(tmp_path, interaction(recorded, "writer"))

    with pytest.raises(ReplayMiss) as caught:
        replayed.play(asked, ("writer#1",))

    assert str(caught.value) == message(
        "model call 1 of 'hello' (agent 'writer', its call 1)",
        cause,
        f"interaction 1 (agent 'writer') differs at {difference}",
    )


EXTRA = [
    ([chat()], chat(), "an extra call: this very request was recorded once, and is played already",
     "interaction 1 is the same request"),
    ([chat()], chat(messages=HELLO), "an extra call: all that was recorded is played already",
     "interaction 1 (agent 'writer') differs at messages[0].content: "
     "'Hi' became 'Hello' in 'Say Hello to all.'"),
    ([chat(), page("other")], chat(messages=HELLO), "an extra call: nothing like it is recorded",
     "interaction 2 (agent 'writer') differs at method: 'GET' became 'POST'; "
     "host, path, headers, body changed too"),
]  # fmt: skip


@pytest.mark.parametrize(("recorded", "asked", "cause", "nearest"), EXTRA)
def test_a_call_too_many_is_told_as_one(
    recorded: list[Request], asked: Request, cause: str, nearest: str, tmp_path: Path
) -> None:
    replayed = session(tmp_path, *(interaction(each, "writer") for each in recorded))
    replayed.play(recorded[0], ("writer#1",))

    with pytest.raises(ReplayMiss) as caught:
        replayed.play(asked, ("writer#2",))

    call = "model call 2 of 'hello' (agent 'writer', its call 2)"
    assert str(caught.value) == message(call, cause, nearest)
