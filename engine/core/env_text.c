/* engine/core/env_text.c - the lines of a `.env`, with their places. */
#include "core/env_text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/env_file.h"

#define READ_BYTES 4096

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (c >= '0' && c <= '9');
}

int usher_env_is_name(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!is_name_byte(name[i]))
            return 0;
    return len > 0 && !(name[0] >= '0' && name[0] <= '9');
}

void usher_env_scan_start(struct usher_env_scan *scan, const char *text,
                          size_t len)
{
    *scan = (struct usher_env_scan){.text = text, .len = len, .line = 1};
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        scan->at = 3; /* byte order mark */
}

/* Where the line at `at` ends: at its LF (or the text's end). */
static size_t line_end(const struct usher_env_scan *scan, size_t at)
{
    const char *found = memchr(scan->text + at, '\n', scan->len - at);

    return found ? (size_t)(found - scan->text) : scan->len;
}

static size_t skip_blanks(const struct usher_env_scan *scan, size_t at,
                          size_t end)
{
    while (at < end && is_blank(scan->text[at]))
        at++;
    return at;
}

/* The end without blanks and the CR of a CRLF. */
static size_t trim_end(const struct usher_env_scan *scan, size_t from,
                       size_t end)
{
    while (end > from &&
           (is_blank(scan->text[end - 1]) || scan->text[end - 1] == '\r'))
        end--;
    return end;
}

/* NAME and what is before it; gives the place of the =, or 0 with a fault. */
static size_t read_name(const struct usher_env_scan *scan, size_t at,
                        size_t end, struct usher_env_line *out)
{
    const char *text = scan->text;
    const char *equals;
    size_t name_end;

    if (end - at > 7 && memcmp(text + at, "export", 6) == 0 &&
        is_blank(text[at + 6]))
        at = skip_blanks(scan, at + 6, end);
    equals = memchr(text + at, '=', end - at);
    if (!equals) {
        out->fault = USHER_ENV_NO_EQUALS;
        return 0;
    }
    name_end = trim_end(scan, at, (size_t)(equals - text));
    if (!usher_env_is_name(text + at, name_end - at)) {
        out->fault = USHER_ENV_BAD_NAME;
        return 0;
    }
    out->name = at;
    out->name_len = name_end - at;
    return (size_t)(equals - text);
}

static void read_bare(const struct usher_env_scan *scan, size_t equals,
                      size_t at, size_t end, struct usher_env_line *out)
{
    size_t stop = at;

    while (stop < end &&
           !(scan->text[stop] == '#' && is_blank(scan->text[stop - 1])))
        stop++;
    out->value = at;
    out->value_len = trim_end(scan, at, stop) - at;
    /* A value put here must not touch a remark behind it. */
    if (out->value_len == 0)
        out->value = equals + 1;
}

/* The place of the closing quote, or the text's end. */
static size_t closing_quote(const struct usher_env_scan *scan, size_t at)
{
    char quote = scan->text[at];

    for (at++; at < scan->len && scan->text[at] != quote; at++)
        if (quote == '"' && scan->text[at] == '\\' && at + 1 < scan->len)
            at++;
    return at;
}

/* A value in quotes, over several lines perhaps. Gives the end of its last
 * line. A fault ends with the first line, so that those after it count. */
static size_t read_quoted(const struct usher_env_scan *scan, size_t at,
                          size_t end, struct usher_env_line *out)
{
    size_t close = closing_quote(scan, at);
    size_t stop;
    size_t rest;

    out->quote = scan->text[at];
    out->value = at;
    out->value_len = trim_end(scan, at, end) - at;
    if (close >= scan->len) {
        out->fault = USHER_ENV_OPEN_QUOTE;
        return end;
    }
    for (size_t i = at; i < close; i++)
        out->last_line += scan->text[i] == '\n';
    stop = line_end(scan, close);
    rest = skip_blanks(scan, close + 1, stop);
    if (rest < trim_end(scan, rest, stop) && scan->text[rest] != '#') {
        out->fault = USHER_ENV_AFTER_QUOTE;
        return end;
    }
    out->value_len = close + 1 - at;
    return stop;
}

