"""Stores that a cache may keep its values in, one room a library."""
