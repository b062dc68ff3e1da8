"""A chain of four processes with pipes between them: each adds its own piece of the nonce to what passes through."""

import os
import uuid

from tick import INTERVAL, say
import time

say("START", os.getpid())


def link(reader):
    """Makes the next process of the chain; gives the end from which its output can be read."""
    incoming, outgoing = os.pipe()
    if os.fork() != 0:
        os.close(outgoing)
        os.close(reader)
        return incoming
    piece = uuid.uuid4().hex[:8]
    with os.fdopen(reader) as source, os.fdopen(outgoing, "w") as target:
        for line in source:
            target.write(line.strip() + piece + "\n")
            target.flush()
    os._exit(0)


first_reader, first_writer = os.pipe()
os.set_inheritable(first_writer, False)
end = first_reader
for _ in range(3):
    end = link(end)
piece = uuid.uuid4().hex[:8]
with os.fdopen(end) as chain:
    number = 0
    while True:
        number += 1
        os.write(first_writer, (piece + "\n").encode())
        say("TICK", chain.readline().strip(), number)
        time.sleep(INTERVAL)
