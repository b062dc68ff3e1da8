/* init: root of a tree that was started here; and exec: the same without staying. */
#include "crik.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int forbid_new_privileges(void) {
  /* CRIU without CAP_SETPCAP can restore a process only if it had this set; so init has it too, being dumped with the command. */
  if (!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return 0;
  complain(errno, "no_new_privs");
  return EXIT_OURS;
}

static int no_command(const char *role) {
  complain(0, "%s: no command after -- (crik-init --help shows the usage)", role);
  return EXIT_OURS;
}

int role_init(char **arguments) {
  static const char *const allowed[] = {"--report-fd", "--no-new-privs", NULL};
  block_signals();
  struct options options = parse_options("init", allowed, arguments);
  if (!options.command[0]) return no_command("init");
  become_root();
  drop_file_capabilities();
  if (options.no_new_privs && forbid_new_privileges()) return EXIT_OURS;

  /*
   * In our session, with a process group of its own: an orphan that we adopt then has the session of its parent, and CRIU restores it as our child. From another
   * session it would come by a helper, and end up under the keeper. And only standard descriptors: one that leaked in from outside could not be dumped, and
   * runtimes in JavaScript hand on what they were given above 16.
   */
  pid_t child = spawn(options.command, OWN_GROUP | STANDARD_DESCRIPTORS_ONLY);
  if (child < 0) {
    int error = errno;
    complain(error, "%s", options.command[0]);
    report(options.report_fd, "failed %d %s", error, strerror(error));
    return status_of_exec_failure(error);
  }
  report(options.report_fd, "started %d", (int)child);
  close_descriptors(-1);
  supervise(child, 0, 0);
}

int role_exec(char **arguments) {
  static const char *const allowed[] = {"--unshare-ipc", "--no-new-privs", NULL};
  struct options options = parse_options("exec", allowed, arguments);
  if (!options.command[0]) return no_command("exec");
  if (options.unshare_ipc && unshare(CLONE_NEWIPC)) {
    complain(errno, "a new IPC namespace");
    return EXIT_OURS;
  }
  if (options.no_new_privs && forbid_new_privileges()) return EXIT_OURS;
  return execute(options.command);
}
