/* engine/net/response.c - an HTTP/1.x response, byte by byte. */
#include "net/response.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { HEAD_MAX = 128 * 1024, LINE_MAX_BYTES = 4096, KEEP_BYTES = 4096 };

enum stage {
    STAGE_HEAD,
    STAGE_LENGTH, /* a body of `left` bytes */
    STAGE_CLOSE,  /* a body until the connection is closed */
    STAGE_SIZE,   /* the line before a chunk */
    STAGE_CHUNK,
    STAGE_CHUNK_END,
    STAGE_TRAILER,
    STAGE_DONE
};

void usher_response_begin(struct usher_response *response, size_t max_body,
                          int is_head)
{
    struct usher_buffer head = response->head, body = response->body;

    memset(response, 0, sizeof(*response));
    usher_buffer_rest(&head, KEEP_BYTES);
    usher_buffer_rest(&body, KEEP_BYTES);
    head.max = HEAD_MAX;
    body.max = max_body;
    response->head = head;
    response->body = body;
    response->has_body = !is_head;
}

void usher_response_free(struct usher_response *response)
{
    usher_buffer_free(&response->head);
    usher_buffer_free(&response->body);
}

/* ---- the head ---- */

static int name_is(const char *name, size_t len, const char *wanted)
{
    return strlen(wanted) == len && strncasecmp(name, wanted, len) == 0;
}

/* Whether a list such as "keep-alive, close" holds the word. */
static int list_has(const char *list, const char *word)
{
    while (*list) {
        size_t len;

        list += strspn(list, ", \t");
        len = strcspn(list, ", \t");
        if (name_is(list, len, word))
            return 1;
        list += len;
    }
    return 0;
}

static int length_read(struct usher_response *response, const char *text)
{
    uint64_t length = 0;

    if (!*text)
        return 0;
    for (; *text; text++) {
        if (!isdigit((unsigned char)*text) || length > UINT64_MAX / 10 - 1)
            return 0;
        length = length * 10 + (uint64_t)(*text - '0');
    }
    if (response->has_length && length != response->left)
        return 0;
    response->has_length = 1;
    response->left = length;
    return 1;
}

static void encoding_read(struct usher_response *response, const char *value)
{
    size_t len = strlen(value);

    if (name_is(value, len, "gzip") || name_is(value, len, "x-gzip") ||
        name_is(value, len, "deflate"))
        response->is_packed = 1;
    else if (len > 0 && !name_is(value, len, "identity"))
        response->is_unknown = 1;
}

/* What of a header concerns the frame. 0: garbled. */
static int header_apply(struct usher_response *response, const char *name,
                        size_t len, const char *value)
{
    if (name_is(name, len, "content-length"))
        return length_read(response, value);
    if (name_is(name, len, "transfer-encoding")) {
        /* Anything but one plain "chunked" is not for us. */
        if (response->chunked || strcasecmp(value, "chunked") != 0)
            return 0;
        response->chunked = 1;
    } else if (name_is(name, len, "connection")) {
        response->closes |= list_has(value, "close");
    } else if (name_is(name, len, "content-encoding")) {
        encoding_read(response, value);
    }
    return 1;
}

static int is_name(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f)
            return 0;
    return len > 0;
}

/* "Name: value": the value's ends are cut by zero bytes. */
static int header_read(struct usher_response *response, char *line, char *end)
{
    char *colon = memchr(line, ':', (size_t)(end - line));
    char *value;

    if (!colon || !is_name(line, (size_t)(colon - line)))
        return 0;
    while (end > colon + 1 && (end[-1] == ' ' || end[-1] == '\t'))
        *--end = '\0';
    value = colon + 1;
    value += strspn(value, " \t");
    return header_apply(response, line, (size_t)(colon - line), value);
}

/* "HTTP/1.1 200 OK" */
static int status_read(struct usher_response *response, const char *line)
{
    if (strncmp(line, "HTTP/1.", 7) != 0 ||
        (line[7] != '0' && line[7] != '1') || line[8] != ' ')
        return 0;
    for (int i = 9; i < 12; i++)
        if (!isdigit((unsigned char)line[i]))
            return 0;
    if (line[12] != ' ' && line[12] != '\0')
        return 0;
    response->status = (unsigned)((line[9] - '0') * 100 +
                                  (line[10] - '0') * 10 + (line[11] - '0'));
    response->closes = line[7] == '0'; /* HTTP/1.0 keeps nothing */
    return response->status >= 100;
}

