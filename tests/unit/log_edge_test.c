/* tests/unit/log_edge_test.c - the log's edges: keys, values, numbers, times
 * and levels, both sides of each bound, and lines told once in a while. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/log_limit.h"

struct fixture {
    struct usher_log *log;
    char line[80 * 1024];
    enum usher_log_level level;
    int lines;
    int64_t now;
};

static void keep(void *user, enum usher_log_level level, const char *line,
                 size_t len)
{
    struct fixture *f = user;

    assert_true(len < sizeof(f->line));
    memcpy(f->line, line, len);
    f->line[len] = '\0';
    f->level = level;
    f->lines++;
    errno = ENOENT; /* as a sink that writes somewhere may leave it */
}

static int64_t its_now(void *user)
{
    return ((struct fixture *)user)->now;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    struct usher_log_options options = {
        .level = USHER_LOG_INFO, .sink = keep, .user = f, .now_ms = its_now};

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

/* ---- lines ---- */

static void a_key_keeps_what_people_can_search_for(void **state)
{
    struct fixture *f = *state;

    usher_log_event(f->log, USHER_LOG_INFO, "a", "b", "aZ.az_A-Z09", "1", "a=b",
                    "2", "a b", "3", "a\"b", "4", "\xC3\xA9", "5", NULL);
    assert_non_null(strstr(f->line, " aZ.az_A-Z09=1 a_b=2 a_b=3 a_b=4 __=5"));
    assert_int_equal(f->level, USHER_LOG_INFO);
    usher_log_event(f->log, USHER_LOG_INFO, "a", "b", "to 9876543210", "x",
                    NULL);
    assert_non_null(strstr(f->line, "210=x"));
    assert_null(strstr(f->line, "9876543"));
}

/* What a value holds must not look like another pair, or another line. */
static void a_value_that_could_be_misread_is_quoted(void **state)
{
    static const char *const cases[][2] = {{"a", "a"},
                                           {"a=b", "\"a=b\""},
                                           {"a b", "\"a b\""},
                                           {"a\"", "\"a\\\"\""},
                                           {"a\\b", "\"a\\\\b\""},
                                           {"a\nb", "\"a\\nb\""},
                                           {"", "\"\""},
                                           {"~!", "~!"},
                                           {"\x7f", "\"\x7f\""},
                                           {"\xC3\xA9", "\"\xC3\xA9\""}};
    struct fixture *f = *state;
    char wanted[64];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        usher_log_event(f->log, USHER_LOG_INFO, "a", "b", "k", cases[i][0],
                        NULL);
        snprintf(wanted, sizeof(wanted), "area=a event=b k=%s", cases[i][1]);
        assert_string_equal(strstr(f->line, "area="), wanted);
    }
}

/* JSON's own spelling is a number or a truth; all else is a text. */
static void a_number_is_what_json_takes_for_one(void **state)
{
    static const char *const plain[] = {"0",     "-0",   "10",    "true",
                                        "false", "1.25", "1e5",   "1E5",
                                        "2e-3",  "2E+3", "-1.5e1"};
    static const char *const texts[] = {"TRUE",  "truex", "fals", "False",
                                        "00",    "-01",   "1.e5", "1e+",
                                        "1e",    "e5",    "--1",  "1-",
                                        "1.2.3", "0x10",  "nulls"};
    struct usher_log_options options = {.format = USHER_LOG_JSON, .sink = keep};
    struct fixture *f = *state;
    struct usher_log *log;
    char wanted[64];

    options.user = f;
    assert_int_equal(usher_log_new(&options, &log), USHER_OK);
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        usher_log_event(log, USHER_LOG_INFO, "a", "b", "#n", plain[i], NULL);
        snprintf(wanted, sizeof(wanted), ",\"n\":%s}", plain[i]);
        assert_non_null(strstr(f->line, wanted));
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        usher_log_event(log, USHER_LOG_INFO, "a", "b", "#n", texts[i], NULL);
        snprintf(wanted, sizeof(wanted), ",\"n\":\"%s\"}", texts[i]);
        assert_non_null(strstr(f->line, wanted));
    }
    usher_log_free(log);
}

static void times_have_all_their_digits(void **state)
{
    static const struct {
        int64_t now;
        const char *text;
    } cases[] = {{0, "time=1970-01-01T00:00:00.000Z "},
                 {-1, "time=1969-12-31T23:59:59.999Z "},
                 {INT64_C(951782399999), "time=2000-02-28T23:59:59.999Z "},
                 {INT64_C(951782400010), "time=2000-02-29T00:00:00.010Z "},
                 {INT64_C(1798761600000), "time=2027-01-01T00:00:00.000Z "}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        f->now = cases[i].now;
        usher_log_event(f->log, USHER_LOG_INFO, "a", "b", NULL);
        assert_memory_equal(f->line, cases[i].text, strlen(cases[i].text));
    }
}

