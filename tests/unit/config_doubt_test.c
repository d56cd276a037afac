/* tests/unit/config_doubt_test.c - which changed `.env` a running engine does
 * not take for a person's wish. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "config_fixture.h"
#include "core/config.h"

#define ENV                     \
    "WEBHOOK_SECRET=secret-1\n" \
    "ADMIN_TOKEN=admin-1\n"     \
    "TIME_ZONE=Asia/Kolkata\n"  \
    "FLOW_OWN=x\n"

/* What is thought of `after` where `before` is in use. NULL: no file. */
static enum usher_config_doubt doubt(struct fixture *f, const char *environment,
                                     const char *before, const char *after,
                                     struct usher_error *why)
{
    struct usher_config *in_use;
    enum usher_config_doubt result;

    assert_int_equal(config_load(f, environment, before), USHER_OK);
    in_use = usher_config_retain(f->config);
    assert_int_equal(config_load(f, environment, after), USHER_OK);
    result = usher_config_doubt(in_use, f->config, why);
    assert_true((result == USHER_CONFIG_SURE) == (why->text[0] == '\0'));
    usher_config_release(in_use);
    return result;
}

struct doubt_case {
    const char *after;
    enum usher_config_doubt doubt;
    const char *why; /* stands in it; NULL: nothing */
};

static void check(struct fixture *f, const char *environment,
                  const char *before, const struct doubt_case *cases,
                  size_t count)
{
    struct usher_error why;

    for (size_t i = 0; i < count; i++) {
        enum usher_config_doubt got =
            doubt(f, environment, before, cases[i].after, &why);

        if (got != cases[i].doubt ||
            (cases[i].why && !strstr(why.text, cases[i].why)))
            fail_msg("case %zu: %d, \"%s\"", i, (int)got, why.text);
    }
}

#define CHECK(f, environment, before, cases) \
    check(f, environment, before, cases, sizeof(cases) / sizeof(cases[0]))

static void a_file_without_any_setting_is_none(void **state)
{
    static const struct doubt_case cases[] = {
        {NULL, USHER_CONFIG_GONE, "no such file"},
        {"", USHER_CONFIG_EMPTY, "no setting"},
        {"\n", USHER_CONFIG_EMPTY, NULL},
        {" \t\r\n\n", USHER_CONFIG_EMPTY, NULL},
        {"\xEF\xBB\xBF", USHER_CONFIG_EMPTY, NULL},
        {"# WEBHOOK_SECRET=secret-1\n", USHER_CONFIG_EMPTY, NULL},
        {"TIME_ZONE=Asia/Kolkata\n", USHER_CONFIG_UNGUARDED, NULL},
    };

    CHECK(*state, NULL, ENV, cases);
    CHECK(*state, NULL, ENV "OAUTH_ACCESS_TOKEN=1\n", cases);
}

static void without_guards_too(void **state)
{
    static const struct doubt_case cases[] = {
        {NULL, USHER_CONFIG_GONE, NULL},
        {"# none\n", USHER_CONFIG_EMPTY, NULL},
        {"PORT=1\n", USHER_CONFIG_SURE, NULL},
        {"OAUTH_REFRESH_TOKEN=1000", USHER_CONFIG_CUT, NULL},
    };

    CHECK(*state, NULL, "OAUTH_REFRESH_TOKEN=1000.a\nTIME_ZONE=UTC\n", cases);
}

static void what_is_cut_off_waits(void **state)
{
    static const struct doubt_case cases[] = {
        {"WEBHOOK_SECRET=secret-1\nADMIN_TOKEN=admin-1\nTIME_ZONE=UTC",
         USHER_CONFIG_CUT, "FLOW_OWN"},
        {"WEBHOOK_SECRET=secret-1\nADMIN_TOKEN=admin-1", USHER_CONFIG_CUT,
         NULL},
        {"WEBHOOK_SECRET=sec", USHER_CONFIG_CUT, NULL},
        {"TIME_ZONE=UTC\nFLOW_OWN=x\nADMIN_TOKEN=admin-1\nWEBHOOK_SECRET=sec",
         USHER_CONFIG_CUT, "WEBHOOK_SECRET"},
        {"TIME_ZONE=UTC\nFLOW_OWN=x\nADMIN_TOKEN=admin-1\nWEBHOOK_SECRET=",
         USHER_CONFIG_CUT, "WEBHOOK_SECRET"},
        /* Editors leave out the last line break, too. */
        {"TIME_ZONE=UTC\nFLOW_OWN=x\nADMIN_TOKEN=a-2\nWEBHOOK_SECRET=other-1",
         USHER_CONFIG_SURE, NULL},
        {"TIME_ZONE=UTC\nFLOW_OWN=x\nADMIN_TOKEN=a-2\nWEBHOOK_SECRET=secret-1",
         USHER_CONFIG_SURE, NULL},
        {ENV "MORE=1", USHER_CONFIG_SURE, NULL},
    };

    CHECK(*state, NULL, ENV, cases);
}

