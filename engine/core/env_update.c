/* engine/core/env_update.c - rewriting `.env` so that it is never seen in
 * between.
 *
 * The new text goes to a file of a fixed name beside the old one, which a
 * rename then replaces. A lock on the folder keeps other usher processes out,
 * so what stands under that name can only be left over from a crash. */
#include "core/env_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buffer.h"
#include "core/env_text.h"
#include "core/regular.h"

#define TRIES 5 /* while somebody else keeps changing the file */

struct update {
    const struct usher_env_file *known;
    const struct usher_env_change *changes;
    size_t count;
    const char *shown; /* the path as the caller knows it */
    char *folder;
    char *name;
    char *temporary; /* name, in the folder */
    int folder_fd;
    struct stat before; /* of the file that was read */
    struct usher_error *error;
};

static enum usher_status fail(const struct update *u, const char *what)
{
    char why[128];

    usher_error_set(u->error, "%s: %s: %s", u->shown, what,
                    usher_regular_why(errno, &u->before, why, sizeof(why)));
    return USHER_ERR_IO;
}

/* What is in it; an empty one may have no memory. */
static const char *bytes(const struct usher_buffer *text)
{
    return text->data ? text->data : "";
}

/* The line that counts for a name: the last one. */
static int find_line(const struct usher_buffer *text, const char *name,
                     struct usher_env_line *found)
{
    struct usher_env_scan scan;
    struct usher_env_line line;
    int any = 0;

    usher_env_scan_start(&scan, bytes(text), text->len);
    while (usher_env_scan_next(&scan, &line)) {
        if (line.name_len != strlen(name) ||
            memcmp(bytes(text) + line.name, name, line.name_len) != 0)
            continue;
        *found = line;
        any = 1;
    }
    return any;
}

static int has_value(const struct usher_buffer *text,
                     const struct usher_env_line *line, const char *value)
{
    struct usher_buffer old;
    int same;

    usher_buffer_init(&old, 0);
    usher_buffer_reserve(&old, line->value_len);
    usher_env_value_read(text->data, line, &old);
    same = line->fault == USHER_ENV_FINE && !old.failed &&
           old.len == strlen(value) && memcmp(bytes(&old), value, old.len) == 0;
    usher_buffer_wipe(&old);
    return same;
}

static const char *line_break(const struct usher_buffer *text)
{
    const char *lf = memchr(bytes(text), '\n', text->len);

    return lf && lf > bytes(text) && lf[-1] == '\r' ? "\r\n" : "\n";
}

/* Appends text to out with one change made. */
static void apply(const struct usher_buffer *text,
                  const struct usher_env_change *change,
                  struct usher_buffer *out)
{
    struct usher_env_line line;
    const char *from = bytes(text);

    /* Twice the value and its quotes: no growing, no copies left behind. */
    usher_buffer_reserve(out, text->len + strlen(change->name) +
                                  2 * strlen(change->value) + 16);
    if (!find_line(text, change->name, &line)) {
        usher_buffer_append(out, from, text->len);
        if (text->len > 0 && from[text->len - 1] != '\n')
            usher_buffer_text(out, line_break(text));
        usher_buffer_text(out, change->name);
        usher_buffer_byte(out, '=');
        usher_env_value_write(change->value, 0, out);
        usher_buffer_text(out, line_break(text));
    } else if (has_value(text, &line, change->value)) {
        usher_buffer_append(out, from, text->len);
    } else {
        size_t behind = line.value + line.value_len;
        usher_buffer_append(out, from, line.value);
        usher_env_value_write(change->value, line.quote, out);
        usher_buffer_append(out, from + behind, text->len - behind);
    }
}

/* Replaces text by what it shall be. */
static enum usher_status apply_all(const struct update *u,
                                   struct usher_buffer *text)
{
    for (size_t i = 0; i < u->count; i++) {
        struct usher_buffer next;
        usher_buffer_init(&next, 0);
        apply(text, &u->changes[i], &next);
        if (next.failed) {
            usher_buffer_wipe(&next);
            return USHER_ERR_NOMEM;
        }
        usher_buffer_wipe(text);
        *text = next;
    }
    return text->len > USHER_ENV_FILE_MAX_BYTES ? USHER_ERR_LIMIT : USHER_OK;
}

/* The last change of this name, which counts. */
static const char *wanted_value(const struct update *u, const char *name)
{
    for (size_t i = u->count; i > 0; i--)
        if (strcmp(u->changes[i - 1].name, name) == 0)
            return u->changes[i - 1].value;
    return NULL;
}

