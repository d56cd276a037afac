/* engine/conversation/watch.h - tells when files below the flows folder, or
 * one file (the .env), have changed and then been quiet for a while. */
#ifndef USHER_CONVERSATION_WATCH_H
#define USHER_CONVERSATION_WATCH_H

#include "net/loop.h"

/* Quiet so long before a change counts: editors write in several steps. */
#define USHER_QUIET_MS 50
/* A file that is being written is waited for, at most so long. */
#define USHER_WRITING_MS 1000

struct usher_watcher;

struct usher_watcher_options {
    struct usher_loop *loop;
    const char *folder; /* watched with its subfolders; NULL: none */
    const char *file;   /* may not exist yet; NULL: none */
    void (*folder_changed)(void *user);
    void (*file_changed)(void *user);
    void *user;
};

/* USHER_ERR_IO: inotify refuses (its limits); the reload by signal or command
 * works all the same. */
USHER_MUST_USE enum usher_status
usher_watcher_new(const struct usher_watcher_options *options,
                  struct usher_watcher **out);
void usher_watcher_free(struct usher_watcher *watcher); /* NULL is fine */

#endif
