"""Places where code runs, one room a place."""

from agentchat.ext.code_executors._default import create_default_code_executor

__all__ = ["create_default_code_executor"]
