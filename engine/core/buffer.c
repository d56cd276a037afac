/* engine/core/buffer.c - a growing run of bytes with a maximum. */
#include "core/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

#define FIRST_CAP 64
#define SECOND_CAP 1024

void usher_buffer_init(struct usher_buffer *buffer, size_t max)
{
    *buffer = (struct usher_buffer){.max = max};
}

void usher_buffer_free(struct usher_buffer *buffer)
{
    free(buffer->data);
    usher_buffer_init(buffer, buffer->max);
}

void usher_buffer_wipe(struct usher_buffer *buffer)
{
    if (buffer->data)
        explicit_bzero(buffer->data, buffer->cap);
    usher_buffer_free(buffer);
}

void usher_buffer_clear(struct usher_buffer *buffer)
{
    buffer->len = 0;
    buffer->failed = 0;
    if (buffer->data)
        buffer->data[0] = '\0';
}

void usher_buffer_rest(struct usher_buffer *buffer, size_t keep)
{
    if (buffer->cap > keep)
        usher_buffer_free(buffer);
    else
        usher_buffer_clear(buffer);
}

void usher_text_copy(char *out, size_t size, const char *text)
{
    size_t len = strnlen(text, size - 1);

    memcpy(out, text, len);
    out[len] = '\0';
}

/* Grows data so that `need` bytes and the closing 0 fit. */
static enum usher_status buffer_grow(struct usher_buffer *buffer, size_t need)
{
    size_t cap = buffer->cap ? buffer->cap : FIRST_CAP;
    char *data;

    /* In few steps to what most of them come to. */
    while (cap <= need && cap < SECOND_CAP)
        cap *= 4;
    while (cap <= need)
        cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
    if (buffer->max && cap > buffer->max && buffer->max < SIZE_MAX)
        cap = buffer->max + 1;
    data = realloc(buffer->data, cap);
    if (!data)
        return USHER_ERR_NOMEM;
    buffer->data = data;
    buffer->cap = cap;
    return USHER_OK;
}

static enum usher_status buffer_check(struct usher_buffer *buffer, size_t more)
{
    enum usher_status st = USHER_OK;

    if (buffer->failed)
        return (enum usher_status)buffer->failed;
    if (more >= SIZE_MAX - buffer->len ||
        (buffer->max && buffer->len + more > buffer->max))
        st = USHER_ERR_LIMIT;
    else if (buffer->len + more >= buffer->cap)
        st = buffer_grow(buffer, buffer->len + more);
    buffer->failed = (int)st;
    return st;
}

/* Mostly there is room, and no call is needed to know it. */
static inline enum usher_status buffer_room(struct usher_buffer *buffer,
                                            size_t more)
{
    if (more < buffer->cap - buffer->len && !buffer->failed &&
        (!buffer->max || buffer->len + more <= buffer->max))
        return USHER_OK;
    return buffer_check(buffer, more);
}

char *usher_buffer_reserve(struct usher_buffer *buffer, size_t more)
{
    if (buffer_room(buffer, more) != USHER_OK)
        return NULL;
    buffer->data[buffer->len + more] = '\0';
    return buffer->data + buffer->len;
}

enum usher_status usher_buffer_append(struct usher_buffer *buffer,
                                      const void *data, size_t len)
{
    enum usher_status st = buffer_room(buffer, len);

    if (st != USHER_OK)
        return st;
    if (len > 0)
        memcpy(buffer->data + buffer->len, data, len);
    buffer->len += len;
    buffer->data[buffer->len] = '\0';
    return USHER_OK;
}

enum usher_status usher_buffer_text(struct usher_buffer *buffer,
                                    const char *text)
{
    return usher_buffer_append(buffer, text, strlen(text));
}

enum usher_status usher_buffer_byte(struct usher_buffer *buffer, int byte)
{
    enum usher_status st = buffer_room(buffer, 1);

    if (st != USHER_OK)
        return st;
    buffer->data[buffer->len++] = (char)byte;
    buffer->data[buffer->len] = '\0';
    return USHER_OK;
}

enum usher_status usher_buffer_printf(struct usher_buffer *buffer,
                                      const char *format, ...)
{
    /* Mostly there is room, and once is enough. */
    size_t room = buffer->failed ? 0 : buffer->cap - buffer->len;
    char *place = room > 0 ? buffer->data + buffer->len : NULL;
    va_list args, again;
    int need;

    va_start(args, format);
    va_copy(again, args);
    need = vsnprintf(place, room, format, args);
    va_end(args);
    place = need < 0 ? NULL : usher_buffer_reserve(buffer, (size_t)need);
    if (place) {
        if ((size_t)need >= room)
            (void)vsnprintf(place, (size_t)need + 1, format, again);
        buffer->len += (size_t)need;
    } else {
        if (room > 0)
            buffer->data[buffer->len] = '\0';
        if (!buffer->failed)
            buffer->failed = USHER_ERR_INVALID;
    }
    va_end(again);
    return (enum usher_status)buffer->failed;
}

