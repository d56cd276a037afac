/* engine/conversation/version.c - reading and packing a set of flow files. */
#include "conversation/version.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buffer.h"
#include "core/embedded.h"
#include "net/signature.h"

#define FILE_MAX_BYTES (1u << 20)
#define FILES_MAX 500
#define DEPTH_MAX 8
#define READ_TRIES 20

struct usher_version {
    atomic_uint references;
    char hash[65];
    char *archive; /* sources point into it; each text has a 0 behind it */
    size_t archive_len;
    struct usher_source *sources;
    size_t count;
};

struct file {
    char path[256];
    struct usher_buffer text;
};

struct folder {
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

static enum usher_status file_read(int dir, const char *name,
                                   struct folder *folder, struct file *file)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    enum usher_status st = USHER_OK;
    ssize_t got;

    usher_buffer_init(&file->text, FILE_MAX_BYTES);
    if (fd < 0) {
        if (errno == ENOENT)
            return USHER_ERR_NOT_FOUND; /* gone meanwhile: read again */
        usher_error_set(folder->error, "cannot read %s: %s", file->path,
                        strerror(errno));
        return USHER_ERR_IO;
    }
    do {
        char *at = usher_buffer_reserve(&file->text, 16384);

        if (!at) {
            usher_error_set(folder->error, "%s is larger than 1 MiB",
                            file->path);
            st = USHER_ERR_LIMIT;
            break;
        }
        got = read(fd, at, 16384);
        if (got > 0)
            file->text.len += (size_t)got;
    } while (got > 0);
    if (st == USHER_OK && got < 0) {
        usher_error_set(folder->error, "cannot read %s: %s", file->path,
                        strerror(errno));
        st = USHER_ERR_IO;
    }
    close(fd);
    return st;
}

static struct file *file_add(struct folder *folder)
{
    struct file *more;

    if (folder->count == FILES_MAX)
        return NULL;
    more = realloc(folder->files, (folder->count + 1) * sizeof(*more));
    if (!more)
        return NULL;
    folder->files = more;
    memset(&more[folder->count], 0, sizeof(*more));
    return &more[folder->count++];
}

int usher_version_is_source(const char *name)
{
    size_t len = strlen(name);

    return len > 4 && strcmp(name + len - 4, ".lua") == 0 && name[0] != '#' &&
           name[0] != '.';
}

static enum usher_status folder_read(int dir, const char *prefix, int depth,
                                     struct folder *folder);

static enum usher_status entry_read(int dir, const char *prefix,
                                    const char *name, int depth,
                                    struct folder *folder)
{
    char path[256];
    struct stat st;
    struct file *file;
    int fd;

    if (name[0] == '.' || name[strlen(name) - 1] == '~')
        return USHER_OK;
    if ((size_t)snprintf(path, sizeof(path), "%s%s", prefix, name) >=
            sizeof(path) ||
        fstatat(dir, name, &st, 0) != 0)
        return USHER_OK;
    if (S_ISDIR(st.st_mode)) {
        enum usher_status status;

        if (depth >= DEPTH_MAX || strlen(path) + 2 > sizeof(path))
            return USHER_OK;
        fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            return USHER_OK;
        strcat(path, "/");
        status = folder_read(fd, path, depth + 1, folder);
        return status;
    }
    if (!S_ISREG(st.st_mode) || !usher_version_is_source(name))
        return USHER_OK;
    file = file_add(folder);
    if (!file) {
        usher_error_set(folder->error, "more than %d Lua files", FILES_MAX);
        return USHER_ERR_LIMIT;
    }
    memcpy(file->path, path, sizeof(path));
    return file_read(dir, name, folder, file);
}

/* Takes the descriptor. */
static enum usher_status folder_read(int dir, const char *prefix, int depth,
                                     struct folder *folder)
{
    DIR *list = fdopendir(dir);
    enum usher_status st = USHER_OK;
    struct dirent *entry;

    if (!list) {
        close(dir);
        return USHER_ERR_IO;
    }
    while (st == USHER_OK && (entry = readdir(list)) != NULL)
        st = entry_read(dirfd(list), prefix, entry->d_name, depth, folder);
    closedir(list);
    return st;
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
    struct folder folder = {NULL, 0, error};
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum usher_status st;

    usher_buffer_clear(out);
    if (dir < 0) {
        usher_error_set(error,
                        "cannot open the flows folder %s: %s; set FLOWS_DIR "
                        "or start usher beside it",
                        path, strerror(errno));
        return USHER_ERR_IO;
    }
    st = folder_read(dir, "", 0, &folder);
    if (st == USHER_OK)
        st = archive_write(&folder, out);
    folder_clear(&folder);
    return st;
}

enum usher_status usher_version_read(const char *folder,
                                     struct usher_version **out,
                                     struct usher_error *error)
{
    struct usher_buffer once, again;
    enum usher_status st = USHER_ERR_TIMEOUT;

    *out = NULL;
    usher_buffer_init(&once, 0);
    usher_buffer_init(&again, 0);
    usher_error_set(error, "the flows folder %s keeps changing", folder);
    for (int i = 0; i < READ_TRIES; i++) {
        st = archive_read(folder, &once, error);
        if (st == USHER_ERR_NOT_FOUND) {
            st = USHER_ERR_TIMEOUT;
            continue;
        }
        if (st == USHER_OK)
            st = archive_read(folder, &again, error);
        if (st == USHER_ERR_NOT_FOUND) {
            st = USHER_ERR_TIMEOUT;
            continue;
        }
        if (st != USHER_OK)
            break;
        if (once.len == again.len &&
            memcmp(once.data, again.data, once.len) == 0) {
            st = usher_version_unpack(once.data, once.len, out);
            break;
        }
        st = USHER_ERR_TIMEOUT;
    }
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
    return reader.failed ? USHER_ERR_PARSE : USHER_OK;
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
    usher_sha256_hex(archive, len, version->hash);
    st = sources_find(version);
    if (st != USHER_OK)
        goto done;
    *out = version;
    version = NULL;
done:
    usher_version_release(version);
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
