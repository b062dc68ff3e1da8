/* The part that init, keeper and launcher share: one child that matters, and whatever else this process has become the parent of. */
#include "crik.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Reaps all that has ended; ends with `child` when that is among it. Daemons that `child` leaves behind are then the container's to end. */
static void reap(pid_t child) {
  int status;
  for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;)
    if (ended == child) end_like(status);
}

/*
 * True once after a restore, which gives us a keeper for a parent. From then on the keeper adopts what loses its parent: a daemon, whose session has no leader any
 * more, can be restored only as a child of the root of the dumped tree, and that is the keeper now.
 */
static bool was_restored(pid_t *parent) {
  pid_t now = getppid();
  if (now == *parent) return false;
  *parent = now;
  prctl(PR_SET_CHILD_SUBREAPER, 0);
  return true;
}

_Noreturn void supervise(pid_t child, signals untakable, int flags) {
  pid_t parent = getppid();
  for (;;) {
    bool from_kernel = false;
    /* First reap: a restored child may have ended before we came here. */
    reap(child);
    int number = take_signal(EVERY_SIGNAL, -1, &from_kernel);
    if (number == SIGCHLD && was_restored(&parent) && flags & CHILD_IS_OURS) kill(child, SIGCHLD);
    if (number == 0 || number == SIGCHLD) continue;
    /* The terminal means us, not the command, when it stops a background job. */
    if (from_kernel && (number == SIGTTIN || number == SIGTTOU)) continue;
    if (untakable & SIGNAL_BIT(number))
      signal_children(child, "crik-init", number);
    else
      kill(child, number);
  }
}