static int is_as_wanted(const struct update *u,
                        const struct usher_env_file *before,
                        const struct usher_env_file *after)
{
    const struct usher_env_entry *entry;

    for (size_t i = 0; i < u->count; i++) {
        const char *name = u->changes[i].name;
        entry = usher_env_file_find(after, name);
        if (!entry || strcmp(entry->value, wanted_value(u, name)) != 0)
            return 0;
    }
    for (size_t i = 0; i < usher_env_file_count(before); i++) {
        const struct usher_env_entry *old = usher_env_file_at(before, i);
        if (wanted_value(u, old->name))
            continue;
        entry = usher_env_file_find(after, old->name);
        if (!entry || strcmp(entry->value, old->value) != 0)
            return 0;
    }
    return 1;
}

/* Reads what is about to be written: a quote that a person left open further
 * up may end in a quote of ours. */
static enum usher_status prove(const struct update *u,
                               const struct usher_buffer *old,
                               const struct usher_buffer *text)
{
    struct usher_env_file *before = NULL;
    struct usher_env_file *after = NULL;
    enum usher_status st =
        usher_env_file_parse(u->shown, old->data, old->len, &before, NULL);

    if (st == USHER_OK)
        st =
            usher_env_file_parse(u->shown, text->data, text->len, &after, NULL);
    if (st == USHER_OK && !is_as_wanted(u, before, after))
        st = USHER_ERR_PARSE;
    if (st == USHER_ERR_PARSE)
        usher_error_set(u->error,
                        "%s: cannot be changed while it has malformed lines; "
                        "mend them first",
                        u->shown);
    usher_env_file_free(before);
    usher_env_file_free(after);
    return st;
}

/* Whether it is still the file that is known, with every name it had. */
static enum usher_status recognise(const struct update *u,
                                   const struct usher_buffer *text)
{
    struct usher_env_file *now = NULL;
    const char *lost = NULL;
    enum usher_status st;

    if (!u->known)
        return USHER_OK;
    st = usher_env_file_parse(u->shown, bytes(text), text->len, &now, NULL);
    if (st == USHER_OK)
        lost = usher_env_file_lost(u->known, now, NULL);
    if (lost) {
        usher_error_set(u->error,
                        "%s: has no %s, unlike the settings in use; it is "
                        "written to once it is in use again",
                        u->shown, lost);
        st = USHER_ERR_EXISTS;
    }
    usher_env_file_free(now);
    return st;
}

static enum usher_status read_now(struct update *u, struct usher_buffer *text)
{
    enum usher_status st;
    /* Its state comes first: a change while reading is seen later. */
    int fd = usher_regular_open(u->folder_fd, u->name, O_NOFOLLOW, &u->before);

    if (fd < 0)
        return errno == ENOENT ? USHER_ERR_NOT_FOUND
                               : fail(u, "cannot be read");
    st = usher_env_read_fd(fd, text);
    if (st == USHER_ERR_IO)
        st = fail(u, "cannot be read");
    close(fd);
    return st;
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t sent = write(fd, data, len);
        if (sent < 0 && errno != EINTR)
            return -1;
        data += sent > 0 ? sent : 0;
        len -= sent > 0 ? (size_t)sent : 0;
    }
    return 0;
}

/* What a read-only mount says; root, too, cannot write there. */
static enum usher_status fail_folder(const struct update *u)
{
    int error = errno;
    char why[128];

    if (error != EROFS && error != EACCES && error != EPERM)
        return fail(u, "its folder cannot be written");
    usher_error_set(u->error,
                    "%s: its folder cannot be written: %s; %s, so that new "
                    "tokens are kept there",
                    u->shown, strerror_r(error, why, sizeof(why)),
                    error == EROFS
                        ? "mount the folder so that usher may write to it"
                        : "give the user that runs usher the right to write "
                          "to it (chmod, chown)");
    return USHER_ERR_IO;
}

