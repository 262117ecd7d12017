"""Where in the bytes of a form or an upload something stands."""

from collections import Counter
from collections.abc import Iterator, Sequence

from harness.fields import Field, Span, fields_of
from harness.redaction._json_spans import steps_of


def field_spans(pointer: str, body: bytes) -> Iterator[Span]:
    """Where the values stand that a pointer leads to; in other bodies, none.

    Args:
        pointer: As for JSON: `/api_key`; `/file` is all that a part says, `/file/filename` one
            thing; `/tag/0` the first of several fields of a name.
        body: A whole body.
    """
    steps = steps_of(pointer)
    _, fields = fields_of(body)
    for place, span in _places(fields):
        if len(steps) <= len(place) and all(
            step in ("*", name) for step, name in zip(steps, place, strict=False)
        ):
            yield span


def _places(fields: Sequence[Field]) -> Iterator[tuple[tuple[str, ...], Span]]:
    times, met = Counter(field.name for field in fields), Counter[str]()
    for field in fields:
        place: tuple[str, ...] = (field.name,)
        if times[field.name] > 1:
            place = (field.name, str(met[field.name]))
            met[field.name] += 1
        yield (*place, "content") if field.said else place, field.value
        for name, span in field.said.items():
            yield (*place, name), span
