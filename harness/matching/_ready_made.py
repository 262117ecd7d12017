"""Ready-made key parts, for what differs from run to run in most programs."""

from dataclasses import replace
from difflib import get_close_matches

from harness.errors import UsageError
from harness.matching._normalising import CallIds, Normalise, Numbered, WhiteSpace
from harness.matching._parts import KeyPart

_TEMPORARY = (
    r"(?:/private)?/(?:tmp|var/tmp|var/folders/[^/\s\"']+/[^/\s\"']+/T)"
    r"|[A-Za-z]:\\Users\\[^\\\s\"']+\\AppData\\Local\\Temp"
)
_BELOW = r"(?:[/\\]pytest-of-[^/\\\s\"']+[/\\]pytest-\d+(?:[/\\]popen-gw\d+)?|[/\\][^/\\\s\"']+)"

_READY_MADE: dict[str, Normalise | Numbered | WhiteSpace | CallIds] = {
    "uuid": Numbered(
        r"(?i)(?<![0-9a-f-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])", "uuid"
    ),
    # Not behind a hyphen: models are called gpt-4o-2024-08-06.
    "date": Normalise(
        r"(?<![\w-])\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?Z|[+-]\d\d:?\d\d)?)?"
        r"(?![\w-])|(?<![\d:])\d\d:\d\d:\d\d(?:\.\d+)?(?![\d:])",
        "<date>",
    ),
    "timestamp": Normalise(
        r"(?<![\w.-])1\d{9}(?:\d{3}){0,3}(?:\.\d+)?(?![\w-]|\.\d)", "<timestamp>"
    ),
    "path": Normalise(f"(?:{_TEMPORARY}){_BELOW}", "<temporary>"),
    "secret": Normalise(r"<secret:[\w.:-]+>", "<secret>"),
    "whitespace": WhiteSpace(),
    "call-id": CallIds(),
    "data-url": Normalise(
        r"data:([\w.+-]+/[\w.+-]+(?:;[\w=.+-]+)*);base64,[A-Za-z0-9+/=_-]*", r"data:\1;<data>"
    ),
}


def ready_made(name: str, pointer: str = "") -> KeyPart:
    """The ready-made key part of a name.

    Args:
        name: `uuid`; `date`: ISO dates and times; `timestamp`: seconds since 1970, from the year
            2001 on, also in smaller units; `path`: folders for temporary files; `secret`: what
            stands for secrets, whichever they are; `whitespace`; `call-id`; `data-url`: what a
            picture in a prompt holds, but not its type.
        pointer: As in `Normalise`.

    Raises:
        UsageError: There is none of this name.
    """
    if name in _READY_MADE:
        return replace(_READY_MADE[name], pointer=pointer)
    near = get_close_matches(name, _READY_MADE, n=1)
    meant = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_READY_MADE)}."
    raise UsageError(
        f"No ready-made key part is called {name!r}; {meant} "
        "A pattern of your own is written as in 'normalise:\\d+ -> <number>'."
    )
