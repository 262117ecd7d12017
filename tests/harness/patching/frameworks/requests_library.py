"""requests: a stream by lines, then a whole answer."""

import requests
from conversation import closing, opening


def answer(base_url: str, question: str) -> str:
    url = f"{base_url}/chat/completions"
    with requests.Session() as session:
        with session.post(url, json=opening(question), stream=True) as response:
            further = closing(question, response.iter_lines())
        reply = session.post(url, json=further).json()
    return str(reply["choices"][0]["message"]["content"])
