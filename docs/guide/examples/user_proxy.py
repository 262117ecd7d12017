"""A user proxy: an agent that asks the person at the keyboard.

Type an answer, say `Yes, please.`

No model is asked, so no key is needed:

    python docs/guide/examples/user_proxy.py
"""

import asyncio

from agentchat.agents import UserProxyAgent


async def main() -> None:
    """Hands the person a question and prints the answer."""
    user_proxy = UserProxyAgent("user_proxy")

    result = await user_proxy.run(task="Shall we go on?")
    print("You said:", result.messages[-1].to_text())


if __name__ == "__main__":
    asyncio.run(main())
