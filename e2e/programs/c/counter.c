/* A program of musl's loader: counts, and shows a number that exists only in its memory. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(void) {
  unsigned long nonce = 0;
  FILE *random = fopen("/dev/urandom", "r");
  struct timespec pause = {0, 50 * 1000 * 1000};
  setlinebuf(stdout);
  printf("START %d\n", getpid());
  if (random == NULL || fread(&nonce, sizeof nonce, 1, random) != 1) return 1;
  fclose(random);
  /* crik keeps io_uring from applications, by a library that must suit this loader too: the answer is ENOSYS, 38. */
  printf("IO_URING %d\n", syscall(SYS_io_uring_setup, 1, NULL) < 0 ? errno : 0);
  for (unsigned long number = 1;; number++) {
    printf("TICK %016lx %lu\n", nonce, number);
    nanosleep(&pause, NULL);
  }
}
