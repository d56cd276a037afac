/* tests/unit/log_test.c - lines, levels, what is hidden, many threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/mask.h"
#include "fail_alloc.h"

#define HEAD "time=2026-03-02T09:30:00.007Z level=info "

struct fixture {
    struct usher_log *log;
    char line[80 * 1024];
    int lines;
};

static void keep(void *user, enum usher_log_level level, const char *line,
                 size_t len)
{
    struct fixture *f = user;

    (void)level;
    assert_true(len < sizeof(f->line));
    memcpy(f->line, line, len);
    f->line[len] = '\0';
    f->lines++;
}

static int64_t fixed_now(void *user)
{
    (void)user;
    return INT64_C(1772443800007); /* 2026-03-02T09:30:00.007Z */
}

static int start(struct fixture *f, enum usher_log_format format)
{
    struct usher_log_options options = {.level = USHER_LOG_INFO,
                                        .format = format,
                                        .sink = keep,
                                        .user = f,
                                        .now_ms = fixed_now};

    return (int)usher_log_new(&options, &f->log);
}

static int setup(void **state)
{
    *state = calloc(1, sizeof(struct fixture));
    return *state ? start(*state, USHER_LOG_LOGFMT) : -1;
}

static int setup_json(void **state)
{
    *state = calloc(1, sizeof(struct fixture));
    return *state ? start(*state, USHER_LOG_JSON) : -1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    usher_log_free(f->log);
    free(f);
    return 0;
}

static void an_event_is_one_line_of_pairs(void **state)
{
    struct fixture *f = *state;

    usher_log_event(f->log, USHER_LOG_INFO, "zoho", "token refused", "#status",
                    "401", "hint", "say \"yes\"\nor a=b", "left out", NULL,
                    "empty", "", "path", "/a/b?c", NULL);
    assert_string_equal(f->line,
                        HEAD "area=zoho event=\"token refused\" status=401 "
                             "hint=\"say \\\"yes\\\"\\nor a=b\" empty=\"\" "
                             "path=/a/b?c");
}

static void json_is_an_object_of_strings(void **state)
{
    struct fixture *f = *state;

    usher_log_event(f->log, USHER_LOG_ERROR, "net", "bad \x80 byte", "a key",
                    "\"x\"", "", "y", NULL);
    assert_string_equal(f->line,
                        "{\"time\":\"2026-03-02T09:30:00.007Z\",\"level\":"
                        "\"error\",\"area\":\"net\",\"event\":\"bad \xEF\xBF"
                        "\xBD byte\",\"a_key\":\"\\\"x\\\"\",\"_\":\"y\"}");
}

/* Where they are numbers for JSON: all else stays a text. */
static void json_has_numbers_as_numbers(void **state)
{
    static const char *const texts[] = {"01",  "+1",   "1.", ".5", "1e",  "0x1",
                                        "nan", "-inf", "-",  "1 ", "1,5", ""};
    struct fixture *f = *state;

    usher_log_event(f->log, USHER_LOG_ERROR, "net", "x", "#port", "8000", "#ms",
                    "-0.5", "#big", "1.5e+20", "#zero", "0", "#ok", "true",
                    "status", "200", NULL);
    assert_string_equal(
        f->line, "{\"time\":\"2026-03-02T09:30:00.007Z\",\"level\":"
                 "\"error\",\"area\":\"net\",\"event\":\"x\",\"port\":8000,"
                 "\"ms\":-0.5,\"big\":1.5e+20,\"zero\":0,\"ok\":true,"
                 "\"status\":\"200\"}");
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char wanted[32];

        usher_log_event(f->log, USHER_LOG_ERROR, "net", "x", "#n", texts[i],
                        NULL);
        snprintf(wanted, sizeof(wanted), ",\"n\":\"%s\"}", texts[i]);
        assert_non_null(strstr(f->line, wanted));
    }
    /* A phone is masked, whatever it was. */
    usher_log_event(f->log, USHER_LOG_ERROR, "net", "x", "#to", "919876543210",
                    NULL);
    assert_null(strstr(f->line, "9876543210"));
}

