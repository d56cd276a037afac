/* tests/unit/env_fixture.h - a folder with a `.env`, for the tests of reading
 * and rewriting it. */
#ifndef USHER_TESTS_ENV_FIXTURE_H
#define USHER_TESTS_ENV_FIXTURE_H

#include "core/env_file.h"
#include "own_folder.h"

struct fixture {
    char folder[OWN_FOLDER_SIZE];
    char path[96]; /* of the `.env`; there is none at first */
    struct usher_error_list problems;
    struct usher_env_file *file;
    struct usher_error error;
};

/* cmocka's setup and teardown; *state is a struct fixture. The teardown fails
 * where something unexpected is left in the folder. */
int env_setup(void **state);
int env_teardown(void **state);

void env_write(const char *path, const char *text);
/* Borrowed until the next call. */
const char *env_read_back(const char *path);

/* One change of the fixture's `.env`. */
enum usher_status env_update(struct fixture *f, const char *name,
                             const char *value);

#define CASE(name) \
    cmocka_unit_test_setup_teardown(name, env_setup, env_teardown)

#endif
