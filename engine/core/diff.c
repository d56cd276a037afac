/* engine/core/diff.c - Myers' greedy difference: the fewest lines that come
 * and go, found along diagonals (k = old line - new line), one more edit a
 * round. Each round's furthest points are kept, to walk back from the end. */
#include "core/diff.h"

#include <stdlib.h>
#include <string.h>

#define AROUND 3
/* Rounds, and with them memory (a round's points: 16 KiB at most), are bounded:
 * above, the whole text is shown as replaced. */
#define EDITS_MAX 2000

struct line {
    const char *text;
    size_t len; /* without its line end */
};

struct lines {
    struct line *list;
    int count;
    int ends; /* its last line has a line end */
};

static enum usher_status lines_split(struct lines *lines, const char *text,
                                     size_t len)
{
    const char *end = text + len;
    int count = 0;

    for (const char *at = text; len && at < end; count++) {
        const char *next = memchr(at, '\n', (size_t)(end - at));

        at = next ? next + 1 : end;
    }
    lines->list = calloc((size_t)count + 1, sizeof(*lines->list));
    if (!lines->list)
        return USHER_ERR_NOMEM;
    for (const char *at = text; lines->count < count; lines->count++) {
        const char *next = memchr(at, '\n', (size_t)(end - at));

        lines->list[lines->count].text = at;
        lines->list[lines->count].len = (size_t)((next ? next : end) - at);
        at = next ? next + 1 : end;
    }
    lines->ends = len == 0 || text[len - 1] == '\n';
    return USHER_OK;
}

/* One step of the way: '=' both, '-' only old, '+' only new. */
struct script {
    char *steps;
    size_t count;
};

struct search {
    const struct lines *old, *fresh;
    int **rounds; /* furthest old line on diagonals -d .. d, by round d */
    int found;    /* the round that reached the end; -1: none did */
};

static int same(const struct search *search, int x, int y)
{
    const struct line *a = &search->old->list[x];
    const struct line *b = &search->fresh->list[y];
    /* The last line counts its line end, too. */
    int a_ends = x + 1 < search->old->count || search->old->ends;
    int b_ends = y + 1 < search->fresh->count || search->fresh->ends;

    return a->len == b->len && a_ends == b_ends &&
           memcmp(a->text, b->text, a->len) == 0;
}

/* Where diagonal k of round d begins, from the round before. */
static int step_down(const int *before, int d, int k)
{
    return k == -d || (k != d && before[k - 1] < before[k + 1]);
}

static enum usher_status round_do(struct search *search, int d)
{
    int n = search->old->count, m = search->fresh->count;
    int *room = malloc(sizeof(*room) * (2 * (size_t)d + 3));
    const int *before = d ? search->rounds[d - 1] + d : NULL;
    int *now;

    if (!room)
        return USHER_ERR_NOMEM;
    search->rounds[d] = room;
    now = room + d + 1;
    for (int k = -d; k <= d; k += 2) {
        int x = d == 0                    ? 0
                : step_down(before, d, k) ? before[k + 1]
                                          : before[k - 1] + 1;
        int y = x - k;

        while (x < n && y < m && x >= 0 && y >= 0 && same(search, x, y)) {
            x++;
            y++;
        }
        now[k] = x;
        if (x >= n && y >= m)
            search->found = d;
    }
    return USHER_OK;
}

/* From the end back to the start, writing the steps from behind. */
static void walk_back(const struct search *search, struct script *script)
{
    int x = search->old->count, y = search->fresh->count;
    size_t at = script->count;

    for (int d = search->found; d > 0; d--) {
        const int *before = search->rounds[d - 1] + d;
        int k = x - y;
        int down = step_down(before, d, k);
        int from_k = down ? k + 1 : k - 1;
        int from_x = before[from_k], from_y = from_x - from_k;

        for (; x > from_x + !down; x--)
            script->steps[--at] = '=';
        script->steps[--at] = down ? '+' : '-';
        x = from_x;
        y = from_y;
    }
    for (; x > 0; x--)
        script->steps[--at] = '=';
    memmove(script->steps, script->steps + at, script->count - at);
    script->count -= at;
}

static void replace_all(const struct search *search, struct script *script)
{
    memset(script->steps, '-', (size_t)search->old->count);
    memset(script->steps + search->old->count, '+',
           (size_t)search->fresh->count);
}