static enum usher_response_state body_begin(struct usher_response *response)
{
    unsigned status = response->status;

    response->keeps = !response->closes;
    if (!response->has_body || status == 204 || status == 304) {
        response->stage = STAGE_DONE;
        return USHER_RESPONSE_DONE;
    }
    if (response->chunked) {
        /* Both ways to tell the end: such a connection is not trusted. */
        response->keeps = response->keeps && !response->has_length;
        response->stage = STAGE_SIZE;
        return USHER_RESPONSE_MORE;
    }
    if (!response->has_length) {
        response->keeps = 0;
        response->stage = STAGE_CLOSE;
        return USHER_RESPONSE_MORE;
    }
    if (response->body.max && response->left > response->body.max)
        return USHER_RESPONSE_LARGE;
    response->stage = response->left > 0 ? STAGE_LENGTH : STAGE_DONE;
    return response->left > 0 ? USHER_RESPONSE_MORE : USHER_RESPONSE_DONE;
}

/* An interim answer is forgotten; 101 was never asked for. */
static enum usher_response_state head_end(struct usher_response *response)
{
    struct usher_response *r = response;

    if (r->status == 101)
        return USHER_RESPONSE_GARBLED;
    if (r->status >= 200)
        return body_begin(r);
    usher_buffer_clear(&r->head);
    r->line = 0;
    r->status = 0;
    r->is_packed = r->is_unknown = r->chunked = r->has_length = 0;
    r->left = 0;
    return USHER_RESPONSE_MORE;
}

/* A whole line stands at the end of the head, its line feed included. */
static enum usher_response_state head_line(struct usher_response *response)
{
    struct usher_buffer *head = &response->head;
    char *line = head->data + response->line;
    char *end = head->data + head->len - 1;
    int is_first = response->line == 0;

    *end = '\0';
    if (end > line && end[-1] == '\r')
        *--end = '\0';
    response->line = head->len;
    if (memchr(line, '\0', (size_t)(end - line)))
        return USHER_RESPONSE_GARBLED;
    if (is_first)
        return status_read(response, line) ? USHER_RESPONSE_MORE
                                           : USHER_RESPONSE_GARBLED;
    if (end == line)
        return head_end(response);
    return header_read(response, line, end) ? USHER_RESPONSE_MORE
                                            : USHER_RESPONSE_GARBLED;
}

/* Nonzero: nothing that begins so is a response; no need to wait for a line. */
static int head_is_other(const struct usher_buffer *head)
{
    size_t len = head->len < 7 ? head->len : 7;

    return memcmp(head->data, "HTTP/1.", len) != 0;
}

static enum usher_response_state head_take(struct usher_response *response,
                                           const char *data, size_t len,
                                           size_t *used)
{
    const char *feed = memchr(data, '\n', len);
    struct usher_buffer *head = &response->head;

    *used = feed ? (size_t)(feed - data) + 1 : len;
    if (usher_buffer_append(head, data, *used) != USHER_OK)
        return head->failed == USHER_ERR_NOMEM ? USHER_RESPONSE_NOMEM
                                               : USHER_RESPONSE_GARBLED;
    if (response->line == 0 && head_is_other(head))
        return USHER_RESPONSE_GARBLED;
    return feed ? head_line(response) : USHER_RESPONSE_MORE;
}

/* ---- the body ---- */

static enum usher_response_state body_add(struct usher_response *response,
                                          const char *data, size_t len)
{
    struct usher_buffer *body = &response->body;

    if (usher_buffer_append(body, data, len) == USHER_OK)
        return USHER_RESPONSE_MORE;
    return body->failed == USHER_ERR_NOMEM ? USHER_RESPONSE_NOMEM
                                           : USHER_RESPONSE_LARGE;
}

/* Of a body or chunk whose length is known. */
static enum usher_response_state counted_take(struct usher_response *response,
                                              const char *data, size_t len,
                                              size_t *used)
{
    *used = len < response->left ? len : (size_t)response->left;
    response->left -= *used;
    if (response->left == 0)
        response->stage =
            response->stage == STAGE_CHUNK ? STAGE_CHUNK_END : STAGE_DONE;
    return body_add(response, data, *used);
}

