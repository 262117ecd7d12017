"""What vcrpy, and others, call the arguments of a cassette, and what they are called here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches

_ALWAYS_REMOVED = frozenset(
    {"authorization", "cookie", "set-cookie", "x-api-key", "api-key", "openai-organization",
     "openai-project"}
)  # fmt: skip


def not_known(arguments: Mapping[str, object], known: Sequence[str]) -> str:
    """What to say of arguments that there are not.

    Args:
        arguments: Those that were given, with their values.
        known: Those that there are.
    """
    return "\n".join(_said(name, value, known) for name, value in arguments.items())


def _said(name: str, value: object, known: Sequence[str]) -> str:
    what = f"harness.cassette() has no argument {name!r}"
    if name in _BY_NAME:
        return f"{what}: {_BY_NAME[name](value)}."
    near = get_close_matches(name, known, n=1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return f"{what}; there are: {', '.join(known)}.{meant}"


def _match_on(value: object) -> str:
    parts = ",".join(_texts(value)) or "method,path"
    return f'say key_parts=["match_on:{parts}"]; without it all but headers counts, bodies too'


def _headers(value: object) -> str:
    own = [name for name in _texts(value) if name.lower() not in _ALWAYS_REMOVED]
    if _texts(value) and not own:
        return "leave it out, headers that hold secrets are never kept"
    rules = _rules("header:{0}", own or ["x-tenant"])
    return f"say redact={rules} for headers of your own; the usual secrets are never kept"


def _query(value: object) -> str:
    return f"say redact={_rules('query:{0}', _texts(value) or ['session'])}"


def _fields(value: object) -> str:
    names = _texts(value) or ["customer"]
    return f"say redact={_rules('pointer:/{0} -> {0}', names)}"


def _mode(value: object) -> str:
    text = str(getattr(value, "value", value))
    return f'say record_mode="{"new_episodes" if text == "any" else text}"'


def _folder(value: object) -> str:
    return f'say it in the name: harness.cassette("{value}/name.yaml")'


def _telling(what: str) -> Callable[[object], str]:
    return lambda _: what


_BY_NAME: Mapping[str, Callable[[object], str]] = {
    "match_on": _match_on,
    "filter_headers": _headers,
    "filter_query_parameters": _query,
    "filter_post_data_parameters": _fields,
    "mode": _mode,
    "cassette_library_dir": _folder,
    "path_transformer": _telling("say the name as it shall be; it gets `.yaml` by itself"),
    "before_record_request": _telling(
        "say redact=[...] for what is secret, key_parts=[...] for what does not count, and "
        "ignore_hosts=[...] for what is not to be recorded"
    ),
    "before_record": _telling("say redact=[...], key_parts=[...] or ignore_hosts=[...]"),
    "before_record_response": _telling("say redact=[...] for what is secret in answers"),
    "before_playback": _telling("say replace={...} for texts that change from run to run"),
    "custom_patches": _telling(
        "hand the client a harness.transport.CassetteTransport, where no library is patched"
    ),
    "serializer": _telling("leave it out, cassettes are YAML, and those of vcrpy are read"),
    "persister": _telling("leave it out, a cassette is always a file"),
    "func_path_generator": _telling("name the cassette: harness.cassette('name')"),
    "inject_cassette": _telling("say `with harness.cassette(...) as use:`"),
    "decode_compressed_response": _telling("leave it out, bodies are always kept unpacked"),
    "drop_unused_requests": _telling(
        'record with record_mode="rewrite", or drop them by `harness cassettes prune`'
    ),
    "ignore": _telling('say key_parts=["ignore:/pointer"] or ignore_hosts=["host"]'),
}
"""By their names there: what to do, given the value."""


def _texts(value: object) -> list[str]:
    """The names in a list of names, or of names with what replaces their values."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, Iterable):
        return []
    return [str(each[0]) if isinstance(each, tuple) and each else str(each) for each in value]


def _rules(form: str, names: Sequence[str]) -> str:
    quoted = ", ".join(f'"{form.format(name)}"' for name in names)
    return f"[{quoted}]"
