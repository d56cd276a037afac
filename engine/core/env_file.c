/* engine/core/env_file.c - reading `.env`; env_update.c rewrites it. */
#include "core/env_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/buffer.h"
#include "core/env_text.h"
#include "core/regular.h"

#define LONG_VALUE 24 /* "-----BEGIN PUBLIC KEY-----" has 26 */

struct entry {
    struct usher_env_entry shown;
    char *name;
    char *value;
    size_t value_len;
};

struct usher_env_file {
    struct entry *entries;
    size_t count;
    size_t cap;
    int ended;
};

static void entry_drop(struct entry *entry)
{
    if (entry->value)
        explicit_bzero(entry->value, entry->value_len);
    free(entry->value);
    free(entry->name);
}

void usher_env_file_free(struct usher_env_file *file)
{
    if (!file)
        return;
    for (size_t i = 0; i < file->count; i++)
        entry_drop(&file->entries[i]);
    free(file->entries);
    free(file);
}

size_t usher_env_file_count(const struct usher_env_file *file)
{
    return file->count;
}

const struct usher_env_entry *
usher_env_file_at(const struct usher_env_file *file, size_t index)
{
    return index < file->count ? &file->entries[index].shown : NULL;
}

const struct usher_env_entry *
usher_env_file_find(const struct usher_env_file *file, const char *name)
{
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(file->entries[i].name, name) == 0)
            return &file->entries[i].shown;
    return NULL;
}

int usher_env_file_is_ended(const struct usher_env_file *file)
{
    return file->ended;
}

const char *usher_env_file_lost(const struct usher_env_file *before,
                                const struct usher_env_file *now,
                                const char *but)
{
    for (size_t i = 0; i < before->count; i++) {
        const char *name = before->entries[i].name;

        if ((!but || strcmp(name, but) != 0) && !usher_env_file_find(now, name))
            return name;
    }
    return NULL;
}

/* A key or token that was pasted in several lines: who has a long value above
 * it and no name of its own. */
static int is_broken(const struct usher_env_line *line,
                     const struct usher_env_entry *above)
{
    return (line->fault == USHER_ENV_NO_EQUALS ||
            line->fault == USHER_ENV_BAD_NAME) &&
           above && strlen(above->value) >= LONG_VALUE;
}

/* What stands there comes into no message: it may be a secret that lost its
 * name. */
static void tell_fault(const char *path, const char *text,
                       const struct usher_env_line *line,
                       const struct usher_env_entry *above,
                       struct usher_error_list *problems)
{
    int name_len = (int)line->name_len;
    const char *name = text + line->name;

    if (is_broken(line, above)) {
        usher_error_list_error(problems,
                               "%s:%u: this line is not NAME=VALUE; if it is "
                               "a part of %s in line %u, put the whole value "
                               "in quotes",
                               path, line->line, above->name, above->line);
        return;
    }
    switch (line->fault) {
    case USHER_ENV_FINE:
        return;
    case USHER_ENV_NO_EQUALS:
        usher_error_list_error(problems,
                               "%s:%u: this line is not NAME=VALUE; write it "
                               "so, or put a # before a remark",
                               path, line->line);
        return;
    case USHER_ENV_BAD_NAME:
        usher_error_list_error(problems,
                               "%s:%u: what stands before the = is not a "
                               "name; use letters, digits and _ only, as in "
                               "PORT=8000",
                               path, line->line);
        return;
    case USHER_ENV_OPEN_QUOTE:
        usher_error_list_error(problems,
                               "%s:%u: the %c of %.*s is never closed; add "
                               "one at the end of the value",
                               path, line->line, text[line->value], name_len,
                               name);
        return;
    case USHER_ENV_AFTER_QUOTE:
        if (line->last_line == line->line)
            usher_error_list_error(problems,
                                   "%s:%u: something stands behind the "
                                   "closing %c of %.*s; inside quotes write "
                                   "\\\" for a quote, and # before a remark",
                                   path, line->line, text[line->value],
                                   name_len, name);
        else
            usher_error_list_error(problems,
                                   "%s:%u: the %c of %.*s closes only in "
                                   "line %u, and something follows there; is "
                                   "one missing at the end of line %u?",
                                   path, line->line, text[line->value],
                                   name_len, name, line->last_line, line->line);
        return;
    }
}

/* Takes out an earlier entry of this name, if there is one. */
static void forget_earlier(struct usher_env_file *file, const char *path,
                           const struct entry *now,
                           struct usher_error_list *problems)
{
    for (size_t i = 0; i < file->count; i++) {
        struct entry *old = &file->entries[i];
        if (strcmp(old->name, now->name) != 0)
            continue;
        usher_error_list_warn(problems,
                              "%s:%u: %s stands in line %u already; this line "
                              "counts, delete one of them",
                              path, now->shown.line, now->name,
                              old->shown.line);
        entry_drop(old);
        memmove(old, old + 1, (file->count - i - 1) * sizeof(*old));
        file->count--;
        return;
    }
}

static enum usher_status entry_make(const char *text,
                                    const struct usher_env_line *line,
                                    struct entry *out)
{
    struct usher_buffer name;
    struct usher_buffer value;