static enum usher_status write_temporary(struct update *u,
                                         const struct usher_buffer *text)
{
    enum usher_status st = USHER_OK;
    int fd;

    if (unlinkat(u->folder_fd, u->temporary, 0) != 0 && errno != ENOENT &&
        errno != EROFS)
        return fail(u, "what a crash left beside it cannot be deleted");
    fd = openat(u->folder_fd, u->temporary,
                O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail_folder(u);
    /* The group does not matter behind mode 0600, the owner does. */
    if (fchown(fd, u->before.st_uid, u->before.st_gid) != 0 &&
        u->before.st_uid != geteuid())
        st = fail(u, "belongs to another user, who would lose it");
    else if (fchmod(fd, 0600) != 0 ||
             write_all(fd, text->data, text->len) != 0 || fsync(fd) != 0)
        st = fail(u, "the new text cannot be written");
    if (close(fd) != 0 && st == USHER_OK)
        st = fail(u, "the new text cannot be written");
    return st;
}

static int same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static int is_unchanged(const struct update *u)
{
    struct stat now;

    return fstatat(u->folder_fd, u->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
           now.st_ino == u->before.st_ino && now.st_dev == u->before.st_dev &&
           now.st_size == u->before.st_size &&
           same_time(now.st_mtim, u->before.st_mtim) &&
           same_time(now.st_ctim, u->before.st_ctim);
}

static enum usher_status swap(struct update *u)
{
    if (!is_unchanged(u))
        return USHER_ERR_EXISTS;
    if (renameat(u->folder_fd, u->temporary, u->folder_fd, u->name) != 0) {
        if (errno == EBUSY) {
            usher_error_set(u->error,
                            "%s: is mounted as a single file and cannot be "
                            "replaced; mount its folder instead",
                            u->shown);
            return USHER_ERR_IO;
        }
        return fail(u, "cannot be replaced");
    }
    /* Some file systems cannot sync a folder; the file is whole all the
     * same. */
    if (fsync(u->folder_fd) != 0 && errno != EINVAL)
        return fail(u, "its folder cannot be synced");
    return USHER_OK;
}

/* Reads, changes and replaces once. */
static enum usher_status attempt(struct update *u)
{
    struct usher_buffer text;
    struct usher_buffer old;
    enum usher_status st;

    usher_buffer_init(&text, 0);
    usher_buffer_init(&old, 0);
    st = read_now(u, &old);
    if (st == USHER_OK)
        st = recognise(u, &old);
    if (st != USHER_OK)
        goto done;
    usher_buffer_append(&text, bytes(&old), old.len);
    st = text.failed ? USHER_ERR_NOMEM : apply_all(u, &text);
    if (st != USHER_OK)
        goto done;
    if (text.len == old.len && memcmp(bytes(&text), bytes(&old), text.len) == 0)
        goto done;
    st = prove(u, &old, &text);
    if (st == USHER_OK)
        st = write_temporary(u, &text);
    if (st == USHER_OK)
        st = swap(u);
    if (st != USHER_OK)
        (void)unlinkat(u->folder_fd, u->temporary, 0);
done:
    usher_buffer_wipe(&text);
    usher_buffer_wipe(&old);
    return st;
}

static enum usher_status find_file(struct update *u, const char *path)
{
    struct usher_buffer temporary;
    char *real = realpath(path, NULL);
    char *slash;

    if (!real)
        return errno == ENOENT || errno == ENOTDIR ? USHER_ERR_NOT_FOUND
               : errno == ENOMEM                   ? USHER_ERR_NOMEM
                                                   : fail(u, "cannot be read");
    slash = strrchr(real, '/');
    *slash = '\0';
    u->folder = real;
    u->name = slash + 1;
    usher_buffer_init(&temporary, 0);
    usher_buffer_printf(&temporary, "%s.usher-new", u->name);
    u->temporary = usher_buffer_take(&temporary, NULL);
    if (!u->temporary)
        return USHER_ERR_NOMEM;
    u->folder_fd =
        open(*u->folder ? u->folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (u->folder_fd < 0)
        return fail(u, "its folder cannot be read");
    /* Network file systems may not know this lock; the comparison before
     * the swap remains. */
    while (flock(u->folder_fd, LOCK_EX) != 0 && errno == EINTR)
        continue;
    return USHER_OK;
}

static enum usher_status check_changes(const struct update *u)
{
    for (size_t i = 0; i < u->count; i++) {
        const char *name = u->changes[i].name;
        if (!name || !u->changes[i].value ||
            !usher_env_is_name(name, strlen(name))) {
            usher_error_set(u->error, "%s: not a name for a setting", u->shown);
            return USHER_ERR_INVALID;
        }
    }
    return USHER_OK;
}

enum usher_status usher_env_file_update(const char *path,
                                        const struct usher_env_file *known,
                                        const struct usher_env_change *changes,
                                        size_t count, struct usher_error *error)
{
    struct update u = {.known = known,
                       .changes = changes,
                       .count = count,
                       .shown = path,
                       .folder_fd = -1,
                       .error = error};
    enum usher_status st;

    usher_error_set(error, "%s", "");
    st = check_changes(&u);
    if (st == USHER_OK)
        st = find_file(&u, path);
    if (st == USHER_OK) {
        st = USHER_ERR_EXISTS;
        for (int i = 0; i < TRIES && st == USHER_ERR_EXISTS; i++)
            st = attempt(&u);
    }
    if (u.folder_fd >= 0)
        close(u.folder_fd); /* and unlock */
    free(u.folder);
    free(u.temporary);
    if (st != USHER_OK && error && !error->text[0])
        usher_error_set(error, "%s: %s", path,
                        st == USHER_ERR_EXISTS
                            ? "somebody else keeps changing it"
                            : usher_status_text(st));
    return st;
}
