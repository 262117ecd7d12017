"""What a miss says of real requests: of every vendor's API, and of each kind of change."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import ReplayMiss
from harness.formats import save
from harness.interactions import Cassette, Header, Interaction, Request, Response
from harness.matching import Ignore, KeyPart
from harness.session import CassetteSession

SAID = "You are a travel agent. Answer in one short sentence, and never make up a price."
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
OTHER_SCHEMA = {**SCHEMA, "properties": {"city": {"type": "string", "description": "A town."}}}
FUNCTION = {"name": "weather", "description": "Tells the weather.", "parameters": SCHEMA}


def chat(**changes: Any) -> Request:
    body = {
        "model": "gpt-4o",
        "messages": [
            {"role": "system", "content": SAID},
            {"role": "user", "content": "How is the weather in Rome?"},
        ],
        "tools": [{"type": "function", "function": FUNCTION}],
        "temperature": 0.5,
    }
    return post("https://api.openai.com/v1/chat/completions", {**body, **changes})


def responses(**changes: Any) -> Request:
    body = {
        "model": "gpt-5",
        "instructions": SAID,
        "input": [{"role": "user", "content": "How is the weather in Rome?"}],
        "tools": [{"type": "function", **FUNCTION}],
        "text": {"format": {"type": "text"}},
    }
    return post("https://api.openai.com/v1/responses", {**body, **changes})


def anthropic(**changes: Any) -> Request:
    body = {
        "model": "claude-sonnet-4-5",
        "max_tokens": 1024,
        "system": [{"type": "text", "text": SAID}],
        "messages": [{"role": "user", "content": "How is the weather in Rome?"}],
        "tools": [{"name": "weather", "input_schema": SCHEMA}],
    }
    return post("https://api.anthropic.com/v1/messages", {**body, **changes})


def gemini(model: str = "gemini-2.5-pro", **changes: Any) -> Request:
    body = {
        "systemInstruction": {"parts": [{"text": SAID}]},
        "contents": [{"role": "user", "parts": [{"text": "How is the weather in Rome?"}]}],
        "tools": [{"functionDeclarations": [FUNCTION]}],
        "generationConfig": {"temperature": 0.5},
    }
    host = "https://generativelanguage.googleapis.com"
    return post(f"{host}/v1beta/models/{model}:generateContent", {**body, **changes})


def embeddings(**changes: Any) -> Request:
    body = {"model": "text-embedding-3-small", "input": ["Rome is warm.", "Oslo is cold."]}
    return post("https://api.openai.com/v1/embeddings", {**body, **changes})


def post(url: str, body: dict[str, Any]) -> Request:
    return Request("POST", url, (("content-type", "application/json"),), json.dumps(body).encode())


OTHER = "You are a travel agent. Answer in two short sentences, and never make up a price."
AND_OSLO = {"role": "user", "content": "And in Oslo?"}
CHAT = json.loads(chat().body)
OTHER_TOOL = {"type": "function", "function": {**FUNCTION, "parameters": OTHER_SCHEMA}}
GEMINI = json.loads(gemini().body)
CASES = [
    (chat(), chat(messages=[{"role": "system", "content": OTHER}, CHAT["messages"][1]]),
     "a changed prompt", "messages[0].content: 'one' became 'two' in "),
    (chat(), chat(messages=[*CHAT["messages"], AND_OSLO]),
     "a changed number of messages: 2 became 3", "messages[2]: {'role': 'user', "),
    (chat(), chat(messages=CHAT["messages"][::-1]), "another order of messages",
     "messages[0].role: 'system' became 'user'"),
    (chat(), chat(model="gpt-4o-mini"), "a changed model", "model: 'gpt-4o' became 'gpt-4o-mini'"),
    (chat(), chat(tools=[OTHER_TOOL]), "a changed tool schema",
     "tools[0].function.parameters.properties.city.description: was not set, is 'A town.'"),
    (chat(), chat(tools=[*CHAT["tools"], {"type": "function", "function": {"name": "time"}}]),
     "a changed number of tools: 1 became 2", "tools[1]: {'type': 'function', "),
    (chat(), chat(tool_choice="required"), "a changed choice of tools",
     "tool_choice: was not set, is 'required'"),
    (chat(), chat(temperature=0.7), "a changed sampling setting, temperature",
     "temperature: 0.5 became 0.7"),
    (chat(), chat(response_format={"type": "json_object"}), "a changed response format",
     "response_format: was not set, is {'type': 'json_object'}"),
    (chat(), chat(store=True), "a changed setting, store", "store: was not set, is True"),
    (responses(), responses(instructions=OTHER), "a changed prompt", "instructions: 'one' became "),
    (responses(), responses(input=[*json.loads(responses().body)["input"], AND_OSLO]),
     "a changed number of messages: 1 became 2", "input[1]: "),
    (responses(), responses(text={"format": {"type": "json_object"}}), "a changed response format",
     "text.format.type: 'text' became 'json_object'"),
    (responses(), responses(reasoning={"effort": "low"}), "a changed sampling setting, reasoning",
     "reasoning: was not set"),
    (responses(), responses(tools=[{"type": "function", **FUNCTION, "parameters": OTHER_SCHEMA}]),
     "a changed tool schema", "tools[0].parameters.properties.city.description: "),
    (anthropic(), anthropic(system=[{"type": "text", "text": OTHER}]), "a changed prompt",
     "system[0].text: 'one' became 'two'"),
    (anthropic(), anthropic(max_tokens=64), "a changed sampling setting, max_tokens",
     "max_tokens: 1024 became 64"),
    (anthropic(), anthropic(tools=[{"name": "weather", "input_schema": OTHER_SCHEMA}]),
     "a changed tool schema", "tools[0].input_schema.properties.city.description: "),
    (anthropic(), anthropic(tool_choice={"type": "any"}), "a changed choice of tools",
     "tool_choice: "),
    (gemini(), gemini("gemini-2.5-flash"), "a changed model",
     "path: '/v1beta/models/gemini-2.5-pro:generateContent' became "),
    (gemini(), gemini(systemInstruction={"parts": [{"text": OTHER}]}), "a changed prompt",
     "systemInstruction.parts[0].text: 'one' became 'two'"),
    (gemini(), gemini(contents=[*GEMINI["contents"], {"role": "model", "parts": []}]),
     "a changed number of messages: 1 became 2", "contents[1]: "),
    (gemini(), gemini(generationConfig={"temperature": 0.9}),
     "a changed sampling setting, temperature", "generationConfig.temperature: 0.5 became 0.9"),
    (gemini(), gemini(generationConfig={"temperature": 0.5, "responseSchema": SCHEMA}),
     "a changed response format", "generationConfig.responseSchema: was not set"),
    (gemini(), gemini(tools=[{"functionDeclarations": [{**FUNCTION, "parameters": OTHER_SCHEMA}]}]),
     "a changed tool schema", "tools[0].functionDeclarations[0].parameters.properties."),
    (embeddings(), embeddings(input=["Rome is warm.", "Oslo is very cold."]), "a changed prompt",
     "input[1]: 'very ' was added in "),
    (embeddings(), embeddings(input=["Oslo is cold.", "Rome is warm."]),
     "another order of messages", "input[0]: "),
    (embeddings(), embeddings(dimensions=256), "a changed setting, dimensions", "dimensions: "),
    (chat(), post("https://eu.api.openai.com/v1/chat/completions", CHAT), "another host",
     "host: 'api.openai.com' became 'eu.api.openai.com'"),
]  # fmt: skip


def interaction(request: Request, agent: str = "") -> Interaction:
    path = (f"{agent}#1",) if agent else ()
    return Interaction(request, Response(200, (), b"{}", duration_ns=0), path)


def missed(
    folder: Path,
    asked: Request,
    *recorded: Interaction,
    agent: str = "",
    play: tuple[Request, ...] = (),
    key_parts: tuple[KeyPart, ...] = (),
) -> ReplayMiss:
    path = folder / "a.yaml"
    save(path, Cassette(Header(), recorded))
    session = CassetteSession(path, rerecord="harness run x", key_parts=key_parts)
    for each in play:
        session.play(each)
    with pytest.raises(ReplayMiss, match="No recorded reply") as caught:
        session.play(asked, (f"{agent}#2",) if agent else ())
    return caught.value


@pytest.mark.parametrize(("recorded", "asked", "cause", "nearest"), CASES)
def test_a_miss_names_cause_place_and_command(
    recorded: Request, asked: Request, cause: str, nearest: str, tmp_path: Path
) -> None:
    others = (interaction(each()) for each in (embeddings, anthropic, gemini))

    miss = missed(tmp_path, asked, interaction(recorded), *others)

    assert (miss.cause, miss.fix) == (cause, "harness run x")
    assert (miss.nearest or "").startswith(f"interaction 1 differs at {nearest}")


def test_what_does_not_count_is_no_cause(tmp_path: Path) -> None:
    asked = chat(seed=2, messages=[{"role": "user", "content": "Hello"}])

    miss = missed(tmp_path, asked, interaction(chat(seed=1)), key_parts=(Ignore("/seed"),))

    assert "seed" not in str(miss)
    assert miss.cause == "a changed prompt"


def test_one_call_more_of_an_agent_is_an_extra_call(tmp_path: Path) -> None:
    other = anthropic(system="You are a poet.")

    miss = missed(
        tmp_path,
        chat(temperature=0.9),
        interaction(chat(), "guide"),
        interaction(other, "poet"),
        agent="guide",
        play=(chat(),),
    )

    assert miss.cause == "an extra call: all that was recorded of 'guide' is played already"


def test_an_agent_of_whom_nothing_is_recorded_is_new(tmp_path: Path) -> None:
    miss = missed(tmp_path, chat(temperature=0.9), interaction(chat(), "guide"), agent="critic")

    assert miss.cause == "a new agent: nothing of 'critic' is recorded"


def test_an_agent_is_not_new_to_a_recording_that_names_none(tmp_path: Path) -> None:
    miss = missed(tmp_path, chat(temperature=0.9), interaction(chat()), agent="critic")

    assert miss.cause == "a changed sampling setting, temperature"


def test_the_nearest_is_found_among_thousands_whatever_the_language(tmp_path: Path) -> None:
    texts = [f"{number:04d}号的天气怎么样请用一句话回答不要编造价格" for number in range(2_000)]
    recorded = [interaction(chat(messages=[{"content": text}])) for text in texts]

    miss = missed(tmp_path, chat(messages=[{"content": texts[1_234] + "。"}]), *recorded)

    assert (miss.nearest or "").startswith("interaction 1235 differs at messages[0].content")
