/* engine/conversation/task_data.c - a task's row as bytes: arguments, progress,
 * intents, its result once it is done, its age and how long it was put off,
 * when its try began and what those before it drew (run_guess.c), and
 * whether a service has put it off itself.
 *
 * There is no number of a format in front: arguments are never empty, so that
 * a 0 as the first byte can stand for whatever comes later. Rows written before
 * end behind intents, result or delay. What is anything else is left as
 * it is, for the version that wrote it. */
#include <string.h>

#include "conversation/task_internal.h"
#include "script/value.h"

void task_data_new(const struct usher_buffer *args, struct usher_buffer *out)
{
    static const struct usher_intents none = {NULL, 0};

    usher_buffer_bytes(out, args->data, args->len);
    usher_buffer_bytes(out, NULL, 0);
    usher_intents_write(&none, out);
    usher_buffer_bytes(out, NULL, 0);
    usher_buffer_varint(out, 0); /* age */
    usher_buffer_varint(out, 0); /* delay */
}

/* Borrowed. */
struct parts {
    const char *args, *progress, *result, *earlier;
    size_t args_len, progress_len, result_len, earlier_len;
    struct usher_intents intents; /* owned */
    uint64_t age_ms, delay_ms, began_ms, told;
};

static void parts_write(const struct parts *parts, struct usher_buffer *out)
{
    usher_buffer_bytes(out, parts->args, parts->args_len);
    usher_buffer_bytes(out, parts->progress, parts->progress_len);
    usher_intents_write(&parts->intents, out);
    usher_buffer_bytes(out, parts->result, parts->result_len);
    usher_buffer_varint(out, parts->age_ms);
    usher_buffer_varint(out, parts->delay_ms);
    usher_buffer_varint(out, parts->began_ms);
    usher_buffer_bytes(out, parts->earlier, parts->earlier_len);
    usher_buffer_varint(out, parts->told);
}

void task_data_write(const struct task *task, struct usher_buffer *out)
{
    const struct usher_run *run = &task->run;
    int is_done = task->state == USHER_TASK_DONE;
    struct parts parts = {
        .args = task->args.data,
        .args_len = task->args.len,
        .progress = task->progress.data,
        .progress_len = task->progress.len,
        .intents = task->running ? run->intents : task->intents,
        .result = is_done ? task->result.data : NULL,
        .result_len = is_done ? task->result.len : 0,
        .earlier = task->earlier.data,
        .earlier_len = task->earlier.len,
        .age_ms = (uint64_t)task->age_ms,
        .delay_ms = (uint64_t)task->delay_ms,
        .began_ms = (uint64_t)task->began_ms,
        .told = (uint64_t)task->told,
    };

    if (task->running) {
        /* Without the first entry: it is made anew from the arguments. */
        parts.progress = run->journal.data + run->turn_start;
        parts.progress_len = run->journal.len - run->turn_start;
    }
    parts_write(&parts, out);
}

static int is_value(const char *bytes, size_t len)
{
    struct usher_reader reader;
    const char *at;
    size_t part;

    usher_reader_init(&reader, bytes, len);
    usher_value_skip(&reader, &at, &part);
    return !reader.failed && reader.at == reader.end;
}

/* Fails without intents to free. */
static enum usher_status parts_read(struct parts *parts, const void *data,
                                    size_t len)
{
    struct usher_reader reader;
    enum usher_status st;

    memset(parts, 0, sizeof(*parts));
    parts->result = parts->earlier = "";
    parts->delay_ms = TASK_RETRY_FIRST_MS + TASK_RETRY_LAST_MS;
    usher_reader_init(&reader, data, len);
    parts->args = usher_reader_bytes(&reader, &parts->args_len);
    parts->progress = usher_reader_bytes(&reader, &parts->progress_len);
    st = usher_intents_read(&parts->intents, &reader);
    if (st != USHER_OK)
        return st;
    if (reader.at < reader.end)
        parts->result = usher_reader_bytes(&reader, &parts->result_len);
    if (reader.at < reader.end) {
        parts->age_ms = usher_reader_varint(&reader);
        parts->delay_ms = usher_reader_varint(&reader);
    }
    if (reader.at < reader.end) {
        parts->began_ms = usher_reader_varint(&reader);
        parts->earlier = usher_reader_bytes(&reader, &parts->earlier_len);
    }
    if (reader.at < reader.end)
        parts->told = usher_reader_varint(&reader);
    if (!reader.failed && reader.at == reader.end &&
        parts->age_ms <= INT64_MAX && parts->delay_ms <= TASK_PUT_OFF_MAX_MS &&
        is_value(parts->args, parts->args_len) &&
        parts->began_ms <= INT64_MAX && parts->told <= 1 &&
        usher_entries_are_whole(parts->progress, parts->progress_len) &&
        usher_entries_are_whole(parts->earlier, parts->earlier_len) &&
        (!parts->result_len || is_value(parts->result, parts->result_len)))
        return USHER_OK;
    usher_intents_clear(&parts->intents);
    return USHER_ERR_PARSE;
}

enum usher_status task_data_read(struct task *task, const void *data,
                                 size_t len)
{
    struct parts parts;
    enum usher_status st = parts_read(&parts, data, len);

    if (st != USHER_OK)
        return st;
    usher_buffer_append(&task->args, parts.args, parts.args_len);
    usher_buffer_append(&task->progress, parts.progress, parts.progress_len);
    task->intents = parts.intents;
    usher_buffer_append(&task->earlier, parts.earlier, parts.earlier_len);
    task->delay_ms = (int64_t)parts.delay_ms;
    task->began_ms = (int64_t)parts.began_ms;
    task->told = (int)parts.told;
    /* Given up once, and a person wanted it tried again. */
    if (parts.age_ms < TASK_GIVE_UP_MS)
        task->age_ms = (int64_t)parts.age_ms;
    return task->args.failed || task->progress.failed || task->earlier.failed
               ? USHER_ERR_NOMEM
               : USHER_OK;
}

int usher_task_is_readable(const struct usher_task_row *row)
{
    struct parts parts;

    if (row->state == USHER_TASK_UNKNOWN ||
        parts_read(&parts, row->data, row->data_len) == USHER_ERR_PARSE)
        return 0;
    usher_intents_clear(&parts.intents);
    return 1;
}

/* The last that was asked for is the one that the task stopped at: it went on
 * after others, having looked what became of them, or doing without. Unclear
 * again, it waits for a person again. */
enum usher_status usher_task_not_done(const void *data, size_t len,
                                      struct usher_buffer *out)
{
    struct parts parts;
    enum usher_status st = parts_read(&parts, data, len);

    if (st != USHER_OK)
        return st;
    for (size_t i = parts.intents.count; i > 0; i--) {
        struct usher_intent *intent = &parts.intents.list[i - 1];

        if (intent->state != USHER_INTENT_UNCLEAR)
            continue;
        intent->state = USHER_INTENT_FAILED;
        break;
    }
    parts_write(&parts, out);
    usher_intents_clear(&parts.intents);
    return (enum usher_status)out->failed;
}

const char *task_data_result(const void *data, size_t data_len, size_t *len)
{
    struct parts parts;

    *len = 0;
    if (parts_read(&parts, data, data_len) != USHER_OK)
        return "";
    usher_intents_clear(&parts.intents);
    *len = parts.result_len;
    return parts.result;
}
