"""What `--json` prints, as a JSON schema: docs/cassettes-commands.schema.json."""

import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import TypeAdapter

from harness.commands.cassettes._output import VERSION
from harness.commands.cassettes.lint import Linting
from harness.comparison import Comparisons, Merging, Shown
from harness.staleness import Staleness
from harness.upkeep import Diagnosis, Importing, Listing, Playbacks, Pruning, Renaming
from harness.verifying import Verification

RECORDS: Mapping[str, type] = {
    "list": Listing,
    "show": Shown,
    "diff": Comparisons,
    "verify": Verification,
    "stale": Staleness,
    "prune": Pruning,
    "rename": Renaming,
    "merge": Merging,
    "import": Importing,
    "lint": Linting,
    "doctor": Diagnosis,
}
"""By command."""

_Input = tuple[str, Literal["validation", "serialization"], TypeAdapter[Any]]


def schema_text() -> str:
    """The schema of every document, and of the file of evidence that `stale` and `prune` read."""
    inputs: list[_Input] = [
        (name, "serialization", TypeAdapter(kind)) for name, kind in RECORDS.items()
    ]
    inputs.append(("playbacks", "validation", TypeAdapter(Playbacks)))
    schemas, shared = TypeAdapter.json_schemas(inputs)
    named = {name: schema for (name, _), schema in schemas.items()}
    definitions: dict[str, Any] = shared.get("$defs", {})
    for command in RECORDS:
        record = definitions[named[command]["$ref"].rpartition("/")[2]]
        given = {"command": {"const": f"cassettes {command}"}, "version": {"const": VERSION}}
        record["properties"] = {**given, **record["properties"]}
        record["required"] = list(record["properties"])
        record["additionalProperties"] = False
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"What `harness cassettes COMMAND --json` prints, version {VERSION}",
        "oneOf": [named[command] for command in RECORDS],
        "$defs": definitions,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
