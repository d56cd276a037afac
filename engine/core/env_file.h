/* engine/core/env_file.h - reading and rewriting `.env`.
 *
 * A line is NAME=VALUE, `export NAME=VALUE`, a # remark, or empty. Blanks
 * around NAME, = and VALUE do not count. VALUE is one of
 *   bare          up to the line's end or to a blank followed by #
 *   'single'      as it stands
 *   "double"      with \n \r \t \" \\ \$ ; other backslashes as they stand
 * Quoted values may go over several lines. $NAME is not replaced. UTF-8 with
 * or without a byte order mark, lines end in LF or CRLF. Where a name stands
 * twice the last one wins. */
#ifndef USHER_CORE_ENV_FILE_H
#define USHER_CORE_ENV_FILE_H

#include <stddef.h>

#include "core/error_list.h"
#include "core/status.h"

#define USHER_ENV_FILE_MAX_BYTES (1024 * 1024)

struct usher_env_file; /* immutable: any thread may read; values are wiped
                        * when it is freed */

struct usher_env_entry {
    const char *name;
    const char *value; /* "" where nothing stands behind the = */
    unsigned line;     /* from 1; where NAME stands */
};

/* Reads the file at path. On USHER_OK *out is the caller's, also when lines
 * were malformed: those are errors in `problems` (path:line, what to do) and
 * have no entry; a name given twice is a warning. Otherwise *out is NULL:
 * USHER_ERR_NOT_FOUND (no such file), USHER_ERR_IO, USHER_ERR_LIMIT (above
 * USHER_ENV_FILE_MAX_BYTES), USHER_ERR_PARSE (UTF-16, or no text at all),
 * USHER_ERR_NOMEM; all but NOT_FOUND and NOMEM with a text in `problems`,
 * which may be NULL. No text shows a value. Blocks on the disk, on nothing
 * else: what is no regular file is USHER_ERR_IO, save /dev/null (empty). waits:
 * an unnamed pipe, as a shell hands it over, is read to its end however long
 * its writer takes. */
USHER_MUST_USE enum usher_status
usher_env_file_read(const char *path, int waits, struct usher_env_file **out,
                    struct usher_error_list *problems);

/* The same from memory; path is only for messages. */
USHER_MUST_USE enum usher_status
usher_env_file_parse(const char *path, const char *text, size_t len,
                     struct usher_env_file **out,
                     struct usher_error_list *problems);

void usher_env_file_free(struct usher_env_file *file); /* NULL is fine */

/* Entries in the order of the file, each name once (the one that wins).
 * Borrowed from file. at: NULL from the count on; find: NULL if absent. */
size_t usher_env_file_count(const struct usher_env_file *file);
const struct usher_env_entry *
usher_env_file_at(const struct usher_env_file *file, size_t index);
const struct usher_env_entry *
usher_env_file_find(const struct usher_env_file *file, const char *name);

/* 1: it ends with a line break, as a file that was saved whole does. */
int usher_env_file_is_ended(const struct usher_env_file *file);
/* The first name of `before` that `now` has not; `but` does not count, NULL:
 * all do. NULL: none is missing. */
const char *usher_env_file_lost(const struct usher_env_file *before,
                                const struct usher_env_file *now,
                                const char *but);

struct usher_env_change {
    const char *name;
    const char *value; /* no NUL in it, line breaks are fine */
};

/* Writes the new values into the file at path. Only the lines of these names
 * change (of a name given twice the one that wins), with the quotes they
 * had; names that are absent come behind the last line. Everything else
 * stays byte for byte, remarks behind a value too. Malformed lines do not
 * matter unless one of them would swallow what is written.
 *
 * The file is read anew first and once more compared just before the swap;
 * it is replaced by a rename, so that a reader, a crash or a full disk finds
 * the old file or the new one, whole and on disk. Symbolic links are
 * followed; the owner stays, the mode becomes 0600. Where nothing would
 * change nothing is written. Other usher processes wait for each other.
 *
 * known (may be NULL): the file as it was last used. Where the one on disk
 * lacks a name of it, it is half saved, emptied or not yet read: to write to
 * it would make a file of our lines only, or lose what its writer adds.
 *
 * USHER_ERR_NOT_FOUND: there is no file; USHER_ERR_EXISTS: somebody else
 * keeps changing it, or it lacks a name of known; USHER_ERR_INVALID: a name
 * that is none; USHER_ERR_PARSE: a malformed line is in the way, or it is no
 * text; USHER_ERR_IO, USHER_ERR_LIMIT, USHER_ERR_NOMEM; `error` (may be NULL)
 * says more. Blocks on the disk. */
USHER_MUST_USE enum usher_status
usher_env_file_update(const char *path, const struct usher_env_file *known,
                      const struct usher_env_change *changes, size_t count,
                      struct usher_error *error);

#endif