static void a_value_has_16_kib_and_no_half_character(void **state)
{
    enum { MOST = 16 * 1024 };
    struct fixture *f = *state;
    char *text = malloc(MOST + 3);

    assert_non_null(text);
    memset(text, 'x', MOST + 2);
    text[MOST] = '\0';
    usher_log_event(f->log, USHER_LOG_INFO, "a", "b", "k", text, NULL);
    assert_null(strstr(f->line, "…"));
    assert_int_equal(strlen(strstr(f->line, " k=")), 3 + MOST);
    text[MOST] = 'x';
    text[MOST + 1] = '\0';
    usher_log_event(f->log, USHER_LOG_INFO, "a", "b", "k", text, NULL);
    assert_non_null(strstr(f->line, "xxx…"));
    memcpy(text + MOST - 1, "\xC3\xA9", 3); /* its two bytes at the bound */
    usher_log_event(f->log, USHER_LOG_INFO, "a", "b", "k", text, NULL);
    assert_non_null(strstr(f->line, "xxx…\""));
    assert_null(strstr(f->line, "\xC3…"));
    free(text);
}

/* Of 64 KiB at most, to the byte; its end always has room. */
static void a_line_of_the_very_bound_is_written(void **state)
{
    enum { LEN = 16000, MOST = 64 * 1024 };
    struct fixture *f = *state;
    char *text = malloc(LEN + 1), *last = malloc(LEN + 1);
    size_t longest = 0;

    assert_non_null(text);
    assert_non_null(last);
    memset(text, 'x', LEN);
    text[LEN] = '\0';
    for (int more = 0; more < 120; more++) {
        memset(last, 'y', LEN);
        last[1400 + more] = '\0';
        usher_log_event(f->log, USHER_LOG_INFO, "a", "b", "k", text, "l", text,
                        "m", text, "n", text, "o", last, NULL);
        assert_memory_equal(f->line, "time=", 5);
        if (strlen(f->line) > longest)
            longest = strlen(f->line);
    }
    assert_int_equal(longest, MOST);
    free(text);
    free(last);
}

static void each_level_is_named_and_given_to_the_sink(void **state)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    struct fixture *f = *state;
    char wanted[32];

    for (int least = 0; least < 4; least++) {
        usher_log_set_level(f->log, (enum usher_log_level)least);
        for (int level = 0; level < 4; level++) {
            f->lines = 0;
            usher_log_event(f->log, (enum usher_log_level)level, "a", "b",
                            NULL);
            assert_int_equal(f->lines, level >= least);
            if (level < least)
                continue;
            assert_int_equal(f->level, level);
            snprintf(wanted, sizeof(wanted), " level=%s ", names[level]);
            assert_non_null(strstr(f->line, wanted));
        }
    }
}

static void a_line_changes_no_errno(void **state)
{
    struct fixture *f = *state;

    errno = EMFILE;
    usher_log_event(f->log, USHER_LOG_INFO, "a", "b", NULL);
    assert_int_equal(errno, EMFILE);
}

/* A pipe that takes half of a line gets the rest as soon as it is read. */
static void a_line_goes_on_where_a_pipe_took_half(void **state)
{
    struct usher_log_options options = {.level = USHER_LOG_INFO};
    struct usher_log *log;
    static char text[15000], got[70000];
    size_t have = 0;
    ssize_t size;
    int pipes[2];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    assert_int_equal(pipe(pipes), 0);
    options.fd = pipes[1];
    assert_int_equal(usher_log_new(&options, &log), USHER_OK);
    for (int i = 0; i < 3; i++)
        usher_log_event(log, USHER_LOG_INFO, "a", "b", "k", text, NULL);
    close(pipes[1]);
    while ((size = read(pipes[0], got + have, sizeof(got) - have)) > 0)
        have += (size_t)size;
    assert_true(have > 45000);
    assert_int_equal(got[have - 1], '\n');
    usher_log_free(log);
    close(pipes[0]);
}

/* ---- lines told once in a while ---- */

static void limited(struct fixture *f, int64_t now_ms, const char *caller)
{
    usher_log_limited(f->log, now_ms, USHER_LOG_WARN, "webhook", "refused",
                      "reason", "x", NULL, caller);
}

