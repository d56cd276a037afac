/* tests/unit/zoho_case.h - the set-up of cases with a zoho_world that has one
 * credential. Include cmocka.h before it. */
#ifndef USHER_TESTS_ZOHO_CASE_H
#define USHER_TESTS_ZOHO_CASE_H

#include "zoho_world.h"

#define MINUTE INT64_C(60000)

/* The settings are there, nothing has started. */
int zoho_make(void **state);
/* With a good token already there. */
int zoho_make_running(void **state);
int zoho_drop(void **state);

/* Of the set's token in the newest snapshot. */
enum usher_credential_state zoho_state(struct zoho_world *world,
                                       enum usher_credential_id set);

#define WITH_WORLD(test) \
    cmocka_unit_test_setup_teardown(test, zoho_make, zoho_drop)
#define RUNNING(test) \
    cmocka_unit_test_setup_teardown(test, zoho_make_running, zoho_drop)

#endif
