"""Holds as many MiB of random memory as its argument says, and proves at every tick that none of it has changed."""

import hashlib
import os
import sys

from tick import say, start

ticker = start()
memory = os.urandom(int(sys.argv[1]) << 20)
digest = hashlib.blake2b(memory).hexdigest()
while True:
    if ticker.number % 20 == 1 and hashlib.blake2b(memory).hexdigest() != digest:
        say("BROKEN memory")
    ticker.tick()
