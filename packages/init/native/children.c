/* Children of a process, by looking at every process: the fourth field of /proc/PID/stat is the parent. */
#include "crik.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void signal_children(pid_t parent, const char *leaders_named, int number) {
  DIR *processes = opendir("/proc");
  if (!processes) return;
  for (struct dirent *entry; (entry = readdir(processes));) {
    long pid;
    if (!parse_number(entry->d_name, 10, 1, 1 << 22, &pid)) continue;
    char path[32], stat[512];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    ssize_t length = read(fd, stat, sizeof stat - 1);
    close(fd);
    if (length <= 0) continue;
    stat[length] = '\0';
    /* The name in parentheses may hold anything, parentheses too. */
    char *name = strchr(stat, '('), *after_name = strrchr(stat, ')');
    int its_parent, group, session;
    if (!name || !after_name || sscanf(after_name + 1, " %*c %d %d %d", &its_parent, &group, &session) != 3 || its_parent != parent) continue;
    *after_name = '\0';
    if (leaders_named && (session != pid || strcmp(name + 1, leaders_named))) continue;
    kill((pid_t)pid, number);
  }
  closedir(processes);
}
