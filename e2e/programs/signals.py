"""Names every signal that it gets, and ticks meanwhile. SIGTERM ends it with status 0."""

import signal
import sys

from tick import say, start


def name_of(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"


def handle(number, _frame):
    say("SIGNAL", number, name_of(number))
    if number == signal.SIGTERM:
        sys.exit(0)


for number in range(1, signal.NSIG):
    if number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, 32, 33):
        continue
    signal.signal(number, handle)
ticker = start()
while True:
    ticker.tick()
