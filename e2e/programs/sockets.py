"""Two processes that talk through a socket pair and through a connection to a listening unix socket."""

import os
import socket

from tick import INTERVAL, say, start
import time

ticker = start()
ours, theirs = socket.socketpair()
listener = socket.socket(socket.AF_UNIX)
listener.bind("/tmp/application.sock")
listener.listen()
if os.fork() == 0:
    ours.close()
    connection = socket.socket(socket.AF_UNIX)
    connection.connect("/tmp/application.sock")
    while message := theirs.recv(100):
        connection.sendall(message)
    os._exit(0)
theirs.close()
connection, _ = listener.accept()
while True:
    sent = f"{ticker.nonce} {ticker.number + 1}"
    ours.sendall(sent.encode())
    received = connection.recv(100).decode()
    if received != sent:
        say("BROKEN sent", sent, "and received", received)
    ticker.number += 1
    say("TICK", received)
    time.sleep(INTERVAL)
