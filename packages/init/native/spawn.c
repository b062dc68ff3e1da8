/* Starting a command, and what a process must be to stand at the root of a tree that CRIU dumps. */
#include "crik.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t spawn(char **command, int flags) {
  int error = 0, pipe_fds[2];
  pid_t parent = getpid();
  if (pipe2(pipe_fds, O_CLOEXEC)) return -1;
  pid_t child = fork();
  if (child == 0) {
    if (flags & DIE_WITH_US) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(EXIT_OURS);
    }
    if (flags & OWN_SESSION) setsid();
    if (flags & OWN_GROUP) setpgid(0, 0);
    if (flags & STANDARD_DESCRIPTORS_ONLY) close_descriptors(pipe_fds[1]);
    unblock_signals();
    execvp(command[0], command);
    error = errno;
    write(pipe_fds[1], &error, sizeof error);
    _exit(status_of_exec_failure(error));
  }
  if (child < 0) error = errno;
  close(pipe_fds[1]);
  /* The pipe closes without a word when the command runs. */
  if (child > 0 && read(pipe_fds[0], &error, sizeof error) == sizeof error) waitpid(child, NULL, 0);
  close(pipe_fds[0]);
  errno = error;
  return error ? -1 : child;
}

int execute(char **command) {
  execvp(command[0], command);
  int error = errno;
  complain(error, "%s", command[0]);
  return status_of_exec_failure(error);
}

int status_of_exec_failure(int error) { return error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE; }

static void close_from_to(unsigned first, unsigned last) {
  if (!syscall(SYS_close_range, first, last, 0)) return;
  /* Before Linux 5.9. */
  for (unsigned fd = first; fd <= last && fd < 65536; fd++) close((int)fd);
}

void close_descriptors(int except) {
  if (except > 3) close_from_to(3, (unsigned)except - 1);
  close_from_to(except < 3 ? 3 : (unsigned)except + 1, ~0U);
}

void become_root(void) {
  /* setsid is refused to the leader of a process group, which is what an interactive shell makes of every command. */
  if (getsid(0) != getpid() && setsid() < 0)
    complain(0, "cannot leave the session, being leader of a process group: a dump will need --shell-job");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
}
