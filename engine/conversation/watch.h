/* engine/conversation/watch.h - tells when the flows folder, or one file (the
 * .env), has changed and then been quiet for a while.
 *
 * What would be read is compared with what was read, through every link and
 * mount: that finds each change within USHER_LOOK_MS. inotify, where there is
 * any, only says when to look sooner. */
#ifndef USHER_CONVERSATION_WATCH_H
#define USHER_CONVERSATION_WATCH_H

#include "core/problems.h"
#include "net/loop.h"

/* Quiet so long before a change counts: editors write in several steps. */
#define USHER_QUIET_MS 50
/* A file that is being written is waited for, at most so long. */
#define USHER_WRITING_MS 1000
/* Untouched so long a file is taken for whole, where nobody saw that its
 * writer was done with it. */
#define USHER_STILL_MS 5000
/* So often everything is looked at: a stat of each file. */
#define USHER_LOOK_MS 1000
/* Each so many looks the folder counts as changed, so that it is read: a clock
 * that steps or times without fractions can hide a change from stat. */
#define USHER_LOOKS_READ 15

struct usher_watcher;

/* Of the file: is its writer done with it? */
enum usher_writer {
    USHER_WRITER_DONE,    /* closed, moved there, or USHER_STILL_MS ago */
    USHER_WRITER_UNKNOWN, /* to be called again where it matters */
    USHER_WRITER_AT_WORK  /* it is open; told again once it is closed */
};

struct usher_watcher_options {
    struct usher_loop *loop;
    struct usher_problems *problems; /* borrowed; NULL: none */
    const char *folder;  /* with all below it (folder.h); NULL: none */
    const char *file;    /* may not exist yet; NULL: none */
    uint64_t file_print; /* of usher_watch_print(), before it was read */
    /* May be called though nothing is different. Both: 0 where it could not
     * be read for a reason that may pass: then called at the next look. */
    int (*folder_changed)(void *user, enum usher_writer writer);
    /* Its contents, mode or owner are different, or the reason why it cannot
     * be read, or its writer is done with it. */
    int (*file_changed)(void *user, enum usher_writer writer);
    void *user;
};

/* What a file is like, for comparing; 0 where nobody can say (no open files
 * left). A pipe is always the same: reading it would empty it. */
uint64_t usher_watch_print(const char *file);

/* USHER_ERR_NOMEM. Without inotify it works all the same: that is a problem
 * in the list. */
USHER_MUST_USE enum usher_status
usher_watcher_new(const struct usher_watcher_options *options,
                  struct usher_watcher **out);
void usher_watcher_free(struct usher_watcher *watcher); /* NULL is fine */

#endif