/* A line of the chunked coding, gathered behind the head; *line is NULL while
 * it is not whole. */
static enum usher_response_state line_take(struct usher_response *response,
                                           const char *data, size_t len,
                                           size_t *used, char **line)
{
    const char *feed = memchr(data, '\n', len);
    struct usher_buffer *head = &response->head;

    *line = NULL;
    *used = feed ? (size_t)(feed - data) + 1 : len;
    if (head->len - response->line + *used > LINE_MAX_BYTES)
        return USHER_RESPONSE_GARBLED;
    if (usher_buffer_append(head, data, *used) != USHER_OK)
        return USHER_RESPONSE_NOMEM;
    if (!feed)
        return USHER_RESPONSE_MORE;
    *line = head->data + response->line;
    head->data[--head->len] = '\0';
    if (head->len > response->line && head->data[head->len - 1] == '\r')
        head->data[--head->len] = '\0';
    head->len = response->line; /* the next line takes its place */
    return USHER_RESPONSE_MORE;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "1a" or "1a;extension". */
static int size_read(struct usher_response *response, const char *line)
{
    uint64_t size = 0;
    const char *at = line;

    for (; digit_of(*at) >= 0; at++) {
        if (size > UINT64_MAX / 16 - 1)
            return 0;
        size = size * 16 + (uint64_t)digit_of(*at);
    }
    if (at == line)
        return 0;
    at += strspn(at, " \t");
    if (*at != '\0' && *at != ';')
        return 0;
    response->left = size;
    response->stage = size > 0 ? STAGE_CHUNK : STAGE_TRAILER;
    return 1;
}

/* A line that a chunk, or the end of all, has around it. */
static enum usher_response_state frame_take(struct usher_response *response,
                                            const char *data, size_t len,
                                            size_t *used)
{
    char *line;
    enum usher_response_state state =
        line_take(response, data, len, used, &line);

    if (!line)
        return state;
    switch (response->stage) {
    case STAGE_SIZE:
        return size_read(response, line) ? USHER_RESPONSE_MORE
                                         : USHER_RESPONSE_GARBLED;
    case STAGE_CHUNK_END:
        response->stage = STAGE_SIZE;
        return *line ? USHER_RESPONSE_GARBLED : USHER_RESPONSE_MORE;
    default: /* trailers are nothing to us */
        if (!*line)
            response->stage = STAGE_DONE;
        return USHER_RESPONSE_MORE;
    }
}

enum usher_response_state usher_response_take(struct usher_response *response,
                                              const char *data, size_t len,
                                              size_t *used)
{
    enum usher_response_state state = USHER_RESPONSE_MORE;
    size_t took;

    *used = 0;
    while (state == USHER_RESPONSE_MORE && response->stage != STAGE_DONE &&
           *used < len) {
        const char *at = data + *used;
        size_t left = len - *used;

        switch (response->stage) {
        case STAGE_HEAD:
            state = head_take(response, at, left, &took);
            break;
        case STAGE_LENGTH:
        case STAGE_CHUNK:
            state = counted_take(response, at, left, &took);
            break;
        case STAGE_CLOSE:
            took = left;
            state = body_add(response, at, left);
            break;
        default:
            state = frame_take(response, at, left, &took);
        }
        *used += took;
    }
    if (state == USHER_RESPONSE_MORE && response->stage == STAGE_DONE)
        return USHER_RESPONSE_DONE;
    return state;
}

enum usher_response_state usher_response_end(struct usher_response *response)
{
    if (response->stage == STAGE_CLOSE)
        response->stage = STAGE_DONE;
    return response->stage == STAGE_DONE ? USHER_RESPONSE_DONE
                                         : USHER_RESPONSE_GARBLED;
}

const char *usher_response_header(const struct usher_response *response,
                                  const char *name)
{
    const char *at = response->head.data;
    size_t len = strlen(name);

    if (response->stage == STAGE_HEAD)
        return NULL;
    at += strlen(at) + 1; /* the status line */
    while (at < response->head.data + response->line) {
        if (strncasecmp(at, name, len) == 0 && at[len] == ':')
            return at + len + 1 + strspn(at + len + 1, " \t");
        at += strlen(at) + 1;
    }
    return NULL;
}
