"""Each example of the guide runs as its docstring says, and prints what it is there to show."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from harness.script import Script
from tests.docs._endpoint import answering, outcome_of
from tests.docs.guide_programs import (
    CHROMADB_MISSING,
    EXAMPLES,
    NAMES,
    PRINTED,
    ROOT,
    TYPED,
    WARNED,
    asked_well,
    docstring_of,
    script_of,
    telling,
)

README = (ROOT / EXAMPLES / "README.md").read_text(encoding="utf-8")

PRINTED_HERE = PRINTED | {
    "model_client_by_config": "The capital of France is Paris.\n",
    "model_client": "The capital of Japan is Tokyo.\n",
    "azure_openai": "gpt-4o at https://example.openai.azure.com/, API of 2024-09-01-preview\n",
    "compatible_api": "The capital of Peru is Lima.\n",
    "cache": """\
I am well, thank you. How can I help you? (cached: False)
I am well, thank you. How can I help you? (cached: True)
""",
    "assistant": "Red, yellow and blue.\n",
    "assistant_on_messages": "Hello! How can I help you today?\n",
    "multi_modal": "The image is a plain red square.\n",
    "user_proxy": "Enter your response: You said: Yes, please.\n",
    "rag": """\
remembered: Temperatures in degrees Celsius, and weather in metric units, please.
The weather in Oslo is 23 °C and sunny.
""",
    "custom_agent": "user: Hello!\ncustom_agent: Custom reply\n",
    "agent_state": """\
Hello! How can I help you today?
Why did the agent cross the road? Its plan said so.
saved: Hello!
saved: Hello! How can I help you today?
I would tell you a joke about state, but you have loaded it already.
""",
    "message_conversion": """\
{"content": "What is the weather in Paris?", "role": "user", "name": "user"}
{"tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "get_weather", \
"args": "{\\"city\\": \\"Paris\\"}"}}], "role": "assistant", "content": null, "name": "assistant"}
{"tool_responses": [{"tool_call_id": "call_1", "name": "get_weather", "role": "tool", \
"content": "Sunny."}], "role": "tool", "content": "Sunny."}
""",
    "nested_chat": """\
counting_agent_1: 2
counting_agent_2: 3
counting_agent_1: 4
counting_agent_2: 5
counting_agent_1: 6
""",
}


def test_there_is_an_example_for_each_program_of_the_guide() -> None:
    examples = [file.stem for file in (ROOT / EXAMPLES).glob("*.py")]

    assert sorted(examples) == sorted(NAMES)
    assert sorted(PRINTED_HERE) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_runs_as_its_docstring_says(name: str, tmp_path: Path) -> None:
    if name == "rag" and not find_spec("chromadb"):
        pytest.skip(CHROMADB_MISSING)
    program = str(ROOT / EXAMPLES / f"{name}.py")

    with answering(script_of(name)) as endpoint:
        outcome = outcome_of(
            sys.executable, program, url=endpoint.url, folder=tmp_path, typed=TYPED.get(name, "")
        )

    assert telling(name, outcome.printed) == PRINTED_HERE[name]
    assert (WARNED[name] in outcome.warned) if name in WARNED else outcome.warned == ""
    assert asked_well(name, endpoint.requests)
    assert list(tmp_path.iterdir()) == [], "it leaves something behind"


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_how_it_is_run_and_what_is_typed(name: str) -> None:
    said = docstring_of(name)

    assert said.endswith(f"\n    python {EXAMPLES / name}.py")
    assert [line for line in TYPED.get(name, "").splitlines() if f"`{line}`" not in said] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_names_every_example(name: str) -> None:
    assert f"[`{name}.py`]({name}.py)" in README


def test_every_part_of_the_script_belongs_to_an_example() -> None:
    replies = Script.load(ROOT / EXAMPLES / "script.yaml").replies

    assert set(replies) <= set(NAMES)
