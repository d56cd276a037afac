/* engine/conversation/watch_notify.h - inotify for the watcher: on the folders
 * and files of the last round of looking, and on no others. */
#ifndef USHER_CONVERSATION_WATCH_NOTIFY_H
#define USHER_CONVERSATION_WATCH_NOTIFY_H

#include "net/loop.h"

struct watch_notify;

/* Whose contents a watched folder or file is. */
enum watch_whose {
    WATCH_WAY, /* nobody's: a folder on the way to one of the others */
    WATCH_FOLDER,
    WATCH_FILE
};

/* name: in the folder; "": the folder or file itself. change: it is about the
 * contents of what is read; else of something beside it. whole: 1 where it was
 * closed by its writer or moved there, 0 where it is begun or written to, -1:
 * neither. */
typedef void watch_notify_event(void *user, enum watch_whose whose,
                                const char *name, int change, int whole);

/* NULL without memory. */
struct watch_notify *watch_notify_new(struct usher_loop *loop,
                                      watch_notify_event *event, void *user);
void watch_notify_free(struct watch_notify *notify); /* NULL is fine */

/* A round: what is added between begin and end is watched from then on, what
 * is not added any more is forgotten. end: 0, or the errno of an inotify that
 * has no watches left; it is tried again in the next round. */
void watch_notify_begin(struct watch_notify *notify);
void watch_notify_folder(struct watch_notify *notify, const char *path,
                         enum watch_whose whose);
void watch_notify_file(struct watch_notify *notify, const char *path,
                       enum watch_whose whose);
/* The folders in which the parts of the path are looked up. */
void watch_notify_way(struct watch_notify *notify, const char *path);
int watch_notify_end(struct watch_notify *notify);

/* Whether somebody has written to one of their files and not closed it yet. */
int watch_notify_is_writing(const struct watch_notify *notify,
                            enum watch_whose whose);
/* Who writes now is waited for no longer. */
void watch_notify_forget_writing(struct watch_notify *notify,
                                 enum watch_whose whose);

#endif
