"""Scripted replies in OpenAI's formats, each API in a module; whole, or as a stream of events.

The formats: https://platform.openai.com/docs/api-reference. Ids are made from the request and the
reply, so that the same script gives the same bytes.
"""

from harness.openai_wire._shared import failure, refusal

__all__ = ["failure", "refusal"]
