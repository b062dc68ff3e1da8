"""Starts a classic daemon (fork, setsid, fork), which counts into a log of its own, and counts on."""

import os
import sys

import tick

LOG = "/var/log/daemon.log"
ticker = tick.start()

if os.fork() == 0:
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    os.makedirs(os.path.dirname(LOG), exist_ok=True)
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    sys.stdout = open(LOG, "a", buffering=1)
    ticker = tick.start()

while True:
    ticker.tick()