static enum usher_status script_find(const struct lines *old,
                                     const struct lines *fresh,
                                     struct script *script)
{
    struct search search = {old, fresh, NULL, -1};
    enum usher_status st = USHER_OK;
    int most = old->count + fresh->count;

    script->count = (size_t)most;
    script->steps = malloc(script->count + 1);
    if (most > EDITS_MAX)
        most = EDITS_MAX;
    search.rounds = calloc((size_t)most + 1, sizeof(*search.rounds));
    if (!script->steps || !search.rounds)
        st = USHER_ERR_NOMEM;
    for (int d = 0; d <= most && search.found < 0 && st == USHER_OK; d++)
        st = round_do(&search, d);
    if (st == USHER_OK && search.found >= 0)
        walk_back(&search, script);
    else if (st == USHER_OK)
        replace_all(&search, script);
    for (int d = 0; search.rounds && d <= most; d++)
        free(search.rounds[d]);
    free(search.rounds);
    return st;
}

/* ---- writing ---- */

static void line_write(struct usher_buffer *out, char sign,
                       const struct lines *lines, int number)
{
    usher_buffer_byte(out, sign);
    usher_buffer_append(out, lines->list[number].text, lines->list[number].len);
    usher_buffer_byte(out, '\n');
    if (number + 1 == lines->count && !lines->ends)
        usher_buffer_text(out, "\\ No newline at end of file\n");
}

/* The end of the hunk that begins at `from`: behind the last change that is
 * no more than two contexts away from the one before it. */
static size_t hunk_end(const struct script *script, size_t from)
{
    size_t last = from;

    for (size_t i = from; i < script->count; i++) {
        if (script->steps[i] != '=')
            last = i;
        else if (i - last > 2 * AROUND)
            break;
    }
    last += AROUND + 1;
    return last < script->count ? last : script->count;
}

static void hunk_write(struct usher_buffer *out, const struct script *script,
                       size_t from, size_t to, const struct lines *old,
                       const struct lines *fresh, int x, int y)
{
    int old_count = 0, new_count = 0;

    for (size_t i = from; i < to; i++) {
        old_count += script->steps[i] != '+';
        new_count += script->steps[i] != '-';
    }
    usher_buffer_printf(out, "@@ -%d,%d +%d,%d @@\n", x + (old_count > 0),
                        old_count, y + (new_count > 0), new_count);
    for (size_t i = from; i < to; i++) {
        char step = script->steps[i];

        if (step == '+')
            line_write(out, '+', fresh, y);
        else
            line_write(out, step == '-' ? '-' : ' ', old, x);
        x += step != '+';
        y += step != '-';
    }
}

static void script_write(struct usher_buffer *out, const struct script *script,
                         const struct lines *old, const struct lines *fresh)
{
    int x = 0, y = 0;

    for (size_t i = 0; i < script->count;) {
        size_t from, to;

        if (script->steps[i] == '=') {
            i++;
            x++;
            y++;
            continue;
        }
        from = i > AROUND ? i - AROUND : 0;
        to = hunk_end(script, i);
        hunk_write(out, script, from, to, old, fresh, x - (int)(i - from),
                   y - (int)(i - from));
        for (; i < to; i++) {
            x += script->steps[i] != '+';
            y += script->steps[i] != '-';
        }
    }
}

enum usher_status usher_diff(struct usher_buffer *out, const char *old_name,
                             const char *old_text, size_t old_len,
                             const char *new_name, const char *new_text,
                             size_t new_len)
{
    struct lines old = {0}, fresh = {0};
    struct script script = {0};
    enum usher_status st;

    if (old_text && new_text && old_len == new_len &&
        memcmp(old_text, new_text, old_len) == 0)
        return USHER_OK;
    st = lines_split(&old, old_text ? old_text : "", old_text ? old_len : 0);
    if (st == USHER_OK)
        st = lines_split(&fresh, new_text ? new_text : "",
                         new_text ? new_len : 0);
    if (st == USHER_OK)
        st = script_find(&old, &fresh, &script);
    if (st == USHER_OK) {
        usher_buffer_printf(out, "--- %s\n+++ %s\n",
                            old_text ? old_name : "/dev/null",
                            new_text ? new_name : "/dev/null");
        script_write(out, &script, &old, &fresh);
        st = out->failed ? USHER_ERR_NOMEM : USHER_OK;
    }
    free(script.steps);
    free(old.list);
    free(fresh.list);
    return st;
}
