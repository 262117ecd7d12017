"""An OpenAI-compatible endpoint on this machine that answers from a script, or from a cassette."""

from harness.server._answers import Answers, Report
from harness.server._application import app_of
from harness.server._carrying import carried, raw_url
from harness.server._listening import LOOPBACK, listening
from harness.server._recorded import RecordedAnswers
from harness.server._scripted import ScriptedAnswers
from harness.server._serving import Endpoint, serving, serving_sessions
from harness.server._sessions import SESSION_HEADER, Sessions
from harness.server._waiting import WhileWaitedFor

__all__ = [
    "LOOPBACK",
    "SESSION_HEADER",
    "Answers",
    "Endpoint",
    "RecordedAnswers",
    "Report",
    "ScriptedAnswers",
    "Sessions",
    "WhileWaitedFor",
    "app_of",
    "carried",
    "listening",
    "raw_url",
    "serving",
    "serving_sessions",
]
