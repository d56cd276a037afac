/* tests/unit/buffer_test.c - growing, bounds, JSON strings, escapes beside
 * libcurl's own, the encodings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <curl/curl.h>

#include <stdlib.h>
#include <string.h>

#include "core/buffer.h"
#include "fail_alloc.h"

static void bytes_are_kept_in_order_and_terminated(void **state)
{
    struct usher_buffer b;

    (void)state;
    usher_buffer_init(&b, 0);
    assert_null(b.data);
    for (int i = 0; i < 1000; i++) {
        usher_buffer_text(&b, "ab");
        usher_buffer_byte(&b, 'c');
        usher_buffer_append(&b, "d\0", 2);
        usher_buffer_printf(&b, "%d", i % 10);
    }
    assert_int_equal(b.failed, USHER_OK);
    assert_int_equal(b.len, 6000);
    assert_int_equal(b.data[b.len], 0);
    for (size_t i = 0; i < 1000; i++) {
        assert_memory_equal(b.data + i * 6, "abcd\0", 5);
        assert_int_equal(b.data[i * 6 + 5], '0' + (int)(i % 10));
    }
    usher_buffer_free(&b);
    assert_null(b.data);
    assert_int_equal(b.len, 0);
}

/* Whatever room there is, and up to the last byte that may be. */
static void what_is_printed_is_whole_or_nothing(void **state)
{
    struct usher_buffer b;

    (void)state;
    for (int had = 0; had < 300; had++) {
        usher_buffer_init(&b, 0);
        for (int i = 0; i < had; i++)
            usher_buffer_byte(&b, 'x');
        usher_buffer_printf(&b, "%s-%d", "abc", 12345);
        assert_int_equal(b.len, had + 9);
        assert_string_equal(b.data + had, "abc-12345");
        usher_buffer_free(&b);
    }
    for (size_t max = 1; max < 300; max++) {
        usher_buffer_init(&b, max);
        usher_buffer_text(&b, "x");
        assert_int_equal(usher_buffer_printf(&b, "%*d", (int)max - 1, 7),
                         max > 1 ? USHER_OK : USHER_ERR_LIMIT);
        assert_int_equal(b.len, max);
        assert_int_equal(usher_buffer_printf(&b, "%d", 8), USHER_ERR_LIMIT);
        assert_int_equal(usher_buffer_printf(&b, "%d", 8), USHER_ERR_LIMIT);
        assert_int_equal(strlen(b.data), max);
        usher_buffer_free(&b);
    }
}

static void numbers_are_written_as_printf_does(void **state)
{
    static const int64_t numbers[] = {0,   1,    -1,        9,        10,
                                      -10, 9999, INT64_MAX, INT64_MIN};
    struct usher_buffer b;
    char text[32];

    (void)state;
    usher_buffer_init(&b, 0);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        usher_buffer_clear(&b);
        assert_int_equal(usher_buffer_integer(&b, numbers[i]), USHER_OK);
        snprintf(text, sizeof(text), "%lld", (long long)numbers[i]);
        assert_string_equal(b.data, text);
    }
    for (unsigned i = 0; i < 256; i++) {
        usher_buffer_clear(&b);
        assert_int_equal(usher_buffer_hex(&b, (unsigned char)i), USHER_OK);
        snprintf(text, sizeof(text), "%02X", i);
        assert_string_equal(b.data, text);
    }
    usher_buffer_free(&b);
}

static void a_buffer_fills_up_to_its_maximum_and_no_further(void **state)
{
    struct usher_buffer b;

    (void)state;
    for (size_t max = 1; max < 300; max += 7) {
        usher_buffer_init(&b, max);
        for (size_t i = 0; i < max; i++)
            assert_int_equal(usher_buffer_byte(&b, 'x'), USHER_OK);
        assert_int_equal(usher_buffer_byte(&b, 'x'), USHER_ERR_LIMIT);
        assert_int_equal(b.failed, USHER_ERR_LIMIT);
        assert_int_equal(b.len, max);
        assert_int_equal(strlen(b.data), max);
        usher_buffer_free(&b);
    }
}

static void a_failure_stays_until_the_buffer_is_cleared(void **state)
{
    struct usher_buffer b;

    (void)state;
    usher_buffer_init(&b, 4);
    assert_int_equal(usher_buffer_text(&b, "12345"), USHER_ERR_LIMIT);
    assert_int_equal(usher_buffer_text(&b, "1"), USHER_ERR_LIMIT);
    assert_null(usher_buffer_reserve(&b, 1));
    assert_int_equal(b.len, 0);
    usher_buffer_clear(&b);
    assert_int_equal(usher_buffer_text(&b, "1234"), USHER_OK);
    assert_string_equal(b.data, "1234");
    usher_buffer_free(&b);
}

