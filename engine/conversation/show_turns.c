/* engine/conversation/show_turns.c - all turns of a conversation that the
 * store still has: what was said and what was answered. */
#include <string.h>

#include "conversation/admin.h"
#include "conversation/run.h"
#include "script/value.h"

struct turns {
    struct usher_buffer *out;
    unsigned count;
};

/* The input of the turn: what its flow began with, or its last question got.
 * Gives 0 where the row holds none (the turn ended in an error). */
static int input_find(const char *entries, size_t len,
                      struct usher_reader *input)
{
    struct usher_reader reader;
    int found = 0;

    usher_reader_init(&reader, entries, len);
    while (reader.at < reader.end && !reader.failed) {
        size_t name_len, target_len, values_len;
        const char *name = usher_reader_bytes(&reader, &name_len);
        const char *values;

        (void)usher_reader_bytes(&reader, &target_len);
        (void)usher_reader_varint(&reader);
        values = usher_reader_bytes(&reader, &values_len);
        if ((name_len == 5 && memcmp(name, "start", 5) == 0) ||
            (name_len == 3 && memcmp(name, "ask", 3) == 0)) {
            usher_reader_init(input, values, values_len);
            found = 1;
        }
    }
    return found && !reader.failed;
}

static int turn_each(void *user, const struct usher_stored_row *row)
{
    struct turns *turns = user;
    struct usher_buffer *out = turns->out;
    struct usher_reader reader, input;
    const char *flow, *answer, *entries;
    size_t flow_len, answer_len, len, start;

    if (row->kind != 't')
        return 0;
    usher_reader_init(&reader, row->data, row->len);
    flow = usher_reader_bytes(&reader, &flow_len);
    answer = usher_reader_bytes(&reader, &answer_len);
    entries = usher_reader_bytes(&reader, &len);
    usher_buffer_text(out, turns->count++ ? ",\n" : "\n");
    if (reader.failed || reader.at != reader.end ||
        !usher_entries_are_whole(entries, len)) {
        usher_buffer_text(out, "{\"unreadable\":true}");
        return 0;
    }
    usher_buffer_text(out, "{\"flow\":");
    usher_buffer_json(out, flow, flow_len);
    if (answer_len) { /* it is JSON already */
        usher_buffer_text(out, ",\"answer\":");
        usher_buffer_append(out, answer, answer_len);
    }
    start = out->len;
    usher_buffer_text(out, ",\"input\":");
    if (!input_find(entries, len, &input) ||
        usher_value_to_json(out, &input, NULL) != USHER_OK)
        out->len = start;
    usher_buffer_byte(out, '}');
    return 0;
}

enum usher_status usher_conversation_turns(const struct usher_admin *admin,
                                           const char *key,
                                           struct usher_buffer *out)
{
    struct turns turns = {out, 0};
    enum usher_status st;

    usher_buffer_text(out, "{\"key\":");
    usher_buffer_json(out, key, strlen(key));
    usher_buffer_text(out, ",\"turns\":[");
    st = usher_store_journal(admin->store, key, strlen(key), turn_each, &turns);
    usher_buffer_text(out, "]}\n");
    if (st == USHER_OK && turns.count == 0)
        return USHER_ERR_NOT_FOUND;
    return st;
}
