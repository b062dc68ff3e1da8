/*
 * Without root: Kubernetes gives the capabilities that a pod adds to nobody but root. Another user gets them from a file that carries them, which is the launcher
 * (`setcap`, by `crik install --file-capabilities`): it is static, and starts nothing but what lies beside it. A loader that carried them would give them to every program.
 */
#include "crik.h"

#include <endian.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* What CRIU needs to work on the processes of its own user. */
static const uint64_t NEEDED = 1ULL << CAP_CHECKPOINT_RESTORE | 1ULL << CAP_SYS_PTRACE;

typedef struct __user_cap_data_struct capability_sets[_LINUX_CAPABILITY_U32S_3];

static int access_sets(long call, capability_sets sets) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  return (int)syscall(call, &header, sets);
}

static uint64_t permitted(const capability_sets sets) { return sets[0].permitted | (uint64_t)sets[1].permitted << 32; }

void keep_file_capabilities(void) {
  capability_sets sets;
  if (!getuid() || access_sets(SYS_capget, sets) || !(permitted(sets) & NEEDED)) return;
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) sets[i].effective = sets[i].inheritable = sets[i].permitted;
  if (access_sets(SYS_capset, sets)) return complain(errno, "capabilities of the file");
  for (int number = 0; number < 64; number++) {
    if (permitted(sets) >> number & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0))
      complain(errno, "capability %d of the file", number);
  }
  /* CRIU without CAP_SETPCAP can restore a process only if it had this set. */
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) complain(errno, "no_new_privs");
}

void drop_file_capabilities(void) {
  capability_sets sets;
  /* Those that a container engine gave to a user as ambient ones are the application's: with them nobody sets no_new_privs. */
  if (!getuid() || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || access_sets(SYS_capget, sets)) return;
  for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
    uint32_t kept = ~(uint32_t)(NEEDED >> 32 * i);
    sets[i].effective &= kept;
    sets[i].permitted &= kept;
    sets[i].inheritable &= kept;
  }
  /* The ambient set follows. */
  if (access_sets(SYS_capset, sets)) complain(errno, "giving up capabilities");
}

int role_setcap(char **arguments) {
  struct vfs_cap_data data = {.magic_etc = htole32(VFS_CAP_REVISION_2)};
  if (!arguments[0] || arguments[1]) {
    complain(0, "setcap: the PATH of a program is wanted");
    return EXIT_OURS;
  }
  /* Permitted, not effective: where the container's own limit lacks one of them, a file that makes it effective cannot be executed at all. */
  for (int i = 0; i < VFS_CAP_U32; i++) data.data[i].permitted = htole32((uint32_t)(NEEDED >> 32 * i));
  if (!setxattr(arguments[0], "security.capability", &data, sizeof data, 0)) return 0;
  complain(errno, "capabilities of %s", arguments[0]);
  return EXIT_FAILED;
}
