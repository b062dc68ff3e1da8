/* A test program: each mode does one thing that a shell cannot. Signals are handled by system calls of our own, since libc hides 32 to 34. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void set_mask(int how, unsigned long mask) { syscall(SYS_rt_sigprocmask, how, &mask, NULL, sizeof mask); }

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "";
  int number = argc > 2 ? atoi(argv[2]) : 0;
  setvbuf(stdout, NULL, _IOLBF, 0);

  /* exit N: ends with status N. */
  if (!strcmp(mode, "exit")) return number;

  /* die N: dies of signal N. */
  if (!strcmp(mode, "die")) {
    unsigned long default_action[4] = {0};
    syscall(SYS_rt_sigaction, number, default_action, NULL, 8);
    set_mask(SIG_UNBLOCK, 1UL << (number - 1));
    syscall(SYS_kill, getpid(), number);
    return 255;
  }

  /* log: writes "ready", then the number of every signal that comes. */
  if (!strcmp(mode, "log")) {
    unsigned long all = ~0UL;
    set_mask(SIG_SETMASK, all);
    puts("ready");
    for (;;) printf("%d\n", (int)syscall(SYS_rt_sigtimedwait, &all, NULL, NULL, sizeof all));
  }

  /* pending N PROGRAM ARG...: becomes PROGRAM with signal N blocked and waiting. */
  if (!strcmp(mode, "pending")) {
    set_mask(SIG_BLOCK, 1UL << (number - 1));
    syscall(SYS_kill, getpid(), number);
    execvp(argv[3], argv + 3);
  }

  /* statuses FIRST LAST PROGRAM ARG...: runs PROGRAM ARG... N for each N and writes what waitpid says. */
  if (!strcmp(mode, "statuses")) {
    char text[12], *command[argc];
    for (int i = 4; i < argc; i++) command[i - 4] = argv[i];
    command[argc - 4] = text;
    command[argc - 3] = NULL;
    for (; number <= atoi(argv[3]); number++) {
      int status = -1;
      sprintf(text, "%d", number);
      pid_t child = fork();
      if (!child) {
        execv(command[0], command);
        _exit(254);
      }
      waitpid(child, &status, 0);
      printf("%d %d\n", number, status);
    }
    return 0;
  }
  return 255;
}
