/*
 * A program for musl's loader, which is its libc. It brings no start-up code of its own, so that it links in a moment.
 * It writes what libc's syscall() does with io_uring_setup, with an error, and with six arguments.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
enum { CLOSE = 3, MMAP = 9 };
__attribute__((force_align_arg_pointer))
#else
enum { CLOSE = 57, MMAP = 222 };
#endif
__attribute__((visibility("default"))) void start(void) {
  char parameters[120] = {0};
  long ring = syscall(425, 4, parameters);
  dprintf(1, "io_uring_setup %ld %s\n", ring < 0 ? ring : 0, strerror(errno));
  dprintf(1, "close %ld %s\n", syscall(CLOSE, -1), strerror(errno));
  /* A private page of no file, to be read and written. */
  char *page = (char *)syscall(MMAP, 0, 4096, 3, 0x22, -1, 0);
  *page = 7;
  dprintf(1, "mmap %d\n", *page);
  _exit(0);
}
