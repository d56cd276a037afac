/* engine/conversation/version.c - reading and packing a set of flow files. */
#include "conversation/version.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conversation/folder.h"
#include "core/buffer.h"
#include "core/embedded.h"
#include "net/signature.h"

#define FILE_MAX_BYTES (1u << 20)
#define FILES_MAX 500
#define READ_TRIES 20

struct usher_version {
    atomic_uint references;
    atomic_int kept;
    char hash[65];
    char *archive; /* sources point into it; each text has a 0 behind it */
    size_t archive_len;
    struct usher_source *sources;
    size_t count;
};

struct file {
    char path[USHER_FLOW_PATH_SIZE];
    struct usher_buffer text;
};

struct folder {
    const char *path;
    struct file *files;
    size_t count;
    struct usher_error *error;
};

static void folder_clear(struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++)
        usher_buffer_free(&folder->files[i].text);
    free(folder->files);
    folder->files = NULL;
    folder->count = 0;
}

/* The end of the file: 0. */
static ssize_t some_read(int fd, struct usher_buffer *text)
{
    char *at = usher_buffer_reserve(text, 16384);
    ssize_t got = at ? read(fd, at, 16384) : 0;

    if (got > 0)
        text->len += (size_t)got;
    return got;
}

static enum usher_status file_read(int dir, const char *name,
                                   const struct folder *folder,
                                   struct file *file)
{
    /* A pipe put there meanwhile must not hold us up. */
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    enum usher_status st = USHER_OK;
    ssize_t got = 1;

    usher_buffer_init(&file->text, 0);
    if (fd < 0)
        return errno == ENOENT /* gone meanwhile: read again */
                   ? USHER_ERR_NOT_FOUND
                   : usher_folder_fail(folder->error, folder->path, file->path);
    while (got > 0 && file->text.len <= FILE_MAX_BYTES)
        got = some_read(fd, &file->text);
    if (got < 0) {
        st = usher_folder_fail(folder->error, folder->path, file->path);
    } else if (file->text.len > FILE_MAX_BYTES) {
        st = USHER_ERR_LIMIT;
        usher_error_set(folder->error, "%s is larger than 1 MiB", file->path);
    } else if (file->text.failed) {
        st = USHER_ERR_NOMEM;
    }
    close(fd);
    return st;
}

static struct file *file_add(struct folder *folder)
{
    struct file *more =
        realloc(folder->files, (folder->count + 1) * sizeof(*more));

    if (!more)
        return NULL;
    folder->files = more;
    memset(&more[folder->count], 0, sizeof(*more));
    return &more[folder->count++];
}

static enum usher_status entry_read(void *user,
                                    const struct usher_folder_entry *entry)
{
    struct folder *folder = user;
    struct file *file;

    if (S_ISDIR(entry->st->st_mode))
        return USHER_OK;
    if (folder->count == FILES_MAX) {
        usher_error_set(folder->error, "more than %d Lua files", FILES_MAX);
        return USHER_ERR_LIMIT;
    }
    file = file_add(folder);
    if (!file)
        return USHER_ERR_NOMEM;
    snprintf(file->path, sizeof(file->path), "%s", entry->path);
    return file_read(entry->dir, entry->name, folder, file);
}

static int path_compare(const void *left, const void *right)
{
    return strcmp(((const struct file *)left)->path,
                  ((const struct file *)right)->path);
}

/* count, then path and text of each, both length-prefixed, a 0 behind. */
static enum usher_status archive_write(struct folder *folder,
                                       struct usher_buffer *out)
{
    if (folder->count > 1)
        qsort(folder->files, folder->count, sizeof(*folder->files),
              path_compare);
    usher_buffer_varint(out, folder->count);
    for (size_t i = 0; i < folder->count; i++) {
        const struct file *file = &folder->files[i];

        usher_buffer_bytes(out, file->path, strlen(file->path));
        usher_buffer_byte(out, 0);
        usher_buffer_bytes(out, file->text.data, file->text.len);
        usher_buffer_byte(out, 0);
    }
    return out->failed ? USHER_ERR_NOMEM : USHER_OK;
}

static enum usher_status archive_read(const char *path,
                                      struct usher_buffer *out,
                                      struct usher_error *error)
{
    struct folder folder = {path, NULL, 0, error};
    enum usher_status st;

    usher_buffer_clear(out);
    st = usher_folder_walk(path, entry_read, &folder, error);
    if (st == USHER_OK)
        st = archive_write(&folder, out);
    folder_clear(&folder);
    return st;
}

/* USHER_ERR_TIMEOUT: it changed between the two. */
static enum usher_status read_twice(const char *folder,
                                    struct usher_buffer *once,
                                    struct usher_buffer *again,
                                    struct usher_error *error)
{
    enum usher_status st = archive_read(folder, once, error);

    if (st == USHER_OK)
        st = archive_read(folder, again, error);
    if (st == USHER_OK && (once->len != again->len ||
                           memcmp(once->data, again->data, once->len) != 0))
        st = USHER_ERR_TIMEOUT;
    return st == USHER_ERR_NOT_FOUND ? USHER_ERR_TIMEOUT : st;
}

