/* engine/conversation/show_list.c - the last conversations, all or those in
 * which something stands. What is searched is loaded, one after the other and
 * the newest first: about 0.1 ms each. */
#include <ctype.h>
#include <string.h>

#include "conversation/admin.h"
#include "conversation/conversation.h"
#include "core/utf8.h"
#include "script/value.h"

#define FIRST_BYTES 80     /* of the first words */
#define SEARCHED_MAX 10000 /* conversations */
#define TASKS_MAX 1000     /* conversations that are found by their tasks */
#define DIGITS_MIN 4       /* fewer are words, not a number */

struct listing {
    const struct usher_admin *admin;
    struct usher_buffer *out;
    size_t limit, listed, looked;
    struct usher_buffer wanted; /* small letters; empty: all are */
    struct usher_buffer
        digits; /* the number that is looked for, if it is one */
    struct usher_buffer text, figures; /* of the conversation at hand */
    struct usher_buffer keys;          /* of the tasks in which it stands */
    size_t key_count;
};

/* ---- what stands in it ---- */

static int has(const struct usher_buffer *text, const struct usher_buffer *part)
{
    return part->len && text->len &&
           memmem(text->data, text->len, part->data, part->len) != NULL;
}

static void lower_add(struct usher_buffer *out, const char *text, size_t len)
{
    size_t start = out->len;

    usher_buffer_append(out, text, len);
    for (size_t i = start; i < out->len; i++)
        out->data[i] = (char)tolower((unsigned char)out->data[i]);
}

/* Figures that signs and blanks within a number keep apart stand together. */
static void figures_of(const char *text, size_t len, struct usher_buffer *out)
{
    usher_buffer_clear(out);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (isdigit(c))
            usher_buffer_byte(out, c);
        else if (!strchr(" -().+/", c) || !c)
            usher_buffer_byte(out, '|');
    }
}

static int stands(struct listing *listing)
{
    if (has(&listing->text, &listing->wanted))
        return 1;
    if (!listing->digits.len)
        return 0;
    figures_of(listing->text.data, listing->text.len, &listing->figures);
    return has(&listing->figures, &listing->digits);
}

/* "098765 43210", "+91 98765 43210": a number as people write it. What stands
 * before its last ten figures, they may leave out. */
static void wanted_set(struct listing *listing, const char *search)
{
    struct usher_buffer *digits = &listing->digits;
    size_t begins = 0, len = strlen(search);

    lower_add(&listing->wanted, search, len);
    if (search[strspn(search, "0123456789 -().+/")])
        return;
    figures_of(search, len, digits);
    while (begins < digits->len && digits->data[begins] == '0')
        begins++;
    if (digits->len > begins + 10)
        begins = digits->len - 10;
    if (digits->len < begins + DIGITS_MIN) {
        usher_buffer_clear(digits);
        return;
    }
    memmove(digits->data, digits->data + begins, digits->len - begins);
    digits->len -= begins;
}

static void value_add(struct usher_buffer *out, const char *bytes, size_t len)
{
    struct usher_reader reader;
    size_t start = out->len;

    if (!len)
        return;
    usher_reader_init(&reader, bytes, len);
    if (usher_value_to_json(out, &reader, NULL) != USHER_OK) {
        out->len = start;
        return;
    }
    for (size_t i = start; i < out->len; i++)
        out->data[i] = (char)tolower((unsigned char)out->data[i]);
}

/* Key, what was said, what is remembered, and the visitor as SalesIQ told
 * them in the turns that are kept. */
static void text_fill(const struct conversation *conv, struct usher_buffer *out)
{
    struct usher_reader reader;
    size_t len;

    usher_buffer_clear(out);
    lower_add(out, conv->key, conv->key_len);
    usher_reader_init(&reader, conv->transcript.bytes.data,
                      conv->transcript.bytes.len);
    for (unsigned i = 0; i < conv->transcript.count; i++) {
        const char *text;

        (void)usher_reader_byte(&reader);
        text = usher_reader_bytes(&reader, &len);
        usher_buffer_byte(out, '\n');
        lower_add(out, text, len);
    }
    usher_buffer_byte(out, '\n');
    value_add(out, conv->memory.data, conv->memory.len);
    if (conv->has_run &&
        usher_turn_input_find(conv->run.journal.data, conv->run.journal.len,
                              &reader)) {
        usher_buffer_byte(out, '\n');
        value_add(out, reader.at, (size_t)(reader.end - reader.at));
    }
}

/* ---- the tasks ---- */

static int is_of_task(const struct listing *listing, const char *key,
                      size_t key_len)
{
    struct usher_reader reader;

    usher_reader_init(&reader, listing->keys.data, listing->keys.len);
    for (size_t i = 0; i < listing->key_count; i++) {
        size_t len;
        const char *one = usher_reader_bytes(&reader, &len);

        if (len == key_len && memcmp(one, key, len) == 0)
            return 1;
    }
    return 0;
}

