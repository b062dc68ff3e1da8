/*
 * keep: runs `criu restore -d` and takes the place of its caller as parent of what was restored. Without it a daemon leaves the tree at the
 * first restore: CRIU makes it a helper that dies, and the subreaper flag of the restored root is set too late to catch the orphan.
 */
#include "crik.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Leaves no process behind: what is killed may hand its own children to us, so we look again until there is none. */
static void kill_everything(void) {
  for (;;) {
    signal_children(getpid(), NULL, SIGKILL);
    pid_t ended;
    while ((ended = waitpid(-1, NULL, WNOHANG)) > 0) continue;
    if (ended < 0 && errno == ECHILD) return;
    take_signal(SIGNAL_BIT(SIGCHLD), 20, NULL);
  }
}

/* The pid in CRIU's pid file, if that is a plain file of one number and the pid is a child of ours; else -1 and errno. */
static pid_t read_pidfile(const char *path) {
  char text[16];
  struct stat status;
  siginfo_t information;
  long pid;
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t length = fstat(fd, &status) || !S_ISREG(status.st_mode) ? -1 : read(fd, text, sizeof text - 1);
  close(fd);
  text[length > 0 ? length : 0] = '\0';
  text[strcspn(text, "\n")] = '\0';
  if (!parse_number(text, 10, 2, 1 << 22, &pid)) {
    errno = EINVAL;
    return -1;
  }
  return waitid(P_PID, (id_t)pid, &information, WEXITED | WNOHANG | WNOWAIT) ? -1 : (pid_t)pid;
}

/* CRIU in full mode gives the tree a time namespace of its own, or we do; a keeper outside of it could never be dumped with it ("Can't dump nested time namespace"). */
static void join_time_namespace(pid_t root) {
  char path[32];
  struct stat ours, theirs;
  snprintf(path, sizeof path, "/proc/%d/ns/time", (int)root);
  if (stat("/proc/self/ns/time", &ours) || stat(path, &theirs)) return; /* no such namespaces, or the root has ended already */
  if (ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev) return;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || setns(fd, CLONE_NEWTIME)) complain(errno, "cannot join the time namespace of %d: a dump that starts at the keeper will fail", (int)root);
  if (fd >= 0) close(fd);
}

static int fail(int report_fd) {
  kill_everything();
  report(report_fd, "clean");
  return EXIT_OURS;
}

int role_keep(char **arguments) {
  static const char *const allowed[] = {"--report-fd", "--pidfile", "--monotonic-ms", NULL};
  int status;
  block_signals();
  struct options options = parse_options("keep", allowed, arguments);
  if (!options.pidfile || !options.command[0]) {
    complain(0, "keep: %s (crik-init --help shows the usage)", options.pidfile ? "no command after --" : "--pidfile is missing");
    return EXIT_OURS;
  }
  become_root();
  /* An old pid file makes CRIU fail at the very end of the restore ("Can't write pidfile: File exists"). */
  if (unlink(options.pidfile) && errno != ENOENT) {
    complain(errno, "%s", options.pidfile);
    return EXIT_OURS;
  }
  /* Before CRIU, which then is in it, and all that it restores. */
  if (options.monotonic_ms && !set_clock_of_children(options.monotonic_ms)) {
    int error = errno;
    complain(error, "cannot make a time namespace whose monotonic clock is at %ld ms", options.monotonic_ms);
    report(options.report_fd, "clock-failed %d %s", error, strerror(error));
    return fail(options.report_fd);
  }

  pid_t criu = spawn(options.command, DIE_WITH_US);
  if (criu < 0) {
    int error = errno;
    complain(error, "%s", options.command[0]);
    report(options.report_fd, "failed %d %s", error, strerror(error));
    return status_of_exec_failure(error);
  }
  report(options.report_fd, "criu %d", (int)criu);
  close_descriptors(options.report_fd);
  while (waitpid(criu, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFSIGNALED(status))
    report(options.report_fd, "criu-signal %d", WTERMSIG(status));
  else
    report(options.report_fd, "criu-exit %d", WEXITSTATUS(status));
  if (status != 0) return fail(options.report_fd);

  pid_t root = read_pidfile(options.pidfile);
  if (root < 0) {
    int error = errno;
    complain(error, "CRIU succeeded, but %s does not name a child of the keeper", options.pidfile);
    report(options.report_fd, "failed %d %s", error, strerror(error));
    return fail(options.report_fd);
  }
  join_time_namespace(root);
  /* What came while CRIU ran was its caller's to decide on; what comes after the next line is the root's. */
  while (take_signal(EVERY_SIGNAL & ~SIGNAL_BIT(SIGCHLD), 0, NULL)) continue;
  report(options.report_fd, "root %d", (int)root);
  close_descriptors(-1);
  /* The news that it has another parent now. */
  kill(root, SIGCHLD);
  supervise(root, 0, CHILD_IS_OURS);
}
