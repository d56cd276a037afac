/* engine/conversation/intents.c - a run's outside writes, in memory and as
 * bytes. */
#include <stdlib.h>
#include <string.h>

#include "conversation/run.h"
#include "script/value.h"

void usher_intents_clear(struct usher_intents *intents)
{
    for (size_t i = 0; i < intents->count; i++)
        usher_buffer_free(&intents->list[i].results);
    free(intents->list);
    intents->list = NULL;
    intents->count = 0;
}

void usher_intents_carry(struct usher_intents *intents)
{
    for (size_t i = 0; i < intents->count; i++)
        intents->list[i].carried = 1;
}

void usher_intents_settle(struct usher_intents *intents)
{
    for (size_t i = 0; i < intents->count; i++)
        intents->list[i].met = USHER_MET_WELL;
}

void usher_intents_unmeet(struct usher_intents *intents, int all)
{
    for (size_t i = 0; i < intents->count; i++) {
        if (all || intents->list[i].met != USHER_MET_WELL)
            intents->list[i].met = USHER_UNMET;
    }
}

void usher_intents_drop_carried(struct usher_intents *intents)
{
    size_t kept = 0;

    for (size_t i = 0; i < intents->count; i++) {
        if (intents->list[i].carried)
            usher_buffer_free(&intents->list[i].results);
        else
            intents->list[kept++] = intents->list[i];
    }
    intents->count = kept;
}

void usher_intents_write(const struct usher_intents *intents,
                         struct usher_buffer *out)
{
    usher_buffer_varint(out, intents->count);
    for (size_t i = 0; i < intents->count; i++) {
        const struct usher_intent *intent = &intents->list[i];
        int is_open = intent->state == USHER_INTENT_OPEN;

        usher_buffer_bytes(out, intent->key, strlen(intent->key));
        usher_buffer_byte(out, (int)intent->state);
        /* What an earlier sending gave is void once it is sent again. */
        usher_buffer_varint(out, is_open ? 0 : intent->count);
        usher_buffer_bytes(out, intent->results.data, intent->results.len);
    }
}

static int values_are_whole(const char *values, size_t len, uint64_t count)
{
    struct usher_reader reader;
    const char *at;
    size_t part;

    usher_reader_init(&reader, values, len);
    for (uint64_t i = 0; i < count && !reader.failed; i++)
        usher_value_skip(&reader, &at, &part);
    return !reader.failed && reader.at == reader.end;
}

static enum usher_status intent_read(struct usher_intent *intent,
                                     struct usher_reader *reader)
{
    size_t len;
    const char *text = usher_reader_bytes(reader, &len);
    uint64_t count;

    memset(intent, 0, sizeof(*intent));
    if (len >= sizeof(intent->key))
        return USHER_ERR_PARSE;
    memcpy(intent->key, text, len);
    intent->state = (enum usher_intent_state)usher_reader_byte(reader);
    count = usher_reader_varint(reader);
    text = usher_reader_bytes(reader, &len);
    /* Versions before wrote the count of an earlier sending here. */
    if (intent->state == USHER_INTENT_OPEN)
        count = 0;
    intent->count = (unsigned)count;
    usher_buffer_init(&intent->results, 0);
    if (reader->failed || intent->state > USHER_INTENT_UNCLEAR ||
        (intent->state != USHER_INTENT_OPEN &&
         !values_are_whole(text, len, count)))
        return USHER_ERR_PARSE;
    return usher_buffer_append(&intent->results, text, len);
}

enum usher_status usher_intents_read(struct usher_intents *intents,
                                     struct usher_reader *reader)
{
    uint64_t count = usher_reader_varint(reader);

    intents->list = NULL;
    intents->count = 0;
    if (count == 0 && !reader->failed)
        return USHER_OK;
    if (reader->failed || count > (uint64_t)(reader->end - reader->at))
        return USHER_ERR_PARSE;
    intents->list = calloc(count, sizeof(*intents->list));
    if (!intents->list)
        return USHER_ERR_NOMEM;
    while (intents->count < count) {
        enum usher_status st =
            intent_read(&intents->list[intents->count], reader);

        intents->count++;
        if (st != USHER_OK) {
            usher_intents_clear(intents);
            return st;
        }
    }
    return USHER_OK;
}
