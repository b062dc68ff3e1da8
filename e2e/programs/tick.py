"""What every Python program of the tests begins with: START tells that start-up code runs, TICK shows the memory."""

import os
import time
import uuid

INTERVAL = 0.05


def say(*words):
    # One system call: no signal handler and no thread can come in between.
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


class Ticker:
    """A number made at random that is nowhere but in this memory, and how often it was told."""

    def __init__(self):
        self.nonce = uuid.uuid4().hex
        self.number = 0

    def tick(self):
        self.number += 1
        say("TICK", self.nonce, self.number)
        time.sleep(INTERVAL)


def start():
    say("START", os.getpid())
    return Ticker()
