/*
 * launch: what a user's ENTRYPOINT names. It starts crik's JavaScript part with the loader and libraries that lie beside it, so that nothing of the
 * image is needed, and keeps the image's variables out of that runtime. As first process of a container it stays: a JavaScript runtime reaps no orphans.
 */
#include "crik.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

#if defined(__x86_64__)
static const char LOADER[] = "ld-linux-x86-64.so.2";
#elif defined(__aarch64__)
static const char LOADER[] = "ld-linux-aarch64.so.1";
#endif
static const char SAVED[] = "CRIK_SAVED_";

/*
 * What a JavaScript runtime cannot have handlers for, and would die of: faults, which it takes for its own, SIGSTKFLT and the real-time signals. SIGPWR it keeps
 * to itself (all measured with Bun 1.4.5). SIGPIPE it could not tell from its own, of a log that nobody reads.
 */
static const signals UNTAKABLE = SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGSTKFLT) |
                                 SIGNAL_BIT(SIGPWR) | SIGNAL_BIT(SIGPIPE) | (EVERY_SIGNAL << 31);

/* Variables that the loader, the C library, the allocator or the runtime would obey, by the beginning of their names. */
static const char *const OBEYED[] = {"LD_",   "GLIBC_TUNABLES=", "GCONV_PATH=",         "LOCPATH=",    "MALLOC_", "MIMALLOC_",
                                     "NODE_", "BUN_",            "UV_THREADPOOL_SIZE=", "GOMAXPROCS=", "WTF_",    NULL};

static bool starts_with(const char *text, const char *beginning) { return !strncmp(text, beginning, strlen(beginning)); }

/* The environment with every obeyed NAME=VALUE as CRIK_SAVED_NAME=VALUE, so that the application can be given it back. */
static char **clean_environment(const char *home) {
  size_t count = 0, kept = 0;
  while (environ[count]) count++;
  char **clean = calloc(count + 6, sizeof *clean);
  if (!clean) return NULL;
  for (size_t i = 0; i < count; i++) {
    char *variable = environ[i];
    const char *const *beginning = OBEYED;
    /* What is there from a crik further out is its business, not ours. */
    if (starts_with(variable, SAVED) || starts_with(variable, "CRIK_HOME=")) continue;
    while (*beginning && !starts_with(variable, *beginning)) beginning++;
    if (*beginning && asprintf(&variable, "%s%s", SAVED, environ[i]) < 0) return NULL;
    clean[kept++] = variable;
  }
  if (asprintf(&clean[kept++], "CRIK_HOME=%s", home) < 0) return NULL;
  /*
   * Threads for what may hang: file operations and name look-ups. Left alone, Bun 1.4.5 has one for each processor, at least two, or what GOMAXPROCS says. With
   * two, the syncs of a commit to a slow volume keep the lease from being renewed: the container seems dead, and its checkpoint is thrown away. Six leave the
   * renewal a thread beside four file operations and a look-up (of one name there is one at a time). They are made when they are needed: of 4.7 MB after a
   * fresh start six take 8 KB more than two, of 6.0 MB after a restore 84 KB; four or eight take as much.
   */
  clean[kept++] = "UV_THREADPOOL_SIZE=6";
  clean[kept++] = "BUN_JSC_useJIT=0"; /* two threads and a quarter of the memory less: docs/adr/0011 */
  clean[kept++] = "BUN_JSC_useConcurrentGC=0";
  clean[kept] = "BUN_JSC_numberOfGCMarkers=1"; /* both together another 0.2 MB */
  return clean;
}

int role_launch(char **arguments) {
  char home[PATH_MAX], *loader, *library, *core;
  const bool first_process = getpid() == 1;
  /* Before anything else: the kernel drops what a first process neither blocks nor handles. */
  if (first_process) block_signals();
  ssize_t length = readlink("/proc/self/exe", home, sizeof home - 1);
  if (length < 0) {
    complain(errno, "crik: /proc/self/exe");
    return EXIT_OURS;
  }
  home[length] = '\0';
  for (int levels = 0; levels < 2; levels++) {
    char *slash = strrchr(home, '/');
    if (slash) *slash = '\0';
  }
  char directory[PATH_MAX];
  if (!getcwd(directory, sizeof directory)) {
    /* The runtime would end with a status of the application's. */
    complain(errno, "crik: the working directory");
    return EXIT_OURS;
  }
  size_t count = 0;
  while (arguments[count]) count++;
  char **command = calloc(count + 7, sizeof *command);
  char **environment = clean_environment(home);
  if (!command || !environment || asprintf(&library, "%s/lib", home) < 0 || asprintf(&loader, "%s/%s", library, LOADER) < 0 ||
      asprintf(&core, "%s/crik-core", library) < 0) {
    complain(errno, "crik");
    return EXIT_OURS;
  }
  char *start[] = {loader, "--library-path", library, "--argv0", "crik", core};
  memcpy(command, start, sizeof start);
  memcpy(command + 6, arguments, count * sizeof *command);
  environ = environment;
  keep_file_capabilities();

  if (!first_process) {
    execute(command);
    return EXIT_OURS;
  }
  pid_t child = spawn(command, OWN_SESSION);
  if (child < 0) {
    complain(errno, "%s", loader);
    return EXIT_OURS;
  }
  close_descriptors(-1);
  supervise(child, UNTAKABLE, 0);
}
