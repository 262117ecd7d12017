"""Finding a recorded request: against vcrpy, at other sizes of the cassette, and on a miss."""

import sys
from importlib.util import find_spec

from tests.benchmarks.peer import measured, report

TRAFFIC = """
import json, sys, time
from harness.interactions import Request
from harness.matching import Matcher, nearest

URL = "https://api.openai.com/v1/chat/completions"
HEADERS = (("content-type", "application/json"),)
WORDS = "the quick brown fox jumps over a lazy dog and says what it thinks of lorem ipsum".split()

def body(number, messages=10):
    said = [{"role": "system", "content": "You are a helpful assistant that writes reports."}]
    for turn in range(messages - 1):
        words = [WORDS[(number * 31 + turn * 17 + at * at) % len(WORDS)] for at in range(40)]
        role = "assistant" if turn % 2 else "user"
        said.append({"role": role, "content": f"{number}.{turn}: {' '.join(words)}"})
    return json.dumps({"model": "gpt-4o", "messages": said, "temperature": 0.5}).encode()

def requests(count):
    return [Request("POST", URL, HEADERS, body(number)) for number in range(count)]

def seconds_each(task, items):
    # What the machine does for others meanwhile does not count.
    start = time.process_time()
    for item in items:
        task(item)
    return (time.process_time() - start) / len(items)

def index(recorded):
    matcher = Matcher()
    positions = {matcher.digest(each): at for at, each in enumerate(recorded)}
    return lambda asked: positions[matcher.digest(asked)]
"""

OWN = (
    TRAFFIC
    + """
few, many = requests(50), requests(5_000)
find_in_few, find_in_many = index(few), index(many)
changed = Request("POST", URL, HEADERS, many[4_321].body.replace(b"lazy", b"busy", 3))
assert nearest(changed, many).position == 4_321
print(json.dumps({
    "few": min(seconds_each(find_in_few, few) for _ in range(20)),
    "many": min(seconds_each(find_in_many, many[::100]) for _ in range(20)),
    "nearest": min(seconds_each(lambda asked: nearest(asked, many), [changed]) for _ in range(3)),
}))
"""
)

AGAINST_VCRPY = (
    TRAFFIC
    + """
from vcr.cassette import Cassette
from vcr.matchers import body as on_body, host, method, path, port, query, scheme
from vcr.request import Request as TheirRequest

recorded = requests(400)
# A few of the 400: each is looked for among all, whatever was played before.
asked = recorded[::50]

def theirs(request):
    return TheirRequest(request.method, request.url, request.body, dict(request.headers))

cassette = Cassette("none.yaml", match_on=(method, scheme, host, port, path, query, on_body))
for each in recorded:
    answer = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": b""}}
    cassette.append(theirs(each), answer)
cassette.rewound = True

def play(request):
    assert cassette.can_play_response_for(request)
    cassette.play_response(request)

find = index(recorded)
print(json.dumps({
    "own": min(seconds_each(find, asked) for _ in range(20)),
    "vcrpy": seconds_each(play, [theirs(each) for each in asked]),
}))
"""
)


def main() -> bool:
    """Prints the ratios, and tells whether every bar was reached."""
    own = measured(OWN, runs=2)
    print(f"  a request found among 5,000: {own['many'] * 1e6:.0f} us")
    growth, miss = own["many"] / own["few"], own["nearest"] / own["many"]
    reached = [
        report("a request among 5,000 against among 50", growth, "<= 1.3", growth <= 1.3),
        report("the nearest of 5,000 against finding one", miss, "<= 10,000", miss <= 10_000),
    ]
    if find_spec("vcr") is None:
        print(f"  skipped: {sys.executable} has no vcrpy")
        return all(reached)
    both = measured(AGAINST_VCRPY, runs=1)
    ratio = both["vcrpy"] / both["own"]
    print(f"  vcrpy: {both['vcrpy'] * 1e3:.0f} ms a request, here: {both['own'] * 1e6:.0f} us")
    bar = "matching of vcrpy on the body against ours, 400 x 10 messages"
    return all([*reached, report(bar, ratio, ">= 1,000", ratio >= 1_000)])


if __name__ == "__main__":
    raise SystemExit(not main())
