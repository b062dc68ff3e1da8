"""Starts a classic daemon (fork, setsid, fork), and another at every SIGUSR1; each counts into a log of its own."""

import os
import signal

import tick

ticker = tick.start()
daemons = 0


def start_daemon():
    global daemons, ticker
    daemons += 1
    if os.fork() != 0:
        return
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    os.makedirs("/var/log", exist_ok=True)
    null = os.open("/dev/null", os.O_RDWR)
    log = os.open(f"/var/log/daemon-{daemons}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for descriptor, target in ((null, 0), (log, 1), (null, 2)):
        os.dup2(descriptor, target)
    ticker = tick.start()
    while True:
        ticker.tick()


wanted = 1
signal.signal(signal.SIGUSR1, lambda *_: globals().update(wanted=wanted + 1))
while True:
    if daemons < wanted:
        start_daemon()
    ticker.tick()
