/* mkfifo MODE PATH: neither Node.js nor Bun can make a fifo, and an image may hold no mkfifo(1). */
#include "crik.h"

#include <errno.h>
#include <sys/stat.h>

int role_mkfifo(char **arguments) {
  long mode;
  if (!arguments[0] || !arguments[1] || arguments[2] || !parse_number(arguments[0], 8, 0, 07777, &mode)) {
    complain(0, "mkfifo: MODE (octal) and PATH are wanted");
    return EXIT_OURS;
  }
  umask(0); /* the mode is meant as it is written */
  if (!mkfifo(arguments[1], (mode_t)mode)) return 0;
  complain(errno, "%s", arguments[1]);
  return EXIT_FAILED;
}
