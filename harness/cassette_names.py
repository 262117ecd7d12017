"""What cassettes' files are called; importing this costs nothing."""

_SUFFIXES = (".yaml", ".yml", ".json", ".toml", ".har", ".sse", ".eventstream")


def is_named_as_cassette(name: str) -> bool:
    """Whether a file of this name may be a cassette, packed or not."""
    return name.lower().removesuffix(".gz").endswith(_SUFFIXES)