enum usher_status usher_version_read(const char *folder,
                                     struct usher_version **out,
                                     struct usher_error *error)
{
    struct usher_buffer once, again;
    enum usher_status st = USHER_ERR_TIMEOUT;

    *out = NULL;
    usher_error_set(error, "%s", "");
    usher_buffer_init(&once, 0);
    usher_buffer_init(&again, 0);
    for (int i = 0; i < READ_TRIES && st == USHER_ERR_TIMEOUT; i++)
        st = read_twice(folder, &once, &again, error);
    if (st == USHER_OK)
        st = usher_version_unpack(once.data, once.len, out);
    if (st == USHER_ERR_TIMEOUT)
        usher_error_set(error, "the flows folder %s keeps changing", folder);
    else if (st == USHER_ERR_NOMEM && error && !error->text[0])
        usher_error_set(error, "not enough memory");
    usher_buffer_free(&once);
    usher_buffer_free(&again);
    return st;
}

enum usher_status usher_version_builtin(struct usher_version **out)
{
    static const char folder[] = "flows/";
    struct usher_buffer archive, count;
    const struct usher_embedded *file;
    enum usher_status st = USHER_ERR_NOMEM;
    uint64_t files = 0;

    *out = NULL;
    usher_buffer_init(&archive, 0);
    usher_buffer_init(&count, 0);
    for (size_t i = 0; (file = usher_embedded_at(i)) != NULL; i++) {
        const char *path = file->name + sizeof(folder) - 1;

        if (strncmp(file->name, folder, sizeof(folder) - 1) != 0)
            continue;
        files++;
        usher_buffer_bytes(&archive, path, strlen(path));
        usher_buffer_byte(&archive, 0);
        usher_buffer_bytes(&archive, file->data, file->size);
        usher_buffer_byte(&archive, 0);
    }
    usher_buffer_varint(&count, files);
    usher_buffer_append(&count, archive.data, archive.len);
    if (!archive.failed && !count.failed)
        st = usher_version_unpack(count.data, count.len, out);
    usher_buffer_free(&archive);
    usher_buffer_free(&count);
    return st;
}

static enum usher_status sources_find(struct usher_version *version)
{
    struct usher_reader reader;
    uint64_t count;
    size_t len;

    usher_reader_init(&reader, version->archive, version->archive_len);
    count = usher_reader_varint(&reader);
    if (reader.failed || count > FILES_MAX)
        return USHER_ERR_PARSE;
    version->sources = calloc(count + 1, sizeof(*version->sources));
    if (!version->sources)
        return USHER_ERR_NOMEM;
    version->count = (size_t)count;
    for (size_t i = 0; i < version->count; i++) {
        struct usher_source *source = &version->sources[i];

        source->path = usher_reader_bytes(&reader, &len);
        (void)usher_reader_byte(&reader);
        source->text = usher_reader_bytes(&reader, &source->len);
        (void)usher_reader_byte(&reader);
    }
    return reader.failed || reader.at != reader.end ? USHER_ERR_PARSE
                                                    : USHER_OK;
}

enum usher_status usher_version_unpack(const void *archive, size_t len,
                                       struct usher_version **out)
{
    struct usher_version *version = calloc(1, sizeof(*version));
    enum usher_status st = USHER_ERR_NOMEM;

    *out = NULL;
    if (!version)
        return st;
    atomic_init(&version->references, 1);
    version->archive = malloc(len + 1);
    if (!version->archive)
        goto done;
    memcpy(version->archive, archive, len);
    version->archive[len] = '\0';
    version->archive_len = len;
    if (!usher_sha256_hex(archive, len, version->hash))
        goto done;
    st = sources_find(version);
    if (st != USHER_OK)
        goto done;
    *out = version;
    version = NULL;
done:
    usher_version_release(version);
    return st;
}

enum usher_status usher_version_unpack_kept(const char *hash,
                                            const void *archive, size_t len,
                                            struct usher_version **out)
{
    enum usher_status st = usher_version_unpack(archive, len, out);

    if (st == USHER_OK && strcmp((*out)->hash, hash) != 0) {
        usher_version_release(*out);
        *out = NULL;
        st = USHER_ERR_PARSE;
    }
    if (*out)
        usher_version_set_kept(*out);
    return st;
}

struct usher_version *usher_version_retain(struct usher_version *version)
{
    atomic_fetch_add(&version->references, 1);
    return version;
}

void usher_version_release(struct usher_version *version)
{
    if (!version || atomic_fetch_sub(&version->references, 1) != 1)
        return;
    free(version->sources);
    free(version->archive);
    free(version);
}

int usher_version_is_kept(const struct usher_version *version)
{
    return atomic_load(&version->kept);
}

void usher_version_set_kept(struct usher_version *version)
{
    atomic_store(&version->kept, 1);
}

const char *usher_version_hash(const struct usher_version *version)
{
    return version->hash;
}

const struct usher_source *
usher_version_sources(const struct usher_version *version, size_t *count)
{
    *count = version->count;
    return version->sources;
}

const char *usher_version_archive(const struct usher_version *version,
                                  size_t *len)
{
    *len = version->archive_len;
    return version->archive;
}
