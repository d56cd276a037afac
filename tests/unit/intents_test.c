/* tests/unit/intents_test.c - intents as bytes: what is written is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/run.h"
#include "fail_alloc.h"
#include "script/value.h"

#define KEY "0123456789abcdef0123456789abcdef"

static enum usher_status read_again(const struct usher_buffer *bytes,
                                    struct usher_intents *out)
{
    struct usher_reader reader;

    usher_reader_init(&reader, bytes->data, bytes->len);
    return usher_intents_read(out, &reader);
}

/* A write that was refused (nil, err: two values) and is sent again. */
static void one_that_is_sent_again_is_read(void **state)
{
    struct usher_intent intent = {.key = KEY, .count = 2};
    struct usher_intents intents = {&intent, 1}, again;
    struct usher_buffer bytes;

    (void)state;
    intent.state = USHER_INTENT_OPEN;
    usher_buffer_init(&intent.results, 0);
    usher_buffer_init(&bytes, 0);
    usher_intents_write(&intents, &bytes);
    assert_int_equal(read_again(&bytes, &again), USHER_OK);
    assert_int_equal(again.count, 1);
    assert_int_equal(again.list[0].state, USHER_INTENT_OPEN);
    assert_int_equal(again.list[0].count, 0);
    usher_intents_clear(&again);
    usher_buffer_free(&bytes);
}

/* Such a one as versions before wrote it: two values, no bytes. */
static void one_of_before_is_read(void **state)
{
    struct usher_intents again;
    struct usher_buffer bytes;

    (void)state;
    usher_buffer_init(&bytes, 0);
    usher_buffer_varint(&bytes, 1);
    usher_buffer_bytes(&bytes, KEY, strlen(KEY));
    usher_buffer_byte(&bytes, USHER_INTENT_OPEN);
    usher_buffer_varint(&bytes, 2);
    usher_buffer_bytes(&bytes, "", 0);
    assert_int_equal(read_again(&bytes, &again), USHER_OK);
    assert_int_equal(again.list[0].state, USHER_INTENT_OPEN);
    usher_intents_clear(&again);
    usher_buffer_free(&bytes);
}

/* More results than bytes is damage. */
static void one_that_is_done_has_what_it_says(void **state)
{
    struct usher_intents again;
    struct usher_buffer bytes;

    (void)state;
    usher_buffer_init(&bytes, 0);
    usher_buffer_varint(&bytes, 1);
    usher_buffer_bytes(&bytes, KEY, strlen(KEY));
    usher_buffer_byte(&bytes, USHER_INTENT_DONE);
    usher_buffer_varint(&bytes, 2);
    usher_buffer_bytes(&bytes, "", 0);
    assert_int_equal(read_again(&bytes, &again), USHER_ERR_PARSE);
    usher_buffer_free(&bytes);
}

/* So are values that are none. */
static void what_was_given_can_be_read(void **state)
{
    struct usher_intents again;
    struct usher_buffer bytes;

    (void)state;
    for (int end = 0; end < 2; end++) {
        usher_buffer_init(&bytes, 0);
        usher_buffer_varint(&bytes, 1);
        usher_buffer_bytes(&bytes, KEY, strlen(KEY));
        usher_buffer_byte(&bytes, USHER_INTENT_DONE);
        usher_buffer_varint(&bytes, 1);
        usher_buffer_bytes(&bytes, end ? "\0\0" : "\377", end ? 2 : 1);
        assert_int_equal(read_again(&bytes, &again), USHER_ERR_PARSE);
        usher_buffer_free(&bytes);
    }
}

/* No memory is no damage. */
static void without_memory_it_is_not_damaged(void **state)
{
    struct usher_intent intent = {.key = KEY, .count = 1};
    struct usher_intents intents = {&intent, 1}, again;
    struct usher_buffer bytes;
    unsigned long n;

    (void)state;
    intent.state = USHER_INTENT_DONE;
    usher_buffer_init(&intent.results, 0);
    usher_value_string(&intent.results, KEY, strlen(KEY));
    usher_buffer_init(&bytes, 0);
    usher_intents_write(&intents, &bytes);
    for (n = 1;; n++) {
        enum usher_status st;

        fail_alloc_at(n);
        st = read_again(&bytes, &again);
        if (!fail_alloc_off())
            break;
        assert_int_equal(st, USHER_ERR_NOMEM);
    }
    assert_true(n > 1);
    usher_intents_clear(&again);
    usher_buffer_free(&intent.results);
    usher_buffer_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_is_sent_again_is_read),
        cmocka_unit_test(one_of_before_is_read),
        cmocka_unit_test(one_that_is_done_has_what_it_says),
        cmocka_unit_test(what_was_given_can_be_read),
        cmocka_unit_test(without_memory_it_is_not_damaged),
    };

    return cmocka_run_group_tests_name("intents", tests, NULL, NULL);
}
