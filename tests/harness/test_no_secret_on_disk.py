"""A key that passes through a recording, in a header, a request and a streamed reply."""

import base64
import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import ReplayMiss
from harness.formats import load, save
from harness.interactions import Cassette, Header, Headers, Interaction, Request, Response
from harness.matching import Count
from harness.session import CassetteSession, RecordMode

KEY = "sk-proj-" + "Zq7w" * 10

STORY = f'''
"""A story in which a key is said aloud."""

from agentchat.agents import AssistantAgent
from harness import Run, scenario


@scenario(task="My key is {KEY}, say it back.")
def leaky(run: Run) -> AssistantAgent:
    client = run.model("gpt-4o", default_headers={{"x-api-key": "{KEY}"}})
    return AssistantAgent("parrot", client, model_client_stream=True)
'''

SCRIPT = f"""
harness: script
version: 1
models: {{gpt-4o: gpt-4o-2024-08-06}}
replies:
  - say: You said {KEY[:12]} {KEY} and that is all.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    stories = tmp_path / "scenarios"
    stories.mkdir()
    (stories / "story.py").write_text(STORY, encoding="utf-8")
    (stories / "story.script.yaml").write_text(SCRIPT, encoding="utf-8")
    return tmp_path


def ran(project: Path, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "harness", "run", "--out", "run", *options],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_with(project: Path, secret: bytes, *folders: str) -> list[str]:
    return [
        file.relative_to(project).as_posix()
        for folder in folders
        for file in sorted((project / folder).rglob("*"))
        if file.is_file() and secret in file.read_bytes()
    ]


@pytest.mark.parametrize(
    "secret", [KEY.encode(), base64.b64encode(KEY.encode())], ids=["plain", "base64"]
)
def test_it_is_in_no_cassette_and_in_no_file_of_the_run(project: Path, secret: bytes) -> None:
    ran(project, "--record-mode", "rewrite")

    assert (project / "cassettes" / "story" / "leaky.yaml").exists()
    assert files_with(project, secret, "cassettes", "run") == []


def test_a_credential_that_only_a_header_tells_is_in_no_file_of_a_run(project: Path) -> None:
    story, opaque = project / "scenarios" / "story.py", "Zx9quiteSecretValue77"
    story.write_text(STORY.replace(KEY, opaque), encoding="utf-8")

    ran(project, "--record-mode", "rewrite")
    recorded = files_with(project, opaque.encode(), "cassettes", "run")
    ran(project)

    assert recorded == []
    assert files_with(project, opaque.encode(), "cassettes", "run") == []


def test_the_end_of_a_recording_names_what_became_of_each_secret(project: Path) -> None:
    told = ran(project, "--record-mode", "rewrite")

    assert "cassettes/story/leaky.yaml: replaced x-api-key (1); left out authorization (1)" in told


def test_the_redacted_recording_is_played_by_the_same_story(project: Path) -> None:
    ran(project, "--record-mode", "rewrite")

    assert "1 passed" in ran(project)


URL = "https://api.openai.com/v1/chat/completions"
ORGANIZATIONS = ["org-" + "a1" * 12, "org-" + "b2" * 12]


def asked(text: str, *headers: tuple[str, str]) -> Request:
    return Request("POST", URL, headers, b'{"said":"%b"}' % text.encode())


def recorded(path: Path, request: Request, headers: Headers = ()) -> None:
    parts = [Count(f"header:{name}") for name, _ in headers]
    with CassetteSession(path, mode=RecordMode.NEW_EPISODES, key_parts=parts) as session:
        recording = session.record(request)
        recording.answered(200, ())
        recording.received(b"{}")
        recording.ended("complete")


def test_a_cassette_from_before_digests_were_long_plays_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "old.yaml"
    old = asked("<secret:organization:dda7>")
    save(path, Cassette(Header(), (Interaction(old, Response(200, (), b"{}", 0)),)))

    playing = CassetteSession(path).play(asked(ORGANIZATIONS[0]))
    recorded(path, asked(f"{ORGANIZATIONS[0]} and {ORGANIZATIONS[1]}"))

    assert playing is not None
    assert b"<secret:organization:dda7> and <secret:organization:" in path.read_bytes()


def test_two_requests_that_differ_in_what_is_redacted_have_their_own_answers(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.yaml"
    for organization in ORGANIZATIONS:
        recorded(path, asked(organization))

    session = CassetteSession(path)
    playing = [session.play(asked(organization)) for organization in reversed(ORGANIZATIONS)]

    assert [each and each.number for each in playing] == [2, 1]


def test_a_key_may_change_between_recording_and_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.yaml"
    monkeypatch.setenv("SERVICE_TOKEN", "first-secret-0123456789")
    recorded(path, asked("it is first-secret-0123456789"))

    monkeypatch.setenv("SERVICE_TOKEN", "second-secret-9876543210")
    playing = CassetteSession(path).play(asked("it is second-secret-9876543210"))

    assert playing is not None


KEYS = [f"sk-proj-{mark * 8}" for mark in ("a1b2", "c3d4")]


def test_a_key_that_is_sent_may_change_between_recording_and_replay(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    recorded(path, asked(KEYS[0], ("authorization", f"Bearer {KEYS[0]}")))

    session = CassetteSession(path)
    playing = session.play(asked(KEYS[1], ("authorization", f"Bearer {KEYS[1]}")))

    assert playing is not None
    assert b"said: '<secret:authorization>'" in path.read_bytes()


def test_a_key_that_only_its_form_tells_may_change_where_secrets_are_declared_to_be_equal(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.yaml"
    recorded(path, asked(KEYS[0]))

    playing = CassetteSession(path, key_parts=["normalise:secret"]).play(asked(KEYS[1]))

    assert playing is not None
    with pytest.raises(ReplayMiss, match="'<secret:api-key:0b8455e3729b>' became '<secret:api-key"):
        CassetteSession(path).play(asked(KEYS[1]))


LOGIN = ("authorization", "Basic " + base64.b64encode(b"me:correct-horse-77").decode())
ECHOED = [
    ((LOGIN,), "", "correct-horse-77", "<secret:authorization.2>"),
    ((), "?api_key=opaque%2F0123456789abc", "opaque/0123456789abc", "<secret:parameter>"),
    ((), "?page=opaque%2F0123456789abc", "opaque/0123456789abc", "opaque/0123456789abc"),
]


@pytest.mark.parametrize(("headers", "query", "echoed", "clean"), ECHOED)
def test_what_lets_a_request_in_is_not_kept_in_the_error_that_repeats_it(
    headers: Headers, query: str, echoed: str, clean: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.yaml"
    with CassetteSession(path, mode=RecordMode.REWRITE) as session:
        recording = session.record(Request("POST", URL + query, headers, b"{}"))
        recording.answered(401, ())
        recording.received(b'{"error":"no such key: %b"}' % echoed.encode())
        recording.ended("complete")

    response = load(path).interactions[0].response
    assert isinstance(response, Response)
    assert response.content == b'{"error":"no such key: %b"}' % clean.encode()


def test_cookies_are_named_in_the_cassette_and_not_given_to_who_replays(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with CassetteSession(path, mode=RecordMode.REWRITE) as session:
        recording = session.record(asked("a", ("cookie", "sid=1; theme=dark")))
        recording.answered(200, (("set-cookie", "sid=2; path=/"), ("retry-after", "1")))
        recording.ended("complete")

    playing = CassetteSession(path, key_parts=["count:headers"]).play(asked("a"))

    stored = load(path).interactions[0]
    assert stored.request.headers == (("cookie", "<secret:cookie>"),)
    assert isinstance(stored.response, Response)
    assert ("set-cookie", "<secret:set-cookie>") in stored.response.headers
    assert playing is not None
    assert isinstance(playing.response, Response)
    assert playing.response.headers == (("retry-after", "1"),)


def test_a_packed_request_is_stored_and_found_by_what_is_in_it(tmp_path: Path) -> None:
    path, body = tmp_path / "a.yaml", asked(KEY).body
    packed = [gzip.compress(body, mtime=time) for time in (1, 2)]
    encoded = (("content-encoding", "gzip"),)
    recorded(path, Request("POST", URL, encoded, packed[0]))

    playing = CassetteSession(path).play(Request("POST", URL, encoded, packed[1]))

    assert playing is not None
    assert load(path).interactions[0].request.body.startswith(b'{"said":"<secret:api-key:')


def test_a_header_that_counts_is_kept_and_found_again(tmp_path: Path) -> None:
    path, parts = tmp_path / "a.yaml", [Count("header:x-tenant")]
    for tenant in ("red", "blue"):
        recorded(path, asked("a", ("X-Tenant", tenant)), (("x-tenant", tenant),))

    session = CassetteSession(path, key_parts=parts)
    playing = [session.play(asked("a", ("x-tenant", tenant))) for tenant in ("blue", "red")]

    assert [each and each.number for each in playing] == [2, 1]
