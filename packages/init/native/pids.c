/*
 * pids: moves the pid cursor of this pid namespace, so that a restored process never meets its pid taken. The kernel's own way is
 * ns_last_pid; where /proc/sys is read-only, as in most pods, processes are started that end at once until the cursor is there.
 */
#include "crik.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char LAST_PID[] = "/proc/sys/kernel/ns_last_pid";

/* Starts a process that ends at once, and returns its pid: the cheapest way to make the kernel hand one out. */
static int nothing(void *unused) { return (void)unused, 0; }
static pid_t burn_one(void) {
  static char stack[4096] __attribute__((aligned(16)));
  return clone(nothing, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | SIGCHLD, NULL);
}

static long last_pid(void) {
  char text[16];
  long last;
  int fd = open(LAST_PID, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (fd >= 0) close(fd);
  if (length <= 0) return burn_one();
  text[length] = '\0';
  text[strcspn(text, "\n")] = '\0';
  return parse_number(text, 10, 0, 1 << 22, &last) ? last : burn_one();
}

static bool write_last_pid(long last) {
  int fd = open(LAST_PID, O_WRONLY | O_CLOEXEC);
  bool written = fd >= 0 && dprintf(fd, "%ld", last) > 0;
  if (fd >= 0) close(fd);
  return written;
}

/* Burns pids from `last` on until the next one is `wanted`; returns the last one, or 0 when the numbers wrapped or ran out. */
static long burn(long last, long wanted) {
  while (last < wanted - 1) {
    long pid = burn_one();
    if (pid < last) return 0;
    last = pid;
  }
  return last;
}

int role_pids(char **arguments) {
  static const char *const allowed[] = {"--at-least", "--exactly", NULL};
  struct options options = parse_options("pids", allowed, arguments);
  struct timespec begin, end;
  bool exactly = options.exactly != 0;
  long wanted = exactly ? options.exactly : options.at_least;
  if (*options.command || !wanted || (options.exactly && options.at_least)) {
    complain(0, "pids: one of --at-least and --exactly (crik-init --help shows the usage)");
    return EXIT_OURS;
  }
  clock_gettime(CLOCK_MONOTONIC, &begin);
  signal(SIGCHLD, SIG_IGN); /* nothing to wait for */

  const char *method = "none";
  long last = last_pid();
  if (exactly ? last + 1 != wanted : last + 1 < wanted) {
    method = "ns_last_pid";
    if (write_last_pid(wanted - 1)) {
      last = wanted - 1;
    } else {
      int error = errno;
      method = "burn";
      if (last >= wanted) {
        complain(error, "pids: the next pid is %ld already, and %s cannot be written", last + 1, LAST_PID);
        return EXIT_FAILED;
      }
      last = burn(last, wanted);
      if (!last || (exactly && last + 1 != wanted)) {
        complain(0, "pids: %ld was not reached: the pids wrapped, ran out, or another process was faster", wanted);
        return EXIT_FAILED;
      }
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  double milliseconds = (double)(end.tv_sec - begin.tv_sec) * 1e3 + (double)(end.tv_nsec - begin.tv_nsec) / 1e6;
  printf("{\"method\":\"%s\",\"next\":%ld,\"ms\":%.3f}\n", method, last + 1, milliseconds);
  return fflush(stdout) ? EXIT_FAILED : 0;
}
