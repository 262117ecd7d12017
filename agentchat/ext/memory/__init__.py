"""Memories that keep what they know, and memories that learn; none needs another library."""
