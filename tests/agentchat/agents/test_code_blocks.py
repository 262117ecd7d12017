import pytest

from agentchat.agents._code_blocks import as_markdown, code_blocks_in, in_words
from agentchat.core.code_executor import CodeBlock, CodeResult


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("no code", []),
        ("```python\nprint(1)\n```", [CodeBlock("print(1)\n", "python")]),
        ("a ```python\nx\n``` b", [CodeBlock("x\n", "python")]),
        (
            "```Python\nx\n```\n```SH\nls\n```",
            [CodeBlock("x\n", "Python"), CodeBlock("ls\n", "SH")],
        ),
        ("```python  \r\nx\r\n```", [CodeBlock("x\r\n", "python")]),
        ("```python\n```", [CodeBlock("", "python")]),
        ("```\nx\n```", []),
        ("```js\nx\n```", []),
        ("```pythonx\ny\n```", []),
        ("```python\nnever closed\n", []),
    ],
)
def test_code_is_what_is_fenced_and_marked(text: str, blocks: list[CodeBlock]) -> None:
    assert code_blocks_in(text, ["python", "sh"]) == blocks


def test_a_mark_is_no_pattern() -> None:
    assert code_blocks_in("```c++\nx\n```", ["c++"]) == [CodeBlock("x\n", "c++")]


def test_blocks_are_fenced_again_for_a_person() -> None:
    blocks = [CodeBlock("print(1)", "python"), CodeBlock("ls", "sh")]

    assert as_markdown(blocks) == "```python\nprint(1)\n```\n\n```sh\nls\n```"


@pytest.mark.parametrize(
    ("result", "output"),
    [
        (CodeResult(0, "1\n"), "1\n"),
        (
            CodeResult(1, "bad"),
            "The script ran, then exited with an error (POSIX exit code: 1)\nIts output was:\nbad",
        ),
        (
            CodeResult(0, " \n"),
            "The script ran but produced no output to console. The POSIX exit code was: 0. "
            "If you were expecting output, consider revising the script to ensure content is "
            "printed to stdout.",
        ),
    ],
)
def test_the_output_says_what_the_exit_code_says(result: CodeResult, output: str) -> None:
    assert in_words(result) == CodeResult(result.exit_code, output)
