/* tests/unit/secret_test.c - secrets of the settings: which are told to the
 * log, and that no copy stays in memory that was freed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "config_fixture.h"
#include "core/buffer.h"
#include "core/log.h"
#include "fail_alloc.h"

#define SECRET "wipe-me-0123"

static void drop_line(void *user, enum usher_log_level level, const char *line,
                      size_t len)
{
    (void)user;
    (void)level;
    (void)line;
    (void)len;
}

/* The helper itself: it finds what is left, and only that. */
static void what_is_freed_is_looked_through(void **state)
{
    struct usher_buffer left, wiped;

    (void)state;
    usher_buffer_init(&left, 0);
    usher_buffer_init(&wiped, 0);
    usher_buffer_text(&left, SECRET);
    usher_buffer_text(&wiped, "a " SECRET);
    fail_alloc_look_for(SECRET);
    usher_buffer_wipe(&wiped);
    assert_null(wiped.data);
    assert_int_equal(wiped.len, 0);
    assert_int_equal(fail_alloc_left_behind(), 0);
    usher_buffer_free(&left);
    assert_int_equal(fail_alloc_left_behind(), 1);
    fail_alloc_look_for(NULL);
    usher_buffer_wipe(&left); /* empty: nothing to do */
}

static void a_config_wipes_its_secrets(void **state)
{
    static const char *const lines[][2] = {
        {"OAUTH_REFRESH_TOKEN=" SECRET, NULL},
        {"SHOP_KEY=" SECRET, NULL},
        {NULL, "DESK_CLIENT_SECRET=" SECRET "\n"},
        {NULL, "ADMIN_TOKEN='Bearer " SECRET "'\n"},
        {NULL, "SHOP_KEY=" SECRET "\n"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        fail_alloc_look_for(SECRET);
        assert_int_equal(config_load(f, lines[i][0], lines[i][1]), USHER_OK);
        usher_config_release(f->config);
        f->config = NULL;
        assert_int_equal(fail_alloc_left_behind(), 0);
        fail_alloc_look_for(NULL);
    }
}

static void a_log_wipes_its_secrets(void **state)
{
    /* The last is longer encoded than a buffer's first memory. */
    static const char *const secrets[] = {
        SECRET, SECRET " with / %",
        SECRET " 0123456789 0123456789 0123456789 0123456789 0123456789"};
    struct usher_log_options options = {.sink = drop_line};
    struct usher_log *log;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        fail_alloc_look_for(SECRET);
        assert_int_equal(usher_log_new(&options, &log), USHER_OK);
        assert_int_equal(usher_log_secret(log, secrets[i]), USHER_OK);
        usher_log_event(log, USHER_LOG_ERROR, "a", "b", "c", secrets[i], NULL);
        usher_log_free(log);
        assert_int_equal(fail_alloc_left_behind(), 0);
        fail_alloc_look_for(NULL);
    }
}

static void note_secret(void *user, const char *value)
{
    struct fixture *f = user;

    strcat(f->seen, value);
    strcat(f->seen, " ");
}

/* What else stands in the environment stays readable in the log. */
static void only_what_sounds_secret_is_one(void **state)
{
    struct fixture *f = *state;
    char *environment[] = {"CITY=Pune",       "SHOP_KEY=key-1",
                           "NO_VALUE_KEY=",   "NO_SIGN_KEY",
                           "PATH=/usr/bin",   "ADMIN_TOKEN=token-1",
                           "SHOP_TOKEN=last", NULL};
    struct usher_config_source source = {.environ = environment};

    assert_int_equal(usher_config_load(&source, &f->config, NULL), USHER_OK);
    usher_config_secrets(f->config, note_secret, f);
    assert_string_equal(f->seen, "token-1 key-1 token-1 last ");
}

/* Each of the words that people end a secret's name with, in either case. */
static void each_word_that_sounds_secret_is_known(void **state)
{
    static const char *const yes[] = {
        "X_TOKEN",  "X_TOKENS",     "X_SECRET",       "X_SECRETS",
        "X_PASS",   "X_PASSWORD",   "X_PASSWD",       "MY_CREDENTIAL_A",
        "X_KEY",    "MY_DSN",       "CREDENTIALS",    "x_secret_of",
        "smtppass", "Api_Token_Id", "OAUTH_CLIENT_ID"};
    static const char *const no[] = {"X_TOKENIZE", "PASSAGE",  "SECRETARY",
                                     "X_DSNS",     "KEYS_ARE", "CREDENTIALED"};

    (void)state;
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        assert_true(usher_config_is_secret(yes[i]));
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        assert_false(usher_config_is_secret(no[i]));
}

static void a_name_is_known_declared_or_nobodys(void **state)
{
    static const char *const declared[] = {"SHOP_URL", "CITY"};
    struct fixture *f = *state;

    assert_int_equal(config_load(f, "IN_ENVIRONMENT=1",
                                 "# x\nHOST=127.0.0.1\nCITY=Pune\nODD=1\n"),
                     USHER_OK);
    assert_true(
        usher_config_check_name(f->config, "HOST", declared, 2, &f->problems));
    assert_true(
        usher_config_check_name(f->config, "PORT", declared, 2, &f->problems));
    assert_true(
        usher_config_check_name(f->config, "CITY", declared, 2, &f->problems));
    assert_false(usher_config_check_name(f->config, "IN_ENVIRONMENT", declared,
                                         2, &f->problems));
    assert_int_equal(f->problems.count, 0);
    assert_false(
        usher_config_check_name(f->config, "ODD", declared, 2, &f->problems));
    assert_int_equal(f->problems.warnings, 1);
    assert_memory_equal(config_problem(f, 0), ".env:4: ", 8);
    assert_false(usher_config_check_name(f->config, "CITY", NULL, 0, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_freed_is_looked_through),
        CASE(a_config_wipes_its_secrets),
        cmocka_unit_test(a_log_wipes_its_secrets),
        CASE(only_what_sounds_secret_is_one),
        cmocka_unit_test(each_word_that_sounds_secret_is_known),
        CASE(a_name_is_known_declared_or_nobodys),
    };

    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
