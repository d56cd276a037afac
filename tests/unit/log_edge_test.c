/* tests/unit/log_edge_test.c - the log's and the mask's edges: each separator,
 * unit, script and field that a phone may stand in, both sides of each bound,
 * what goes wrong while a line is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/log_limit.h"
#include "core/mask.h"

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

static const char *masked(const struct fixture *f, const char *text)
{
    static char out[4096];

    (void)usher_log_mask(f->log, 1, text, strlen(text), out, sizeof(out));
    return out;
}

/* ---- phones ---- */

static void whatever_stands_between_its_digits_a_phone_is_one(void **state)
{
    static const char *const gaps[] = {" ",
                                       "-",
                                       ".",
                                       "/",
                                       "\t",
                                       ") ",
                                       " (",
                                       ") -",
                                       "%20",
                                       "%28",
                                       "%29",
                                       "%2D",
                                       "%2d",
                                       "\xC2\xA0",
                                       "\xE2\x80\x89",
                                       "\xE2\x80\x91",
                                       "\xE2\x80\x93",
                                       "\xE2\x80\xAF"};
    struct fixture *f = *state;
    char text[64];

    for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
        snprintf(text, sizeof(text), "call 98765%s432%s1098 now", gaps[i],
                 gaps[i]);
        assert_string_equal(masked(f, text), "call …098 now");
        snprintf(text, sizeof(text), "+9198765%s43210!", gaps[i]);
        assert_string_equal(masked(f, text), "+91…210!");
    }
    /* More than three, or others, part two numbers. */
    assert_string_equal(masked(f, "12345    67890"), "12345    67890");
    assert_string_equal(masked(f, "12345,67890"), "12345,67890");
    assert_string_equal(masked(f, "12345=67890"), "12345=67890");
}

static void digits_of_each_script_count(void **state)
{
    /* First and last of: Arabic, Persian, Devanagari, full width. */
    static const char *const digits[] = {"\xD9\xA0",     "\xD9\xA9",
                                         "\xDB\xB0",     "\xDB\xB9",
                                         "\xE0\xA5\xA6", "\xE0\xA5\xAF",
                                         "\xEF\xBC\x90", "\xEF\xBC\x99"};
    static const char *const others[] = {"\xD9\x9F",     "\xD9\xAA",
                                         "\xDB\xAF",     "\xDB\xBA",
                                         "\xE0\xA5\xA5", "\xE0\xA5\xB0",
                                         "\xEF\xBC\x8F", "\xEF\xBC\x9A"};
    struct fixture *f = *state;

    for (size_t i = 0; i < 8; i++) {
        char text[64] = "", other[64] = "", wanted[64];

        for (int n = 0; n < 8; n++) {
            strcat(text, digits[i]);
            strcat(other, others[i]);
        }
        snprintf(wanted, sizeof(wanted), "…%s%s%s", digits[i], digits[i],
                 digits[i]);
        assert_string_equal(masked(f, text), wanted);
        assert_string_equal(masked(f, other), other);
    }
}

static void from_7_to_15_digits_in_a_run_are_a_phone(void **state)
{
    static const char all[] = "1234567890123456";
    struct fixture *f = *state;
    char text[32], wanted[64];

    for (int len = 1; len <= 16; len++) {
        snprintf(text, sizeof(text), "%.*s", len, all);
        snprintf(wanted, sizeof(wanted), len >= 7 && len <= 15 ? "…%s" : "%s",
                 len >= 7 && len <= 15 ? text + len - 3 : text);
        assert_string_equal(masked(f, text), wanted);
    }
    /* With a plus ten digits show their first two; nine do not. */
    assert_string_equal(masked(f, "+1234567890"), "+12…890");
    assert_string_equal(masked(f, "+123456789"), "…789");
    assert_string_equal(masked(f, "+123456"), "+123456");
    assert_string_equal(masked(f, "+1234567890123456"), "+12…456");
}

