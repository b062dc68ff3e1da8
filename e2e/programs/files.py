"""Counts in four places at once, and complains when one of them has another number than the memory has."""

import mmap
import os
import struct

from tick import say, start

ticker = start()
kept = open("/tmp/kept.txt", "w+")
os.makedirs("/tmp/closed", exist_ok=True)
deleted = open("/tmp/deleted.txt", "w+")
os.unlink("/tmp/deleted.txt")
shared_file = os.open("/dev/shm/shared", os.O_RDWR | os.O_CREAT, 0o600)
os.ftruncate(shared_file, 4096)
shared = mmap.mmap(shared_file, 4096, mmap.MAP_SHARED)


def read_number(file):
    file.seek(0)
    return int(file.read() or 0)


def write_number(file, number):
    file.seek(0)
    file.truncate()
    file.write(str(number))
    file.flush()


def check(place, found):
    if found != ticker.number:
        say("BROKEN", place, "has", found, "and not", ticker.number)


while True:
    check("an open file in /tmp", read_number(kept))
    check("a deleted file", read_number(deleted))
    check("a shared mapping in /dev/shm", struct.unpack_from("q", shared)[0])
    if ticker.number > 0:
        with open("/tmp/closed/file.txt") as closed:
            check("a closed file in /tmp", read_number(closed))
    ticker.tick()
    write_number(kept, ticker.number)
    write_number(deleted, ticker.number)
    struct.pack_into("q", shared, 0, ticker.number)
    with open("/tmp/closed/file.txt", "w") as closed:
        write_number(closed, ticker.number)