static void lines_below_the_level_are_not_written(void **state)
{
    struct fixture *f = *state;

    usher_log_event(f->log, USHER_LOG_DEBUG, "net", "quiet", NULL);
    assert_int_equal(f->lines, 0);
    assert_false(usher_log_on(f->log, USHER_LOG_DEBUG));
    assert_true(usher_log_on(f->log, USHER_LOG_INFO));
    usher_log_set_level(f->log, USHER_LOG_DEBUG);
    usher_log_event(f->log, USHER_LOG_DEBUG, "net", "heard", NULL);
    assert_int_equal(f->lines, 1);
    usher_log_set_level(f->log, USHER_LOG_ERROR);
    usher_log_event(f->log, USHER_LOG_WARN, "net", "quiet", NULL);
    assert_int_equal(f->lines, 1);
}

static void no_log_is_a_log_that_says_nothing(void **state)
{
    char out[32];

    (void)state;
    usher_log_event(NULL, USHER_LOG_ERROR, "net", "nobody hears", NULL);
    assert_false(usher_log_on(NULL, USHER_LOG_ERROR));
    usher_log_set_level(NULL, USHER_LOG_DEBUG);
    assert_int_equal(usher_log_secret(NULL, "hidden"), USHER_OK);
    usher_log_mask(NULL, 1, "hidden", 6, out, sizeof(out));
    assert_string_equal(out, "hidden");
    usher_log_free(NULL);
}

static void a_secret_is_hidden_in_every_field(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(usher_log_secret(f->log, "1000.ab/cd+ef"), USHER_OK);
    usher_log_event(f->log, USHER_LOG_INFO, "zoho", "got 1000.ab/cd+ef", "hint",
                    "x1000.ab/cd+ef1000.ab/cd+efy", "url",
                    "/t?r=1000.ab%2Fcd%2Bef", "1000.ab/cd+ef", "key", NULL);
    assert_string_equal(f->line, HEAD "area=zoho event=\"got [secret]\" "
                                      "hint=x[secret][secret]y "
                                      "url=\"/t?r=[secret]\" _secret_=key");
}

static const char *masked(struct fixture *f, const char *text)
{
    static char out[4096];
    size_t need =
        usher_log_mask(f->log, 1, text, strlen(text), out, sizeof(out));

    assert_int_equal(need, strlen(out));
    return out;
}

static void secrets_that_overlap_are_hidden_whole(void **state)
{
    struct fixture *f = *state;

    usher_log_secret(f->log, "abcdefgh");
    usher_log_secret(f->log, "cdefgh");
    usher_log_secret(f->log, "efghijkl");
    usher_log_secret(f->log, "zabcdefghijklz");
    assert_string_equal(masked(f, "-abcdefgh-"), "-[secret]-");
    assert_string_equal(masked(f, "-xcdefgh-"), "-x[secret]-");
    assert_string_equal(masked(f, "-abcdefghijkl-"), "-[secret]-");
    assert_string_equal(masked(f, "-zabcdefghijklz-"), "-[secret]-");
    assert_string_equal(masked(f, "abcdefghabcdefgh"), "[secret][secret]");
    assert_string_equal(masked(f, "abcdefg"), "abcdefg");
}

static void only_long_enough_secrets_are_taken(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(usher_log_secret(f->log, "12345"), USHER_ERR_INVALID);
    assert_int_equal(usher_log_secret(f->log, "abcdef"), USHER_OK);
    assert_int_equal(usher_log_secret(f->log, "abcdef"), USHER_OK);
    assert_int_equal(usher_log_secret(f->log, ""), USHER_OK);
    assert_int_equal(usher_log_secret(f->log, NULL), USHER_OK);
    assert_string_equal(masked(f, "abcdef"), "[secret]");
}

static void thousands_of_secrets_are_all_hidden(void **state)
{
    struct fixture *f = *state;
    char secret[64];

    for (int i = 0; i < 3000; i++) {
        (void)snprintf(secret, sizeof(secret), "1000.%032x", (unsigned)i * 77);
        assert_int_equal(usher_log_secret(f->log, secret), USHER_OK);
    }
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(secret, sizeof(secret), "1000.%032x", (unsigned)i * 77);
        assert_string_equal(masked(f, secret), "[secret]");
    }
}

