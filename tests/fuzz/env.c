/* tests/fuzz/env.c - a `.env` is read; what is put into it is read back, and
 * nothing else changes. Parts: the file, a name, a value. */
#include "core/env_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/env_text.h"
#include "fuzz.h"

static char folder[64];
static char path[96];

static void folder_drop(void)
{
    rmdir(folder);
}

/* In memory where there is such a place: it is synced each time. */
static void folder_make(void)
{
    if (folder[0])
        return;
    strcpy(folder, "/dev/shm/usher-fuzz-XXXXXX");
    if (!mkdtemp(folder)) {
        strcpy(folder, "/tmp/usher-fuzz-XXXXXX");
        FUZZ_CHECK(mkdtemp(folder) != NULL);
    }
    snprintf(path, sizeof(path), "%s/.env", folder);
    atexit(folder_drop);
}

static void file_write(const char *text, size_t len)
{
    FILE *file = fopen(path, "wb");

    FUZZ_CHECK(file != NULL);
    FUZZ_CHECK(fwrite(text, 1, len, file) == len);
    fclose(file);
}

static void file_read(struct usher_buffer *out)
{
    FILE *file = fopen(path, "rb");
    char bytes[4096];
    size_t got;

    FUZZ_CHECK(file != NULL);
    while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
        usher_buffer_append(out, bytes, got);
    fclose(file);
}

static struct usher_env_file *parse(const char *text, size_t len)
{
    struct usher_error_list problems = {0};
    struct usher_env_file *file;
    enum usher_status st =
        usher_env_file_parse(".env", text, len, &file, &problems);

    FUZZ_CHECK(st == USHER_OK || (st == USHER_ERR_PARSE && problems.errors));
    FUZZ_CHECK((st == USHER_OK) == (file != NULL));
    usher_error_list_free(&problems);
    return file;
}

static void check_put(const struct usher_env_file *before,
                      const struct usher_env_change *change)
{
    const struct usher_env_entry *entry;
    struct usher_env_file *after;
    struct usher_buffer text, again;
    size_t others;

    usher_buffer_init(&text, 0);
    usher_buffer_init(&again, 0);
    file_read(&text);
    after = parse(text.data ? text.data : "", text.len);
    FUZZ_CHECK(after != NULL);
    entry = usher_env_file_find(after, change->name);
    FUZZ_CHECK(entry && strcmp(entry->value, change->value) == 0);
    others = usher_env_file_count(after) - 1;
    for (size_t i = 0; i < usher_env_file_count(before); i++) {
        const struct usher_env_entry *old = usher_env_file_at(before, i);

        if (strcmp(old->name, change->name) == 0)
            continue;
        entry = usher_env_file_find(after, old->name);
        FUZZ_CHECK(entry && strcmp(entry->value, old->value) == 0);
        others--;
    }
    FUZZ_CHECK(others == 0);
    FUZZ_CHECK(usher_env_file_update(path, NULL, change, 1, NULL) == USHER_OK);
    file_read(&again);
    FUZZ_CHECK(fuzz_same(&text, &again));
    usher_env_file_free(after);
    usher_buffer_free(&text);
    usher_buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *)data, size};
    size_t len, ignored;
    char *text = fuzz_next(&input, &len);
    char *name = fuzz_next(&input, &ignored);
    char *value = fuzz_next(&input, &ignored);
    struct usher_env_change change = {name, value};
    struct usher_env_file *before = parse(text, len);
    struct usher_error error;
    enum usher_status st;

    folder_make();
    file_write(text, len);
    st = usher_env_file_update(path, NULL, &change, 1, &error);
    if (st == USHER_OK && before)
        check_put(before, &change);
    else if (st != USHER_OK) /* else it is no text, and stays as it is */
        FUZZ_CHECK(st == USHER_ERR_INVALID || st == USHER_ERR_PARSE);
    unlink(path);
    usher_env_file_free(before);
    free(text);
    free(name);
    free(value);
    return 0;
}
