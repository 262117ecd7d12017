"""The guide's own programs run as they stand there: `agentchat.compat` leads their imports here.

With AUTOGEN_PYTHON naming an interpreter that has AutoGen 0.7.5, they must print the same there.
"""

import os
import re
import sys
from base64 import b64decode
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

from harness.script import Script
from tests.docs._endpoint import answering, outcome_of
from tests.docs.guide_programs import (
    CHROMADB_MISSING,
    NAMES,
    PRINTED,
    ROOT,
    TYPED,
    WARNED,
    asked_well,
    script_of,
    telling,
)

GUIDE = ROOT.parent / "shared" / "guide.md"
pytestmark = pytest.mark.skipif(not GUIDE.is_file(), reason=f"{GUIDE} is not on this machine")

HERE = (sys.executable, "-m", "agentchat.compat")
AUTOGEN = os.environ.get("AUTOGEN_PYTHON")
PYTHONS = {"here": HERE} | ({"autogen": (AUTOGEN,)} if AUTOGEN else {})

ONLY_DEFINED = (
    "model_client_by_config",
    "model_client",
    "azure_openai",
    "compatible_api",
    "assistant",
    "user_proxy",
    "rag",
    "custom_agent",
    "message_conversion",
)
"""The guide shows how they are made, not what is done with them: `USED` does something."""

PRINTED_HERE = dict.fromkeys(ONLY_DEFINED, "") | {
    **PRINTED,
    "cache": """\
finish_reason='stop' content='I am well, thank you. How can I help you?' \
usage=RequestUsage(prompt_tokens=9, completion_tokens=11) cached=False logprobs=None thought=None
finish_reason='stop' content='I am well, thank you. How can I help you?' \
usage=RequestUsage(prompt_tokens=9, completion_tokens=11) cached=True logprobs=None thought=None
""",
    "assistant_on_messages": """\
Response(chat_message=TextMessage(id='ID', source='assistant', \
models_usage=RequestUsage(prompt_tokens=17, completion_tokens=9), metadata={}, created_at=TIME, \
content='Hello! How can I help you today?', type='TextMessage'), inner_messages=[])
""",
    "multi_modal": """\
Response(chat_message=TextMessage(id='ID', source='assistant', \
models_usage=RequestUsage(prompt_tokens=69, completion_tokens=9), metadata={}, created_at=TIME, \
content='The image is a plain red square.', type='TextMessage'), inner_messages=[])
""",
    "agent_state": """\
Response(chat_message=TextMessage(id='ID', source='assistant', \
models_usage=RequestUsage(prompt_tokens=17, completion_tokens=9), metadata={}, created_at=TIME, \
content='Hello! How can I help you today?', type='TextMessage'), inner_messages=[])
{'type': 'AssistantAgentState', 'version': '1.0.0', 'llm_context': {'messages': \
[{'content': 'Hello!', 'source': 'user', 'type': 'UserMessage'}, \
{'content': 'Hello! How can I help you today?', 'thought': None, 'source': 'assistant', \
'type': 'AssistantMessage'}]}}
Response(chat_message=TextMessage(id='ID', source='assistant', \
models_usage=RequestUsage(prompt_tokens=37, completion_tokens=13), metadata={}, created_at=TIME, \
content='Why did the agent cross the road? Its plan said so.', type='TextMessage'), \
inner_messages=[])
""",
    "nested_chat": "".join(
        f"id='ID' source='counting_agent_{agent}' models_usage=None metadata={{}} "
        f"created_at=TIME content='{number}' type='TextMessage'\n"
        for agent, number in ((1, 2), (2, 3), (1, 4), (2, 5), (1, 6))
    ),
}

PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
"""One red pixel, as PNG."""

RAG_ABOVE = """\
import os
from pathlib import Path
from autogen_agentchat.agents import AssistantAgent
from autogen_ext.memory.chromadb import (
    ChromaDBVectorMemory,
    PersistentChromaDBVectorMemoryConfig,
)
from autogen_ext.models.openai import OpenAIChatCompletionClient

async def get_weather(city: str, units: str = "imperial") -> str:
    return f"The weather in {city} is 73 °F and sunny."
"""
"""What the guide leaves out above that program, where it has an ellipsis."""

ASK = """
import asyncio
from autogen_core.models import UserMessage
answer = asyncio.run({client}.create([UserMessage(content="{question}", source="user")]))
print(answer.content)
"""
RUN = """
import asyncio
result = asyncio.run({agent}.run(task="{task}"))
print(result.messages[-1].to_text())
"""
ROUND_TRIP = """
messages = [
    TextMessage(content="Hello!", source="user"),
    MultiModalMessage(content=["Look:", Image.from_base64(PICTURE)], source="user"),
    ToolCallRequestEvent(content=[FunctionCall(id="1", name="add", arguments="{}")], source="bot"),
]
for message in messages:
    old = convert_to_v02_message(message, "user")
    new = convert_to_v04_message(old)
    print(type(new) is type(message), convert_to_v02_message(new, "user") == old)
result = dict(tool_call_id="1", role="tool", content="3", name="add")
print(convert_to_v04_message(dict(tool_responses=[result])).content[0].content)
"""


