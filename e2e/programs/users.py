"""A process of root with a child of another user, as servers have that give up their privileges."""

import os
import time

from tick import INTERVAL, say, start

ticker = start()
incoming, outgoing = os.pipe()
if os.fork() == 0:
    os.setgid(1000)
    os.setuid(1000)
    while True:
        ticker.number += 1
        os.write(outgoing, f"{ticker.nonce} {ticker.number} {os.getuid()}\n".encode())
        time.sleep(INTERVAL)
for line in os.fdopen(incoming):
    nonce, number, uid = line.split()
    if uid != "1000":
        say("BROKEN the child's user is", uid)
    say("TICK", nonce, number)
