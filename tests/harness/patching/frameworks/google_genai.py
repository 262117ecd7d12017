"""Google's SDK: it calls a Python function by itself, over streams."""

from conversation import multiply
from google import genai
from google.genai.types import GenerateContentConfig, HttpOptions


def answer(base_url: str, question: str) -> str:
    client = genai.Client(api_key="no-key", http_options=HttpOptions(base_url=base_url))
    stream = client.models.generate_content_stream(
        model="gemini-2.5-flash", contents=question, config=GenerateContentConfig(tools=[multiply])
    )
    return "".join(chunk.text or "" for chunk in stream)
