"""requests: a stream by lines, then a whole answer."""

import requests

BODY = {"model": "gpt-4o", "messages": [{"role": "user", "content": "What is 6 * 7?"}]}


def answer(base_url: str) -> str:
    with requests.Session() as session:
        url = f"{base_url}/chat/completions"
        with session.post(url, json={**BODY, "stream": True}, stream=True) as response:
            events = sum(line.startswith(b"data: {") for line in response.iter_lines())
        message = session.post(url, json=BODY).json()["choices"][0]["message"]
    assert events > 1
    return str(message["content"])
