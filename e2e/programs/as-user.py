"""Becomes user 1000, whom the tests' images call `app`, and then the program of its arguments."""

import os
import sys

os.setgroups([])
os.setgid(1000)
os.setuid(1000)
os.environ["HOME"] = "/tmp"
os.execvp(sys.argv[1], sys.argv[1:])