/* What a task was given names people who have ended their talk. */
static int task_each(void *user, const struct usher_task_row *row)
{
    struct listing *listing = user;

    if (!row->conversation || !row->conversation_len)
        return 0;
    usher_buffer_clear(&listing->text);
    lower_add(&listing->text, row->data, row->data_len);
    if (stands(listing) &&
        !is_of_task(listing, row->conversation, row->conversation_len)) {
        usher_buffer_bytes(&listing->keys, row->conversation,
                           row->conversation_len);
        listing->key_count++;
    }
    return listing->key_count == TASKS_MAX;
}

static enum usher_status tasks_search(struct listing *listing)
{
    unsigned all = 1u << USHER_TASK_READY | 1u << USHER_TASK_PAUSED |
                   1u << USHER_TASK_DEAD | 1u << USHER_TASK_DONE;

    return usher_store_tasks(listing->admin->store, all, task_each, listing);
}

/* ---- the list ---- */

/* The oldest words of the visitor that are kept. */
static void first_write(const struct conversation *conv,
                        struct usher_buffer *out)
{
    struct usher_reader reader;
    size_t len;

    usher_reader_init(&reader, conv->transcript.bytes.data,
                      conv->transcript.bytes.len);
    for (unsigned i = 0; i < conv->transcript.count; i++) {
        int who = usher_reader_byte(&reader);
        const char *text = usher_reader_bytes(&reader, &len);
        int is_cut = len > FIRST_BYTES;

        if (who != 'v')
            continue;
        if (is_cut)
            len = FIRST_BYTES;
        while (is_cut && len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
        usher_buffer_text(out, ",\"first\":");
        usher_buffer_json(out, text, len);
        return;
    }
}

static void entry_write(const struct conversation *conv, int64_t seq,
                        int64_t updated_ms, int is_unreadable,
                        struct usher_buffer *out)
{
    usher_buffer_text(out, out->data[out->len - 1] == '[' ? "{\"key\":"
                                                          : ",{\"key\":");
    usher_buffer_json(out, conv->key, conv->key_len);
    usher_buffer_printf(out, ",\"turns\":%lld,\"touched_at\":%lld",
                        (long long)seq, (long long)(updated_ms / 1000));
    if (is_unreadable) {
        usher_buffer_text(out, ",\"unreadable\":true}");
        return;
    }
    if (conv->has_run) {
        usher_buffer_text(out, ",\"flow\":");
        usher_buffer_json(out, conv->run.flow, strlen(conv->run.flow));
    }
    usher_buffer_printf(out, ",\"waits\":%s",
                        conv->has_run && conv->pending ? "true" : "false");
    first_write(conv, out);
    usher_buffer_byte(out, '}');
}

static int is_wanted(struct listing *listing, const struct conversation *conv)
{
    if (!listing->wanted.len || is_of_task(listing, conv->key, conv->key_len))
        return 1;
    text_fill(conv, &listing->text);
    return stands(listing);
}

static int conversation_each(void *user, const char *key, size_t key_len,
                             int64_t seq, int64_t updated_ms)
{
    struct listing *listing = user;
    struct conversation *conv;
    enum usher_status st =
        usher_conversation_load(listing->admin, key, key_len, &conv);

    listing->looked++;
    if (conv && (st == USHER_OK || st == USHER_ERR_PARSE) &&
        is_wanted(listing, conv)) {
        entry_write(conv, seq, updated_ms, st == USHER_ERR_PARSE, listing->out);
        listing->listed++;
    }
    if (conv)
        conversation_memory_free(conv);
    return listing->listed == listing->limit;
}

enum usher_status usher_conversations_list(const struct usher_admin *admin,
                                           size_t limit, const char *search,
                                           struct usher_buffer *out)
{
    struct listing listing = {.admin = admin, .out = out, .limit = limit};
    size_t most = limit;
    enum usher_status st = USHER_OK;

    usher_buffer_text(out, "{\"conversations\":[");
    if (search && search[0]) {
        most = SEARCHED_MAX;
        wanted_set(&listing, search);
        st = tasks_search(&listing);
    }
    if (st == USHER_OK)
        st = usher_store_conversations(admin->store, most, conversation_each,
                                       &listing);
    usher_buffer_printf(out, "],\"looked\":%zu,\"most\":%d}\n", listing.looked,
                        SEARCHED_MAX);
    if (st == USHER_OK &&
        (listing.wanted.failed || listing.digits.failed ||
         listing.text.failed || listing.figures.failed || listing.keys.failed))
        st = USHER_ERR_NOMEM;
    usher_buffer_free(&listing.wanted);
    usher_buffer_free(&listing.digits);
    usher_buffer_free(&listing.text);
    usher_buffer_free(&listing.figures);
    usher_buffer_free(&listing.keys);
    return st;
}
