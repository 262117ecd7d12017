from collections.abc import Mapping
from typing import Any

from agentchat.core import (
    AgentId,
    AgentProxy,
    BaseAgent,
    MessageContext,
    SingleThreadedAgentRuntime,
)


class Keeper(BaseAgent):
    """Answers with who asked; its state is what it was last told."""

    state: Mapping[str, Any] = {}

    async def on_message_impl(self, message: Any, ctx: MessageContext) -> Any:
        return (message, ctx.sender, ctx.message_id)

    async def save_state(self) -> Mapping[str, Any]:
        return self.state

    async def load_state(self, state: Mapping[str, Any]) -> None:
        self.state = state


async def proxy() -> tuple[AgentProxy, SingleThreadedAgentRuntime]:
    runtime = SingleThreadedAgentRuntime()
    await Keeper.register(runtime, "keeper", lambda: Keeper("keeps"))
    return AgentProxy(AgentId("keeper", "one"), runtime), runtime


async def test_a_proxy_tells_about_its_agent():
    keeper, _ = await proxy()

    assert keeper.id == AgentId("keeper", "one")
    assert await keeper.metadata == {"type": "keeper", "key": "one", "description": "keeps"}


async def test_a_proxy_sends_in_the_senders_name():
    keeper, runtime = await proxy()
    runtime.start()

    answer = await keeper.send_message("hi", sender=AgentId("me", "1"), message_id="7")

    await runtime.stop()
    assert answer == ("hi", AgentId("me", "1"), "7")


async def test_a_proxy_saves_and_loads():
    keeper, _ = await proxy()

    await keeper.load_state({"page": 3})

    assert await keeper.save_state() == {"page": 3}