static void a_guard_goes_by_having_its_line_taken_out(void **state)
{
    static const struct doubt_case cases[] = {
        {"ADMIN_TOKEN=admin-1\nTIME_ZONE=UTC\nFLOW_OWN=y\n", USHER_CONFIG_SURE,
         NULL},
        {"#WEBHOOK_SECRET=secret-1\nADMIN_TOKEN=admin-1\nTIME_ZONE=\n"
         "FLOW_OWN=\nMORE=1\n",
         USHER_CONFIG_SURE, NULL},
        {"WEBHOOK_SECRET=secret-1\nTIME_ZONE=UTC\nFLOW_OWN=y\n",
         USHER_CONFIG_SURE, NULL},
        /* Two at once; with another name; emptied. */
        {"TIME_ZONE=UTC\nFLOW_OWN=y\n", USHER_CONFIG_UNGUARDED, "ADMIN_TOKEN"},
        {"ADMIN_TOKEN=admin-1\nTIME_ZONE=UTC\n", USHER_CONFIG_UNGUARDED,
         "FLOW_OWN"},
        {"WEBHOOK_SECRET=\nADMIN_TOKEN=admin-1\nTIME_ZONE=UTC\nFLOW_OWN=y\n",
         USHER_CONFIG_UNGUARDED, "no value"},
        {"WEBHOOK_SECRET=''\nADMIN_TOKEN=admin-1\nTIME_ZONE=UTC\nFLOW_OWN=y\n",
         USHER_CONFIG_UNGUARDED, "no value"},
        {"WEBHOOK_SECRET=' '\nADMIN_TOKEN=admin-1\nTIME_ZONE=UTC\nFLOW_OWN=y\n",
         USHER_CONFIG_UNGUARDED, "no value"},
        {"ADMIN_TOKEN=admin-1\nTIME_ZONE=UTC\nFLOW_OWN=y", USHER_CONFIG_CUT,
         "WEBHOOK_SECRET"},
    };

    CHECK(*state, NULL, ENV, cases);
}

static void other_names_may_go_as_they_like(void **state)
{
    static const struct doubt_case cases[] = {
        {"WEBHOOK_SECRET=secret-1\nADMIN_TOKEN=admin-1\n", USHER_CONFIG_SURE,
         NULL},
        {"WEBHOOK_SECRET=other\nADMIN_TOKEN=other\n", USHER_CONFIG_SURE, NULL},
    };

    CHECK(*state, NULL, ENV, cases);
}

static void the_environment_guards_by_itself(void **state)
{
    static const struct doubt_case cases[] = {
        {"ADMIN_TOKEN=admin-1\n", USHER_CONFIG_SURE, NULL},
        {"WEBHOOK_SECRET=\nADMIN_TOKEN=admin-1\n", USHER_CONFIG_SURE, NULL},
        {"TIME_ZONE=UTC\n", USHER_CONFIG_UNGUARDED, "ADMIN_TOKEN"},
        {NULL, USHER_CONFIG_GONE, NULL},
    };
    static const struct doubt_case none[] = {
        {NULL, USHER_CONFIG_SURE, NULL},
        {"", USHER_CONFIG_SURE, NULL},
        {"PORT=1", USHER_CONFIG_SURE, NULL},
    };

    CHECK(*state, "WEBHOOK_SECRET=of-the-environment", ENV, cases);
    CHECK(*state, "WEBHOOK_SECRET=of-the-environment", NULL, none);
    CHECK(*state, "WEBHOOK_SECRET=of-the-environment", "# none\n", none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_file_without_any_setting_is_none),
        CASE(without_guards_too),
        CASE(what_is_cut_off_waits),
        CASE(a_guard_goes_by_having_its_line_taken_out),
        CASE(other_names_may_go_as_they_like),
        CASE(the_environment_guards_by_itself),
    };

    return cmocka_run_group_tests_name("config_doubt", tests, NULL, NULL);
}
