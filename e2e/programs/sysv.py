"""Counts in System V shared memory, semaphores and a message queue."""

import ctypes

from tick import say, start

IPC_PRIVATE, IPC_CREAT = 0, 0o1000
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p


def check(answer):
    if answer in (-1, None, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno())
    return answer


memory = check(libc.shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0o600))
shared = ctypes.cast(check(libc.shmat(memory, None, 0)), ctypes.POINTER(ctypes.c_long))
semaphore = check(libc.semget(IPC_PRIVATE, 1, IPC_CREAT | 0o600))
ticker = start()
while True:
    if shared[0] != ticker.number:
        say("BROKEN shared memory has", shared[0], "and not", ticker.number)
    if check(libc.semctl(semaphore, 0, 12, 0)) != ticker.number % 1000:
        say("BROKEN semaphore")
    ticker.tick()
    shared[0] = ticker.number
    check(libc.semctl(semaphore, 0, 16, ctypes.c_int(ticker.number % 1000)))
