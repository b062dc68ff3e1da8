/*
 * libcrik-limits.so, for LD_PRELOAD in `criu dump` alone: the resource limits of a process of another user can be read without CAP_SYS_RESOURCE.
 * The kernel refuses prlimit64 for such a process even to read (EPERM), while /proc/PID/limits says the same to everyone.
 */
#include "raw.h"

struct limit {
  unsigned long soft, hard;
};

/* A decimal number or "unlimited"; `*text` ends up after it. */
static unsigned long number_at(const char **text) {
  unsigned long value = 0;
  while (**text == ' ') ++*text;
  if (**text < '0' || **text > '9') {
    while (**text > ' ') ++*text;
    return ~0UL; /* RLIM_INFINITY */
  }
  for (; **text >= '0' && **text <= '9'; ++*text) value = value * 10 + (unsigned long)(**text - '0');
  return value;
}

/* One line a limit, in the order of their numbers, under one line of headings; names are 25 wide (fs/proc/base.c, proc_pid_limits). */
static long from_proc(long pid, long resource, struct limit *limit) {
  char path[40] = "/proc/", text[4096], digits[20], *end = path + 6;
  int count = 0;
  do digits[count++] = (char)('0' + pid % 10);
  while (pid /= 10);
  while (count) *end++ = digits[--count];
  for (const char *name = "/limits"; (*end++ = *name++);) continue;

  long fd = raw_syscall(SYS_OPENAT, AT_FDCWD, (long)path, O_RDONLY_CLOEXEC, 0, 0, 0), length = 0, got;
  if (fd < 0) return fd;
  while ((got = raw_syscall(SYS_READ, fd, (long)(text + length), (long)sizeof text - 1 - length, 0, 0, 0)) > 0) length += got;
  raw_syscall(SYS_CLOSE, fd, 0, 0, 0, 0, 0);
  if (got < 0) return got;
  text[length] = '\0';

  const char *line = text;
  for (long skip = resource + 1; skip; skip--) {
    while (*line && *line != '\n') line++;
    if (!*line++) return -EINVAL;
  }
  for (int column = 0; column < 25; column++)
    if (*line++ < ' ') return -EINVAL;
  limit->soft = number_at(&line);
  limit->hard = number_at(&line);
  return 0;
}

static long read_limits(long pid, long resource, long new_limit, long old_limit) {
  long result = raw_syscall(SYS_PRLIMIT64, pid, resource, new_limit, old_limit, 0, 0);
  if (result != -EPERM || new_limit || !old_limit || pid <= 0) return result;
  return from_proc(pid, resource, (struct limit *)old_limit) ? result : 0;
}

EXPORTED long syscall(long number, long a, long b, long c, long d, long e, long f) {
  return libc_result(number == SYS_PRLIMIT64 ? read_limits(a, b, c, d) : raw_syscall(number, a, b, c, d, e, f));
}

EXPORTED int prlimit(int pid, int resource, const void *new_limit, void *old_limit) {
  return (int)libc_result(read_limits(pid, resource, (long)new_limit, (long)old_limit));
}

EXPORTED int prlimit64(int pid, int resource, const void *new_limit, void *old_limit) { return prlimit(pid, resource, new_limit, old_limit); }
