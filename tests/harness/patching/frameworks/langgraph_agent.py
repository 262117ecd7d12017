"""LangGraph: an agent that calls a tool."""

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.prebuilt import create_react_agent


@tool
def multiply(a: int, b: int) -> int:
    """Multiplies."""
    return a * b


def answer(base_url: str) -> str:
    model = ChatOpenAI(model="gpt-4o", base_url=base_url, api_key="no-key")
    agent = create_react_agent(model, [multiply])
    result = agent.invoke({"messages": [("user", "What is 6 * 7?")]})
    return str(result["messages"][-1].content)