static void absurd_lengths_are_refused(void **state)
{
    struct usher_buffer b;

    (void)state;
    usher_buffer_init(&b, 0);
    usher_buffer_text(&b, "abc");
    assert_null(usher_buffer_reserve(&b, SIZE_MAX - 2));
    assert_int_equal(b.failed, USHER_ERR_LIMIT);
    usher_buffer_clear(&b);
    usher_buffer_free(&b);
}

static void reserved_room_is_filled_by_the_caller(void **state)
{
    struct usher_buffer b;
    char *place;

    (void)state;
    usher_buffer_init(&b, 0);
    usher_buffer_text(&b, "a");
    place = usher_buffer_reserve(&b, 200);
    assert_non_null(place);
    memset(place, 'b', 200);
    b.len += 200;
    usher_buffer_text(&b, "c");
    assert_int_equal(b.len, 202);
    assert_int_equal(b.data[200], 'b');
    assert_string_equal(b.data + 201, "c");
    usher_buffer_free(&b);
}

static void no_memory_leaves_what_was_there(void **state)
{
    struct usher_buffer b;

    (void)state;
    usher_buffer_init(&b, 0);
    usher_buffer_text(&b, "kept");
    fail_alloc_at(1);
    assert_int_equal(usher_buffer_printf(&b, "%200d", 1), USHER_ERR_NOMEM);
    assert_true(fail_alloc_off());
    assert_string_equal(b.data, "kept");
    assert_int_equal(b.len, 4);
    assert_null(usher_buffer_take(&b, NULL));
    assert_null(b.data);
}

static void taken_bytes_are_the_callers(void **state)
{
    struct usher_buffer b;
    size_t len = 99;
    char *data;

    (void)state;
    usher_buffer_init(&b, 0);
    usher_buffer_text(&b, "mine");
    data = usher_buffer_take(&b, &len);
    assert_string_equal(data, "mine");
    assert_int_equal(len, 4);
    assert_null(b.data);
    free(data);
    data = usher_buffer_take(&b, &len);
    assert_string_equal(data, "");
    assert_int_equal(len, 0);
    free(data);
}

static void json_strings_are_escaped(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        const char *json;
    } cases[] = {
        {"", 0, "\"\""},
        {"plain", 5, "\"plain\""},
        {"a\"b\\c/d", 7, "\"a\\\"b\\\\c/d\""},
        {"\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
        {"a\0b\x1F\x7F", 5, "\"a\\u0000b\\u001f\x7F\""},
        {"h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x93\x9E", 12,
         "\"h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x93\x9E\""},
        /* not UTF-8: a stray byte, a cut character, overlong, a surrogate,
         * beyond Unicode */
        {"\x80", 1, "\"\xEF\xBF\xBD\""},
        {"a\xE2\x82", 3, "\"a\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xC0\xAF", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xE0\x80\xAF", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xF4\x90\x80\x80", 4,
         "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xF5", 1, "\"\xEF\xBF\xBD\""},
    };
    struct usher_buffer b;

    (void)state;
    usher_buffer_init(&b, 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        usher_buffer_clear(&b);
        assert_int_equal(usher_buffer_json(&b, cases[i].text, cases[i].len),
                         USHER_OK);
        assert_string_equal(b.data, cases[i].json);
    }
    usher_buffer_free(&b);
}

static void escapes_are_curls(void **state)
{
    struct usher_buffer out;

    (void)state;
    for (int i = 1; i < 256; i++) {
        char text[3] = {(char)i, 'a', (char)i};
        char *curls = curl_easy_escape(NULL, text, 3);

        usher_buffer_init(&out, 0);
        usher_buffer_escape(&out, text, 3, "");
        assert_string_equal(out.data, curls);
        usher_buffer_clear(&out);
        usher_buffer_escape(&out, text, 3, "/:");
        assert_string_equal(out.data, i == '/'   ? "/a/"
                                      : i == ':' ? ":a:"
                                                 : curls);
        usher_buffer_free(&out);
        curl_free(curls);
    }
    usher_buffer_init(&out, 0);
    usher_buffer_escape(&out, "\0", 1, "/");
    assert_string_equal(out.data, "%00");
    usher_buffer_free(&out);
}

