/*
 * hook: the program that CRIU runs as its --action-script. It passes the action on to crik and waits for the answer; only "ok" is a yes.
 * End of file means that crik has died: then nothing may be committed or resumed. CRIU has no time limit for this, crik keeps it.
 */
#include "crik.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static int refuse(const char *action, const char *because, int error) {
  complain(error, "hook %s: %s", action, because);
  return EXIT_FAILED;
}

int role_hook(void) {
  const char *path = getenv("CRIK_HOOK_SOCKET"), *action = getenv("CRTOOLS_SCRIPT_ACTION"), *pid = getenv("CRTOOLS_INIT_PID");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char request[128], answer[256];
  size_t got = 0;
  if (!action) return refuse("?", "CRTOOLS_SCRIPT_ACTION is not set: this program is run by CRIU", 0);
  if (!path) return refuse(action, "CRIK_HOOK_SOCKET is not set", 0);
  if (strlen(path) >= sizeof address.sun_path) return refuse(action, "the path in CRIK_HOOK_SOCKET is longer than 107 bytes", 0);
  strcpy(address.sun_path, path);

  int length = snprintf(request, sizeof request, "%s %s\n", action, pid ? pid : "0");
  if ((size_t)length >= sizeof request) return refuse(action, "the action is too long", 0);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) return refuse(action, "crik cannot be reached", errno);
  if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length) return refuse(action, "crik does not listen", errno);

  for (;;) {
    ssize_t count = recv(fd, answer + got, sizeof answer - 1 - got, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refuse(action, "no answer", errno);
    if (count == 0) return refuse(action, "crik ended without an answer", 0);
    got += (size_t)count;
    answer[got] = '\0';
    char *end = strchr(answer, '\n');
    if (end) *end = '\0';
    if (end || got == sizeof answer - 1) break;
  }
  return strcmp(answer, "ok") ? refuse(action, answer, 0) : 0;
}
