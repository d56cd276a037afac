/* tests/unit/env_fixture.c - a folder with a `.env`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "env_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int env_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    if (!f)
        return -1;
    own_folder(f->folder);
    (void)snprintf(f->path, sizeof(f->path), "%s/.env", f->folder);
    *state = f;
    return 0;
}

int env_teardown(void **state)
{
    struct fixture *f = *state;
    char other[128];
    static const char *const names[] = {".env", ".env.usher-new", "link",
                                        "real/.env", "real"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        (void)snprintf(other, sizeof(other), "%s/%s", f->folder, names[i]);
        (void)remove(other);
    }
    usher_env_file_free(f->file);
    usher_error_list_free(&f->problems);
    if (rmdir(f->folder) != 0) /* nothing may be left in it */
        return -1;
    free(f);
    return 0;
}

void env_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

const char *env_read_back(const char *path)
{
    static char text[8192];
    FILE *file = fopen(path, "r");
    size_t len;

    assert_non_null(file);
    len = fread(text, 1, sizeof(text) - 1, file);
    text[len] = '\0';
    (void)fclose(file);
    return text;
}

enum usher_status env_update(struct fixture *f, const char *name,
                             const char *value)
{
    struct usher_env_change change = {name, value};

    return usher_env_file_update(f->path, NULL, &change, 1, &f->error);
}