static size_t read_line(const struct usher_env_scan *scan, size_t at,
                        size_t end, struct usher_env_line *out)
{
    size_t equals = read_name(scan, at, end, out);

    if (out->fault != USHER_ENV_FINE)
        return end;
    at = skip_blanks(scan, equals + 1, end);
    if (at < end && (scan->text[at] == '"' || scan->text[at] == '\''))
        return read_quoted(scan, at, end, out);
    read_bare(scan, equals, at, end, out);
    return end;
}

int usher_env_scan_next(struct usher_env_scan *scan, struct usher_env_line *out)
{
    while (scan->at < scan->len) {
        size_t end = line_end(scan, scan->at);
        size_t at = skip_blanks(scan, scan->at, end);
        int empty = trim_end(scan, at, end) == at || scan->text[at] == '#';

        *out = (struct usher_env_line){.line = scan->line,
                                       .last_line = scan->line};
        if (!empty)
            end = read_line(scan, at, end, out);
        scan->at = end < scan->len ? end + 1 : end;
        for (size_t i = at; i < scan->at; i++)
            scan->line += scan->text[i] == '\n';
        if (!empty)
            return 1;
    }
    return 0;
}

void usher_env_value_read(const char *text, const struct usher_env_line *line,
                          struct usher_buffer *out)
{
    static const char from[] = "nrt\"\\$";
    static const char to[] = "\n\r\t\"\\$";
    const char *at = text + line->value;
    const char *end = at + line->value_len;

    if (line->quote) {
        at++;
        end--;
    }
    for (; at < end; at++) {
        const char *escape =
            line->quote == '"' && *at == '\\' && at + 1 < end && at[1]
                ? strchr(from, at[1])
                : NULL;
        if (escape) {
            usher_buffer_byte(out, to[escape - from]);
            at++;
        } else if (!(*at == '\r' && at + 1 < end && at[1] == '\n')) {
            usher_buffer_byte(out, *at); /* CRLF in a value: LF */
        }
    }
}

/* Nothing in it that a shell, docker or another reader would take apart. */
static int can_be_bare(const char *value)
{
    for (; *value; value++)
        if (!is_name_byte(*value) && !strchr("./:+-=@%,~", *value))
            return 0;
    return 1;
}

static void write_double(const char *value, struct usher_buffer *out)
{
    static const char from[] = "\n\r\"\\$";
    static const char to[] = "nr\"\\$";

    usher_buffer_byte(out, '"');
    for (; *value; value++) {
        const char *escape = strchr(from, *value);
        if (escape)
            usher_buffer_byte(out, '\\');
        usher_buffer_byte(out, escape ? to[escape - from] : *value);
    }
    usher_buffer_byte(out, '"');
}

void usher_env_value_write(const char *value, char quote,
                           struct usher_buffer *out)
{
    if (quote == 0 && can_be_bare(value)) {
        usher_buffer_text(out, value);
    } else if (quote == '\'' && !strpbrk(value, "'\r\n")) {
        usher_buffer_byte(out, '\'');
        usher_buffer_text(out, value);
        usher_buffer_byte(out, '\'');
    } else {
        write_double(value, out);
    }
}

enum usher_status usher_env_read_fd(int fd, struct usher_buffer *out)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return USHER_ERR_IO;
    if (st.st_size > USHER_ENV_FILE_MAX_BYTES)
        return USHER_ERR_LIMIT;
    /* Room for all at once: growing would leave copies of secrets behind. */
    usher_buffer_reserve(out, (size_t)st.st_size + READ_BYTES);
    while (!out->failed) {
        char *place = usher_buffer_reserve(out, READ_BYTES);
        ssize_t got = place ? read(fd, place, READ_BYTES) : 0;
        if (got < 0 && errno != EINTR)
            return USHER_ERR_IO;
        if (got == 0)
            break;
        out->len += got > 0 ? (size_t)got : 0;
        if (out->len > USHER_ENV_FILE_MAX_BYTES)
            return USHER_ERR_LIMIT;
    }
    return out->failed ? USHER_ERR_NOMEM : USHER_OK;
}
