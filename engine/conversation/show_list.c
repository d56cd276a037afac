/* engine/conversation/show_list.c - the last conversations, all or those in
 * which something stands. Each is loaded, the newest first, 0.1 ms each. A
 * running engine has other things to do between two steps. */
#include <stdlib.h>
#include <string.h>

#include "conversation/show_find.h"

#define FIRST_BYTES 80     /* of the first words */
#define SEARCHED_MAX 10000 /* conversations */
#define STEP 16            /* conversations */
#define LIST_DEFAULT 50
#define LIST_MAX 1000

struct usher_listing {
    const struct usher_admin *admin;
    struct usher_buffer *out;
    size_t limit, listed, looked;
    int is_search;
    struct usher_find find;
    struct usher_buffer rows; /* of those that are to be looked at */
    struct usher_reader row;  /* the next one */
    enum usher_status status;
};

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

/* ---- step by step ---- */

static int row_each(void *user, const char *key, size_t key_len, int64_t seq,
                    int64_t updated_ms)
{
    struct usher_buffer *rows = user;

    usher_buffer_bytes(rows, key, key_len);
    usher_buffer_append(rows, &seq, sizeof(seq));
    usher_buffer_append(rows, &updated_ms, sizeof(updated_ms));
    return rows->failed;
}

static enum usher_status rows_read(struct usher_listing *listing)
{
    struct usher_store *store = listing->admin->store;
    enum usher_status st = USHER_OK;

    if (listing->is_search)
        st = usher_find_tasks(&listing->find, store);
    if (st == USHER_OK)
        st = usher_store_conversations(
            store, listing->is_search ? SEARCHED_MAX : listing->limit, row_each,
            &listing->rows);
    usher_reader_init(&listing->row, listing->rows.data, listing->rows.len);
    return st == USHER_OK && listing->rows.failed ? USHER_ERR_NOMEM : st;
}

unsigned usher_listing_new(const struct usher_admin *admin, const char *limit,
                           const char *search, struct usher_buffer *out,
                           struct usher_listing **listing_out)
{
    struct usher_listing *listing;
    char *end = NULL;
    long most = limit ? strtol(limit, &end, 10) : LIST_DEFAULT;

    *listing_out = NULL;
    if (most < 1 || most > LIST_MAX || (end && *end))
        return usher_admin_fail(out, 422,
                                "the limit must be a number from 1 to 1000");
    listing = calloc(1, sizeof(*listing));
    if (!listing)
        return usher_admin_fail(out, 503, "not enough memory");
    listing->admin = admin;
    listing->out = out;
    listing->limit = (size_t)most;
    listing->is_search = search && search[0];
    if (listing->is_search)
        usher_find_set(&listing->find, search);
    listing->status = rows_read(listing);
    usher_buffer_text(out, "{\"conversations\":[");
    *listing_out = listing;
    return 0;
}

static int row_take(struct usher_listing *listing, const char **key,
                    size_t *key_len, int64_t *seq, int64_t *updated_ms)
{
    struct usher_reader *row = &listing->row;

    if (row->at >= row->end)
        return 0;
    *key = usher_reader_bytes(row, key_len);
    memcpy(seq, row->at, sizeof(*seq));
    memcpy(updated_ms, row->at + sizeof(*seq), sizeof(*updated_ms));
    row->at += sizeof(*seq) + sizeof(*updated_ms);
    return 1;
}

/* One that is forgotten by now is passed over. */
static void row_look(struct usher_listing *listing, const char *key,
                     size_t key_len, int64_t seq, int64_t updated_ms)
{
    struct conversation *conv;
    enum usher_status st =
        usher_conversation_load(listing->admin, key, key_len, &conv);
    int is_known = st == USHER_OK || st == USHER_ERR_PARSE;

    listing->looked++;
    if (is_known &&
        (!listing->is_search || usher_find_is_in(&listing->find, conv))) {
        entry_write(conv, seq, updated_ms, st == USHER_ERR_PARSE, listing->out);
        listing->listed++;
    }
    if (!is_known && st != USHER_ERR_NOT_FOUND)
        listing->status = st;
    if (conv)
        conversation_memory_free(conv);
}

int usher_listing_step(struct usher_listing *listing)
{
    for (int i = 0; i < STEP; i++) {
        const char *key;
        size_t key_len;
        int64_t seq, updated_ms;

        if (listing->status != USHER_OK || listing->listed == listing->limit ||
            !row_take(listing, &key, &key_len, &seq, &updated_ms))
            return 1;
        row_look(listing, key, key_len, seq, updated_ms);
    }
    return 0;
}

unsigned usher_listing_end(struct usher_listing *listing)
{
    unsigned status = 200;

    usher_buffer_printf(listing->out, "],\"looked\":%zu,\"most\":%d}\n",
                        listing->looked, SEARCHED_MAX);
    if (listing->status != USHER_OK || usher_find_failed(&listing->find) ||
        listing->out->failed)
        status = usher_admin_fail(listing->out, 503,
                                  "the store cannot be read; /readyz says why");
    usher_listing_free(listing);
    return status;
}

void usher_listing_free(struct usher_listing *listing)
{
    usher_find_free(&listing->find);
    usher_buffer_free(&listing->rows);
    free(listing);
}
