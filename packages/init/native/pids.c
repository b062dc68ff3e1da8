/*
 * pids: moves the pid cursor of this pid namespace, so that a restored process never meets its pid taken. The kernel's own way is
 * ns_last_pid; where /proc/sys is read-only, as in most pods, pids are spent until the cursor is there.
 */
#include "crik.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Where the kernel goes on after the largest pid (RESERVED_PIDS in kernel/pid.c). */
enum { FIRST_PID_OF_NEXT_ROUND = 300 };

static const char LAST_PID[] = "/proc/sys/kernel/ns_last_pid";

/* A number in a file of /proc, or -1. */
static long read_number(const char *path) {
  char text[16];
  long number;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (fd >= 0) close(fd);
  if (length <= 0) return -1;
  text[length] = '\0';
  text[strcspn(text, "\n")] = '\0';
  return parse_number(text, 10, 0, 1 << 22, &number) ? number : -1;
}

/* The last pid that was handed out, or -1. Readable for everyone. */
static long read_last_pid(void) { return read_number(LAST_PID); }

static bool write_last_pid(long last) {
  int fd = open(LAST_PID, O_WRONLY | O_CLOEXEC);
  bool written = fd >= 0 && dprintf(fd, "%ld", last) > 0;
  if (fd >= 0) close(fd);
  return written;
}

static int nothing(void *unused) { return (void)unused, 0; }

/* Starts a process that ends at once and shares all with us. Returns its pid, or -1. */
static pid_t start_nothing(int more_flags) {
  static char stack[4096] __attribute__((aligned(16)));
  return clone(nothing, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | SIGCHLD | more_flags, NULL, NULL);
}

/*
 * Spends pids from `last` on until the next one is `wanted`. Returns the last one spent, or -1 when the numbers wrapped or ran out.
 *
 * A clone that is to store a pidfd at address 0 fails, but only after its pid was taken (copy_process in kernel/fork.c; a pid that was given back is not
 * handed out again before the numbers wrap). That costs a third of a process that runs. Should a kernel do it in another order, processes are what is left.
 */
static long spend(long last, long wanted, bool exactly) {
  bool without_process = read_last_pid() >= 0;
  while (last + 1 < wanted) {
    /* Other processes take pids too: look where we are now and then, and go slowly at the end when the pid must be hit. */
    long step = wanted - 1 - last;
    if (exactly) step = step > 64 ? step - 64 : 1;
    if (step > 256) step = 256;
    long now;
    if (without_process) {
      for (; step > 0; step--) start_nothing(CLONE_PIDFD);
      now = read_last_pid();
    } else {
      now = start_nothing(0);
    }
    if (now > last)
      last = now;
    else if (without_process)
      without_process = false;
    else
      return -1;
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
  long limit = read_number("/proc/sys/kernel/pid_max");
  if (limit >= 0 && wanted >= limit) {
    complain(0, "pids: %ld is beyond the largest pid: /proc/sys/kernel/pid_max is %ld", wanted, limit);
    return EXIT_FAILED;
  }
  clock_gettime(CLOCK_MONOTONIC, &begin);
  signal(SIGCHLD, SIG_IGN); /* nothing to wait for */

  const char *method = "none";
  long last = read_last_pid();
  if (last < 0) last = start_nothing(0);
  if (limit >= 0 && last + 1 >= limit) last = FIRST_PID_OF_NEXT_ROUND - 1;
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
      last = spend(last, wanted, exactly);
      if (last < 0 || (exactly && last + 1 != wanted)) {
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
