/* tests/unit/head_test.c - a conversation's head as bytes, also older ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conversation/conversation.h"
#include "conversation/run_internal.h"
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

/* ---- all of it ---- */

/* A value of its own for each. */
static void fill(struct usher_buffer *out, const char *text)
{
    usher_buffer_clear(out);
    usher_value_string(out, text, strlen(text));
}

static void intent_fill(struct usher_intents *intents, const char *key,
                        enum usher_intent_state state)
{
    intents->list = calloc(1, sizeof(*intents->list));
    assert_non_null(intents->list);
    intents->count = 1;
    strcpy(intents->list[0].key, key);
    intents->list[0].state = state;
    intents->list[0].count = 1;
    usher_buffer_init(&intents->list[0].results, 0);
    fill(&intents->list[0].results, "result");
}

static void entry_fill(struct usher_buffer *out)
{
    static const struct run_entry entry = {"say", "text", "", 3, 4, 0, 0, 0};

    usher_buffer_clear(out);
    run_entry_append(out, &entry);
}

enum kept_run { NONE, PENDING, FIRST_TURN, RETRY, KINDS };

static struct conversation *full_conversation(enum kept_run kind)
{
    struct conversation *conv = conversation_new();

    conv->run_number = 41;
    usher_transcript_add(&conv->transcript, 'v', "hello", 5);
    fill(&conv->memory, "memory");
    fill(&conv->offered, "offered");
    fill(&conv->undelivered, "undelivered");
    fill(&conv->recorded, "recorded");
    strcpy(conv->request_id, "r1");
    conv->fingerprint = 42;
    conv->seen[0] = 43;
    conv->seen[1] = UINT64_MAX;
    conv->owed = 1;
    conv->touched_ms = 1772442000001;
    entry_fill(&conv->earlier);
    entry_fill(&conv->drawn);
    conv->retry = kind == RETRY;
    if (kind == RETRY)
        intent_fill(&conv->retry_intents, "retried", USHER_INTENT_DONE);
    if (kind != PENDING && kind != FIRST_TURN)
        return conv;
    conv->has_run = 1;
    conv->pending = kind == PENDING;
    usher_run_init(&conv->run, NULL, "flow", conv, NULL);
    strcpy(conv->version, "abc");
    conv->first_seq = 44;
    fill(&conv->run.memory_start, "memory_start");
    fill(&conv->run.counts_start, "counts_start");
    intent_fill(&conv->run.intents, "intended", USHER_INTENT_UNCLEAR);
    conv->unfinished = 1;
    conv->unfinished_print = 45;
    entry_fill(&conv->unfinished_entries);
    return conv;
}

static void same(const struct usher_buffer *a, const struct usher_buffer *b)
{
    assert_int_equal(a->len, b->len);
    if (a->len)
        assert_memory_equal(a->data, b->data, a->len);
}

static void same_intents(const struct usher_intents *a,
                         const struct usher_intents *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_string_equal(a->list[i].key, b->list[i].key);
        assert_int_equal(a->list[i].state, b->list[i].state);
        assert_int_equal(a->list[i].count, b->list[i].count);
        same(&a->list[i].results, &b->list[i].results);
    }
}

static void same_conversation(const struct conversation *a,
                              const struct conversation *b)
{
    assert_true(a->run_number == b->run_number);
    same(&a->transcript.bytes, &b->transcript.bytes);
    assert_int_equal(a->transcript.count, b->transcript.count);
    same(&a->memory, &b->memory);
    same(&a->offered, &b->offered);
    same(&a->undelivered, &b->undelivered);
    same(&a->recorded, &b->recorded);
    assert_string_equal(a->request_id, b->request_id);
    assert_true(a->fingerprint == b->fingerprint);
    assert_memory_equal(a->seen, b->seen, sizeof(a->seen));
    assert_int_equal(a->owed, b->owed);
    assert_true(a->touched_ms == b->touched_ms);
    same(&a->earlier, &b->earlier);
    same(&a->drawn, &b->drawn);
    assert_int_equal(a->retry, b->retry);
    same_intents(&a->retry_intents, &b->retry_intents);
    assert_int_equal(a->has_run, b->has_run);
    assert_int_equal(a->pending, b->pending);
    assert_string_equal(a->run.flow, b->run.flow);
    assert_string_equal(a->version, b->version);
    assert_true(a->first_seq == b->first_seq);
    same(&a->run.memory_start, &b->run.memory_start);
    same(&a->run.counts_start, &b->run.counts_start);
    same_intents(&a->run.intents, &b->run.intents);
    assert_int_equal(a->unfinished, b->unfinished);
    assert_true(a->unfinished_print == b->unfinished_print);
    same(&a->unfinished_entries, &b->unfinished_entries);
}

static void conversation_drop(struct conversation *conv)
{
    usher_intents_clear(&conv->run.intents);
    conversation_memory_free(conv);
}

static void each_thing_is_kept(void **state)
{
    (void)state;
    for (int kind = NONE; kind < KINDS; kind++) {
        struct conversation *conv = full_conversation((enum kept_run)kind);
        struct conversation *again = conversation_new();
        struct usher_buffer head;

        usher_buffer_init(&head, 0);
        head_write(conv, &head);
        assert_int_equal(head_of(again, &head), USHER_OK);
        same_conversation(conv, again);
        assert_string_equal(again->pinned, conv->version);
        assert_int_equal(again->seq, 1);
        usher_buffer_free(&head);
        conversation_drop(conv);
        conversation_drop(again);
    }
}

/* What only a later turn would look at: it is found out before. */
static void each_part_that_is_damaged_is_told(void **state)
{
    static const size_t parts[] = {
        offsetof(struct conversation, memory),
        offsetof(struct conversation, run.memory_start),
        offsetof(struct conversation, transcript.bytes),
        offsetof(struct conversation, unfinished_entries),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        struct conversation *conv = full_conversation(PENDING);
        struct conversation *again = conversation_new();
        char *at = (char *)conv + parts[i];
        struct usher_buffer *part = (struct usher_buffer *)(void *)at;
        struct usher_buffer head;

        part->len--;
        usher_buffer_init(&head, 0);
        head_write(conv, &head);
        assert_int_equal(head_of(again, &head), USHER_ERR_PARSE);
        usher_buffer_free(&head);
        conversation_drop(conv);
        conversation_drop(again);
    }
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
        cmocka_unit_test(each_thing_is_kept),
        cmocka_unit_test(each_part_that_is_damaged_is_told),
    };

    return cmocka_run_group_tests_name("head", tests, NULL, NULL);
}
