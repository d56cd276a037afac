/* engine/net/client_unpack.c - bodies that came packed. */
#include <zlib.h>

#include "net/client_private.h"

enum { STEP = 16 * 1024, ANY_HEADER = 15 + 32 /* gzip's or zlib's */ };

static enum usher_status unpack(z_stream *stream, struct usher_buffer *out)
{
    char step[STEP];
    int code = Z_OK;

    while (code == Z_OK) {
        stream->next_out = (Bytef *)step;
        stream->avail_out = sizeof(step);
        code = inflate(stream, Z_NO_FLUSH);
        if (usher_buffer_append(out, step, sizeof(step) - stream->avail_out) !=
            USHER_OK)
            return (enum usher_status)out->failed;
    }
    if (code == Z_MEM_ERROR)
        return USHER_ERR_NOMEM;
    return code == Z_STREAM_END ? USHER_OK : USHER_ERR_PARSE;
}

enum usher_status usher_client_unpack(const struct usher_buffer *packed,
                                      struct usher_buffer *out)
{
    z_stream stream = {0};
    enum usher_status st;

    if (packed->len > UINT32_MAX)
        return USHER_ERR_LIMIT;
    if (inflateInit2(&stream, ANY_HEADER) != Z_OK)
        return USHER_ERR_NOMEM;
    stream.next_in = (Bytef *)packed->data;
    stream.avail_in = (uInt)packed->len;
    st = unpack(&stream, out);
    inflateEnd(&stream);
    return st;
}
