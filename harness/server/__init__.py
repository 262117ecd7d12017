"""An OpenAI-compatible endpoint on this machine that answers from a script, or from a cassette."""

from harness.server._answers import Answers, Miss, Report, refused
from harness.server._application import app_of, application_of
from harness.server._called import CalledAnswers
from harness.server._carrying import carried, raw_path
from harness.server._cassettes import recorded
from harness.server._listening import LOOPBACK, listening
from harness.server._recorded import RecordedAnswers
from harness.server._scripted import ScriptedAnswers, scripted
from harness.server._serving import Endpoint, serving, serving_sessions
from harness.server._sessions import SESSION_HEADER, Sessions

__all__ = [
    "LOOPBACK",
    "SESSION_HEADER",
    "Answers",
    "CalledAnswers",
    "Endpoint",
    "Miss",
    "RecordedAnswers",
    "Report",
    "ScriptedAnswers",
    "Sessions",
    "app_of",
    "application_of",
    "carried",
    "listening",
    "raw_path",
    "recorded",
    "refused",
    "scripted",
    "serving",
    "serving_sessions",
]
