"""Names the SIGTERM that it gets. Its child is in a pid namespace of its own, which CRIU can't dump from outside."""

import os
import signal
import sys
import time

from tick import say, start


def stop(_number, _frame):
    say("SIGNAL 15 SIGTERM")
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
os.unshare(os.CLONE_NEWPID)
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while True:
        time.sleep(1)
ticker = start()
while True:
    ticker.tick()
