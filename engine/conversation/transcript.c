/* engine/conversation/transcript.c - the last messages of a conversation. */
#include "conversation/transcript.h"

#include <string.h>

#include "script/value.h"

void usher_transcript_init(struct usher_transcript *transcript)
{
    usher_buffer_init(&transcript->bytes, 0);
    transcript->count = 0;
}

void usher_transcript_free(struct usher_transcript *transcript)
{
    usher_buffer_free(&transcript->bytes);
    transcript->count = 0;
}

static void drop_oldest(struct usher_transcript *transcript)
{
    struct usher_buffer *bytes = &transcript->bytes;
    struct usher_reader reader;
    size_t len;

    usher_reader_init(&reader, bytes->data, bytes->len);
    (void)usher_reader_byte(&reader);
    (void)usher_reader_bytes(&reader, &len);
    bytes->len = (size_t)(reader.end - reader.at);
    memmove(bytes->data, reader.at, bytes->len);
    transcript->count--;
}

void usher_transcript_add(struct usher_transcript *transcript, char who,
                          const char *text, size_t len)
{
    if (len > USHER_TRANSCRIPT_TEXT_MAX) {
        len = USHER_TRANSCRIPT_TEXT_MAX;
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
    }
    if (transcript->count == USHER_TRANSCRIPT_MAX)
        drop_oldest(transcript);
    usher_buffer_byte(&transcript->bytes, who);
    usher_buffer_bytes(&transcript->bytes, text, len);
    transcript->count++;
}

void usher_transcript_write(const struct usher_transcript *transcript,
                            struct usher_buffer *out)
{
    usher_buffer_varint(out, transcript->count);
    usher_buffer_bytes(out, transcript->bytes.data, transcript->bytes.len);
}

enum usher_status usher_transcript_read(struct usher_transcript *transcript,
                                        struct usher_reader *reader)
{
    size_t len;
    const char *bytes;

    uint64_t count = usher_reader_varint(reader);

    bytes = usher_reader_bytes(reader, &len);
    usher_buffer_clear(&transcript->bytes);
    transcript->count = 0;
    if (reader->failed || count > USHER_TRANSCRIPT_MAX)
        return USHER_ERR_PARSE;
    transcript->count = (unsigned)count;
    return usher_buffer_append(&transcript->bytes, bytes, len);
}

int usher_transcript_is_whole(const struct usher_transcript *transcript)
{
    struct usher_reader reader;
    size_t len;

    usher_reader_init(&reader, transcript->bytes.data, transcript->bytes.len);
    for (unsigned i = 0; i < transcript->count; i++) {
        (void)usher_reader_byte(&reader);
        (void)usher_reader_bytes(&reader, &len);
    }
    return !reader.failed && reader.at == reader.end;
}

void usher_transcript_push(lua_State *L,
                           const struct usher_transcript *transcript)
{
    struct usher_reader reader;
    size_t len;

    usher_reader_init(&reader, transcript->bytes.data, transcript->bytes.len);
    lua_createtable(L, (int)transcript->count, 0);
    for (unsigned i = 1; i <= transcript->count; i++) {
        int who = usher_reader_byte(&reader);
        const char *text = usher_reader_bytes(&reader, &len);

        lua_createtable(L, 0, 2);
        lua_pushstring(L, who == 'v' ? "visitor" : "bot");
        lua_setfield(L, -2, "who");
        lua_pushlstring(L, text, len);
        lua_setfield(L, -2, "text");
        lua_rawseti(L, -2, (lua_Integer)i);
    }
}

/* The members in the order of their names: as usher_value_encode() does it. */
void usher_transcript_encode(const struct usher_transcript *transcript,
                             struct usher_buffer *out)
{
    struct usher_reader reader;
    size_t len;

    usher_reader_init(&reader, transcript->bytes.data, transcript->bytes.len);
    usher_value_table(out, transcript->count, 0);
    for (unsigned i = 0; i < transcript->count; i++) {
        int visitor = usher_reader_byte(&reader) == 'v';
        const char *text = usher_reader_bytes(&reader, &len);

        usher_value_table(out, 0, 2);
        usher_value_string(out, "text", 4);
        usher_value_string(out, text, len);
        usher_value_string(out, "who", 3);
        usher_value_string(out, visitor ? "visitor" : "bot", visitor ? 7 : 3);
    }
}
