"""botocore: what a client of AWS sends with."""

import json

from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

BODY = {"model": "gpt-4o", "messages": [{"role": "user", "content": "What is 6 * 7?"}]}


def answer(base_url: str) -> str:
    session = URLLib3Session()
    told = []
    for _ in range(2):
        request = AWSRequest("POST", f"{base_url}/chat/completions", data=json.dumps(BODY))
        told.append(json.loads(session.send(request.prepare()).content))
    session.close()
    return " ".join(each["choices"][0]["message"]["content"] for each in told)
