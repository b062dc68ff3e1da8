"""Ignores SIGTERM."""

import signal

from tick import start

signal.signal(signal.SIGTERM, signal.SIG_IGN)
ticker = start()
while True:
    ticker.tick()
