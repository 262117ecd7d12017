"""`with harness.cassette("x"):` - a cassette around any block of code."""

from harness.cassettes._block import CassetteBlock
from harness.cassettes._cassette import cassette
from harness.cassettes._names import path_of

__all__ = ["CassetteBlock", "cassette", "path_of"]
