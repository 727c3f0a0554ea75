#pragma once
#include <libpq-fe.h>
#include <spawn.h>
#include <sys/eventfd.h>

/// A counter that wakes a thread out of poll, or -1.
static inline int wakeup_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

// Declared here too because spawn.h hides them without _GNU_SOURCE (glibc 2.34 and 2.29).
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);

/// Closes every descriptor from this one on in the new process.
static inline int spawn_close_from(posix_spawn_file_actions_t *actions, int descriptor) {
  return posix_spawn_file_actions_addclosefrom_np(actions, descriptor);
}

/// Begins the new process in this directory.
static inline int spawn_change_directory(posix_spawn_file_actions_t *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}
