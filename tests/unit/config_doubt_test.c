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
                                     int open, struct usher_error *why)
{
    struct usher_config *in_use;
    enum usher_config_doubt result;

    assert_int_equal(config_load(f, environment, before), USHER_OK);
    in_use = usher_config_retain(f->config);
    assert_int_equal(config_load(f, environment, after), USHER_OK);
    result = usher_config_doubt(in_use, f->config, open, why);
    assert_true((result == USHER_CONFIG_SURE) == (why->text[0] == '\0'));
    usher_config_release(in_use);
    return result;
}

struct doubt_case {
    const char *after;
    enum usher_config_doubt doubt;
    const char *why; /* stands in it; NULL: nothing */
    int open;
};

static void check(struct fixture *f, const char *environment,
                  const char *before, const struct doubt_case *cases,
                  size_t count)
{
    struct usher_error why;

    for (size_t i = 0; i < count; i++) {
        enum usher_config_doubt got =
            doubt(f, environment, before, cases[i].after, cases[i].open, &why);

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
        {NULL, USHER_CONFIG_GONE, "no such file", 0},
        {"", USHER_CONFIG_EMPTY, "no setting", 0},
        {"\n", USHER_CONFIG_EMPTY, NULL, 0},
        {" \t\r\n\n", USHER_CONFIG_EMPTY, NULL, 0},
        {"\xEF\xBB\xBF", USHER_CONFIG_EMPTY, NULL, 0},
        {"# WEBHOOK_SECRET=secret-1\n", USHER_CONFIG_EMPTY, NULL, 0},
        {"TIME_ZONE=Asia/Kolkata\n", USHER_CONFIG_UNGUARDED, NULL, 0},
    };

    CHECK(*state, NULL, ENV, cases);
    CHECK(*state, NULL, ENV "OAUTH_ACCESS_TOKEN=1\n", cases);
}

static void without_guards_too(void **state)
{
    static const struct doubt_case cases[] = {
        {NULL, USHER_CONFIG_GONE, NULL, 0},
        {"# none\n", USHER_CONFIG_EMPTY, NULL, 0},
        {"PORT=1\n", USHER_CONFIG_SURE, NULL, 0},
        {"OAUTH_REFRESH_TOKEN=1000", USHER_CONFIG_CUT, NULL, 0},
    };

    CHECK(*state, NULL, "OAUTH_REFRESH_TOKEN=1000.a\nTIME_ZONE=UTC\n", cases);
}

static void what_is_cut_off_waits(void **state)
{
    static const struct doubt_case cases[] = {
        {"WEBHOOK_SECRET=secret-1\nADMIN_TOKEN=admin-1\nTIME_ZONE=UTC",
         USHER_CONFIG_CUT, "FLOW_OWN", 0},
        {"WEBHOOK_SECRET=secret-1\nADMIN_TOKEN=admin-1", USHER_CONFIG_CUT, NULL,
         0},
        {"WEBHOOK_SECRET=sec", USHER_CONFIG_CUT, NULL, 0},
        {"TIME_ZONE=UTC\nFLOW_OWN=x\nADMIN_TOKEN=admin-1\nWEBHOOK_SECRET=sec",
         USHER_CONFIG_CUT, "WEBHOOK_SECRET", 0},
        {"TIME_ZONE=UTC\nFLOW_OWN=x\nADMIN_TOKEN=admin-1\nWEBHOOK_SECRET=",
         USHER_CONFIG_CUT, "WEBHOOK_SECRET", 0},
        /* Editors leave out the last line break, too. */
        {"TIME_ZONE=UTC\nFLOW_OWN=x\nADMIN_TOKEN=a-2\nWEBHOOK_SECRET=other-1",
         USHER_CONFIG_SURE, NULL, 0},
        {"TIME_ZONE=UTC\nFLOW_OWN=x\nADMIN_TOKEN=a-2\nWEBHOOK_SECRET=secret-1",
         USHER_CONFIG_SURE, NULL, 0},
        {ENV "MORE=1", USHER_CONFIG_SURE, NULL, 0},
    };

    CHECK(*state, NULL, ENV, cases);
}