static void the_same_line_is_due_again_after_a_minute(void **state)
{
    struct fixture *f = *state;

    limited(f, 5, "1.2.3.4");
    limited(f, 5 + 59999, "1.2.3.4");
    assert_int_equal(f->lines, 1);
    limited(f, 5 + 60000, "1.2.3.4");
    assert_int_equal(f->lines, 2);
    assert_non_null(strstr(f->line, "left_out=1"));
    usher_log_limit_flush(f->log, 5 + 60000 + 59999);
    limited(f, 5 + 60000 + 59999, "1.2.3.4");
    assert_int_equal(f->lines, 2);
}

/* Sixteen callers of a reason have lines of their own, the next has none. */
static void sixteen_callers_have_a_line_each(void **state)
{
    struct fixture *f = *state;
    char caller[32];

    for (int i = 0; i < 16; i++) {
        snprintf(caller, sizeof(caller), "10.0.0.%d", i);
        limited(f, i, caller);
        assert_int_equal(f->lines, i + 1);
        assert_non_null(strstr(f->line, caller));
    }
    limited(f, 20, "10.0.1.1"); /* written as the first of the others */
    assert_int_equal(f->lines, 17);
    limited(f, 21, "10.0.1.2");
    assert_int_equal(f->lines, 17);
    limited(f, 22, "10.0.0.0");
    assert_int_equal(f->lines, 17);
    usher_log_limit_flush(f->log, 70000);
    assert_int_equal(f->lines, 19);
    /* One of the sixteen is told by its name, the others as various. */
    assert_non_null(strstr(f->line, "left_out=1"));
}

/* Whose turn it is among those who share a line is not blamed for the others,
 * while the sixteen go on. */
static void none_of_the_others_is_blamed(void **state)
{
    struct fixture *f = *state;
    char caller[32];

    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 16; i++) {
            snprintf(caller, sizeof(caller), "10.0.0.%d", i);
            limited(f, 60000 * round + 100, caller);
            if (round == 0 && i == 15) {
                limited(f, 110, "10.0.1.1");
                limited(f, 120, "10.0.1.2");
                limited(f, 130, "10.0.1.3");
            }
        }
    f->lines = 0;
    limited(f, 60200, "10.0.1.4");
    assert_int_equal(f->lines, 1);
    assert_non_null(strstr(f->line, "10.0.1.4"));
    assert_null(strstr(f->line, "left_out"));
    usher_log_limit_flush(f->log, 130000);
    assert_int_equal(f->lines, 2);
    assert_non_null(strstr(f->line, "various left_out=2"));
}

/* Callers of a time gone by take nobody's place, flush or not. */
static void who_is_gone_leaves_his_place(void **state)
{
    struct fixture *f = *state;
    char caller[32];

    for (int i = 0; i < 32; i++) {
        snprintf(caller, sizeof(caller), "10.0.%d.%d", i / 16, i % 16);
        limited(f, i < 16 ? 0 : 60000, caller);
    }
    assert_int_equal(f->lines, 32);
}

/* Other areas and events with the same reason are other lines. */
static void a_line_is_its_area_event_reason_and_caller(void **state)
{
    static const char *const lines[][4] = {{"a", "e", "r", "c"},
                                           {"A", "e", "r", "c"},
                                           {"a", "E", "r", "c"},
                                           {"a", "e", "R", "c"},
                                           {"a", "e", "r", "C"}};
    struct fixture *f = *state;

    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < 5; i++)
            usher_log_limited_of(f->log, 1, USHER_LOG_WARN, lines[i][0],
                                 lines[i][1], "k", lines[i][2], NULL, "who",
                                 lines[i][3]);
    assert_int_equal(f->lines, 5);
    assert_non_null(strstr(f->line, " who=C"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_number_is_what_json_takes_for_one),
        CASE(a_key_keeps_what_people_can_search_for),
        CASE(a_value_that_could_be_misread_is_quoted),
        CASE(times_have_all_their_digits),
        CASE(a_value_has_16_kib_and_no_half_character),
        CASE(a_line_of_the_very_bound_is_written),
        CASE(each_level_is_named_and_given_to_the_sink),
        CASE(a_line_changes_no_errno),
        cmocka_unit_test(a_line_goes_on_where_a_pipe_took_half),
        CASE(the_same_line_is_due_again_after_a_minute),
        CASE(sixteen_callers_have_a_line_each),
        CASE(none_of_the_others_is_blamed),
        CASE(who_is_gone_leaves_his_place),
        CASE(a_line_is_its_area_event_reason_and_caller),
    };

    return cmocka_run_group_tests_name("log_edge", tests, NULL, NULL);
}
