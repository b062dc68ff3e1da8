/* Arguments of the roles, and the two ways to say something: a line on stderr for people, a line on the report descriptor for programs. */
#include "crik.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void usage_error(const char *role, const char *problem, const char *what) {
  complain(0, "%s: %s%s (crik-init --help shows the usage)", role, problem, what);
  exit(EXIT_OURS);
}

bool parse_number(const char *text, int base, long minimum, long maximum, long *number) {
  char *end;
  errno = 0;
  /* strtol skips blanks and takes signs; a pid or a descriptor has neither. */
  if (*text < '0' || *text > '9') return false;
  *number = strtol(text, &end, base);
  return !errno && !*end && *number >= minimum && *number <= maximum;
}

struct options parse_options(const char *role, const char *const allowed[], char **arguments) {
  struct options options = {.report_fd = -1};
  for (; *arguments && strcmp(*arguments, "--"); arguments++) {
    const char *option = *arguments;
    const char *const *known = allowed;
    while (*known && strcmp(*known, option)) known++;
    if (!*known) usage_error(role, "unexpected argument ", option);

    if (!strcmp(option, "--no-new-privs")) {
      options.no_new_privs = true;
    } else if (!strcmp(option, "--unshare-ipc")) {
      options.unshare_ipc = true;
    } else {
      const char *value = *++arguments;
      long number = 0;
      if (!value) usage_error(role, "no value after ", option);
      if (!strcmp(option, "--pidfile")) {
        options.pidfile = value;
      } else if (!strcmp(option, "--report-fd")) {
        if (!parse_number(value, 10, 0, 1 << 20, &number) || fcntl((int)number, F_GETFD) < 0)
          usage_error(role, "--report-fd wants the number of an open descriptor, not ", value);
        options.report_fd = (int)number;
        /* The command must not hold it open. */
        if (number > 2) fcntl(options.report_fd, F_SETFD, FD_CLOEXEC);
      } else if (!strcmp(option, "--monotonic-ms")) {
        /* A hundred years, so that nanoseconds fit. */
        if (!parse_number(value, 10, 1, 100L * 366 * 86400 * 1000, &options.monotonic_ms)) usage_error(role, "no milliseconds: ", value);
      } else {
        /* 2^22 is the largest pid_max of Linux. */
        if (!parse_number(value, 10, 1, 1 << 22, &number)) usage_error(role, "not a pid: ", value);
        *(strcmp(option, "--exactly") ? &options.at_least : &options.exactly) = number;
      }
    }
  }
  options.command = *arguments ? arguments + 1 : arguments;
  return options;
}

/* Writes everything; when nobody reads any more, takes back the SIGPIPE that this left pending, or it would be forwarded to the command. */
static void write_line(int fd, const char *format, va_list values, int error) {
  char line[1024];
  int length = vsnprintf(line, sizeof line - 1, format, values);
  if (length < 0) return;
  if ((size_t)length > sizeof line - 2) length = sizeof line - 2;
  if (error) {
    int added = snprintf(line + length, sizeof line - 1 - length, ": %s", strerror(error));
    length = (size_t)(length + added) > sizeof line - 2 ? (int)sizeof line - 2 : length + added;
  }
  line[length++] = '\n';
  for (char *rest = line; length > 0;) {
    ssize_t written = write(fd, rest, length);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      if (errno == EPIPE) take_signal(SIGNAL_BIT(SIGPIPE), 0, NULL);
      return;
    }
    rest += written;
    length -= (int)written;
  }
}

void complain(int error, const char *format, ...) {
  char prefixed[256];
  va_list values;
  snprintf(prefixed, sizeof prefixed, "crik-init: %s", format);
  va_start(values, format);
  write_line(2, prefixed, values, error);
  va_end(values);
}

void report(int fd, const char *format, ...) {
  va_list values;
  if (fd < 0) return;
  va_start(values, format);
  write_line(fd, format, values, 0);
  va_end(values);
}