static void a_guard_goes_by_having_its_line_taken_out(void **state)
{
    static const struct doubt_case cases[] = {
        {"ADMIN_TOKEN=admin-1\nTIME_ZONE=UTC\nFLOW_OWN=y\n", USHER_CONFIG_SURE,
         NULL, 0},
        {"#WEBHOOK_SECRET=secret-1\nADMIN_TOKEN=admin-1\nTIME_ZONE=\n"
         "FLOW_OWN=\nMORE=1\n",
         USHER_CONFIG_SURE, NULL, 0},
        {"WEBHOOK_SECRET=secret-1\nTIME_ZONE=UTC\nFLOW_OWN=y\n",
         USHER_CONFIG_SURE, NULL, 0},
        /* Two at once; with another name; emptied. */
        {"TIME_ZONE=UTC\nFLOW_OWN=y\n", USHER_CONFIG_UNGUARDED, "ADMIN_TOKEN",
         0},
        {"ADMIN_TOKEN=admin-1\nTIME_ZONE=UTC\n", USHER_CONFIG_UNGUARDED,
         "FLOW_OWN", 0},
        {"WEBHOOK_SECRET=\nADMIN_TOKEN=admin-1\nTIME_ZONE=UTC\nFLOW_OWN=y\n",
         USHER_CONFIG_UNGUARDED, "no value", 0},
        {"WEBHOOK_SECRET=''\nADMIN_TOKEN=admin-1\nTIME_ZONE=UTC\nFLOW_OWN=y\n",
         USHER_CONFIG_UNGUARDED, "no value", 0},
        {"WEBHOOK_SECRET=' '\nADMIN_TOKEN=admin-1\nTIME_ZONE=UTC\nFLOW_OWN=y\n",
         USHER_CONFIG_UNGUARDED, "no value", 0},
        {"ADMIN_TOKEN=admin-1\nTIME_ZONE=UTC\nFLOW_OWN=y", USHER_CONFIG_CUT,
         "WEBHOOK_SECRET", 0},
    };

    CHECK(*state, NULL, ENV, cases);
}

static void a_guard_under_another_name_was_not_taken_out(void **state)
{
#define REST "TIME_ZONE=Asia/Kolkata\nFLOW_OWN=x\n"
    static const struct doubt_case cases[] = {
        {"WEBHOOK_SECRT=secret-1\nADMIN_TOKEN=admin-1\n" REST,
         USHER_CONFIG_UNGUARDED, "WEBHOOK_SECRT", 0},
        {"webhook_secret=other\nADMIN_TOKEN=admin-1\n" REST,
         USHER_CONFIG_UNGUARDED, "is WEBHOOK_SECRET meant?", 0},
        {"OLD_SECRET_OF_IT=secret-1\nADMIN_TOKEN=admin-1\n" REST,
         USHER_CONFIG_UNGUARDED, "OLD_SECRET_OF_IT", 0},
        {"WEBHOOK_SECRET=secret-1\nADMIN_TOKN=admin-2\n" REST,
         USHER_CONFIG_UNGUARDED, "ADMIN_TOKN", 0},
        {"SALESIQ_SCREEN_NAME=acme\nADMIN_TOKEN=admin-1\nMORE=1\n" REST,
         USHER_CONFIG_SURE, NULL, 0},
        {"FLOW_OWN=secret-1\nADMIN_TOKEN=admin-1\nTIME_ZONE=UTC\n",
         USHER_CONFIG_SURE, NULL, 0},
    };

    CHECK(*state, NULL, ENV, cases);
}

static void while_it_is_being_written_nothing_is_taken_out(void **state)
{
    static const struct doubt_case cases[] = {
        {"ADMIN_TOKEN=admin-1\n" REST, USHER_CONFIG_CUT, "being written", 1},
        {"WEBHOOK_SECRET=secret-1\n", USHER_CONFIG_CUT, "ADMIN_TOKEN", 1},
        {"", USHER_CONFIG_EMPTY, NULL, 1},
        {ENV "MORE=1\n", USHER_CONFIG_SURE, NULL, 1},
        {"WEBHOOK_SECRET=b\nADMIN_TOKEN=a\n" REST, USHER_CONFIG_SURE, NULL, 1},
    };

    CHECK(*state, NULL, ENV, cases);
}

static void other_names_may_go_as_they_like(void **state)
{
    static const struct doubt_case cases[] = {
        {"WEBHOOK_SECRET=secret-1\nADMIN_TOKEN=admin-1\n", USHER_CONFIG_SURE,
         NULL, 0},
        {"WEBHOOK_SECRET=other\nADMIN_TOKEN=other\n", USHER_CONFIG_SURE, NULL,
         0},
    };

    CHECK(*state, NULL, ENV, cases);
}

static void the_environment_guards_by_itself(void **state)
{
    static const struct doubt_case cases[] = {
        {"ADMIN_TOKEN=admin-1\n", USHER_CONFIG_SURE, NULL, 0},
        {"WEBHOOK_SECRET=\nADMIN_TOKEN=admin-1\n", USHER_CONFIG_SURE, NULL, 0},
        {"TIME_ZONE=UTC\n", USHER_CONFIG_UNGUARDED, "ADMIN_TOKEN", 0},
        {NULL, USHER_CONFIG_GONE, NULL, 0},
    };
    static const struct doubt_case none[] = {
        {NULL, USHER_CONFIG_SURE, NULL, 0},
        {"", USHER_CONFIG_SURE, NULL, 0},
        {"PORT=1", USHER_CONFIG_SURE, NULL, 0},
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
        CASE(a_guard_under_another_name_was_not_taken_out),
        CASE(while_it_is_being_written_nothing_is_taken_out),
        CASE(other_names_may_go_as_they_like),
        CASE(the_environment_guards_by_itself),
    };

    return cmocka_run_group_tests_name("config_doubt", tests, NULL, NULL);
}
