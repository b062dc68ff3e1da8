"""Ticks by timers at moments of the monotonic clock, as the runtimes of many languages have them, and tells that clock."""

import asyncio
import time

from tick import INTERVAL, say, start


async def main():
    ticker = start()
    while True:
        say("CLOCK", time.monotonic())
        ticker.tick()
        await asyncio.sleep(INTERVAL)


asyncio.run(main())