static void what_has_a_unit_is_a_measure(void **state)
{
    static const char *const units[] = {"ms",      "us",   "ns",  "s",    "sec",
                                        "seconds", "min",  "h",   "b",    "kb",
                                        "mb",      "gb",   "kib", "mib",  "gib",
                                        "bytes",   "byte", "MS",  "Bytes"};
    static const char *const others[] = {"m", "secs", "mbit", "x", "hours"};
    struct fixture *f = *state;
    char text[64];

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        snprintf(text, sizeof(text), "12345678%s", units[i]);
        assert_string_equal(masked(f, text), text);
        snprintf(text, sizeof(text), "12345678 %s, then", units[i]);
        assert_string_equal(masked(f, text), text);
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        snprintf(text, sizeof(text), "12345678 %s", others[i]);
        assert_string_not_equal(masked(f, text), text);
    }
}

static void dates_and_addresses_are_no_phones(void **state)
{
    static const char *const plain[] = {"2026/12/31",
                                        "2026-12-31T23:59Z",
                                        "2026-12-31 23:59:59",
                                        "2026-12-31T23:59:59+0530",
                                        "31.12.2026",
                                        "12/31/2026",
                                        "1-1-1900",
                                        "31/12/2099",
                                        "255.255.255.255",
                                        "0.0.0.10",
                                        "on 1.2.2026 10:30",
                                        "12.3456789"};
    static const char *const phones[] = {
        "2026-13-31",  "2026-12-32", "13/13/2026",      "32/12/2026",
        "31/12/1899",  "31/12/2100", "256.255.255.255", "1.2.3.4.5.6.7",
        "2026-12-311", "31-12.2026", "123.4567890"};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        assert_string_equal(masked(f, plain[i]), plain[i]);
    for (size_t i = 0; i < sizeof(phones) / sizeof(phones[0]); i++)
        assert_non_null(strstr(masked(f, phones[i]), "…"));
}

/* ---- addresses of mail ---- */

static void mail_is_masked_at_whatever_place(void **state)
{
    static const char *const cases[][2] = {
        {"ann@example.com", "a…@example.com"},
        {"<ann@example.com>", "<a…@example.com>"},
        {"ann@example.com.", "a…@example.com."},
        {"ann.b_c+d-e'f@x.co", "a…@x.co"},
        {"a@b.co,c@d.co", "a…@b.co,c…@d.co"},
        {"to=ann%40example.com", "to=a…%40example.com"},
        {"x ann@sub.example.com y", "x a…@sub.example.com y"},
        {"Z9@example.com", "Z…@example.com"},
        {"ann@-.com", "a…@-.com"},
        {"ann@ex-ample.c0m", "a…@ex-ample.c0m"},
        {"ann@example", "ann@example"},
        {"ann@.com", "ann@.com"},
        {"ann@@example.com", "ann@@example.com"},
        {"ann@example..com", "ann@example..com"}};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(masked(f, cases[i][0]), cases[i][1]);
}

/* ---- secrets ---- */

/* At the beginning, the end, twice, beside another, cut by one byte. */
static void a_secret_is_found_at_whatever_place(void **state)
{
    static const char *const cases[][2] = {
        {"secret-one", "[secret]"},
        {"secret-one.", "[secret]."},
        {".secret-one", ".[secret]"},
        {"secret-onesecret-two", "[secret][secret]"},
        {"secret-on", "secret-on"},
        {"ecret-one", "ecret-one"},
        {"secret-ones", "[secret]s"},
        {"Secret-one", "Secret-one"},
        {"a=secret%2Fthree&b", "a=[secret]&b"},
        {"a=secret/three&b", "a=[secret]&b"},
        {"mail me@secret-one.com or 9876543210",
         "mail me@[secret].com or …210"}};
    struct fixture *f = *state;

    assert_int_equal(usher_log_secret(f->log, "secret-one"), USHER_OK);
    assert_int_equal(usher_log_secret(f->log, "secret-two"), USHER_OK);
    assert_int_equal(usher_log_secret(f->log, "secret/three"), USHER_OK);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(masked(f, cases[i][0]), cases[i][1]);
    /* Also where numbers stay. */
    usher_log_event(f->log, USHER_LOG_INFO, "a", "b", "task", "secret-two",
                    "#ms", "secret-two", "id", "secret-two", NULL);
    assert_null(strstr(f->line, "two"));
}

