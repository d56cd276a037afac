/* tests/fault/support/layer.h - between calls.c, which has the names of the
 * system calls, and layer.c, which does what is behind them. */
#ifndef FAULT_LAYER_H
#define FAULT_LAYER_H

#include <dlfcn.h>
#include <sys/types.h>

#include "journal.h"

/* The next function of this name: of the sanitizer or of libc. */
#define NEXT(name, ...)                                \
    __extension__({                                    \
        static void *next_##name;                      \
        if (!next_##name)                              \
            next_##name = next_function(#name);        \
        ((__typeof__(&name))next_##name)(__VA_ARGS__); \
    })

void *next_function(const char *name);

/* Ends the process with a message: something happens unseen. */
void give_up(const char *what);

/* Counts a point, and dies if it is the chosen one. when: before, after. */
void point(enum point_class class, const char *when, const char *call,
           const char *what);

enum point_class class_of_fd(int fd);
void fd_is(int fd, enum point_class class, int is_a_folder);
int is_socket(enum point_class class);
extern int zoho_port;

/* Changes of files, with their points and records. file_write: is_at where it
 * is a pwrite. file_open, _rename and _unlink take any path, the others only
 * what has a class. */
int file_open(int folder, const char *path, int flags, mode_t mode);
ssize_t file_write(int fd, const void *data, size_t len, int64_t at,
                   const char *call, int is_at);
int file_sync(int fd, const char *call);
int file_cut(int fd, off_t size);
int file_rename(int from_folder, const char *from, int to_folder,
                const char *to);
int file_unlink(int folder, const char *path, int flags);

#endif
