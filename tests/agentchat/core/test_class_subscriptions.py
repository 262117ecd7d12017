from agentchat.core import (
    AgentType,
    BaseAgent,
    DefaultSubscription,
    default_subscription,
    type_subscription,
)
from agentchat.core._agent import made_for


async def subscriptions_of(cls: type[BaseAgent]) -> list[object]:
    return await made_for(AgentType("reader"), cls._class_subscriptions)


async def test_a_class_may_hear_the_default_topic():
    @default_subscription
    class Bare(BaseAgent): ...

    @default_subscription()
    class Called(BaseAgent): ...

    expected = [DefaultSubscription(agent_type="reader")]
    assert await subscriptions_of(Bare) == expected
    assert await subscriptions_of(Called) == expected


async def test_decorators_add_up_from_the_inside():
    @type_subscription("weather")
    @type_subscription("news")
    class Reader(BaseAgent): ...

    assert await subscriptions_of(Reader) == [
        DefaultSubscription("news", "reader"),
        DefaultSubscription("weather", "reader"),
    ]
