"""The tokens that an answer took, as each vendor tells them."""

from harness.answers._json import Json, object_of
from harness.trace import Usage


def usage_of(answer: Json) -> Usage | None:
    """The tokens that an answer says it took; None when it doesn't say."""
    usage = object_of(answer.get("usage") or answer.get("usageMetadata") or answer)
    prompt = _first(usage, "prompt_tokens", "input_tokens", "promptTokenCount", "prompt_eval_count")
    completion = _first(usage, "completion_tokens", "output_tokens", "candidatesTokenCount",
                        "eval_count")  # fmt: skip
    if prompt is None and completion is None:
        return None
    details = object_of(usage.get("prompt_tokens_details") or usage.get("input_tokens_details"))
    cached = _first(details, "cached_tokens")
    cached = cached or _first(usage, "cached_tokens", "cachedContentTokenCount") or 0
    # Google counts what was thought apart from what was said.
    thought = _first(usage, "thoughtsTokenCount") or 0
    # Anthropic counts what it has cached apart from the rest of the prompt.
    read, made = (_first(usage, f"cache_{how}_input_tokens") or 0 for how in ("read", "creation"))
    told = (prompt or 0) + read + made
    # Some vendors leave the cached part out of the whole.
    whole = max(told, cached)
    return Usage(
        prompt_tokens=whole,
        completion_tokens=(completion or 0) + thought,
        cached_tokens=min(cached + read, whole),
    )


def _first(values: Json, *names: str) -> int | None:
    counts = (values.get(name) for name in names)
    return next((each for each in counts if isinstance(each, int) and each >= 0), None)
