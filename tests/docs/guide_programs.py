"""What the guide's programs ask, hear, print and warn of, wherever they are written down."""

import ast
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from harness.script import Script
from tests.docs._endpoint import Body

ROOT = Path(__file__).parents[2]
EXAMPLES = Path("docs/guide/examples")

NAMES = (
    "model_client_by_config",
    "model_client",
    "azure_openai",
    "compatible_api",
    "cache",
    "assistant",
    "assistant_on_messages",
    "multi_modal",
    "user_proxy",
    "rag",
    "custom_agent",
    "agent_state",
    "two_agent_chat",
    "tool_use",
    "message_conversion",
    "group_chat",
    "group_chat_resume",
    "stateflow",
    "nested_chat",
    "long_context",
)
"""In the order of the guide."""

CHROMADB_MISSING = 'needs chromadb: pip install "agentchat-harness[chromadb]"'

TYPED = {
    "user_proxy": "Yes, please.\n",
    "tool_use": "What is the weather in Paris?\nThank you!\nexit\n",
    "long_context": (
        "My name is Ada.\nCount to one.\nCount to two.\nCount to three.\nCount to four.\n"
        "Count to five.\nWhat is my name?\nexit\n"
    ),
}

WARNED = {"two_agent_chat": "No approval function set for CodeExecutorAgent."}

PRINTED = {
    "two_agent_chat": """\
---------- TextMessage (user) ----------
Write a python script to print 'Hello, world!'
---------- TextMessage (assistant) ----------
Here is a Python script that prints the greeting:

```python
print("Hello, world!")
```

Save it as `hello.py` and run it with `python hello.py`.
---------- TextMessage (code_executor) ----------
Hello, world!

---------- TextMessage (assistant) ----------
TERMINATE
""",
    # What is typed is not on stdout, nor is the Enter behind it.
    "tool_use": """\
User: Assistant: It is sunny in Paris, at 72 degrees.
User: Assistant: You are welcome!
User: """,
    "group_chat": """\
---------- TextMessage (user) ----------
Write a short story about a robot that discovers it has feelings.
---------- TextMessage (writer) ----------
Robot Seven watered a flower every day. One day it wilted, and Seven felt sad.
---------- TextMessage (critic) ----------
Moving, but it ends too early. Give Seven some hope.
---------- TextMessage (writer) ----------
Robot Seven felt sad when its flower wilted. In spring it grew again, and Seven felt joy.
---------- TextMessage (critic) ----------
APPROVE
""",
    "group_chat_resume": """\
---------- TextMessage (user) ----------
Write a short story about a robot that discovers it has feelings.
---------- TextMessage (writer) ----------
Robot Seven felt sad when its flower wilted. In spring it grew again, and Seven felt joy.
---------- TextMessage (critic) ----------
APPROVE
---------- TextMessage (user) ----------
Translate the story into Chinese.
---------- TextMessage (writer) ----------
七号的花谢了,它很难过。春天花又开了,它感到快乐。
---------- TextMessage (critic) ----------
APPROVE
""",
    "stateflow": """\
---------- TextMessage (user) ----------
---------- TextMessage (PlanningAgent) ----------
---------- ToolCallRequestEvent (WebSearchAgent) ----------
---------- ToolCallExecutionEvent (WebSearchAgent) ----------
---------- ToolCallSummaryMessage (WebSearchAgent) ----------
---------- TextMessage (PlanningAgent) ----------
---------- ToolCallRequestEvent (WebSearchAgent) ----------
---------- ToolCallExecutionEvent (WebSearchAgent) ----------
---------- ToolCallSummaryMessage (WebSearchAgent) ----------
The number of total rebounds for Dwayne Wade in the Miami Heat season 2007-2008 is 214.
---------- TextMessage (PlanningAgent) ----------
---------- ToolCallRequestEvent (WebSearchAgent) ----------
---------- ToolCallExecutionEvent (WebSearchAgent) ----------
---------- ToolCallSummaryMessage (WebSearchAgent) ----------
The number of total rebounds for Dwayne Wade in the Miami Heat season 2008-2009 is 398.
---------- TextMessage (PlanningAgent) ----------
---------- ToolCallRequestEvent (DataAnalystAgent) ----------
---------- ToolCallExecutionEvent (DataAnalystAgent) ----------
---------- ToolCallSummaryMessage (DataAnalystAgent) ----------
85.98130841121495
---------- TextMessage (PlanningAgent) ----------
His total rebounds rose from 214 in 2007-2008 to 398 in 2008-2009, a change of about 85.98%.
TERMINATE
""",
    "long_context": """\
User: Assistant: Nice to meet you, Ada.
User: Assistant: 1
User: Assistant: 1, 2
User: Assistant: 1, 2, 3
User: Assistant: 1, 2, 3, 4
User: Assistant: 1, 2, 3, 4, 5
User: Assistant: I am sorry, I can no longer see where you told me.
User: """,
}
"""Of the stateflow: who speaks, and the numbers."""


def docstring_of(name: str) -> str:
    """What an example says of itself."""
    source = (ROOT / EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)) or ""


def script_of(name: str) -> Script:
    """What `harness serve` serves, called as the example says; nothing if no model is asked."""
    command = re.search(r"harness serve --script (\S+)(?: --scenario (\S+))?", docstring_of(name))
    if command is None:
        return Script()
    return Script.load(ROOT / command[1]).part(command[2] or "")


def telling(name: str, printed: str) -> str:
    """The printed lines that a program is there to show; all of them, but for the stateflow."""
    if name != "stateflow":
        return printed
    told = PRINTED[name].splitlines()
    lines = [line for line in printed.splitlines() if line.startswith("-----") or line in told]
    return "\n".join(lines) + "\n"


def asked_well(name: str, requests: Sequence[Body]) -> bool:
    """Whether the model was asked what the program is to ask; a script sees less than this."""
    return _CLAIMS[name](requests) if name in _CLAIMS else True


def _shows_the_picture(requests: Sequence[Body]) -> bool:
    words, picture = requests[0]["messages"][1]["content"]
    return bool(
        words == {"type": "text", "text": "Here is an image:"}
        and picture["image_url"]["url"].startswith("data:image/png;base64,")
    )


def _tells_the_nearest_preference(requests: Sequence[Body]) -> bool:
    told = [str(request["messages"][-1]["content"]) for request in requests]
    return all("Celsius" in text and "vegan" not in text for text in told)


def _has_forgotten_the_first_joke(requests: Sequence[Body]) -> bool:
    return bool(requests[1]["messages"] == requests[2]["messages"])


def _remembers_the_story(requests: Sequence[Body]) -> bool:
    _, *thread = [message["content"] for message in requests[2]["messages"]]
    return len(thread) == 4 and "Seven felt joy." in thread[1]


def _sees_ten_messages(requests: Sequence[Body]) -> bool:
    roles = [message["role"] for message in requests[-1]["messages"]]
    return roles == ["system"] + 5 * ["assistant", "user"]


_CLAIMS: dict[str, Callable[[Sequence[Body]], bool]] = {
    "multi_modal": _shows_the_picture,
    "rag": _tells_the_nearest_preference,
    "agent_state": _has_forgotten_the_first_joke,
    "group_chat_resume": _remembers_the_story,
    "long_context": _sees_ten_messages,
}
