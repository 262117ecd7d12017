"""FunctionCall: a model's request to run a tool."""

from dataclasses import dataclass


@dataclass
class FunctionCall:
    """A model asks for one function to be called."""

    id: str
    """Joins the call with its result; unique within one answer of the model."""

    arguments: str
    """JSON text as the model wrote it; it may be invalid."""

    name: str
