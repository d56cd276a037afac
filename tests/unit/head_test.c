/* tests/unit/head_test.c - a conversation's head as bytes, also older ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/conversation.h"
#include "script/value.h"

static struct conversation *conversation_new(void)
{
    struct conversation *conv = calloc(1, sizeof(*conv));

    assert_non_null(conv);
    usher_transcript_init(&conv->transcript);
    usher_answer_init(&conv->answer);
    usher_run_init(&conv->run, NULL, "", conv, NULL);
    return conv;
}

static enum usher_status head_of(struct conversation *conv,
                                 const struct usher_buffer *head)
{
    struct usher_stored_conversation found = {
        .seq = 1, .head = head->data, .head_len = head->len};

    return head_read(conv, &found);
}

static void put(struct usher_buffer *out, const char *text)
{
    usher_buffer_bytes(out, text, strlen(text));
}

/* As the engine wrote it before it kept a list of calls. */
static void a_head_of_format_2_is_read(void **state)
{
    struct conversation *conv = conversation_new();
    struct usher_buffer head, memory;

    (void)state;
    usher_buffer_init(&head, 0);
    usher_buffer_byte(&head, 2);
    usher_buffer_varint(&head, 7); /* runs */
    usher_buffer_varint(&head, 0); /* transcript */
    put(&head, "");
    usher_buffer_init(&memory, 0);
    usher_value_table(&memory, 0, 0);
    usher_buffer_bytes(&head, memory.data, memory.len);
    usher_buffer_free(&memory);
    put(&head, "offered");
    put(&head, "");
    put(&head, "r1");
    usher_buffer_varint(&head, 99); /* fingerprint */
    usher_buffer_byte(&head, 0);
    put(&head, "answer");
    usher_buffer_varint(&head, 1772442000000);
    usher_buffer_byte(&head, 0);
    assert_int_equal(head_of(conv, &head), USHER_OK);
    assert_string_equal(conv->request_id, "r1");
    assert_string_equal(conv->recorded.data, "answer");
    assert_true(conv->touched_ms == 1772442000000);
    assert_true(conv->seen[0] == 0);
    usher_buffer_free(&head);
    conversation_memory_free(conv);
}

static void calls_are_kept_in_their_order(void **state)
{
    struct conversation *conv = conversation_new();
    struct conversation *again = conversation_new();
    struct usher_buffer head;

    (void)state;
    for (size_t i = 0; i < USHER_SEEN_MAX; i++)
        conv->seen[i] = UINT64_MAX / (i + 1);
    usher_buffer_append(&conv->recorded, "answer", 6);
    usher_buffer_init(&head, 0);
    head_write(conv, &head);
    assert_int_equal(head_of(again, &head), USHER_OK);
    assert_memory_equal(again->seen, conv->seen, sizeof(conv->seen));
    assert_string_equal(again->recorded.data, "answer");
    usher_buffer_free(&head);
    conversation_memory_free(conv);
    conversation_memory_free(again);
}

/* What the turns drew stands behind all that the version before looks at. */
static void what_was_drawn_is_kept_behind_the_rest(void **state)
{
    struct conversation *conv = conversation_new();
    struct conversation *again = conversation_new();
    struct usher_buffer before, head;

    (void)state;
    usher_buffer_init(&before, 0);
    usher_buffer_init(&head, 0);
    head_write(conv, &before);
    usher_buffer_text(&conv->earlier, "earlier");
    usher_buffer_text(&conv->drawn, "drawn");
    head_write(conv, &head);
    assert_true(head.len > before.len);
    assert_memory_equal(head.data, before.data, before.len);
    assert_int_equal(head_of(again, &head), USHER_OK);
    assert_string_equal(again->earlier.data, "earlier");
    assert_string_equal(again->drawn.data, "drawn");
    usher_buffer_free(&before);
    usher_buffer_free(&head);
    conversation_memory_free(conv);
    conversation_memory_free(again);
}

static void an_unknown_format_is_told(void **state)
{
    struct conversation *conv = conversation_new();
    struct usher_buffer head;

    (void)state;
    usher_buffer_init(&head, 0);
    usher_buffer_byte(&head, 9);
    assert_int_equal(head_of(conv, &head), USHER_ERR_PARSE);
    usher_buffer_free(&head);
    conversation_memory_free(conv);
}

/* Of any length but its own, and with any byte of its structure changed, it is
 * read or refused, never half of it. */
static void a_head_cut_off_or_longer_is_damage(void **state)
{
    struct conversation *conv = conversation_new();
    struct usher_buffer head;
    size_t whole;

    (void)state;
    usher_buffer_append(&conv->recorded, "answer", 6);
    strcpy(conv->request_id, "r1");
    usher_value_boolean(&conv->memory, 1);
    usher_transcript_add(&conv->transcript, 'v', "hello", 5);
    usher_buffer_init(&head, 0);
    head_write(conv, &head);
    conversation_memory_free(conv);
    usher_buffer_byte(&head, 0);
    whole = head.len - 1;
    for (size_t len = 0; len <= whole + 1; len++) {
        conv = conversation_new();
        head.len = len;
        assert_int_equal(head_of(conv, &head),
                         len == whole ? USHER_OK : USHER_ERR_PARSE);
        conversation_memory_free(conv);
    }
    usher_buffer_free(&head);
}

/* An outside write that claims more results than it has bytes. */
static void an_intent_of_too_many_results_is_damage(void **state)
{
    struct usher_intents intents;
    struct usher_reader reader;
    struct usher_buffer bytes;

    (void)state;
    usher_buffer_init(&bytes, 0);
    usher_buffer_varint(&bytes, 1);
    put(&bytes, "key");
    usher_buffer_byte(&bytes, USHER_INTENT_DONE);
    usher_buffer_varint(&bytes, 2);
    usher_buffer_bytes(&bytes, "\x02", 1);
    usher_reader_init(&reader, bytes.data, bytes.len);
    assert_int_equal(usher_intents_read(&intents, &reader), USHER_ERR_PARSE);
    assert_null(intents.list);
    usher_buffer_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_of_format_2_is_read),
        cmocka_unit_test(calls_are_kept_in_their_order),
        cmocka_unit_test(what_was_drawn_is_kept_behind_the_rest),
        cmocka_unit_test(an_unknown_format_is_told),
        cmocka_unit_test(a_head_cut_off_or_longer_is_damage),
        cmocka_unit_test(an_intent_of_too_many_results_is_damage),
    };

    return cmocka_run_group_tests_name("head", tests, NULL, NULL);
}
