/* Which role is this? The name that we were called by decides, else the name of our file, else the first argument. */
#include "crik.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char USAGE[] =
    "usage: crik-init init [--report-fd N] [--no-new-privs] -- COMMAND [ARG...]\n"
    "       crik-init keep --pidfile FILE [--report-fd N] [--monotonic-ms N] -- CRIU [ARG...]\n"
    "       crik-init pids --at-least N | --exactly N\n"
    "       crik-init exec [--unshare-ipc] [--no-new-privs] -- COMMAND [ARG...]\n"
    "       crik-init mkfifo MODE PATH\n"
    "       crik-init setcap PATH\n"
    "Called by the name crik it starts ../lib/crik-core, called by the name crik-hook it is the action script of CRIU.\n";

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

int main(int argc, char **argv) {
  const char *name = argc > 0 ? base_name(argv[0]) : "";
  char file[PATH_MAX];
  if (strcmp(name, "crik") && strcmp(name, "crik-hook") && strcmp(name, "crik-init")) {
    /* A link of another name (`ENTRYPOINT ["/entrypoint"]`) is still the launcher. */
    ssize_t length = readlink("/proc/self/exe", file, sizeof file - 1);
    if (length > 0) {
      file[length] = '\0';
      name = base_name(file);
    }
  }
  if (!strcmp(name, "crik")) return role_launch(argv + 1);
  if (!strcmp(name, "crik-hook")) return role_hook();

  const char *role = argc > 1 ? argv[1] : "";
  char **arguments = argv + 2;
  if (!strcmp(role, "init")) return role_init(arguments);
  if (!strcmp(role, "keep")) return role_keep(arguments);
  if (!strcmp(role, "pids")) return role_pids(arguments);
  if (!strcmp(role, "exec")) return role_exec(arguments);
  if (!strcmp(role, "mkfifo")) return role_mkfifo(arguments);
  if (!strcmp(role, "setcap")) return role_setcap(arguments);
  if (!strcmp(role, "--help")) return fputs(USAGE, stdout) < 0 ? EXIT_FAILED : 0;
  if (*role) complain(0, "there is no role \"%s\"", role);
  fputs(USAGE, stderr);
  return EXIT_OURS;
}
