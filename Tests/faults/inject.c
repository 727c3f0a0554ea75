// Makes a chosen system call of rekisterid or of its PostgreSQL fail, or be the last that its process does.
//
// A shared object for LD_PRELOAD. A file named by REKISTERI_FAULTS is mapped into every process and says what to do;
// the calls are counted in it over all processes while it is armed. rekisterid builds its children's environment anew,
// so posix_spawn hands both variables on. Only rekisterid and postgres are touched, known by their program's name.
//
// Linux with 64-bit offsets; compile with: cc -shared -fPIC -O2 -U_FORTIFY_SOURCE inject.c -ldl
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { kindServer = 1, kindPostgres = 2 };
// The order of the counts in `Control`: class c is bit 1 << c.
enum { classWrite, classSync, classFlush, classOpen, classSize, className, classSend, classCount };
// fail: the call is not made, and says `error`. kill: the process dies instead. tear: half is written, then it dies.
// after: the call is made, then the process dies before it learns how it went. halve: half is written, and said so.
enum { actionFail = 1, actionKill, actionTear, actionAfter, actionHalve };

enum { controlMagic = 0x544C4652 };

// The file; faults.py has the same layout. Set by the test: everything up to `counter`, and `path`.
struct Control {
  uint32_t magic;
  _Atomic uint32_t armed;
  uint32_t kinds, classes, action, error;
  // The calls number nth … nth + span - 1 (from 1) are hit; none where nth is 0.
  uint64_t nth, span;
  _Atomic uint64_t counter;
  // How many were hit, and which the first was.
  _Atomic uint64_t hits;
  uint32_t process, reserved;
  // Only calls on a path that contains it; every path where empty.
  char path[64];
  char hitCall[32];
  char hitPath[256];
  char hitProcess[96];
  // All calls while armed, by kind and class.
  _Atomic uint64_t seen[2][classCount];
};

_Static_assert(
    offsetof(struct Control, path) == 64 && offsetof(struct Control, seen) == 512 && classCount == 7,
    "as faults.py has it");

static struct Control *control;
static int kind;

// MARK: The start of a process

static const char fileVariable[] = "REKISTERI_FAULTS";
static const char preloadVariable[] = "LD_PRELOAD";

