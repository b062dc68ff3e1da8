/* crik-init: launcher, init, keeper, hook and a few small tools in one static program. See ../README.md. */
#ifndef CRIK_H
#define CRIK_H

#include <stdbool.h>
#include <sys/types.h>

/** Exit statuses that are ours, as those of env(1), chroot(1) and the container engines. */
enum { EXIT_FAILED = 1, EXIT_OURS = 125, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127 };

/* Roles: each takes the arguments after its name and returns an exit status, or does not return. */
int role_launch(char **arguments);
int role_init(char **arguments);
int role_keep(char **arguments);
int role_hook(void);
int role_pids(char **arguments);
int role_exec(char **arguments);
int role_mkfifo(char **arguments);
int role_setcap(char **arguments);

/* options.c: arguments, and the two ways to say something. */
struct options {
  int report_fd; /* -1: nobody wants to know */
  const char *pidfile;
  long at_least, exactly, monotonic_ms; /* 0: not given */
  bool no_new_privs, unshare_ipc;
  char **command; /* what follows `--`; empty when nothing does */
};
/** Parses the arguments of `role`, which takes the options named in `allowed`; ends with EXIT_OURS and a message when they are wrong. */
struct options parse_options(const char *role, const char *const allowed[], char **arguments);
/** Parses a whole number in [minimum, maximum]; false when `text` is anything else. */
bool parse_number(const char *text, int base, long minimum, long maximum, long *number);
/** Writes one line to stderr, and the text of `error` after it unless that is 0. */
void complain(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** Writes one line to `fd` unless that is -1. A reader that died is no reason for us to. */
void report(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* signals.c: every signal is blocked and taken one by one; no handler ever runs. */
typedef unsigned long signals; /* the kernel's set: bit N-1 is signal N */
#define SIGNAL_BIT(number) (1UL << ((number) - 1))
#define EVERY_SIGNAL (~0UL)
/** Blocks all signals; `original_signals` keeps what was blocked before. */
void block_signals(void);
/** Blocks what was blocked when we were started, and nothing else. */
void unblock_signals(void);
/** Waits for one of `wanted` for at most `milliseconds` (-1: for ever). Returns its number, 0 when none came; `*from_kernel` may be NULL. */
int take_signal(signals wanted, int milliseconds, bool *from_kernel);
/** Ends this process as `status` (of waitpid) says: the same exit code, or death by the same signal without a core of our own. */
_Noreturn void end_like(int status);

/* spawn.c */
enum { OWN_SESSION = 1, DIE_WITH_US = 2, STANDARD_DESCRIPTORS_ONLY = 4, OWN_GROUP = 8 };
/** Starts `command` with the signal mask that we were started with. Returns its pid once it runs, or -1 with errno when it cannot. */
pid_t spawn(char **command, int flags);
/** Replaces this process by `command`, or complains and returns the exit status for errno. */
int execute(char **command);
/** The exit status that says why a command could not be run. */
int status_of_exec_failure(int error);
/** Closes every descriptor above 2 but `except` (-1: all): what we hold would have to be dumped with us. */
void close_descriptors(int except);
/** Makes us leader of our own session and the reaper of all that descends from us. */
void become_root(void);

/* capabilities.c */
/** Of another user than root: hands what the launcher's file gave us on to all that it starts. */
void keep_file_capabilities(void);
/** Of another user than root: gives that up, so that the application does not have it. */
void drop_file_capabilities(void);

/* clock.c */
/** Gives what we start from now on, and not us, a time namespace in which CLOCK_MONOTONIC is `monotonic_ms` at this moment. False, with errno, when it cannot be made. */
bool set_clock_of_children(long monotonic_ms);

/* children.c */
/** Sends a signal to every child of `parent`; with a name, only to leaders of a session that are called so. */
void signal_children(pid_t parent, const char *leaders_named, int number);

/* supervise.c */
enum { CHILD_IS_OURS = 1 };
/**
 * Forwards signals to `child`, reaps whatever ends, and ends as `child` did. Signals in `untakable` would end `child` itself instead of being forwarded
 * by it: they go to the init or keeper that it has started. With CHILD_IS_OURS the child is a crik-init itself.
 */
_Noreturn void supervise(pid_t child, signals untakable, int flags);

#endif