/* Of secrets that end alike each is found, and the longest wins. */
static void secrets_that_end_alike_are_told_apart(void **state)
{
    struct fixture *f = *state;

    usher_log_secret(f->log, "one-tail-000000");
    usher_log_secret(f->log, "two-tail-000000");
    usher_log_secret(f->log, "-tail-000000");
    assert_string_equal(masked(f, "one-tail-000000"), "[secret]");
    assert_string_equal(masked(f, "two-tail-000000"), "[secret]");
    assert_string_equal(masked(f, "six-tail-000000"), "six[secret]");
    assert_string_equal(masked(f, "tail-000000"), "tail-000000");
}

static void fields_of_ids_and_counts_keep_their_digits(void **state)
{
    static const char *const plain[] = {
        "id",      "conversation", "request", "task",       "run",
        "version", "turn",         "ms",      "us",         "port",
        "pid",     "line",         "bytes",   "status",     "count",
        "time",    "call",         "caller",  "subject",    "chat_id",
        "wait_ms", "cpu_us",       "sent_at", "body_bytes", "try_count"};
    static const char *const others[] = {"text", "phone",      "ids",
                                         "_id",  "visitor_id", "the_visitor_ms",
                                         "atms", "number",     "to"};
    struct fixture *f = *state;

    (void)f;
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        assert_true(usher_mask_plain_field(plain[i], "a:1.2_3-4", 9));
        assert_false(usher_mask_plain_field(plain[i], "98765 43210", 11));
        assert_false(usher_mask_plain_field(plain[i], "+9876543210", 11));
        assert_false(usher_mask_plain_field(plain[i], "visitor:98765", 13));
        assert_false(usher_mask_plain_field(plain[i], "VISITOR", 7));
        assert_true(usher_mask_plain_field(plain[i], "visito", 6));
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(usher_mask_plain_field(others[i], "98765", 5));
}

/* ---- lines ---- */

static void a_key_keeps_what_people_can_search_for(void **state)
{
    struct fixture *f = *state;

    usher_log_event(f->log, USHER_LOG_INFO, "a", "b", "aZ.az_A-Z09", "1", "a=b",
                    "2", "a b", "3", "a\"b", "4", "\xC3\xA9", "5", NULL);
    assert_non_null(strstr(f->line, " aZ.az_A-Z09=1 a_b=2 a_b=3 a_b=4 __=5"));
    assert_int_equal(f->level, USHER_LOG_INFO);
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
        CASE(whatever_stands_between_its_digits_a_phone_is_one),
        CASE(digits_of_each_script_count),
        CASE(from_7_to_15_digits_in_a_run_are_a_phone),
        CASE(what_has_a_unit_is_a_measure),
        CASE(dates_and_addresses_are_no_phones),
        CASE(mail_is_masked_at_whatever_place),
        CASE(a_secret_is_found_at_whatever_place),
        CASE(secrets_that_end_alike_are_told_apart),
        CASE(fields_of_ids_and_counts_keep_their_digits),
        CASE(a_key_keeps_what_people_can_search_for),
        CASE(a_value_that_could_be_misread_is_quoted),
        CASE(times_have_all_their_digits),
        CASE(a_value_has_16_kib_and_no_half_character),
        CASE(each_level_is_named_and_given_to_the_sink),
        CASE(a_line_changes_no_errno),
        cmocka_unit_test(a_line_goes_on_where_a_pipe_took_half),
        CASE(the_same_line_is_due_again_after_a_minute),
        CASE(sixteen_callers_have_a_line_each),
        CASE(a_line_is_its_area_event_reason_and_caller),
    };

    return cmocka_run_group_tests_name("log_edge", tests, NULL, NULL);
}