static void phones_are_masked(void **state)
{
    static const char *const cases[][2] = {
        {"+919876543210", "+91…210"},
        {"call +91 98765 43210 now", "call +91…210 now"},
        {"Phone: 5551234567\nTime", "Phone: …567\nTime"},
        {"(555) 123-4567", "…567"},
        {"+1 (555) 123-4567.", "+1 (5…567."},
        {"+442079460018x12", "+44…018x12"},
        {"0044 20 7946 0018", "…018"},
        {"555.123.4567", "…567"},
        {"98765.43210", "…210"},
        {"030/1234567", "…567"},
        {"06 12 34 56 78", "…6 78"},
        {"ph9876543210", "ph…210"},
        {"3pm9876543210", "3pm…210"},
        {"1234567", "…567"},
        {"9876543210 9123456780", "…780"},
        {"phone=%2B919876543210&x", "phone=%2B91…210&x"},
        {"phone=%2B91%2098765%2043210", "phone=%2B91…210"},
        {"+91\xC2\xA0"
         "98765\xE2\x80\x91"
         "43210",
         "+91…210"},
        /* Devanagari and Arabic digits */
        {"९८७६५४३२१०", "…२१०"},
        {"٩٨٧٦٥٤٣٢١٠", "…٢١٠"},
        {"9876543210 2026-03-02", "…210 2026-03-02"},
        {"9876543210 15:30", "…210 15:30"},
        {"at 3/12/2026 9876543210", "at 3/12/2026 …210"},
        {"123456", "123456"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(masked(f, cases[i][0]), cases[i][1]);
}

static void what_only_looks_like_a_phone_stays(void **state)
{
    static const char *const cases[] = {
        "2026-03-02T09:30:00.123Z",
        "2026-03-02 09:30:00+05:30",
        "2026-03-02",
        "on 03/12/2026 and 31.12.2026 10:00",
        "192.168.100.200",
        "http://127.0.0.1:8000/",
        "550e8400-e29b-41d4-a716-446655440000",
        "a1b2345678c9d0",
        "1892000000006907",
        "id 189200000000690701 is there",
        "took 12345678us",
        "12345678 bytes sent",
        "ratio 12.3456789",
        "20260302T093000Z",
        "line 12, column 7",
        "1,234,567",
        "100%",
        "+",
        "(",
        "%2B",
        "a+b (c) 12",
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(masked(f, cases[i]), cases[i]);
}

static void addresses_are_masked(void **state)
{
    static const char *const cases[][2] = {
        {"anna.b@example.com", "a…@example.com"},
        {"<x@mail.example.co.in>, 3", "<x…@mail.example.co.in>, 3"},
        {"Mail éric@example.fr.", "Mail é…@example.fr."},
        {"email=john%40example.com&x=1", "email=j…%40example.com&x=1"},
        {"9876543210@example.com", "9…@example.com"},
        {"a@b.c d@e.f", "a…@b.c d…@e.f"},
        {"user@localhost", "user@localhost"},
        {"@home at 5", "@home at 5"},
        {"a@", "a@"},
        {"50%4", "50%4"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(masked(f, cases[i][0]), cases[i][1]);
}

static void ids_and_measures_keep_their_digits(void **state)
{
    struct fixture *f = *state;

    usher_log_event(f->log, USHER_LOG_INFO, "turn", "done", "conversation",
                    "siq:1234567890123", "request_id", "12345678", "ms",
                    "1234567", "text", "1234567890", "task", "+919876543210",
                    "conversation", "visitor:9876543210", "visitor_id",
                    "9876543210", "id", "joe@example.com", NULL);
    assert_string_equal(f->line,
                        HEAD "area=turn event=done "
                             "conversation=siq:1234567890123 "
                             "request_id=12345678 ms=1234567 "
                             "text=\"…890\" task=\"+91…210\" "
                             "conversation=\"visitor:…210\" "
                             "visitor_id=\"…210\" id=\"j…@example.com\"");
}

static void a_mask_cuts_to_its_room_and_tells_the_need(void **state)
{
    struct fixture *f = *state;
    char out[8];

    assert_int_equal(usher_log_mask(f->log, 1, "0123 abcdef", 11, out, 8), 11);
    assert_string_equal(out, "0123 ab");
    assert_int_equal(usher_log_mask(f->log, 1, "abc", 3, NULL, 0), 3);
    /* An id keeps its digits, a text does not. */
    usher_log_mask(f->log, 0, "7654321", 7, out, sizeof(out));
    assert_string_equal(out, "7654321");
    usher_log_mask(f->log, 1, "7654321", 7, out, sizeof(out));
    assert_string_equal(out, "…321");
}

static void a_long_value_is_cut_after_masking(void **state)
{
    struct fixture *f = *state;
    char *text = malloc(20001);

    assert_non_null(text);
    memset(text, 'x', 20000);
    text[20000] = '\0';
    /* A secret across the place of the cut must not lose its second half
     * before it is looked for. */
    memcpy(text + 16 * 1024 - 7, "topsecret", 9);
    usher_log_secret(f->log, "topsecret");
    usher_log_event(f->log, USHER_LOG_INFO, "a", "b", "text", text, NULL);
    assert_null(strstr(f->line, "top"));
    assert_non_null(strstr(f->line, "x[secret…"));
    free(text);
}

static void a_line_ends_behind_its_last_whole_pair(void **state)
{
    struct fixture *f = *state;
    char text[15001];
    size_t len;

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    usher_log_event(f->log, USHER_LOG_INFO, "a", "b", "one", text, "two", text,
                    "three", text, "four", text, "five", text, "last", "z",
                    NULL);
    len = strlen(f->line);
    assert_true(len <= 64 * 1024 + 1);
    assert_null(strstr(f->line, "\"five\""));
    assert_string_equal(f->line + len - 12, ",\"last\":\"z\"}");
}

static void hard_texts_take_linear_time(void **state)
{
    static const char *const units[] = {"a@",  "a1",  "1 ",          "(",
                                        "+",   "1.",  "%40",         "a%40",
                                        "1-2", "%2B", "2026-03-02 ", "x."};
    struct fixture *f = *state;
#ifdef __clang__ /* builds the thread sanitizer's: there is one thread here */
    size_t size = 1 << 14;
#else
    size_t size = 1 << 20;
#endif
    char *text = malloc(size);
    char *out = malloc(size * 4);

    assert_non_null(text);
    assert_non_null(out);
    /* Quadratic time would take minutes here, the runner's limit ends it. */
    for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
        size_t len = strlen(units[u]);
        for (size_t i = 0; i + len <= size; i += len)
            memcpy(text + i, units[u], len);
        assert_true(usher_log_mask(f->log, 1, text, size / len * len, out,
                                   size * 4) > 0);
    }
    free(out);
    free(text);
}

static void whatever_the_text_a_phone_and_a_secret_are_gone(void **state)
{
    static const char alphabet[] = "12 0+-()./:TZ@a.%2BFe_\x80\xC3\xE0\xA5";
    struct fixture *f = *state;
    struct usher_clock_manual chance;
    char text[96];

    usher_log_secret(f->log, "1a2b3c4d");
    usher_clock_manual_init(&chance, 0, 11);
    for (size_t i = 0; i < 20000; i++) {
        size_t len = i % 40;
        for (size_t k = 0; k < len; k++)
            text[k] = alphabet[(size_t)(usher_clock_random(&chance.clock) *
                                        (double)(sizeof(alphabet) - 1))];
        strcpy(text + len, "1a2b3c4d, +919876543210 ");
        assert_null(strstr(masked(f, text), "1a2b3c4d"));
        assert_null(strstr(masked(f, text), "9876543"));
    }
}

static void lines_go_to_the_file_descriptor(void **state)
{
    struct usher_log_options options = {.level = USHER_LOG_INFO,
                                        .now_ms = fixed_now};
    struct usher_log *log;
    char got[256] = {0};
    int pipes[2];

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    options.fd = pipes[1];
    assert_int_equal(usher_log_new(&options, &log), USHER_OK);
    usher_log_event(log, USHER_LOG_INFO, "net", "up", "port", "8000", NULL);
    assert_true(read(pipes[0], got, sizeof(got) - 1) > 0);
    assert_string_equal(got, HEAD "area=net event=up port=8000\n");
    usher_log_free(log);
    close(pipes[0]);
    close(pipes[1]);
}

static void a_full_pipe_that_does_not_block_drops_the_line(void **state)
{
    struct usher_log_options options = {.level = USHER_LOG_INFO};
    struct usher_log *log;
    char chunk[4096] = {0};
    int pipes[2];

    (void)state;
    assert_int_equal(pipe2(pipes, O_NONBLOCK), 0);
    while (write(pipes[1], chunk, sizeof(chunk)) > 0)
        continue;
    options.fd = pipes[1];
    assert_int_equal(usher_log_new(&options, &log), USHER_OK);
    usher_log_event(log, USHER_LOG_INFO, "net", "nobody reads", NULL);
    usher_log_free(log);
    close(pipes[0]);
    close(pipes[1]);
}

#define THREADS 4
#define LINES 500

static void *writer(void *user)
{
    struct usher_log *log = user;
    char secret[32];

    for (int i = 0; i < LINES; i++) {
        (void)snprintf(secret, sizeof(secret), "secret-%d", i + 100000);
        (void)usher_log_secret(log, secret);
        usher_log_event(log, USHER_LOG_INFO, "test", "line", "value", secret,
                        "phone", "+919876543210", NULL);
        usher_log_set_level(log, USHER_LOG_INFO);
    }
    return NULL;
}

static void threads_write_whole_lines(void **state)
{
    const char *expected =
        HEAD "area=test event=line value=[secret] phone=\"+91…210\"\n";
    struct usher_log_options options = {.level = USHER_LOG_INFO,
                                        .now_ms = fixed_now};
    struct usher_log *log;
    pthread_t threads[THREADS];
    FILE *file = tmpfile();
    char line[512];
    int lines = 0;

    (void)state;
    assert_non_null(file);
    options.fd = fileno(file);
    assert_int_equal(usher_log_new(&options, &log), USHER_OK);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, writer, log), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    usher_log_free(log);
    rewind(file);
    while (fgets(line, sizeof(line), file)) {
        assert_string_equal(line, expected);
        lines++;
    }
    assert_int_equal(lines, THREADS * LINES);
    (void)fclose(file);
}

static void without_memory_nothing_secret_is_shown(void **state)
{
    struct fixture *f = *state;
    unsigned long n;

    usher_log_secret(f->log, "topsecret");
    for (n = 1; n < 50; n++) {
        f->line[0] = '\0';
        fail_alloc_at(n);
        usher_log_event(f->log, USHER_LOG_INFO, "a", "b", "one",
                        "a topsecret b", "two", "+919876543210", NULL);
        if (!fail_alloc_off())
            break;
        assert_null(strstr(f->line, "topsecret"));
        assert_null(strstr(f->line, "98765"));
        assert_non_null(strstr(f->line, "level="));
    }
    assert_in_range(n, 3, 20);
    assert_string_equal(f->line, HEAD "area=a event=b one=\"a [secret] b\" "
                                      "two=\"+91…210\"");
}

static void a_log_without_memory_is_none(void **state)
{
    struct usher_log_options options = {.level = USHER_LOG_INFO};
    struct usher_log *log = NULL;
    unsigned long n;

    (void)state;
    for (n = 1; n < 10; n++) {
        enum usher_status st;
        fail_alloc_at(n);
        st = usher_log_new(&options, &log);
        if (!fail_alloc_off())
            break;
        assert_int_equal(st, USHER_ERR_NOMEM);
        assert_null(log);
    }
    assert_int_equal(n, 4);
    fail_alloc_at(1);
    assert_int_equal(usher_log_secret(log, "topsecret"), USHER_ERR_NOMEM);
    fail_alloc_at(2);
    assert_int_equal(usher_log_secret(log, "topsecret"), USHER_ERR_NOMEM);
    (void)fail_alloc_off();
    usher_log_free(log);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define JSON(name) cmocka_unit_test_setup_teardown(name, setup_json, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_event_is_one_line_of_pairs),
        JSON(json_is_an_object_of_strings),
        JSON(json_has_numbers_as_numbers),
        CASE(lines_below_the_level_are_not_written),
        cmocka_unit_test(no_log_is_a_log_that_says_nothing),
        CASE(a_secret_is_hidden_in_every_field),
        CASE(secrets_that_overlap_are_hidden_whole),
        CASE(only_long_enough_secrets_are_taken),
        CASE(thousands_of_secrets_are_all_hidden),
        CASE(phones_are_masked),
        CASE(what_only_looks_like_a_phone_stays),
        CASE(addresses_are_masked),
        CASE(ids_and_measures_keep_their_digits),
        CASE(a_mask_cuts_to_its_room_and_tells_the_need),
        CASE(a_long_value_is_cut_after_masking),
        JSON(a_line_ends_behind_its_last_whole_pair),
        CASE(whatever_the_text_a_phone_and_a_secret_are_gone),
        CASE(hard_texts_take_linear_time),
        cmocka_unit_test(lines_go_to_the_file_descriptor),
        cmocka_unit_test(a_full_pipe_that_does_not_block_drops_the_line),
        cmocka_unit_test(threads_write_whole_lines),
        CASE(without_memory_nothing_secret_is_shown),
        cmocka_unit_test(a_log_without_memory_is_none),
    };

    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
