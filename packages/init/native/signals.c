/*
 * Signals without handlers: all are blocked, and taken one by one. A blocked signal is never lost, not even an ignored one, and nothing is interrupted.
 * The system calls are made directly: the C library keeps signals 32 to 34 to itself, which glibc programs use from 34 on (SIGRTMIN).
 */
#include "crik.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static signals original_signals;

void block_signals(void) {
  signals all = EVERY_SIGNAL;
  /* Were SIGCHLD ignored, children would vanish without a status; the default is what a program expects anyway. */
  signal(SIGCHLD, SIG_DFL);
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &original_signals, sizeof all);
}

void unblock_signals(void) {
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &original_signals, NULL, sizeof original_signals);
}

int take_signal(signals wanted, int milliseconds, bool *from_kernel) {
  struct timespec limit = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  siginfo_t information;
  long number;
  do {
    number = syscall(SYS_rt_sigtimedwait, &wanted, &information, milliseconds < 0 ? NULL : &limit, sizeof wanted);
  } while (number < 0 && errno == EINTR);
  if (number < 0) return 0;
  if (from_kernel) *from_kernel = information.si_code == SI_KERNEL;
  return (int)number;
}

_Noreturn void end_like(int status) {
  /* A death by a real-time signal is told by the exit status: Bun reports it as an exit with 0. */
  if (WIFSIGNALED(status) && WTERMSIG(status) > 31) _exit(128 + WTERMSIG(status));
  if (WIFSIGNALED(status)) {
    int number = WTERMSIG(status);
    signals only = SIGNAL_BIT(number);
    /* The kernel's own layout of struct sigaction: handler SIG_DFL, no flags, no restorer, empty mask. */
    unsigned long default_action[4] = {0};
    struct rlimit none = {0, 0};
    /* A core that is piped to a program ignores the limit (core(5)), so we are made undumpable as well: the core that matters is the command's. */
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
    syscall(SYS_rt_sigaction, number, default_action, NULL, sizeof only);
    syscall(SYS_kill, getpid(), number);
    syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &only, NULL, sizeof only);
    /* The first process of a pid namespace survives its own signals. */
    _exit(128 + number);
  }
  _exit(WEXITSTATUS(status));
}
