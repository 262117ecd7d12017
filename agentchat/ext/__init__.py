"""Integrations: each room imports one outside library, and nothing is imported here."""

from agentchat import __version__ as __version__