static void numbers_and_bytes_come_back(void **state)
{
    static const uint64_t numbers[] = {
        0,     1,          127,       128,        16383,
        16384, UINT32_MAX, INT64_MAX, UINT64_MAX, UINT64_MAX - 1};
    struct usher_buffer b;
    struct usher_reader r;
    size_t len;

    (void)state;
    usher_buffer_init(&b, 0);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        usher_buffer_varint(&b, numbers[i]);
    usher_buffer_bytes(&b, "a\0b", 3);
    usher_buffer_bytes(&b, NULL, 0);
    usher_buffer_byte(&b, 0xFE);
    usher_reader_init(&r, b.data, b.len);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        assert_true(usher_reader_varint(&r) == numbers[i]);
    assert_memory_equal(usher_reader_bytes(&r, &len), "a\0b", 3);
    assert_int_equal(len, 3);
    usher_reader_bytes(&r, &len);
    assert_int_equal(len, 0);
    assert_int_equal(usher_reader_byte(&r), 0xFE);
    assert_false(r.failed);
    assert_ptr_equal(r.at, r.end);
    usher_buffer_free(&b);
}

/* Runs of bytes around each length that is written in another way. */
static void runs_of_any_length_come_back(void **state)
{
    static const size_t lengths[] = {0, 1, 126, 127, 128, 129, 16383, 16384};
    struct usher_buffer b;
    struct usher_reader r;
    char *data = malloc(16385);
    size_t len;

    (void)state;
    assert_non_null(data);
    for (size_t i = 0; i < 16385; i++)
        data[i] = (char)(i % 251);
    usher_buffer_init(&b, 0);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
        assert_int_equal(usher_buffer_bytes(&b, data, lengths[i]), USHER_OK);
    assert_int_equal(b.data[b.len], 0);
    usher_reader_init(&r, b.data, b.len);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        const char *at = usher_reader_bytes(&r, &len);

        assert_int_equal(len, lengths[i]);
        assert_memory_equal(at, data, len);
    }
    assert_false(r.failed);
    assert_ptr_equal(r.at, r.end);
    usher_buffer_free(&b);
    free(data);
}

/* With its length, to the byte; and a failure is told by both. */
static void a_run_fits_exactly_or_not_at_all(void **state)
{
    static const size_t lengths[] = {3, 127, 128, 200};
    char data[200] = {0};
    struct usher_buffer b;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        size_t need = lengths[i] + (lengths[i] < 128 ? 1 : 2);

        usher_buffer_init(&b, need);
        assert_int_equal(usher_buffer_bytes(&b, data, lengths[i]), USHER_OK);
        assert_int_equal(b.len, need);
        usher_buffer_free(&b);
        usher_buffer_init(&b, need - 1);
        assert_int_equal(usher_buffer_bytes(&b, data, lengths[i]),
                         USHER_ERR_LIMIT);
        assert_int_equal(b.failed, USHER_ERR_LIMIT);
        usher_buffer_free(&b);
    }
}

static void a_run_to_the_last_byte_is_read_and_one_more_is_not(void **state)
{
    struct usher_reader r;
    size_t len;

    (void)state;
    usher_reader_init(&r,
                      "\x03"
                      "abc",
                      4);
    assert_memory_equal(usher_reader_bytes(&r, &len), "abc", 3);
    assert_false(r.failed);
    usher_reader_init(&r,
                      "\x04"
                      "abc",
                      4);
    assert_string_equal(usher_reader_bytes(&r, &len), "");
    assert_true(r.failed);
    /* A reader begins anew. */
    usher_reader_init(&r,
                      "\x01"
                      "a",
                      2);
    assert_false(r.failed);
    assert_memory_equal(usher_reader_bytes(&r, &len), "a", 1);
}

static void what_is_at_rest_keeps_little_memory(void **state)
{
    struct usher_buffer b;
    const char *memory;
    size_t cap;

    (void)state;
    usher_buffer_init(&b, 10);
    usher_buffer_text(&b, "0123456789");
    assert_int_equal(usher_buffer_byte(&b, 'x'), USHER_ERR_LIMIT);
    memory = b.data;
    cap = b.cap;
    usher_buffer_rest(&b, cap);
    assert_ptr_equal(b.data, memory);
    assert_int_equal(b.len, 0);
    assert_int_equal(b.failed, USHER_OK);
    assert_string_equal(b.data, "");
    usher_buffer_text(&b, "abc");
    usher_buffer_rest(&b, cap - 1);
    assert_null(b.data);
    assert_int_equal(b.len, 0);
    assert_int_equal(b.cap, 0);
    assert_int_equal(b.max, 10);
    usher_buffer_free(&b);
}