enum usher_status usher_buffer_integer(struct usher_buffer *buffer,
                                       int64_t value)
{
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0)
        digits[--at] = '-';
    return usher_buffer_append(buffer, digits + at, sizeof(digits) - at);
}

enum usher_status usher_buffer_hex(struct usher_buffer *buffer,
                                   unsigned char byte)
{
    static const char digits[] = "0123456789ABCDEF";
    char two[2] = {digits[byte >> 4], digits[byte & 15]};

    return usher_buffer_append(buffer, two, 2);
}

static int is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

void usher_buffer_escape(struct usher_buffer *buffer, const char *text,
                         size_t len, const char *also)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (is_unreserved(c) || (c && strchr(also, c)))
            usher_buffer_byte(buffer, c);
        else {
            usher_buffer_byte(buffer, '%');
            usher_buffer_hex(buffer, c);
        }
    }
}

/* How many bytes from `at` on can stand in a JSON string as they are. */
static size_t json_plain(const unsigned char *at, size_t left)
{
    size_t n = 0;

    for (;;) {
        size_t len;

        n += usher_ascii_plain((const char *)at + n, left - n);
        if (n == left || at[n] < 0x80)
            return n;
        len = usher_utf8_length(at + n, left - n);
        if (len == 0)
            return n;
        n += len;
    }
}

static void json_escape(struct usher_buffer *buffer, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t";
    static const char to[] = "\"\\bfnrt";
    static const char hex[] = "0123456789abcdef";
    const char *found = c ? strchr(from, c) : NULL;

    if (c >= 0x80)
        usher_buffer_append(buffer, "\xEF\xBF\xBD", 3); /* U+FFFD */
    else if (found) {
        usher_buffer_byte(buffer, '\\');
        usher_buffer_byte(buffer, to[found - from]);
    } else {
        char code[] = {'\\',       'u', '0', '0', (char)('0' + (c >> 4)),
                       hex[c & 15]};

        usher_buffer_append(buffer, code, sizeof(code));
    }
}

enum usher_status usher_buffer_json(struct usher_buffer *buffer,
                                    const char *text, size_t len)
{
    const unsigned char *at = (const unsigned char *)text;

    usher_buffer_byte(buffer, '"');
    while (len > 0 && !buffer->failed) {
        size_t plain = json_plain(at, len);
        usher_buffer_append(buffer, at, plain);
        at += plain;
        len -= plain;
        if (len > 0) {
            json_escape(buffer, *at);
            at++;
            len--;
        }
    }
    return usher_buffer_byte(buffer, '"');
}

enum usher_status usher_buffer_varint(struct usher_buffer *buffer,
                                      uint64_t value)
{
    unsigned char bytes[10];
    size_t n = 0;

    if (value < 0x80)
        return usher_buffer_byte(buffer, (int)value);
    while (value >= 0x80) {
        bytes[n++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    bytes[n++] = (unsigned char)value;
    return usher_buffer_append(buffer, bytes, n);
}

enum usher_status usher_buffer_bytes(struct usher_buffer *buffer,
                                     const void *data, size_t len)
{
    char *at;

    if (len >= 0x80 || buffer_room(buffer, len + 1) != USHER_OK) {
        usher_buffer_varint(buffer, len);
        return usher_buffer_append(buffer, data, len);
    }
    at = buffer->data + buffer->len; /* short, and there is room: at once */
    *at++ = (char)len;
    if (len > 0)
        memcpy(at, data, len);
    at[len] = '\0';
    buffer->len += len + 1;
    return USHER_OK;
}

char *usher_buffer_take(struct usher_buffer *buffer, size_t *len)
{
    char *data = NULL;

    if (usher_buffer_reserve(buffer, 0)) {
        data = buffer->data;
        buffer->data = NULL;
    }
    if (len)
        *len = data ? buffer->len : 0;
    usher_buffer_free(buffer);
    return data;
}

void usher_reader_init(struct usher_reader *reader, const void *data,
                       size_t len)
{
    /* An empty run may be NULL; "" spares arithmetic on NULL. */
    reader->at = len > 0 ? data : "";
    reader->end = reader->at + len;
    reader->failed = 0;
}

/* After a failure nothing is left to read. */
static void reader_fail(struct usher_reader *reader)
{
    reader->failed = 1;
    reader->at = reader->end;
}

int usher_reader_byte(struct usher_reader *reader)
{
    if (reader->at == reader->end) {
        reader_fail(reader);
        return 0;
    }
    return (unsigned char)*reader->at++;
}

uint64_t usher_reader_varint(struct usher_reader *reader)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint64_t byte = (uint64_t)usher_reader_byte(reader);
        if (reader->failed || (shift == 63 && byte > 1))
            break;
        value |= (byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    reader_fail(reader);
    return 0;
}

const char *usher_reader_bytes(struct usher_reader *reader, size_t *len)
{
    uint64_t want = usher_reader_varint(reader);
    const char *at = reader->at;

    *len = 0;
    if (reader->failed || want > (uint64_t)(reader->end - at)) {
        reader_fail(reader);
        return "";
    }
    *len = (size_t)want;
    reader->at += want;
    return at;
}
