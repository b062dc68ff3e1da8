"""A TCP server that has no time for its clients: one that connects stays in its backlog. After SIGUSR1 it serves one."""

import signal
import socket

from tick import say, start

ticker = start()
listener = socket.create_server(("127.0.0.1", 8080))
listener.settimeout(10)


def serve(*_):
    connection, _ = listener.accept()
    say("SERVED", connection.recv(100).decode())


signal.signal(signal.SIGUSR1, serve)
while True:
    ticker.tick()
