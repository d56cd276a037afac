/* tests/fuzz/diff.c - a difference leads from the old text to the new one.
 * Parts: the old text, the new one. */
#include "core/diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* The line at `at`, with its end; the text's end where that comes first. */
static size_t line_len(const char *at, const char *end)
{
    const char *stop = memchr(at, '\n', (size_t)(end - at));

    return (size_t)((stop ? stop + 1 : end) - at);
}

static int is_mark(const char *at, const char *end)
{
    return at < end && *at == '\\';
}

struct patch {
    const char *old, *old_end; /* what is left of the old text */
    int line;                  /* its number */
    struct usher_buffer out;
};

static void keep_until(struct patch *p, int line)
{
    for (; p->line < line; p->line++) {
        size_t len = line_len(p->old, p->old_end);

        FUZZ_CHECK(len > 0);
        usher_buffer_append(&p->out, p->old, len);
        p->old += len;
    }
}

/* One line behind its sign; `ends`: with a line's end. */
static void take(struct patch *p, char sign, const char *text, size_t len,
                 int ends)
{
    if (!ends)
        len--;
    if (sign != '+') {
        FUZZ_CHECK(len <= (size_t)(p->old_end - p->old));
        FUZZ_CHECK(memcmp(p->old, text, len) == 0);
        p->old += len;
        p->line++;
    }
    if (sign != '-')
        usher_buffer_append(&p->out, text, len);
}

static const char *hunk(struct patch *p, const char *at, const char *end)
{
    int from, old_left, to, new_left;

    FUZZ_CHECK(sscanf(at, "@@ -%d,%d +%d,%d @@", &from, &old_left, &to,
                      &new_left) == 4);
    keep_until(p, from + (old_left == 0));
    at += line_len(at, end);
    while (old_left + new_left > 0) {
        size_t len;
        char sign = *at;

        FUZZ_CHECK(at < end && strchr(" +-", sign) != NULL);
        len = line_len(at, end);
        take(p, sign, at + 1, len - 1, !is_mark(at + len, end));
        old_left -= sign != '+';
        new_left -= sign != '-';
        at += len;
        if (is_mark(at, end))
            at += line_len(at, end);
    }
    FUZZ_CHECK(old_left == 0 && new_left == 0);
    return at;
}

static void check(const struct usher_buffer *change, const char *old,
                  size_t old_len, const char *fresh, size_t fresh_len)
{
    struct patch p = {.old = old, .old_end = old + old_len, .line = 1};
    const char *at = change->data, *end = at + change->len;

    usher_buffer_init(&p.out, 0);
    at += line_len(at, end);
    at += line_len(at, end);
    while (at < end)
        at = hunk(&p, at, end);
    usher_buffer_append(&p.out, p.old, (size_t)(p.old_end - p.old));
    FUZZ_CHECK(p.out.len == fresh_len &&
               (fresh_len == 0 || memcmp(p.out.data, fresh, fresh_len) == 0));
    usher_buffer_free(&p.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *)data, size};
    struct usher_buffer change;
    size_t old_len, fresh_len;
    char *old = fuzz_next(&input, &old_len);
    char *fresh = fuzz_next(&input, &fresh_len);

    usher_buffer_init(&change, 0);
    FUZZ_CHECK(usher_diff(&change, "a", old, old_len, "b", fresh, fresh_len) ==
               USHER_OK);
    if (change.len > 0)
        check(&change, old, old_len, fresh, fresh_len);
    else
        FUZZ_CHECK(old_len == fresh_len && memcmp(old, fresh, old_len) == 0);
    usher_buffer_free(&change);
    free(old);
    free(fresh);
    return 0;
}
