/* Starting a command, and what a process must be to stand at the root of a tree that CRIU dumps. */
#include "crik.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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

void close_descriptors(int except) {
#ifdef SYS_close_range
  unsigned first = 3;
  if (except > 2) {
    if (except > 3 && syscall(SYS_close_range, first, except - 1, 0)) goto one_by_one;
    first = except + 1;
  }
  if (!syscall(SYS_close_range, first, ~0U, 0)) return;
one_by_one:; /* before Linux 5.9 */
#endif
  struct rlimit limit;
  int end = getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur > 65536 ? 65536 : (int)limit.rlim_cur;
  for (int fd = 3; fd < end; fd++)
    if (fd != except) close(fd);
}

void become_root(void) {
  /* setsid is refused to the leader of a process group, which is what an interactive shell makes of every command. */
  if (getsid(0) != getpid() && setsid() < 0)
    complain(0, "cannot leave the session, being leader of a process group: a dump will need --shell-job");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
}
