/*
 * libcrik-nouring.so, for LD_PRELOAD: io_uring does not exist. CRIU cannot dump a ring ("Unknown shit 600 (anon_inode:[io_uring])"), and libuv opens
 * three of them in every process from 1.50 on, through libc's syscall(). Everything else passes through unchanged.
 * Programs that make the system call themselves (liburing) or are static are not reached.
 */
#include "raw.h"

EXPORTED long syscall(long number, long a, long b, long c, long d, long e, long f) {
  return libc_result(number == SYS_IO_URING_SETUP ? -ENOSYS : raw_syscall(number, a, b, c, d, e, f));
}
