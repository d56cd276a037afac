/* tests/unit/config_fixture.h - a config loaded from a line of environment and
 * the text of a `.env`, for the tests of settings. */
#ifndef USHER_TESTS_CONFIG_FIXTURE_H
#define USHER_TESTS_CONFIG_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include "core/config.h"
#include "own_folder.h"

struct fixture {
    char folder[OWN_FOLDER_SIZE];
    char path[96];
    struct usher_error_list problems;
    struct usher_config *config;
    char seen[1024];
};

/* cmocka's setup and teardown; *state is a struct fixture. */
int config_setup(void **state);
int config_teardown(void **state);

/* Loads anew from one environment entry (or NULL) and the text of a `.env`
 * (or NULL for none). */
enum usher_status config_load(struct fixture *f, const char *environment,
                              const char *text);

/* The text of a problem, with ".env" for the path of the `.env`. */
const char *config_problem(struct fixture *f, size_t index);

const char *config_text(struct fixture *f, enum usher_setting setting);
int64_t config_number(struct fixture *f, enum usher_setting setting);

#define CASE(name) \
    cmocka_unit_test_setup_teardown(name, config_setup, config_teardown)

#endif
