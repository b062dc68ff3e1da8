/* A time namespace for what is restored, where CRIU makes none: without it a restored timer waits for the clock of the machine that it was set on. */
#include "crik.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char OFFSETS[] = "/proc/self/timens_offsets";
static const long NANOSECONDS = 1000000000;

/* Offsets count from the machine's clock, and not from that of the namespace which we are in; the clock that we see has ours in it. */
static bool read_offset(struct timespec *offset) {
  FILE *file = fopen(OFFSETS, "re");
  if (!file) return false;
  bool found = fscanf(file, "monotonic %ld %ld", &offset->tv_sec, &offset->tv_nsec) == 2;
  fclose(file);
  if (!found) errno = EINVAL;
  return found;
}

static bool write_offset(struct timespec offset) {
  char text[128];
  int length = snprintf(text, sizeof text, "monotonic %ld %ld\nboottime %ld %ld\n", offset.tv_sec, offset.tv_nsec, offset.tv_sec, offset.tv_nsec);
  int fd = open(OFFSETS, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool written = write(fd, text, length) == length;
  int error = errno;
  close(fd);
  errno = error;
  return written;
}

bool set_clock_of_children(long monotonic_ms) {
  struct timespec offset, now;
  if (!read_offset(&offset) || clock_gettime(CLOCK_MONOTONIC, &now) || unshare(CLONE_NEWTIME)) return false;
  offset.tv_sec += monotonic_ms / 1000 - now.tv_sec;
  offset.tv_nsec += monotonic_ms % 1000 * 1000000 - now.tv_nsec;
  /* The kernel wants whole seconds of any sign, and a positive rest. */
  while (offset.tv_nsec < 0) offset.tv_sec--, offset.tv_nsec += NANOSECONDS;
  while (offset.tv_nsec >= NANOSECONDS) offset.tv_sec++, offset.tv_nsec -= NANOSECONDS;
  return write_offset(offset);
}
