"""Code in messages: finding it, showing it, and putting its result into words."""

import re
from collections.abc import Sequence

from agentchat.core.code_executor import CodeBlock, CodeResult


def code_blocks_in(text: str, languages: Sequence[str]) -> list[CodeBlock]:
    """The fenced blocks of a text, in order, that are marked with one of the languages."""
    marks = "|".join(re.escape(language) for language in languages)
    fence = re.compile(rf"```[ \t]*({marks})[ \t]*\r?\n(.*?)```", re.IGNORECASE | re.DOTALL)
    return [CodeBlock(code=code, language=language) for language, code in fence.findall(text)]


def as_markdown(blocks: Sequence[CodeBlock]) -> str:
    """The blocks, fenced again, for a person to read."""
    return "\n\n".join(f"```{block.language}\n{block.code}\n```" for block in blocks)


def in_words(result: CodeResult) -> CodeResult:
    """The same result with an output that says what the exit code alone would say."""
    if not result.output.strip():
        output = (
            f"The script ran but produced no output to console. "
            f"The POSIX exit code was: {result.exit_code}. If you were expecting output, "
            "consider revising the script to ensure content is printed to stdout."
        )
    elif result.exit_code != 0:
        output = (
            f"The script ran, then exited with an error (POSIX exit code: {result.exit_code})\n"
            f"Its output was:\n{result.output}"
        )
    else:
        output = result.output
    return CodeResult(exit_code=result.exit_code, output=output)
