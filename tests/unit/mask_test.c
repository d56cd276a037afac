/* tests/unit/mask_test.c - what must not be shown: each separator, unit and
 * script of a phone, mail and secrets at whatever place, each field of ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/log.h"
#include "core/mask.h"
#include "fail_alloc.h"

struct fixture {
    struct usher_log *log;
    char line[1024];
};

static void keep(void *user, enum usher_log_level level, const char *line,
                 size_t len)
{
    struct fixture *f = user;

    (void)level;
    (void)snprintf(f->line, sizeof(f->line), "%.*s", (int)len, line);
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
                                        "12.3456789",
                                        "31.12.2026-",
                                        "31.12.2026 1"};
    static const char *const phones[] = {
        "2026-13-31",   "2026-12-32",  "13/13/2026",      "32/12/2026",
        "31/12/1899",   "31/12/2100",  "256.255.255.255", "1.2.3.4.5.6.7",
        "2026-12-311",  "31-12.2026",  "123.4567890",     "31.12.20261",
        "31.12.2026-1", "1/12/2026/12"};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        assert_string_equal(masked(f, plain[i]), plain[i]);
    for (size_t i = 0; i < sizeof(phones) / sizeof(phones[0]); i++)
        assert_non_null(strstr(masked(f, phones[i]), "…"));
}

/* A moment in each form, whatever stands behind it. */
static void moments_in_each_form_are_no_phones(void **state)
{
    static const char *const dates[] = {"2026-12-31", "2026/01/09",
                                        "31.12.2026", "1/9/2026", "9-1-2026"};
    static const char *const clocks[] = {"T09:30", " 23:59", "T09:30:00",
                                         " 09:30:00.123456789"};
    static const char *const zones[] = {"",       "Z",     "+05:30",
                                        "-03:30", "+0530", "-0330"};
    static const char *const behind[][2] = {
        {"", ""},
        {".", "."},
        {" 1234", " 1234"},
        {" 98765 43210", " …210"},
        {", 98765-43210", ", …210"},
    };
    struct fixture *f = *state;
    char text[80], wanted[80];

    for (size_t i = 0; i < 5 * 4 * 6 * 5; i++) {
        const char *date = dates[i % 5], *clock = clocks[i / 5 % 4];
        const char *zone = zones[i / 20 % 6];
        const char *const *tail = behind[i / 120];

        snprintf(text, sizeof(text), "%s%s%s%s", date, clock, zone, tail[0]);
        snprintf(wanted, sizeof(wanted), "%s%s%s%s", date, clock, zone,
                 tail[1]);
        assert_string_equal(masked(f, text), wanted);
    }
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

/* Where ids are shown, mail is masked all the same; a zero is a digit. */
static void numbers_stay_where_they_are_ids(void **state)
{
    struct fixture *f = *state;
    char out[64];

    usher_log_mask(f->log, 0, "9876543210 of a@b.co", 20, out, sizeof(out));
    assert_string_equal(out, "9876543210 of a…@b.co");
    assert_string_equal(masked(f, "1000000"), "…000");
}

/* A word without end is looked through once, not once from each letter. */
static void a_long_word_takes_linear_time(void **state)
{
    enum { SIZE = 1 << 16 };
    static const char *const ends[] = {"%", "@", "@x", " %"};
    struct fixture *f = *state;
    char *text = malloc(SIZE + 3), *out = malloc(SIZE + 8);

    assert_non_null(text);
    assert_non_null(out);
    for (size_t i = 0; i < 4; i++) {
        clock_t start = clock();

        memset(text, 'x', SIZE);
        strcpy(text + SIZE, ends[i]);
        usher_log_mask(f->log, 1, text, strlen(text), out, SIZE + 8);
        assert_string_equal(out, text);
        assert_true(clock() - start < CLOCKS_PER_SEC / 3);
    }
    free(text);
    free(out);
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

/* A service that starts often tells the same tokens again and again. */
static void the_same_secret_is_kept_once(void **state)
{
    struct fixture *f = *state;

    fail_alloc_count();
    for (int i = 0; i < 1000; i++) {
        usher_log_secret(f->log, "one-tail-000000");
        usher_log_secret(f->log, "two-tail-000000");
        usher_log_secret(f->log, "a/b-tail-000000");
    }
    assert_true(fail_alloc_held() < 1000);
}

static void without_memory_nothing_is_shown_at_all(void **state)
{
    struct fixture *f = *state;
    unsigned long n;

    usher_log_secret(f->log, "secret-one");
    for (n = 1; n < 20; n++) {
        char out[64] = "";

        fail_alloc_at(n);
        (void)usher_log_mask(f->log, 1, "a secret-one b", 14, out, sizeof(out));
        if (!fail_alloc_off()) {
            assert_string_equal(out, "a [secret] b");
            break;
        }
        assert_string_equal(out, "[masked]");
    }
    assert_in_range(n, 2, 10);
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

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(whatever_stands_between_its_digits_a_phone_is_one),
        CASE(digits_of_each_script_count),
        CASE(from_7_to_15_digits_in_a_run_are_a_phone),
        CASE(what_has_a_unit_is_a_measure),
        CASE(dates_and_addresses_are_no_phones),
        CASE(moments_in_each_form_are_no_phones),
        CASE(mail_is_masked_at_whatever_place),
        CASE(numbers_stay_where_they_are_ids),
        CASE(a_long_word_takes_linear_time),
        CASE(a_secret_is_found_at_whatever_place),
        CASE(secrets_that_end_alike_are_told_apart),
        CASE(the_same_secret_is_kept_once),
        CASE(without_memory_nothing_is_shown_at_all),
        CASE(fields_of_ids_and_counts_keep_their_digits),
    };

    return cmocka_run_group_tests_name("mask", tests, NULL, NULL);
}
