"""Watches /tmp/watched by inotify and names the files that appear there."""

import ctypes
import os
import select
import struct

from tick import say, start

IN_CREATE = 0x100
libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("/tmp/watched", exist_ok=True)
inotify = libc.inotify_init1(os.O_NONBLOCK)
libc.inotify_add_watch(inotify, b"/tmp/watched", IN_CREATE)
ticker = start()
while True:
    while select.select([inotify], [], [], 0)[0]:
        data = os.read(inotify, 4096)
        while data:
            _, _, _, length = struct.unpack_from("iIII", data)
            say("APPEARED", data[16 : 16 + length].rstrip(b"\0").decode())
            data = data[16 + length :]
    ticker.tick()
