"""Holds a lock of either kind, and complains when somebody else could take one."""

import fcntl
import os
import subprocess
import sys

from tick import say, start

ticker = start()
held = open("/tmp/flock", "w")
fcntl.flock(held, fcntl.LOCK_EX)
record = open("/tmp/record", "w")
fcntl.lockf(record, fcntl.LOCK_EX)

PROBE = """
import fcntl, sys
for name, take in (("flock", fcntl.flock), ("record", fcntl.lockf)):
    try:
        take(open("/tmp/" + name, "w"), fcntl.LOCK_EX | fcntl.LOCK_NB)
        print("BROKEN", name, "was free")
    except OSError:
        pass
"""

while True:
    if ticker.number % 10 == 3:
        found = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
        if found.stdout:
            say(found.stdout.strip())
    ticker.tick()
