"""`harness cassettes verify`: live answers against recorded ones, and each level with the other."""

from pathlib import Path

import httpx2
import pytest

from agentchat.core.models import UserMessage
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from harness.clients import RecordingChatCompletionClient
from harness.errors import UsageError
from harness.script import HttpFailure, Reply, Script
from harness.server import serving
from harness.session import CassetteSession, RecordMode
from harness.transport import CassetteTransport
from harness.verifying import Credentials, verified_levels
from tests.harness.commands._running import Told, cassette_file, document, interaction, told

KEY = "sk-proj-Zq7wZq7wZq7wZq7wZq7wZq7w"

DRIFTED = """\
cassette  how   checked  drifted  skipped
a.yaml    live        2        1        0

cassette  interaction  agent  path                        drift
a.yaml              2         choices[0].message.content  'is sunny' became 'rains' in 'It rains.'

2 interactions checked, 1 drifted."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


def recorded(path: Path, url: str, *asked: str) -> Path:
    with (
        CassetteSession(path, mode=RecordMode.REWRITE) as session,
        httpx2.Client(transport=CassetteTransport(session), trust_env=False) as client,
    ):
        for text in asked:
            body = {"model": "gpt-4o", "messages": [{"role": "user", "content": text}]}
            client.post(f"{url}/chat/completions", json=body)
    return path


def says(*texts: str) -> Script:
    return Script(
        models={"gpt-4o": "gpt-4o-2024-08-06"}, replies=tuple(Reply(say=text) for text in texts)
    )


def test_a_live_answer_that_differs_is_told_with_its_path(folder: Path) -> None:
    with serving(says("Hello", "It is sunny.", "Hello", "It rains.")) as url:
        path = recorded(folder / "a.yaml", url, "Hi", "What is the weather?")
        before = path.read_bytes()

        assert told("verify", "a.yaml", "--live", "--yes") == Told(1, DRIFTED)

    assert path.read_bytes() == before


def test_nothing_drifted_if_the_same_is_answered(folder: Path) -> None:
    with serving(says("Hello", "Hello")) as url:
        recorded(folder / "a.yaml", url, "Hi")

        told_ = told("verify", "a.yaml", "--live", "--yes")

    assert told_.code == 0
    assert told_.text.endswith("1 interaction checked, 0 drifted.")


def test_an_answer_that_fails_now_is_a_drift(folder: Path) -> None:
    failing = Reply(fail=HttpFailure(status=429, message="slow down"))
    with serving(Script(replies=(Reply(say="Hello"), failing))) as url:
        recorded(folder / "a.yaml", url, "Hi")

        verification = document("verify", "a.yaml", "--live", "--yes")

    assert verification["paths"] == [{"path": "ending", "count": 1}]


def test_the_cost_is_told_before_anything_is_asked(folder: Path) -> None:
    cassette_file(folder / "a.yaml", interaction("Hi", "Hello"))

    with pytest.raises(
        UsageError, match=r"asks 1 request, 1,000 \+ 100 tokens, \$0\.0035"
    ) as told_:
        told("verify", "a.yaml", "--live", "--header", "authorization: Bearer none")

    assert str(told_.value).endswith("Go on? Nobody is there to answer: add --yes.")


def test_a_key_that_is_not_there_is_named_before_anything_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    cassette_file(folder / "a.yaml", interaction("Hi", "Hello"))

    with pytest.raises(UsageError, match=r"OPENAI_API_KEY is not set: to ask live, set it"):
        told("verify", "a.yaml", "--live", "--yes")


def test_a_request_that_held_a_secret_is_not_asked(folder: Path) -> None:
    asked = interaction("My key is <secret:api-key:1a2b3c4d5e6f>.", "Hello")
    cassette_file(folder / "a.yaml", asked)

    (verified,) = document("verify", "a.yaml", "--live", "--yes")["cassettes"]

    why = "it held a secret, which is not recorded"
    assert verified["skipped"] == [{"what": "interaction 1", "why": why}]


def test_headers_of_ones_own_are_filled_from_the_environment() -> None:
    credentials = Credentials(["X-API-Key: $MY_KEY"], {"MY_KEY": "abc"})

    assert credentials.headers_for("https://models.test/v1") == (("x-api-key", "abc"),)
    with pytest.raises(UsageError, match=r"'nonsense' is no header"):
        Credentials(["nonsense"])


async def with_both_levels(path: Path, url: str) -> None:
    with CassetteSession(path, mode=RecordMode.REWRITE) as session:
        async with httpx2.AsyncClient(transport=CassetteTransport(session)) as http:
            client = OpenAIChatCompletionClient(
                model="gpt-4o", api_key=KEY, base_url=url, http_client=http
            )
            recording = RecordingChatCompletionClient(client, session)
            await recording.create([UserMessage(content="Hi", source="user")])


async def test_both_levels_of_a_call_are_compared_offline(folder: Path) -> None:
    with serving(says("Hello")) as url:
        await with_both_levels(folder / "a.yaml", url)

    verified = await verified_levels(folder / "a.yaml")

    assert (verified.checked, verified.drifted, verified.skipped) == (1, (), ())


async def test_levels_that_say_different_things_are_told(folder: Path) -> None:
    with serving(says("Hello")) as url:
        await with_both_levels(folder / "a.yaml", url)
    text = (folder / "a.yaml").read_text(encoding="utf-8")
    (folder / "a.yaml").write_text(text.replace("Hello", "Good day", 1), encoding="utf-8")

    verified = await verified_levels(folder / "a.yaml")

    assert [(each.number, each.path) for each in verified.drifted] == [(1, "interaction 2")]


def test_a_file_that_can_not_be_read_does_not_keep_the_others_from_being_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cassette_file(Path("cassettes/a.yaml"), interaction("Hi", "Hello"))
    Path("cassettes/b.yaml").write_text("{", encoding="utf-8")

    verified = told("verify")

    assert verified.code == 2
    assert "cassettes/b.yaml:1:2: not JSON" in verified.text
    assert "0 interactions checked, 0 drifted." in verified.text
