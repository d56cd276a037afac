/* tests/unit/log_limit_test.c - what an outsider can repeat fills no log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log_limit.h"

/* As OPERATING.md has it: once a minute. */
#define MINUTE_MS 60000

struct fixture {
    struct usher_log *log;
    unsigned lines;
    char last[1024];
};

static void keep(void *user, enum usher_log_level level, const char *line,
                 size_t len)
{
    struct fixture *f = user;

    (void)level;
    f->lines++;
    (void)snprintf(f->last, sizeof(f->last), "%.*s", (int)len, line);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    struct usher_log_options options = {
        .level = USHER_LOG_INFO, .sink = keep, .user = f};

    *state = f;
    return f ? (int)usher_log_new(&options, &f->log) : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    usher_log_free(f->log);
    free(f);
    return 0;
}

static void refuse(struct fixture *f, int64_t now_ms, const char *why,
                   const char *caller)
{
    usher_log_limited(f->log, now_ms, USHER_LOG_WARN, "webhook",
                      "refused a call", "reason", why, NULL, caller);
}

#define has(f, text) assert_non_null(strstr((f)->last, text))

static void the_same_line_is_written_once_in_a_while(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 3000; i++)
        refuse(f, 1000 + i, "no secret", "203.0.113.7");
    assert_int_equal(f->lines, 1);
    has(f, "level=warn area=webhook event=\"refused a call\" "
           "reason=\"no secret\" caller=203.0.113.7");
    assert_null(strstr(f->last, "left_out"));
    usher_log_limit_flush(f->log, 1000 + MINUTE_MS - 1);
    assert_int_equal(f->lines, 1);
    usher_log_limit_flush(f->log, 1000 + MINUTE_MS);
    assert_int_equal(f->lines, 2);
    has(f, "reason=\"no secret\" caller=203.0.113.7 left_out=2999");
    /* It still counts as written; then, with none left out, it is over. */
    refuse(f, 1000 + MINUTE_MS, "no secret", "203.0.113.7");
    assert_int_equal(f->lines, 2);
    usher_log_limit_flush(f->log, 1000 + 2 * MINUTE_MS);
    has(f, "left_out=1");
    usher_log_limit_flush(f->log, 1000 + 3 * MINUTE_MS);
    usher_log_limit_flush(f->log, 1000 + 4 * MINUTE_MS);
    assert_int_equal(f->lines, 3);
}

static void without_a_flush_the_next_one_tells(void **state)
{
    struct fixture *f = *state;

    refuse(f, 0, "no secret", "::1");
    refuse(f, 5, "no secret", "::1");
    refuse(f, MINUTE_MS, "no secret", "::1");
    assert_int_equal(f->lines, 2);
    has(f, "caller=::1 left_out=1");
}

static void other_reasons_and_callers_are_other_lines(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 2; i++) {
        refuse(f, i, "no secret", "203.0.113.7");
        refuse(f, i, "no secret", "203.0.113.8");
        refuse(f, i, "no secret", "2001:db8::9876:5432:1098");
        refuse(f, i, "a bad secret", "203.0.113.7");
        refuse(f, i, "a bad secret", NULL);
    }
    assert_int_equal(f->lines, 5);
    assert_null(strstr(f->last, "caller"));
}

static void a_caller_is_never_masked_as_a_phone(void **state)
{
    struct fixture *f = *state;

    refuse(f, 0, "x", "198.51.100.200");
    has(f, "caller=198.51.100.200");
    refuse(f, 0, "x", "2001:db8:9876:5432:1098:7654:3210:9");
    has(f, "caller=2001:db8:9876:5432:1098:7654:3210:9");
}

static void many_callers_share_what_is_remembered(void **state)
{
    struct fixture *f = *state;
    char caller[32];

    for (int i = 0; i < 10000; i++) {
        (void)snprintf(caller, sizeof(caller), "10.0.%d.%d", i / 256, i % 256);
        refuse(f, i, "no secret", caller);
    }
    assert_int_equal(f->lines, 16 + 1);
    /* None of them is blamed for the others. */
    refuse(f, MINUTE_MS + 10000, "no secret", "10.0.99.99");
    assert_null(strstr(f->last, "left_out"));
    usher_log_limit_flush(f->log, 3 * MINUTE_MS);
    has(f, "reason=\"no secret\" caller=various left_out=99");
    assert_int_equal(f->lines, 16 + 1 + 1 + 1);
    f->lines = 0; /* and it is free again */
    usher_log_limit_flush(f->log, 5 * MINUTE_MS);
    refuse(f, 5 * MINUTE_MS, "no secret", "10.9.9.9");
    refuse(f, 5 * MINUTE_MS, "no secret", "10.9.9.8");
    assert_int_equal(f->lines, 2);
}

