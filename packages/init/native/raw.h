/* One system call without a C library, and no header of one either, so that one .so serves glibc and musl alike. Both have __errno_location. */
#ifndef CRIK_RAW_H
#define CRIK_RAW_H

#if defined(__x86_64__)
enum { SYS_READ = 0, SYS_CLOSE = 3, SYS_OPENAT = 257, SYS_PRLIMIT64 = 302 };
#elif defined(__aarch64__)
enum { SYS_READ = 63, SYS_CLOSE = 57, SYS_OPENAT = 56, SYS_PRLIMIT64 = 261 };
#endif
enum { SYS_IO_URING_SETUP = 425 };
enum { EPERM = 1, EINVAL = 22, ENOSYS = 38, AT_FDCWD = -100, O_RDONLY_CLOEXEC = 02000000 };

#define EXPORTED __attribute__((visibility("default")))
extern int *__errno_location(void);

static inline long raw_syscall(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
  long result;
  register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c, x3 __asm__("x3") = d,
                x4 __asm__("x4") = e, x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
#endif
}

/* What libc's own syscall() does with the kernel's answer. */
static inline long libc_result(long result) {
  if (result < 0 && result > -4096) {
    *__errno_location() = (int)-result;
    return -1;
  }
  return result;
}

#endif