__attribute__((constructor)) static void begin(void) {
  char program[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
  const char *file = getenv(fileVariable);
  if (length <= 0 || !file) return;
  program[length] = 0;
  const char *slash = strrchr(program, '/');
  const char *name = slash ? slash + 1 : program;
  int found = strncmp(name, "rekisterid", 10) == 0 ? kindServer : strcmp(name, "postgres") == 0 ? kindPostgres : 0;
  if (!found) return;
  int descriptor = open(file, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return;
  void *memory = mmap(NULL, sizeof(struct Control), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (memory == MAP_FAILED || ((struct Control *)memory)->magic != controlMagic) return;
  kind = found;
  control = memory;
}

#define NEXT(name)                                       \
  static __typeof__(name) *next;                         \
  if (!next) next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int spawnWith(
    __typeof__(posix_spawn) *spawn, pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
  char preload[PATH_MAX + 16], file[PATH_MAX + 32];
  const char *ours = getenv(preloadVariable), *named = getenv(fileVariable);
  size_t count = 0;
  while (environment && environment[count]) count++;
  char **wider = kind == kindServer && ours && named ? calloc(count + 3, sizeof *wider) : NULL;
  if (!wider) return spawn(pid, path, actions, attributes, arguments, environment);
  size_t kept = 0;
  for (size_t index = 0; index < count; index++) {
    bool isOurs = strncmp(environment[index], "LD_PRELOAD=", 11) == 0
                  || strncmp(environment[index], "REKISTERI_FAULTS=", 17) == 0;
    if (!isOurs) wider[kept++] = environment[index];
  }
  snprintf(preload, sizeof preload, "%s=%s", preloadVariable, ours);
  snprintf(file, sizeof file, "%s=%s", fileVariable, named);
  wider[kept++] = preload;
  wider[kept] = file;
  int status = spawn(pid, path, actions, attributes, arguments, wider);
  free(wider);
  return status;
}

int posix_spawn(
    pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
    char *const arguments[], char *const environment[]) {
  NEXT(posix_spawn);
  return spawnWith(next, pid, path, actions, attributes, arguments, environment);
}

int posix_spawnp(
    pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
    char *const arguments[], char *const environment[]) {
  NEXT(posix_spawnp);
  return spawnWith(next, pid, file, actions, attributes, arguments, environment);
}

// MARK: The choice

// What becomes of a call.
enum Fate { fateMake, fateFail, fateTear, fateAfter, fateHalve };

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static bool isArmed(void) {
  return control && atomic_load_explicit(&control->armed, memory_order_relaxed) != 0;
}

static void tell(const char *call, const char *path) {
  snprintf(control->hitCall, sizeof control->hitCall, "%s", call);
  snprintf(control->hitPath, sizeof control->hitPath, "%s", path);
  control->process = (uint32_t)getpid();
  int descriptor = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ssize_t length = read(descriptor, control->hitProcess, sizeof control->hitProcess - 1);
  control->hitProcess[length > 0 ? length : 0] = 0;
  close(descriptor);
}

// Counts a call and decides. `errno` is as it was, or the error to give.
static enum Fate decide(int class, const char *call, const char *path) {
  atomic_fetch_add(&control->seen[kind == kindPostgres][class], 1);
  if (!(control->kinds & (uint32_t)kind) || !(control->classes & 1u << class)) return fateMake;
  if (control->path[0] && !strstr(path, control->path)) return fateMake;
  uint64_t number = atomic_fetch_add(&control->counter, 1) + 1;
  if (!control->nth || number < control->nth || number - control->nth >= control->span) return fateMake;
  if (number == control->nth) tell(call, path);
  atomic_fetch_add(&control->hits, 1);
  bool isWriting = class == classWrite || class == classSend;
  switch (control->action) {
    case actionKill: die(); break;
    case actionTear: if (!isWriting) die(); return fateTear;
    case actionAfter: return fateAfter;
    case actionHalve: if (isWriting) return fateHalve; break;
    default: break;
  }
  errno = (int)control->error;
  return fateFail;
}

// The same for a call on an open file: regular files and Unix-domain sockets count, standard output and error do not.
static enum Fate decideFile(int class, const char *call, int descriptor) {
  if (!isArmed() || descriptor <= STDERR_FILENO) return fateMake;
  int saved = errno;
  struct stat status;
  char link[64], path[PATH_MAX];
  enum Fate fate = fateMake;
  if (fstat(descriptor, &status) != 0) goto end;
  if (S_ISSOCK(status.st_mode)) {
    int domain = 0;
    socklen_t size = sizeof domain;
    if (getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain != AF_UNIX) goto end;
    class = classSend;
    strcpy(path, "socket");
  } else if (S_ISREG(status.st_mode) || (S_ISDIR(status.st_mode) && class == classSync)) {
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = 0;
  } else {
    goto end;
  }
  errno = saved;
  fate = decide(class, call, path);
  if (fate == fateFail) return fate;
end:
  errno = saved;
  return fate;
}

static enum Fate decidePath(int class, const char *call, const char *path) {
  if (!isArmed() || !path || strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0) return fateMake;
  int saved = errno;
  enum Fate fate = decide(class, call, path);
  if (fate != fateFail) errno = saved;
  return fate;
}

static ssize_t ended(enum Fate fate, ssize_t result) {
  if (fate == fateAfter || fate == fateTear) die();
  return result;
}

static size_t half(enum Fate fate, size_t count) {
  return (fate == fateTear || fate == fateHalve) && count > 1 ? count / 2 : count;
}

// MARK: Writing

ssize_t write(int descriptor, const void *bytes, size_t count) {
  NEXT(write);
  enum Fate fate = decideFile(classWrite, "write", descriptor);
  return fate == fateFail ? -1 : ended(fate, next(descriptor, bytes, half(fate, count)));
}

#define PWRITE(name, offset_type)                                                   \
  ssize_t name(int descriptor, const void *bytes, size_t count, offset_type offset) { \
    NEXT(name);                                                                     \
    enum Fate fate = decideFile(classWrite, #name, descriptor);                     \
    return fate == fateFail ? -1 : ended(fate, next(descriptor, bytes, half(fate, count), offset)); \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

// Of several buffers the first half is written, of one the first half of it.
static ssize_t writePart(int descriptor, const struct iovec *buffers, int count, off_t offset, enum Fate fate) {
  struct iovec first = buffers[0];
  if (count == 1) first.iov_len = half(fate, first.iov_len);
  const struct iovec *part = count == 1 ? &first : buffers;
  int number = count == 1 ? 1 : count / 2;
  ssize_t (*plain)(int, const struct iovec *, int) = (__typeof__(plain))dlsym(RTLD_NEXT, "writev");
  ssize_t (*placed)(int, const struct iovec *, int, off_t) = (__typeof__(placed))dlsym(RTLD_NEXT, "pwritev");
  return offset < 0 ? plain(descriptor, part, number) : placed(descriptor, part, number, offset);
}

ssize_t writev(int descriptor, const struct iovec *buffers, int count) {
  NEXT(writev);
  enum Fate fate = decideFile(classWrite, "writev", descriptor);
  if (fate == fateFail) return -1;
  if ((fate == fateTear || fate == fateHalve) && count > 0) {
    return ended(fate, writePart(descriptor, buffers, count, -1, fate));
  }
  return ended(fate, next(descriptor, buffers, count));
}

#define PWRITEV(name, offset_type)                                                            \
  ssize_t name(int descriptor, const struct iovec *buffers, int count, offset_type offset) {  \
    NEXT(name);                                                                               \
    enum Fate fate = decideFile(classWrite, #name, descriptor);                               \
    if (fate == fateFail) return -1;                                                          \
    if ((fate == fateTear || fate == fateHalve) && count > 0) {                               \
      return ended(fate, writePart(descriptor, buffers, count, offset, fate));                \
    }                                                                                         \
    return ended(fate, next(descriptor, buffers, count, offset));                             \
  }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

// MARK: Making durable

#define SYNC(name)                                                                      \
  int name(int descriptor) {                                                            \
    NEXT(name);                                                                         \
    enum Fate fate = decideFile(classSync, #name, descriptor);                          \
    return fate == fateFail ? -1 : (int)ended(fate, next(descriptor));                  \
  }
SYNC(fsync)
SYNC(fdatasync)

int sync_file_range(int descriptor, off64_t offset, off64_t count, unsigned int flags) {
  NEXT(sync_file_range);
  enum Fate fate = decideFile(classFlush, "sync_file_range", descriptor);
  return fate == fateFail ? -1 : (int)ended(fate, next(descriptor, offset, count, flags));
}

// MARK: Opening to write

static enum Fate decideOpen(const char *call, const char *path, int flags) {
  bool isWriting = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
  return isWriting && !(flags & O_DIRECTORY) ? decidePath(classOpen, call, path) : fateMake;
}

#define MODE(flags, mode)                              \
  mode_t mode = 0;                                     \
  if ((flags) & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) { \
    va_list rest;                                      \
    va_start(rest, flags);                             \
    mode = va_arg(rest, mode_t);                       \
    va_end(rest);                                      \
  }

#define OPEN(name)                                                                     \
  int name(const char *path, int flags, ...) {                                         \
    NEXT(name);                                                                        \
    MODE(flags, mode)                                                                  \
    enum Fate fate = decideOpen(#name, path, flags);                                   \
    return fate == fateFail ? -1 : (int)ended(fate, next(path, flags, mode));          \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                   \
  int name(int folder, const char *path, int flags, ...) {                             \
    NEXT(name);                                                                        \
    MODE(flags, mode)                                                                  \
    enum Fate fate = decideOpen(#name, path, flags);                                   \
    return fate == fateFail ? -1 : (int)ended(fate, next(folder, path, flags, mode));  \
  }
OPENAT(openat)
OPENAT(openat64)

// What programs built with _FORTIFY_SOURCE call where they give no mode.
#define OPEN2(name)                                                                    \
  int name(const char *path, int flags);                                               \
  int name(const char *path, int flags) {                                              \
    NEXT(name);                                                                        \
    enum Fate fate = decideOpen(#name, path, flags);                                   \
    return fate == fateFail ? -1 : (int)ended(fate, next(path, flags));                \
  }
OPEN2(__open_2)
OPEN2(__open64_2)

int creat(const char *path, mode_t mode) {
  NEXT(creat);
  enum Fate fate = decidePath(classOpen, "creat", path);
  return fate == fateFail ? -1 : (int)ended(fate, next(path, mode));
}

// MARK: Size

#define TRUNCATE(name, offset_type)                                                    \
  int name(int descriptor, offset_type size) {                                         \
    NEXT(name);                                                                        \
    enum Fate fate = decideFile(classSize, #name, descriptor);                         \
    return fate == fateFail ? -1 : (int)ended(fate, next(descriptor, size));           \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

// It returns its error instead of setting errno.
#define ALLOCATE(name, offset_type)                                                    \
  int name(int descriptor, offset_type offset, offset_type size) {                     \
    NEXT(name);                                                                        \
    int saved = errno;                                                                 \
    enum Fate fate = decideFile(classSize, #name, descriptor);                         \
    int error = errno;                                                                 \
    errno = saved;                                                                     \
    return fate == fateFail ? error : (int)ended(fate, next(descriptor, offset, size)); \
  }
ALLOCATE(posix_fallocate, off_t)
ALLOCATE(posix_fallocate64, off64_t)

// MARK: Names

int rename(const char *from, const char *to) {
  NEXT(rename);
  enum Fate fate = decidePath(className, "rename", to);
  return fate == fateFail ? -1 : (int)ended(fate, next(from, to));
}

int link(const char *from, const char *to) {
  NEXT(link);
  enum Fate fate = decidePath(className, "link", to);
  return fate == fateFail ? -1 : (int)ended(fate, next(from, to));
}

int unlink(const char *path) {
  NEXT(unlink);
  enum Fate fate = decidePath(className, "unlink", path);
  return fate == fateFail ? -1 : (int)ended(fate, next(path));
}

// MARK: Between server and PostgreSQL

ssize_t send(int descriptor, const void *bytes, size_t count, int flags) {
  NEXT(send);
  enum Fate fate = decideFile(classSend, "send", descriptor);
  return fate == fateFail ? -1 : ended(fate, next(descriptor, bytes, half(fate, count), flags));
}

ssize_t sendto(
    int descriptor, const void *bytes, size_t count, int flags, const struct sockaddr *to, socklen_t length) {
  NEXT(sendto);
  enum Fate fate = decideFile(classSend, "sendto", descriptor);
  return fate == fateFail ? -1 : ended(fate, next(descriptor, bytes, half(fate, count), flags, to, length));
}
