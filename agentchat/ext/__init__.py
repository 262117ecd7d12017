"""Integrations: each room imports one outside library, and nothing is imported here."""
