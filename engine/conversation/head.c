/* engine/conversation/head.c - a conversation's head and rows as bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/internal.h"
#include "script/value.h"

/* Written first; raised when the layout changes. Heads of format 2, which have
 * no list of calls, are read, too. */
#define HEAD_FORMAT 3
#define HEAD_WITHOUT_SEEN 2

enum head_run { HEAD_NO_RUN, HEAD_PENDING, HEAD_FIRST_TURN, HEAD_RETRY };

static void put(struct usher_buffer *out, const struct usher_buffer *bytes)
{
    usher_buffer_bytes(out, bytes->data, bytes->len);
}

static void put_text(struct usher_buffer *out, const char *text)
{
    usher_buffer_bytes(out, text, strlen(text));
}

static void run_write(const struct conversation *conv, struct usher_buffer *out)
{
    put_text(out, conv->run.flow);
    put_text(out, conv->version);
    usher_buffer_varint(out, (uint64_t)conv->first_seq);
    put(out, &conv->run.memory_start);
    put(out, &conv->run.counts_start);
    usher_intents_write(&conv->run.intents, out);
    usher_buffer_byte(out, conv->unfinished);
    if (conv->unfinished) {
        usher_buffer_varint(out, conv->unfinished_print);
        put(out, &conv->unfinished_entries);
    }
}

static size_t seen_count(const struct conversation *conv)
{
    size_t count = 0;

    while (count < USHER_SEEN_MAX && conv->seen[count])
        count++;
    return count;
}

static void seen_write(const struct conversation *conv,
                       struct usher_buffer *out)
{
    size_t count = seen_count(conv);

    usher_buffer_varint(out, count);
    for (size_t i = 0; i < count; i++)
        for (int shift = 0; shift < 64; shift += 8)
            usher_buffer_byte(out, (int)(conv->seen[i] >> shift & 0xff));
}

static void seen_read(struct conversation *conv, struct usher_reader *reader)
{
    uint64_t count = usher_reader_varint(reader);

    if (count > USHER_SEEN_MAX) {
        reader->failed = 1;
        return;
    }
    for (size_t i = 0; i < count; i++)
        for (int shift = 0; shift < 64; shift += 8)
            conv->seen[i] |= (uint64_t)(unsigned)usher_reader_byte(reader)
                             << shift;
}

void head_write(const struct conversation *conv, struct usher_buffer *out)
{
    usher_buffer_byte(out, HEAD_FORMAT);
    usher_buffer_varint(out, conv->run_number);
    usher_transcript_write(&conv->transcript, out);
    put(out, &conv->memory);
    put(out, &conv->offered);
    put(out, &conv->undelivered);
    put_text(out, conv->request_id);
    usher_buffer_varint(out, conv->fingerprint);
    seen_write(conv, out);
    usher_buffer_byte(out, conv->owed);
    /* Only a call with an id can be asked about again. */
    if (conv->request_id[0] || seen_count(conv) || conv->owed)
        put(out, &conv->recorded);
    else
        put_text(out, "");
    usher_buffer_varint(out, (uint64_t)conv->touched_ms);
    if (conv->has_run && conv->pending) {
        usher_buffer_byte(out, HEAD_PENDING);
        run_write(conv, out);
    } else if (conv->has_run) {
        usher_buffer_byte(out, HEAD_FIRST_TURN);
        run_write(conv, out);
    } else if (conv->retry) {
        usher_buffer_byte(out, HEAD_RETRY);
        usher_intents_write(&conv->retry_intents, out);
    } else {
        usher_buffer_byte(out, HEAD_NO_RUN);
    }
    /* Heads written before end here, and who reads those looks no further. */
    if (conv->earlier.len || conv->drawn.len) {
        put(out, &conv->earlier);
        put(out, &conv->drawn);
    }
}

static void take(struct usher_reader *reader, struct usher_buffer *out)
{
    size_t len;
    const char *bytes = usher_reader_bytes(reader, &len);

    usher_buffer_clear(out);
    usher_buffer_append(out, bytes, len);
}

static void take_text(struct usher_reader *reader, char *out, size_t size)
{
    size_t len;
    const char *text = usher_reader_bytes(reader, &len);

    if (len >= size) {
        reader->failed = 1;
        len = 0;
    }
    memcpy(out, text, len);
    out[len] = '\0';
}

static enum usher_status run_read(struct conversation *conv,
                                  struct usher_reader *reader, int pending)
{
    char flow[USHER_NAME_MAX + 1];
    enum usher_status st;

    take_text(reader, flow, sizeof(flow));
    usher_run_init(&conv->run, NULL, flow, conv, NULL);
    take_text(reader, conv->version, sizeof(conv->version));
    conv->first_seq = (int64_t)usher_reader_varint(reader);
    take(reader, &conv->run.memory_start);
    take(reader, &conv->run.counts_start);
    st = usher_intents_read(&conv->run.intents, reader);
    if (st != USHER_OK)
        return st;
    conv->unfinished = usher_reader_byte(reader) == 1;
    if (conv->unfinished) {
        conv->unfinished_print = usher_reader_varint(reader);
        take(reader, &conv->unfinished_entries);
    }
    conv->has_run = 1;
    conv->pending = pending;
    return USHER_OK;
}

