"""The OpenAI SDK: a stream, then a whole answer."""

from openai import OpenAI


def answer(base_url: str) -> str:
    client = OpenAI(base_url=base_url, api_key="no-key")
    ask = [{"role": "user", "content": "What is 6 * 7?"}]
    with client.chat.completions.create(model="gpt-4o", messages=ask, stream=True) as stream:
        streamed = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    again = client.chat.completions.create(model="gpt-4o", messages=ask).choices[0].message
    return f"{streamed} {again.content}"
