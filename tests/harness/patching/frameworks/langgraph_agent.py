"""LangGraph: an agent that calls a tool, streamed token by token."""

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.prebuilt import create_react_agent


@tool
def multiply(a: int, b: int) -> int:
    """Multiplies."""
    return a * b


def answer(base_url: str, question: str) -> str:
    model = ChatOpenAI(model="gpt-4o", base_url=base_url, api_key="no-key", streaming=True)
    agent = create_react_agent(model, [multiply])
    tokens = agent.stream({"messages": [("user", question)]}, stream_mode="messages")
    return "".join(token.text for token, told in tokens if told["langgraph_node"] == "agent")
