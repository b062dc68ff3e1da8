"""Starts a classic daemon (fork, setsid, fork), which counts into a log of its own, and counts on."""

import os

import tick

LOG = "/var/log/daemon.log"
ticker = tick.start()

if os.fork() == 0:
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    os.makedirs(os.path.dirname(LOG), exist_ok=True)
    null = os.open("/dev/null", os.O_RDWR)
    log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for descriptor, target in ((null, 0), (log, 1), (null, 2)):
        os.dup2(descriptor, target)
    ticker = tick.start()

while True:
    ticker.tick()
