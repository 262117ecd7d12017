"""JSON out of a model's text; apart from the schemas, whose many types are slow to import."""

import json
import re
from typing import Any

_FENCED = re.compile(r"```[ \t]*(?P<language>[\w+-]*)[ \t]*\n(?P<text>.*?)```", re.DOTALL)


def extract_json_from_str(content: str) -> list[dict[str, Any]]:
    """The JSON objects in the fenced blocks of a text; without any block, the text itself.

    Raises:
        ValueError: A block is of another language, or is not JSON.
    """
    blocks = list(_FENCED.finditer(content))
    for block in blocks:
        if block["language"].lower() not in ("", "json"):
            raise ValueError(f"Expected JSON object, but found language: {block['language']}")
    return [json.loads(text) for text in [block["text"] for block in blocks] or [content]]
