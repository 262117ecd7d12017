"""Agents of particular vendors, and agents that need another library; one room each."""
