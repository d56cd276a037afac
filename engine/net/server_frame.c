/* engine/net/server_frame.c - is it certain where a request's body ends?
 *
 * What one reader takes for a body another, in front of us or behind, may take
 * for the next request: whose head says two things about it is refused.
 * libmicrohttpd itself refuses a Content-Length that is no number (signs,
 * lists, blanks inside); of two it takes one, and of a Transfer-Encoding that
 * it does not know it says nothing. */
#include <string.h>
#include <strings.h>

#include "net/server_private.h"

struct frame {
    const char *length; /* the first Content-Length; NULL: none */
    size_t encodings;
    const char *fault;
};

/* RFC 9110, 5.6.2: what a header's name is made of. A blank before the colon
 * would hide a name from who compares it. */
static int is_token(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)name[i];

        if (c <= ' ' || c >= 0x7F || strchr("\"(),/:;<=>?@[\\]{}", c))
            return 0;
    }
    return len > 0;
}

/* A lone CR or a NUL ends the value for some readers. */
static int is_plain(const char *value, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)value[i];

        if ((c < ' ' && c != '\t') || c == 0x7F)
            return 0;
    }
    return 1;
}

static int is_name(const char *name, size_t len, const char *wanted)
{
    return len == strlen(wanted) && strncasecmp(name, wanted, len) == 0;
}

static enum MHD_Result header_look(void *user, enum MHD_ValueKind kind,
                                   const char *name, size_t name_len,
                                   const char *value, size_t value_len)
{
    struct frame *frame = user;

    (void)kind;
    if (value == NULL)
        value = "";
    if (!is_token(name, name_len))
        frame->fault = "a header's name is not one word";
    else if (!is_plain(value, value_len))
        frame->fault = "a header has a control character in it";
    if (is_name(name, name_len, MHD_HTTP_HEADER_CONTENT_LENGTH)) {
        if (frame->length && strcmp(frame->length, value) != 0)
            frame->fault = "there are two different Content-Length";
        frame->length = value;
    }
    if (is_name(name, name_len, MHD_HTTP_HEADER_TRANSFER_ENCODING)) {
        frame->encodings++;
        if (strcasecmp(value, "chunked") != 0)
            frame->fault = "the Transfer-Encoding is not chunked";
    }
    return frame->fault ? MHD_NO : MHD_YES;
}

const char *usher_server_frame_fault(struct MHD_Connection *connection,
                                     const char *version)
{
    struct frame frame = {0};

    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, header_look,
                                &frame);
    if (frame.fault)
        return frame.fault;
    if (frame.encodings > 1)
        return "there is more than one Transfer-Encoding";
    if (frame.encodings && frame.length)
        return "there are Content-Length and Transfer-Encoding";
    if (frame.encodings && strcmp(version, MHD_HTTP_VERSION_1_0) == 0)
        return "HTTP/1.0 has no Transfer-Encoding";
    return NULL;
}
