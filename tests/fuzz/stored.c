/* tests/fuzz/stored.c - a conversation's head and rows, a task's row, as the
 * store gives them. A byte for which, then head and row with "--" between. */
#include <stdlib.h>
#include <string.h>

#include "conversation/conversation.h"
#include "conversation/task_internal.h"
#include "fuzz.h"

static struct conversation *conversation_new(void)
{
    struct conversation *conv = calloc(1, sizeof(*conv));

    FUZZ_CHECK(conv != NULL);
    usher_transcript_init(&conv->transcript);
    usher_answer_init(&conv->answer);
    usher_run_init(&conv->run, NULL, "", conv, NULL);
    return conv;
}

static enum usher_status read_head(struct conversation *conv, const char *head,
                                   size_t head_len, const char *row, size_t len)
{
    struct usher_stored_row rows[1] = {
        {.seq = INT64_MAX, .kind = 't', .data = row, .len = len}};
    struct usher_stored_conversation found = {
        .seq = 1,
        .head = head,
        .head_len = head_len,
        .rows = rows,
        .row_count = 1,
    };

    return head_read(conv, &found);
}

/* What was read is written so that it is read again, and the same. */
static void check_again(const struct conversation *conv)
{
    struct conversation *again = conversation_new();
    struct usher_buffer head, second;

    usher_buffer_init(&head, 0);
    usher_buffer_init(&second, 0);
    head_write(conv, &head);
    FUZZ_CHECK(read_head(again, head.data, head.len, "\0\0\0", 3) == USHER_OK);
    head_write(again, &second);
    FUZZ_CHECK(fuzz_same(&head, &second));
    usher_buffer_free(&head);
    usher_buffer_free(&second);
    conversation_memory_free(again);
}

/* As the Lua side and the pages do it. */
static void use(struct conversation *conv)
{
    struct usher_buffer out;

    usher_buffer_init(&out, 0);
    usher_transcript_encode(&conv->transcript, &out);
    usher_transcript_push(fuzz_lua(), &conv->transcript);
    lua_pop(fuzz_lua(), 1);
    for (int i = 0; i < USHER_TRANSCRIPT_MAX + 1; i++)
        usher_transcript_add(&conv->transcript, 'v', "text", 4);
    usher_buffer_free(&out);
}

static void conversation_check(struct fuzz_input *input)
{
    struct conversation *conv = conversation_new();
    size_t head_len, len;
    char *head = fuzz_next(input, &head_len);
    char *row = fuzz_next(input, &len);
    enum usher_status st = read_head(conv, head, head_len, row, len);

    FUZZ_CHECK(st == USHER_OK || st == USHER_ERR_PARSE);
    if (st == USHER_OK) {
        check_again(conv);
        use(conv);
    }
    conversation_memory_free(conv);
    free(head);
    free(row);
}

static void task_check(const struct fuzz_input *input)
{
    struct usher_buffer data, second;
    struct task first = {0}, again = {0};

    usher_buffer_init(&data, 0);
    usher_buffer_init(&second, 0);
    if (task_data_read(&first, input->at, input->left) == USHER_OK) {
        task_data_write(&first, &data);
        FUZZ_CHECK(task_data_read(&again, data.data, data.len) == USHER_OK);
        task_data_write(&again, &second);
        FUZZ_CHECK(fuzz_same(&data, &second));
    }
    usher_buffer_free(&first.args);
    usher_buffer_free(&first.progress);
    usher_buffer_free(&first.earlier);
    usher_intents_clear(&first.intents);
    usher_buffer_free(&again.args);
    usher_buffer_free(&again.progress);
    usher_buffer_free(&again.earlier);
    usher_intents_clear(&again.intents);
    usher_buffer_free(&data);
    usher_buffer_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *)data, size};

    if (fuzz_number(&input, 2))
        task_check(&input);
    else
        conversation_check(&input);
    return 0;
}
