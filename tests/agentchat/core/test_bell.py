import asyncio

from agentchat.core._bell import Bell


async def test_a_ring_wakes_all_who_listen():
    bell = Bell()
    listening = [asyncio.ensure_future(bell.heard()) for _ in range(2)]
    await asyncio.sleep(0)

    bell.ring()

    assert await asyncio.gather(*listening) == [None, None]


async def test_a_ring_is_not_kept_for_those_who_come_later():
    bell = Bell()
    bell.ring()

    listening = asyncio.ensure_future(bell.heard())
    await asyncio.sleep(0)

    assert not listening.done()
    bell.ring()
    await listening


async def test_who_has_given_up_does_not_disturb_the_others():
    bell = Bell()
    impatient, patient = (asyncio.ensure_future(bell.heard()) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)

    bell.ring()

    assert await patient is None


def test_a_bell_serves_one_event_loop_after_another():
    bell = Bell()

    async def listen_and_ring() -> None:
        listening = asyncio.ensure_future(bell.heard())
        await asyncio.sleep(0)
        bell.ring()
        await listening

    asyncio.run(listen_and_ring())
    asyncio.run(listen_and_ring())