/* A row: flow, answer, entries: of flows that went on with another one in this
 * turn, then of the last. */
void row_write(const struct conversation *conv, struct usher_buffer *out)
{
    const struct usher_buffer *journal = &conv->run.journal;
    size_t from = conv->has_run ? conv->run.turn_start : 0;
    size_t before = conv->before.failed ? 0 : conv->before.len;

    put_text(out, conv->run.flow);
    put(out, &conv->recorded);
    usher_buffer_varint(out, before + journal->len - from);
    usher_buffer_append(out, conv->before.data, before);
    usher_buffer_append(out, journal->data ? journal->data + from : NULL,
                        journal->len - from);
}

static enum usher_status row_read(struct conversation *conv,
                                  const struct usher_stored_row *row)
{
    struct usher_reader reader;
    const char *entries;
    size_t len, flow_len, from;

    if (row->kind != 't' || row->seq < conv->first_seq)
        return USHER_OK;
    usher_reader_init(&reader, row->data, row->len);
    (void)usher_reader_bytes(&reader, &flow_len);
    (void)usher_reader_bytes(&reader, &len);
    entries = usher_reader_bytes(&reader, &len);
    if (reader.failed || reader.at != reader.end || flow_len > USHER_NAME_MAX ||
        !usher_entries_are_whole(entries, len))
        return USHER_ERR_PARSE;
    from = usher_entries_last_start(entries, len);
    usher_buffer_append(&conv->run.journal, entries + from, len - from);
    return USHER_OK;
}

/* Nothing, or one value. */
static int is_value(const struct usher_buffer *bytes)
{
    struct usher_reader reader;
    const char *at;
    size_t len;

    if (!bytes->len)
        return 1;
    usher_reader_init(&reader, bytes->data, bytes->len);
    usher_value_skip(&reader, &at, &len);
    return !reader.failed && reader.at == reader.end;
}

/* What a turn will read later: it must not find out in the middle. */
static int is_whole(const struct conversation *conv)
{
    const struct usher_buffer *entries = &conv->unfinished_entries;

    return is_value(&conv->memory) && is_value(&conv->run.memory_start) &&
           usher_transcript_is_whole(&conv->transcript) &&
           (!conv->unfinished ||
            usher_entries_are_whole(entries->data, entries->len));
}

/* Some of it found no memory. */
static int is_short(const struct conversation *conv)
{
    const struct usher_run *run = &conv->run;

    return conv->memory.failed || conv->offered.failed ||
           conv->undelivered.failed || conv->recorded.failed ||
           conv->unfinished_entries.failed || conv->earlier.failed ||
           conv->drawn.failed || run->journal.failed ||
           run->memory_start.failed || run->counts_start.failed;
}

enum usher_status head_read(struct conversation *conv,
                            const struct usher_stored_conversation *found)
{
    struct usher_reader reader;
    enum usher_status st;
    int format, kind;

    conv->seq = found->seq;
    conv->pinned[0] = '\0';
    if (found->seq == 0)
        return USHER_OK;
    usher_reader_init(&reader, found->head, found->head_len);
    format = usher_reader_byte(&reader);
    if (format != HEAD_FORMAT && format != HEAD_WITHOUT_SEEN)
        return USHER_ERR_PARSE;
    conv->run_number = usher_reader_varint(&reader);
    st = usher_transcript_read(&conv->transcript, &reader);
    if (st != USHER_OK)
        return st;
    take(&reader, &conv->memory);
    take(&reader, &conv->offered);
    take(&reader, &conv->undelivered);
    take_text(&reader, conv->request_id, sizeof(conv->request_id));
    conv->fingerprint = usher_reader_varint(&reader);
    if (format != HEAD_WITHOUT_SEEN)
        seen_read(conv, &reader);
    conv->owed = usher_reader_byte(&reader) == 1;
    take(&reader, &conv->recorded);
    conv->touched_ms = (int64_t)usher_reader_varint(&reader);
    kind = usher_reader_byte(&reader);
    if (kind > HEAD_RETRY)
        return USHER_ERR_PARSE;
    if (kind == HEAD_PENDING || kind == HEAD_FIRST_TURN) {
        st = run_read(conv, &reader, kind == HEAD_PENDING);
        snprintf(conv->pinned, sizeof(conv->pinned), "%s", conv->version);
        for (size_t i = 0; st == USHER_OK && i < found->row_count; i++)
            st = row_read(conv, &found->rows[i]);
    } else if (kind == HEAD_RETRY) {
        conv->retry = 1;
        st = usher_intents_read(&conv->retry_intents, &reader);
    }
    if (st == USHER_OK && reader.at < reader.end) {
        take(&reader, &conv->earlier);
        take(&reader, &conv->drawn);
    }
    if (st == USHER_OK && is_short(conv))
        return USHER_ERR_NOMEM;
    if (st == USHER_OK &&
        (reader.failed || reader.at != reader.end || !is_whole(conv)))
        st = USHER_ERR_PARSE;
    return st;
}
