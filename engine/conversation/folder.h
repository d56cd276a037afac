/* engine/conversation/folder.h - what belongs to a set of flow files: the one
 * walk that reading (version.h) and watching (watch.h) share, so that what is
 * compared is what would be read. */
#ifndef USHER_CONVERSATION_FOLDER_H
#define USHER_CONVERSATION_FOLDER_H

#include <sys/stat.h>

#include "core/status.h"

/* With its end mark; a longer path in the folder is an error. */
#define USHER_FLOW_PATH_SIZE 256

/* Everything is borrowed for the one call. */
struct usher_folder_entry {
    const char *path; /* in the flows folder: "parse/one.lua"; "": itself */
    int dir;          /* open: the folder that `name` is in */
    const char *name;
    int is_link;
    const struct stat *st; /* links followed: a folder or a regular file */
};

/* What is not USHER_OK ends the walk. */
typedef enum usher_status
usher_folder_visit(void *user, const struct usher_folder_entry *entry);

/* Shows the folder and all below it, links followed, each folder before what
 * is in it, otherwise in no order: folders, and files that are sources. Passed
 * over are hidden files and folders, editors' temporary ones (ending in ~ or
 * beginning with #), links that lead nowhere, or back to a folder above.
 * USHER_ERR_IO or USHER_ERR_NOMEM as usher_folder_fail() says, and
 * USHER_ERR_LIMIT (a path too long), with the path and what to do in error;
 * USHER_ERR_NOT_FOUND: something went away meanwhile. Blocks. */
USHER_MUST_USE enum usher_status usher_folder_walk(const char *folder,
                                                   usher_folder_visit *visit,
                                                   void *user,
                                                   struct usher_error *error);

/* Says that `path` in the folder cannot be read, for the reason in errno.
 * USHER_ERR_IO; USHER_ERR_NOMEM: no memory or no open files left, which says
 * nothing about the folder. */
enum usher_status usher_folder_fail(struct usher_error *error,
                                    const char *folder, const char *path);

/* Whether a file of this name (without folders) belongs to a version. */
int usher_folder_is_source(const char *name);

#endif
