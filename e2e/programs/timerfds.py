"""Ticks when two threads have each seen a timer of the kernel's that is set to a moment: one of the monotonic clock, one of the clock that counts suspension too."""

import os
import threading
import time

from tick import INTERVAL, say, start

ticker = start()
both = threading.Barrier(2, action=ticker.tick)


def run(clock, name):
    timer = os.timerfd_create(clock)
    while True:
        now = time.clock_gettime(clock)
        say(name, now)
        os.timerfd_settime(timer, flags=os.TFD_TIMER_ABSTIME, initial=now + INTERVAL)
        os.read(timer, 8)
        both.wait()


threading.Thread(target=run, args=(time.CLOCK_BOOTTIME, "BOOTTIME")).start()
run(time.CLOCK_MONOTONIC, "CLOCK")