class Use(NamedTuple):
    code: str
    printed: str
    asks_the_model: bool = False


USED = {
    "model_client_by_config": Use(
        ASK.format(client="model_client", question="What is the capital of France?"),
        "The capital of France is Paris.\n",
        asks_the_model=True,
    ),
    "model_client": Use(
        ASK.format(client="model_client", question="What is the capital of Japan?"),
        "The capital of Japan is Tokyo.\n",
        asks_the_model=True,
    ),
    "azure_openai": Use(
        "made = model_client.dump_component().config\n"
        "print(made['azure_deployment'], made['api_version'], made['azure_endpoint'])\n",
        "gpt-4o 2024-09-01-preview https://<your-endpoint>.openai.azure.com/\n",
    ),
    "compatible_api": Use(
        "print(custom_model_client.dump_component().config['base_url'])\n"
        "print(custom_model_client.model_info['family'])\n",
        "https://custom-model.com/reset/of/the/path\nunknown\n",
    ),
    "assistant": Use(
        RUN.format(agent="assistant", task="Name three primary colours."),
        "Red, yellow and blue.\n",
        asks_the_model=True,
    ),
    "user_proxy": Use(
        RUN.format(agent="user_proxy", task="Shall we go on?"),
        "Enter your response: Yes, please.\n",
    ),
    "rag": Use(
        "print(chroma_user_memory.collection_name, assistant_agent.name)\n",
        "preferences assistant_agent\n",
    ),
    "custom_agent": Use(
        RUN.format(agent="CustomAgent('custom', 'Answers.')", task="Hello!"),
        "Custom reply\n",
    ),
    "message_conversion": Use(
        f'PICTURE = "{PICTURE}"\n{ROUND_TRIP}',
        "True True\nTrue True\nTrue True\n3\n",
    ),
}
"""What is done with a program that has been imported, by its name."""


def programs() -> dict[str, str]:
    """The guide's programs for v0.4; those for v0.2 import `autogen`, or go on where they ended."""
    blocks = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    current = [b for b in blocks if re.search(r"^from autogen_|\bmodel_client=", b, re.M)]
    return dict(zip(NAMES, current, strict=True))


def saved(name: str, folder: Path) -> Path:
    """The program as a file, beside what it reads."""
    if name == "rag" and not find_spec("chromadb"):
        pytest.skip(CHROMADB_MISSING)
    if name == "multi_modal":
        (folder / "test.png").write_bytes(b64decode(PICTURE))
    file = folder / f"{name}.py"
    above = RAG_ABOVE if name == "rag" else ""
    file.write_text(above + programs()[name], encoding="utf-8")
    return file


def without_chance(printed: str) -> str:
    """With fixed ids and times, which differ from run to run."""
    printed = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", printed)
    return re.sub(r"datetime\.datetime\([^()]*\)", "TIME", printed)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", NAMES)
def test_a_program_runs_to_its_end_and_prints_what_the_guide_says(
    name: str, python: str, tmp_path: Path
) -> None:
    if (name, python) == ("stateflow", "autogen"):
        pytest.xfail("There the model may not choose whom it chose last, whoever spoke since.")
    program = saved(name, tmp_path)
    script = Script() if name in ONLY_DEFINED else script_of(name)

    with answering(script) as endpoint:
        outcome = outcome_of(
            *PYTHONS[python],
            str(program),
            url=endpoint.url,
            folder=tmp_path,
            typed=TYPED.get(name, ""),
        )

    assert telling(name, without_chance(outcome.printed)) == PRINTED_HERE[name]
    assert WARNED.get(name, "") in outcome.warned
    assert (outcome.warned == "") == (name not in WARNED)
    assert asked_well(name, endpoint.requests)


@pytest.mark.parametrize("name", ONLY_DEFINED)
def test_what_a_program_only_defines_can_be_used(name: str, tmp_path: Path) -> None:
    saved(name, tmp_path)
    use = USED[name]
    program = tmp_path / "program.py"
    program.write_text(f"from {name} import *\n{use.code}", encoding="utf-8")
    script = script_of(name) if use.asks_the_model else Script()

    with answering(script) as endpoint:
        outcome = outcome_of(
            *HERE, str(program), url=endpoint.url, folder=tmp_path, typed=TYPED.get(name, "")
        )

    assert (outcome.printed, outcome.warned) == (use.printed, "")