    usher_buffer_init(&name, 0);
    usher_buffer_init(&value, 0);
    usher_buffer_append(&name, text + line->name, line->name_len);
    usher_buffer_reserve(&value, line->value_len);
    usher_env_value_read(text, line, &value);
    out->name = usher_buffer_take(&name, NULL);
    out->value = usher_buffer_take(&value, &out->value_len);
    out->shown = (struct usher_env_entry){out->name, out->value, line->line};
    if (out->name && out->value)
        return USHER_OK;
    entry_drop(out);
    return USHER_ERR_NOMEM;
}

static enum usher_status file_add(struct usher_env_file *file, const char *path,
                                  const char *text,
                                  const struct usher_env_line *line,
                                  struct usher_error_list *problems)
{
    struct entry entry;

    if (entry_make(text, line, &entry) != USHER_OK)
        return USHER_ERR_NOMEM;
    forget_earlier(file, path, &entry, problems);
    if (file->count == file->cap) {
        size_t cap = file->cap ? file->cap * 2 : 32;
        struct entry *entries = realloc(file->entries, cap * sizeof(*entries));
        if (!entries) {
            entry_drop(&entry);
            return USHER_ERR_NOMEM;
        }
        file->entries = entries;
        file->cap = cap;
    }
    file->entries[file->count++] = entry;
    return USHER_OK;
}

static enum usher_status check_text(const char *path, const char *text,
                                    size_t len,
                                    struct usher_error_list *problems)
{
    const char *why = NULL;

    if (len >= 2 &&
        (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        why = "is UTF-16; save it as UTF-8";
    else if (len > 0 && memchr(text, '\0', len))
        why = "is not a text file; save it as UTF-8";
    if (!why)
        return USHER_OK;
    usher_error_list_error(problems, "%s %s", path, why);
    return USHER_ERR_PARSE;
}

enum usher_status usher_env_file_parse(const char *path, const char *text,
                                       size_t len, struct usher_env_file **out,
                                       struct usher_error_list *problems)
{
    struct usher_env_file *file = NULL;
    struct usher_env_scan scan;
    struct usher_env_line line;
    enum usher_status st;

    *out = NULL;
    st = check_text(path, text, len, problems);
    if (st != USHER_OK)
        goto done;
    st = USHER_ERR_NOMEM;
    file = calloc(1, sizeof(*file));
    if (!file)
        goto done;
    file->ended = len > 0 && text[len - 1] == '\n';
    usher_env_scan_start(&scan, text, len);
    while (usher_env_scan_next(&scan, &line)) {
        if (line.fault != USHER_ENV_FINE)
            tell_fault(path, text, &line,
                       usher_env_file_at(file, file->count - 1), problems);
        else if (file_add(file, path, text, &line, problems) != USHER_OK)
            goto done;
    }
    *out = file;
    file = NULL;
    st = USHER_OK;
done:
    usher_env_file_free(file);
    return st;
}

static void tell_read(enum usher_status st, const char *path, int error,
                      const struct stat *state,
                      struct usher_error_list *problems)
{
    char why[128];

    if (st == USHER_ERR_IO)
        usher_error_list_error(problems, "%s: cannot be read: %s", path,
                               usher_regular_why(error, state, why,
                                                 sizeof(why)));
    else if (st == USHER_ERR_LIMIT)
        usher_error_list_error(problems,
                               "%s: is larger than %d KiB; is it the right "
                               "file?",
                               path, USHER_ENV_FILE_MAX_BYTES / 1024);
}

/* /dev/null, for none; and what a shell hands over, as in
 * --env <(decrypt .env): a pipe on a file system of its own, which has a
 * writer until it is read. -1: it is something else. */
static int other_open(const char *path, int waits, const struct stat *state)
{
    struct statfs on;
    int is_null = S_ISCHR(state->st_mode) && state->st_rdev == makedev(1, 3);

    if (is_null ||
        (waits && statfs(path, &on) == 0 && on.f_type == PIPEFS_MAGIC))
        return open(path, O_RDONLY | O_CLOEXEC);
    errno = EBADFD;
    return -1;
}

enum usher_status usher_env_file_read(const char *path, int waits,
                                      struct usher_env_file **out,
                                      struct usher_error_list *problems)
{
    struct usher_buffer text;
    enum usher_status st = USHER_ERR_IO;
    struct stat state;
    int fd;

    *out = NULL;
    usher_buffer_init(&text, 0);
    fd = usher_regular_open(AT_FDCWD, path, 0, &state);
    if (fd < 0 && errno == EBADFD)
        fd = other_open(path, waits, &state);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return USHER_ERR_NOT_FOUND;
    if (fd >= 0)
        st = usher_env_read_fd(fd, &text);
    if (st != USHER_OK)
        tell_read(st, path, errno, &state, problems);
    else
        st = usher_env_file_parse(path, text.data ? text.data : "", text.len,
                                  out, problems);
    if (fd >= 0)
        close(fd);
    usher_buffer_wipe(&text);
    return st;
}
