/* engine/core/status.c - how a function of the engine says what happened. */
#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *usher_status_text(enum usher_status status)
{
    switch (status) {
    case USHER_OK:
        return "ok";
    case USHER_ERR_NOMEM:
        return "out of memory";
    case USHER_ERR_IO:
        return "input or output failed";
    case USHER_ERR_PARSE:
        return "not of the expected form";
    case USHER_ERR_NOT_FOUND:
        return "not found";
    case USHER_ERR_EXISTS:
        return "exists already";
    case USHER_ERR_LIMIT:
        return "limit exceeded";
    case USHER_ERR_INVALID:
        return "invalid argument";
    case USHER_ERR_CLOSED:
        return "closed";
    case USHER_ERR_TIMEOUT:
        return "timed out";
    }
    return "unknown status";
}

/* Where the text may end so that no UTF-8 character is cut in two. */
static size_t cut_length(const char *text, size_t len)
{
    size_t start = len;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return len;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return len - (start - 1) < want ? start - 1 : len;
}

void usher_error_set(struct usher_error *error, const char *format, ...)
{
    va_list args;
    int need;

    if (!error)
        return;
    va_start(args, format);
    need = vsnprintf(error->text, sizeof(error->text), format, args);
    va_end(args);
    if (need < 0)
        error->text[0] = '\0';
    else if ((size_t)need >= sizeof(error->text))
        error->text[cut_length(error->text, sizeof(error->text) - 1)] = '\0';
}