static void a_text_is_copied_as_far_as_it_fits(void **state)
{
    char out[5];

    (void)state;
    usher_text_copy(out, sizeof(out), "abcd");
    assert_string_equal(out, "abcd");
    usher_text_copy(out, sizeof(out), "abcde");
    assert_string_equal(out, "abcd");
    usher_text_copy(out, sizeof(out), "x");
    assert_string_equal(out, "x");
    usher_text_copy(out, 1, "x");
    assert_string_equal(out, "");
}

/* An error of each kind of append is told by it and kept. */
static void each_append_tells_its_failure(void **state)
{
    struct usher_buffer b;

    (void)state;
    for (int i = 0; i < 7; i++) {
        enum usher_status st = USHER_OK;

        usher_buffer_init(&b, 3);
        usher_buffer_text(&b, "abc");
        st = i == 0   ? usher_buffer_append(&b, "d", 1)
             : i == 1 ? usher_buffer_text(&b, "d")
             : i == 2 ? usher_buffer_byte(&b, 'd')
             : i == 3 ? usher_buffer_printf(&b, "%s", "d")
             : i == 4 ? usher_buffer_json(&b, "", 0)
             : i == 5 ? usher_buffer_varint(&b, 300)
                      : usher_buffer_bytes(&b, "d", 1);
        assert_int_equal(st, USHER_ERR_LIMIT);
        assert_int_equal(b.failed, USHER_ERR_LIMIT);
        assert_string_equal(b.data, "abc");
        assert_int_equal(b.len, 3);
        assert_int_equal(usher_buffer_append(&b, "", 0), USHER_ERR_LIMIT);
        usher_buffer_free(&b);
    }
}

static void a_reader_fails_for_good_behind_the_end(void **state)
{
    struct usher_reader r;
    size_t len = 9;

    (void)state;
    usher_reader_init(&r,
                      "\x05"
                      "abc\x01",
                      5);
    assert_string_equal(usher_reader_bytes(&r, &len), "");
    assert_int_equal(len, 0);
    assert_true(r.failed);
    assert_int_equal(usher_reader_byte(&r), 0);
    assert_true(usher_reader_varint(&r) == 0);
    usher_reader_init(&r, NULL, 0);
    assert_int_equal(usher_reader_byte(&r), 0);
    assert_true(r.failed);
}

static void a_number_that_does_not_fit_is_refused(void **state)
{
    static const char *const bad[] = {
        "\x80",                                     /* never ends */
        "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", /* above 64 bits */
        "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x81\x01",
    };
    struct usher_reader r;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        usher_reader_init(&r, bad[i], strlen(bad[i]));
        assert_true(usher_reader_varint(&r) == 0);
        assert_true(r.failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_kept_in_order_and_terminated),
        cmocka_unit_test(what_is_printed_is_whole_or_nothing),
        cmocka_unit_test(numbers_are_written_as_printf_does),
        cmocka_unit_test(a_buffer_fills_up_to_its_maximum_and_no_further),
        cmocka_unit_test(a_failure_stays_until_the_buffer_is_cleared),
        cmocka_unit_test(absurd_lengths_are_refused),
        cmocka_unit_test(reserved_room_is_filled_by_the_caller),
        cmocka_unit_test(no_memory_leaves_what_was_there),
        cmocka_unit_test(taken_bytes_are_the_callers),
        cmocka_unit_test(json_strings_are_escaped),
        cmocka_unit_test(escapes_are_curls),
        cmocka_unit_test(numbers_and_bytes_come_back),
        cmocka_unit_test(runs_of_any_length_come_back),
        cmocka_unit_test(a_run_fits_exactly_or_not_at_all),
        cmocka_unit_test(a_run_to_the_last_byte_is_read_and_one_more_is_not),
        cmocka_unit_test(what_is_at_rest_keeps_little_memory),
        cmocka_unit_test(a_text_is_copied_as_far_as_it_fits),
        cmocka_unit_test(each_append_tells_its_failure),
        cmocka_unit_test(a_reader_fails_for_good_behind_the_end),
        cmocka_unit_test(a_number_that_does_not_fit_is_refused),
    };

    return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
