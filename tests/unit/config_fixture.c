/* tests/unit/config_fixture.c - a config loaded from given texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int config_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    if (!f)
        return -1;
    own_folder(f->folder);
    (void)snprintf(f->path, sizeof(f->path), "%s/.env", f->folder);
    *state = f;
    return 0;
}

int config_teardown(void **state)
{
    struct fixture *f = *state;

    usher_config_release(f->config);
    usher_error_list_free(&f->problems);
    (void)remove(f->path);
    if (rmdir(f->folder) != 0)
        return -1;
    free(f);
    return 0;
}

/* Loads from one environment entry (or NULL) and the text of a `.env`. */
enum usher_status config_load(struct fixture *f, const char *environment,
                              const char *text)
{
    char *environ_now[] = {(char *)(uintptr_t)environment, NULL};
    struct usher_config_source source = {.environ = environ_now,
                                         .env_path = text ? f->path : NULL};

    usher_config_release(f->config);
    f->config = NULL;
    usher_error_list_free(&f->problems);
    if (text) {
        FILE *file = fopen(f->path, "w");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        assert_int_equal(fclose(file), 0);
    }
    return usher_config_load(&source, &f->config, &f->problems);
}

/* The text of a problem behind the path of the `.env`. */
const char *config_problem(struct fixture *f, size_t index)
{
    size_t len = strlen(f->folder) + 1;

    assert_true(index < f->problems.count);
    return strncmp(f->problems.items[index].text, f->path, len) == 0
               ? f->problems.items[index].text + len
               : f->problems.items[index].text;
}

const char *config_text(struct fixture *f, enum usher_setting setting)
{
    return usher_config_text(f->config, setting);
}

int64_t config_number(struct fixture *f, enum usher_setting setting)
{
    return usher_config_number(f->config, setting);
}
