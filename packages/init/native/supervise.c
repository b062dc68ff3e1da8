/* The part that init, keeper and launcher share: one child that matters, and whatever else this process has become the parent of. */
#include "crik.h"

#include <signal.h>
#include <sys/wait.h>

/* Reaps all that has ended; ends with `child` when that is among it. Daemons that `child` leaves behind are then the container's to end. */
static void reap(pid_t child) {
  int status;
  for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;)
    if (ended == child) end_like(status);
}

_Noreturn void supervise(pid_t child, signals untakable) {
  for (;;) {
    bool from_kernel = false;
    /* First reap: a restored child may have ended before we came here. */
    reap(child);
    int number = take_signal(EVERY_SIGNAL, -1, &from_kernel);
    if (number == 0 || number == SIGCHLD) continue;
    /* The terminal means us, not the command, when it stops a background job. */
    if (from_kernel && (number == SIGTTIN || number == SIGTTOU)) continue;
    if (untakable & SIGNAL_BIT(number))
      signal_children(child, "crik-init", number);
    else
      kill(child, number);
  }
}