/* What the caller chooses, or a count in it, makes no other line. */
static void the_text_of_a_line_does_not_make_it_another(void **state)
{
    struct fixture *f = *state;
    char text[64];

    for (int i = 0; i < 300; i++) {
        (void)snprintf(text, sizeof(text), "no JSON: x, at byte %d", i);
        usher_log_limited(f->log, i, USHER_LOG_WARN, "webhook", "a body",
                          "problem", "no JSON", text, "::1");
    }
    assert_int_equal(f->lines, 1);
    has(f, "problem=\"no JSON: x, at byte 0\" caller=::1");
    usher_log_limit_flush(f->log, 2 * MINUTE_MS);
    has(f, "problem=\"no JSON\" caller=::1 left_out=299");
}

static void a_crowd_of_one_reason_leaves_place_for_others(void **state)
{
    struct fixture *f = *state;
    char caller[32];

    for (int i = 0; i < 1000; i++) {
        (void)snprintf(caller, sizeof(caller), "10.0.%d.%d", i / 256, i % 256);
        refuse(f, i, "no secret", caller);
    }
    refuse(f, 1000, "a bad secret", "10.0.0.1");
    has(f, "reason=\"a bad secret\" caller=10.0.0.1");
    refuse(f, 1001, "a bad secret", "10.9.9.9");
    has(f, "caller=10.9.9.9");
}

/* Reasons that are not few after all. */
static void beyond_all_places_the_rest_shares_one(void **state)
{
    struct fixture *f = *state;
    char why[32];

    for (int i = 0; i < 1000; i++) {
        (void)snprintf(why, sizeof(why), "reason %d", i);
        refuse(f, i, why, "::1");
    }
    assert_int_equal(f->lines, 256);
    usher_log_limit_flush(f->log, 2 * MINUTE_MS);
    has(f, "reason=various left_out=744");
}

static void levels_and_no_log_count(void **state)
{
    struct fixture *f = *state;

    usher_log_set_level(f->log, USHER_LOG_ERROR);
    refuse(f, 0, "x", "y");
    assert_int_equal(f->lines, 0);
    usher_log_set_level(f->log, USHER_LOG_INFO);
    refuse(f, 1, "x", "y");
    assert_int_equal(f->lines, 1);
    usher_log_limited(NULL, 0, USHER_LOG_ERROR, "a", "b", "c", "d", NULL, "e");
    usher_log_limit_flush(NULL, 0);
}

enum { THREADS = 4, ROUNDS = 500 };

static void *refuse_often(void *user)
{
    struct fixture *f = user;

    for (int i = 0; i < ROUNDS; i++) {
        refuse(f, 0, "no secret", "::1");
        usher_log_limit_flush(f->log, 0);
    }
    return NULL;
}

/* Of all threads together one line is written, and the rest is counted. */
static void threads_share_what_is_remembered(void **state)
{
    struct fixture *f = *state;
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, refuse_often, f), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(f->lines, 1);
    usher_log_limit_flush(f->log, MINUTE_MS);
    has(f, "left_out=1999");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_same_line_is_written_once_in_a_while),
        CASE(without_a_flush_the_next_one_tells),
        CASE(other_reasons_and_callers_are_other_lines),
        CASE(a_caller_is_never_masked_as_a_phone),
        CASE(many_callers_share_what_is_remembered),
        CASE(the_text_of_a_line_does_not_make_it_another),
        CASE(a_crowd_of_one_reason_leaves_place_for_others),
        CASE(beyond_all_places_the_rest_shares_one),
        CASE(threads_share_what_is_remembered),
        CASE(levels_and_no_log_count),
    };

    return cmocka_run_group_tests_name("log_limit", tests, NULL, NULL);
}
