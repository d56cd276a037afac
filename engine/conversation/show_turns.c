/* engine/conversation/show_turns.c - all turns of a conversation that the
 * store still has: what was said and what was answered. */
#include <string.h>

#include "conversation/admin.h"
#include "conversation/conversation.h"
#include "conversation/run.h"
#include "script/value.h"

struct turns {
    struct usher_buffer *out;
    unsigned count;
};

struct entry {
    const char *name, *target, *values;
    size_t name_len, target_len, values_len;
    uint64_t count;
};

/* Takes the next entry; 0: there is none. */
static int entry_take(struct usher_reader *reader, struct entry *entry)
{
    if (reader->at >= reader->end || reader->failed)
        return 0;
    entry->name = usher_reader_bytes(reader, &entry->name_len);
    entry->target = usher_reader_bytes(reader, &entry->target_len);
    entry->count = usher_reader_varint(reader);
    entry->values = usher_reader_bytes(reader, &entry->values_len);
    return !reader->failed;
}

static int is_named(const struct entry *entry, const char *name)
{
    return entry->name_len == strlen(name) &&
           memcmp(entry->name, name, entry->name_len) == 0;
}

int usher_turn_input_find(const char *entries, size_t len,
                          struct usher_reader *input)
{
    struct usher_reader reader;
    struct entry entry;
    int found = 0;

    usher_reader_init(&reader, entries, len);
    while (entry_take(&reader, &entry)) {
        if (is_named(&entry, "start") || is_named(&entry, "ask")) {
            usher_reader_init(input, entry.values, entry.values_len);
            found = 1;
        }
    }
    return found && !reader.failed;
}

/* What the flow learned of the world: settings, other hosts, Zoho, chance,
 * which tasks it began and how they were when it waited for them. */
static int is_learned(const struct entry *entry)
{
    return is_named(entry, "config") || is_named(entry, "http.request") ||
           is_named(entry, "wait") || is_named(entry, "task") ||
           is_named(entry, "math.random") ||
           (entry->name_len > 5 && memcmp(entry->name, "zoho.", 5) == 0);
}

static void values_write(struct usher_buffer *out, const struct entry *entry)
{
    struct usher_reader reader;

    usher_reader_init(&reader, entry->values, entry->values_len);
    for (uint64_t i = 0; i < entry->count; i++) {
        size_t start;

        if (i)
            usher_buffer_byte(out, ',');
        start = out->len;
        if (usher_value_to_json(out, &reader, NULL) != USHER_OK) {
            out->len = start; /* keys that JSON has no form for */
            usher_buffer_text(out, "null");
            return;
        }
    }
}

static void learned_write(struct usher_buffer *out, const char *entries,
                          size_t len)
{
    struct usher_reader reader;
    struct entry entry;
    unsigned count = 0;

    usher_buffer_text(out, ",\"learned\":[");
    usher_reader_init(&reader, entries, len);
    while (entry_take(&reader, &entry)) {
        if (!is_learned(&entry))
            continue;
        usher_buffer_text(out, count++ ? ",{\"name\":" : "{\"name\":");
        usher_buffer_json(out, entry.name, entry.name_len);
        usher_buffer_text(out, ",\"target\":");
        usher_buffer_json(out, entry.target, entry.target_len);
        usher_buffer_text(out, ",\"values\":[");
        values_write(out, &entry);
        usher_buffer_text(out, "]}");
    }
    usher_buffer_byte(out, ']');
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
    /* None: the turn ended in an error. */
    start = out->len;
    usher_buffer_text(out, ",\"input\":");
    if (!usher_turn_input_find(entries, len, &input) ||
        usher_value_to_json(out, &input, NULL) != USHER_OK)
        out->len = start;
    learned_write(out, entries, len);
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
