"""Tries to write where a mount is read-only: as it is, and having made that writable, by itself and from a user namespace of its own."""

import ctypes
import os
import sys

from tick import say

CLONE_NEWUSER_AND_NEWNS = 0x10020000
MS_REMOUNT_AND_BIND = 4128
libc = ctypes.CDLL(None)


def writes(name):
    try:
        os.close(os.open(os.path.join(sys.argv[1], name), os.O_CREAT | os.O_WRONLY))
    except OSError:
        say(name, "refused")
    else:
        say(name, "written")


def make_writable():
    libc.mount(None, sys.argv[1].encode(), None, MS_REMOUNT_AND_BIND, None)


writes("as-it-is")
child = os.fork()
if child == 0:
    if libc.unshare(CLONE_NEWUSER_AND_NEWNS) == 0:
        make_writable()
        writes("from-its-own-namespace")
    os._exit(0)
os.waitpid(child, 0)
make_writable()
writes("remounted")
