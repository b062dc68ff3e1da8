"""Eight threads pass one token round: the ticks go on only while all of them are alive."""

import threading

from tick import start

THREADS = 8
ticker = start()
turn = threading.Condition()
place = 0


def run(mine):
    global place
    while True:
        with turn:
            turn.wait_for(lambda: place == mine)
            ticker.tick()
            place = (place + 1) % THREADS
            turn.notify_all()


for index in range(THREADS):
    threading.Thread(target=run, args=(index,)).start()
