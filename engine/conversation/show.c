/* engine/conversation/show.c - a stored conversation for people to read. */
#include <stdlib.h>
#include <string.h>

#include "conversation/admin.h"
#include "conversation/conversation.h"
#include "script/value.h"

static void member(struct usher_buffer *out, const char *name, const char *text,
                   size_t len)
{
    usher_buffer_printf(out, ",\"%s\":", name);
    usher_buffer_json(out, text, len);
}

static void memory_write(const struct conversation *conv,
                         struct usher_buffer *out)
{
    struct usher_reader reader;
    size_t start;

    usher_buffer_text(out, ",\"memory\":");
    start = out->len;
    usher_reader_init(&reader, conv->memory.data, conv->memory.len);
    if (conv->memory.len && usher_value_to_json(out, &reader, NULL) == USHER_OK)
        return;
    /* Empty, or with keys that JSON has no form for. */
    out->len = start;
    usher_buffer_text(out, conv->memory.len ? "null" : "{}");
}

static void messages_write(const struct usher_transcript *transcript,
                           struct usher_buffer *out)
{
    struct usher_reader reader;

    usher_reader_init(&reader, transcript->bytes.data, transcript->bytes.len);
    usher_buffer_text(out, ",\"messages\":[");
    for (unsigned i = 0; i < transcript->count && !reader.failed; i++) {
        int who = usher_reader_byte(&reader);
        size_t len;
        const char *text = usher_reader_bytes(&reader, &len);

        usher_buffer_printf(out, "%s{\"who\":\"%s\",\"text\":", i ? "," : "",
                            who == 'v' ? "visitor" : "bot");
        usher_buffer_json(out, text, len);
        usher_buffer_byte(out, '}');
    }
    usher_buffer_byte(out, ']');
}

static void conversation_write(const struct conversation *conv,
                               struct usher_buffer *out)
{
    usher_buffer_text(out, "{\"key\":");
    usher_buffer_json(out, conv->key, conv->key_len);
    usher_buffer_printf(out, ",\"turns\":%lld,\"touched_at\":%lld",
                        (long long)conv->seq,
                        (long long)(conv->touched_ms / 1000));
    if (conv->has_run) {
        member(out, "flow", conv->run.flow, strlen(conv->run.flow));
        member(out, "version", conv->version, strlen(conv->version));
    }
    usher_buffer_printf(out, ",\"waits\":%s",
                        conv->has_run && conv->pending ? "true" : "false");
    memory_write(conv, out);
    messages_write(&conv->transcript, out);
    usher_buffer_text(out, "}\n");
}

struct show {
    struct conversation *conv;
    enum usher_status status;
    int done;
};

static void loaded(void *user, enum usher_status status,
                   const struct usher_stored_conversation *found)
{
    struct show *show = user;

    if (status == USHER_OK && found->seq == 0 && found->row_count == 0)
        status = USHER_ERR_NOT_FOUND;
    if (status == USHER_OK)
        status = head_read(show->conv, found);
    show->status = status;
    show->done = 1;
}

enum usher_status usher_conversation_load(const struct usher_admin *admin,
                                          const char *key, size_t len,
                                          struct conversation **out)
{
    struct show show = {NULL, USHER_ERR_NOT_FOUND, 0};

    *out = NULL;
    if (len >= USHER_KEY_MAX)
        return USHER_ERR_NOT_FOUND;
    show.conv = conversation_scratch(key, len);
    if (!show.conv)
        return USHER_ERR_NOMEM;
    (void)usher_store_load(admin->store, key, len, admin->loop, loaded, &show);
    while (!show.done)
        usher_loop_step(admin->loop, -1);
    *out = show.conv;
    return show.status;
}

enum usher_status usher_conversation_show(const struct usher_admin *admin,
                                          const char *key,
                                          struct usher_buffer *out)
{
    struct conversation *conv;
    enum usher_status st =
        usher_conversation_load(admin, key, strlen(key), &conv);

    if (st == USHER_OK)
        conversation_write(conv, out);
    if (conv)
        conversation_memory_free(conv);
    return st;
}
