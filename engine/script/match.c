/* engine/script/match.c - a backtracking matcher for Lua 5.4's patterns.
 *
 * The pattern is read as it is, not compiled: Lua complains about a malformed
 * item only when the match reaches it, and so must we. An "item" is what
 * stands for one byte: x, ., %a, [set]. Reads past the end of the pattern or
 * the subject give a zero byte, as they do in Lua. */

#include "script/match.h"
#include "script/match_item.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void match_spend(struct usher_match *m, ptrdiff_t steps)
{
    usher_match_spend(m, (size_t)steps);
}

static _Noreturn void match_fail(struct usher_match *m, const char *message)
{
    m->host.fail(m->host.user, message);
    abort(); /* what follows relies on a sound pattern */
}

static _Noreturn void match_fail_index(struct usher_match *m, int index)
{
    snprintf(m->message, sizeof(m->message), "invalid capture index %%%d",
             index + 1);
    match_fail(m, m->message);
}

/* The pattern's byte at p, zero at its end. */
static inline unsigned char pattern_byte(const struct usher_match *m,
                                         const char *p)
{
    return p < m->pattern_end ? match_byte(p) : 0;
}

/* Where the set that starts at p ('[') ends. */
static const char *set_end(struct usher_match *m, const char *p)
{
    p++;
    if (pattern_byte(m, p) == '^')
        p++;
    do { /* the first byte is the set's even if it is a ']' */
        if (p >= m->pattern_end)
            match_fail(m, "malformed pattern (missing ']')");
        if (*p++ == '%' && p < m->pattern_end)
            p++;
    } while (pattern_byte(m, p) != ']');
    return p + 1;
}

/* Where the item that starts at p ends. */
static inline const char *item_end(struct usher_match *m, const char *p)
{
    if (*p == '%') {
        if (p + 1 >= m->pattern_end)
            match_fail(m, "malformed pattern (ends with '%')");
        return p + 2;
    }
    return *p == '[' ? set_end(m, p) : p + 1;
}

static inline bool item_matches(const struct usher_match *m, const char *s,
                                const char *p, const char *end)
{
    return s < m->subject_end && match_item_has(p, end, match_byte(s));
}

/* What one try of the item costs: a set may be as long as memory allows. */
static inline ptrdiff_t item_steps(const char *p, const char *end)
{
    return 1 + (end - p) / 4;
}

static const char *match_here(struct usher_match *m, const char *s,
                              const char *p);

/* The end of the longest run of the item from s. */
static const char *match_run(struct usher_match *m, const char *s,
                             const char *p, const char *end)
{
    const char *start = s;

    if (*p == '.')
        return m->subject_end;
    if (*p == '[') { /* may be a long set: pays as it goes */
        for (; item_matches(m, s, p, end); s++)
            match_spend(m, item_steps(p, end));
        return s;
    }
    while (item_matches(m, s, p, end))
        s++;
    match_spend(m, s - start);
    return s;
}

/* item* from s: as much as there is, then less and less. */
static const char *match_longest(struct usher_match *m, const char *s,
                                 const char *p, const char *end)
{
    const char *at = match_run(m, s, p, end);

    for (;; at--) {
        const char *stop = match_here(m, at, end + 1);
        if (stop != NULL || at == s)
            return stop;
    }
}

/* item- from s: as little as will do. */
static const char *match_shortest(struct usher_match *m, const char *s,
                                  const char *p, const char *end)
{
    ptrdiff_t steps = item_steps(p, end);

    for (;; s++) {
        const char *stop = match_here(m, s, end + 1);
        if (stop != NULL || !item_matches(m, s, p, end))
            return stop;
        match_spend(m, steps);
    }
}

static const char *match_open(struct usher_match *m, const char *s,
                              const char *p)
{
    bool position = pattern_byte(m, p + 1) == ')';
    const char *stop;

    if (m->captures >= USHER_MATCH_CAPTURES)
        match_fail(m, "too many captures");
    m->capture[m->captures].start = s;
    m->capture[m->captures].length =
        position ? USHER_MATCH_POSITION : USHER_MATCH_OPEN;
    m->captures++;
    stop = match_here(m, s, position ? p + 2 : p + 1);
    if (stop == NULL)
        m->captures--;
    return stop;
}

static const char *match_close(struct usher_match *m, const char *s,
                               const char *p)
{
    int index = m->captures - 1;
    const char *stop;

    while (index >= 0 && m->capture[index].length != USHER_MATCH_OPEN)
        index--;
    if (index < 0)
        match_fail(m, "invalid pattern capture");
    m->capture[index].length = s - m->capture[index].start;
    stop = match_here(m, s, p + 1);
    if (stop == NULL)
        m->capture[index].length = USHER_MATCH_OPEN;
    return stop;
}

/* %bxy, p after the b: the end of the balanced text at s, or NULL. */
static const char *match_balanced(struct usher_match *m, const char *s,
                                  const char *p)
{
    const char *start = s;
    ptrdiff_t depth = 1;

    if (p + 1 >= m->pattern_end)
        match_fail(m, "malformed pattern (missing arguments to '%b')");
    if (s >= m->subject_end || *s != p[0])
        return NULL;
    while (depth > 0 && ++s < m->subject_end) {
        if (*s == p[1]) /* first: x and y may be the same */
            depth--;
        else if (*s == p[0])
            depth++;
    }
    match_spend(m, s - start);
    return depth == 0 ? s + 1 : NULL;
}

/* %f[set], p at the set: does s stand where the set begins to hold? */
static bool match_frontier(struct usher_match *m, const char *s, const char *p,
                           const char *end)
{
    unsigned char before = s > m->subject ? match_byte(s - 1) : 0;
    unsigned char here = s < m->subject_end ? match_byte(s) : 0;

    match_spend(m, 2 * item_steps(p, end));
    return !usher_match_set_has(p, end - 1, before) &&
           usher_match_set_has(p, end - 1, here);
}

/* %1 to %9: the end of the same text again at s, or NULL. */
static const char *match_again(struct usher_match *m, const char *s,
                               unsigned char digit)
{
    int index = digit - '1';
    const struct usher_match_capture *c;

    if (index < 0 || index >= m->captures ||
        m->capture[index].length == USHER_MATCH_OPEN)
        match_fail_index(m, index);
    c = &m->capture[index];
    if (c->length < 0 || m->subject_end - s < c->length)
        return NULL; /* a position is never there again, as in Lua */
    match_spend(m, c->length);
    return memcmp(c->start, s, (size_t)c->length) == 0 ? s + c->length : NULL;
}

/* Handles %b, %f and %1. Returns false for any other escape; else *next is
 * where the pattern goes on and *s where the subject does, NULL where the
 * match fails. */
static bool match_special(struct usher_match *m, const char **s, const char *p,
                          const char **next)
{
    unsigned char letter = pattern_byte(m, p + 1);

    *next = p + 2;
    if (letter == 'b') {
        *s = match_balanced(m, *s, p + 2);
        *next = p + 4;
        return true;
    }
    if (letter == 'f') {
        if (pattern_byte(m, p + 2) != '[')
            match_fail(m, "missing '[' after '%f' in pattern");
        *next = set_end(m, p + 2);
        if (!match_frontier(m, *s, p + 2, *next))
            *s = NULL;
        return true;
    }
    if (letter >= '0' && letter <= '9') {
        *s = match_again(m, *s, letter);
        return true;
    }
    return false;
}

/* Matches the rest of the pattern from p at s. Calls itself only where there
 * is something to come back to, so that a long plain pattern needs no depth;
 * the places where it does are Lua's, since "pattern too complex" is part of
 * what a flow can see. */
static const char *match_items(struct usher_match *m, const char *s,
                               const char *p)
{
    while (p < m->pattern_end) {
        const char *end;
        const char *stop;
        bool hit;

        match_spend(m, 1);
        switch (*p) {
        case '(':
            return match_open(m, s, p);
        case ')':
            return match_close(m, s, p);
        case '$':
            if (p + 1 == m->pattern_end)
                return s == m->subject_end ? s : NULL;
            break;
        case '%':
            if (match_special(m, &s, p, &end)) {
                if (s == NULL)
                    return NULL;
                p = end;
                continue;
            }
            break;
        default:
            break;
        }
        end = item_end(m, p);
        if (end - p >= 4)
            match_spend(m, item_steps(p, end));
        hit = item_matches(m, s, p, end);
        switch (pattern_byte(m, end)) {
        case '?':
            if (hit) {
                stop = match_here(m, s + 1, end + 1);
                if (stop != NULL)
                    return stop;
            }
            p = end + 1;
            break;
        case '+':
            return hit ? match_longest(m, s + 1, p, end) : NULL;
        case '*':
            if (hit)
                return match_longest(m, s, p, end);
            p = end + 1;
            break;
        case '-':
            if (hit)
                return match_shortest(m, s, p, end);
            p = end + 1;
            break;
        default:
            if (!hit)
                return NULL;
            s++;
            p = end;
            break;
        }
    }
    return s;
}

static const char *match_here(struct usher_match *m, const char *s,
                              const char *p)
{
    if (m->depth >= USHER_MATCH_DEPTH)
        match_fail(m, "pattern too complex");
    m->depth++;
    s = match_items(m, s, p);
    m->depth--;
    return s;
}

void usher_match_init(struct usher_match *m, const char *subject,
                      size_t subject_bytes, const char *pattern,
                      size_t pattern_bytes, struct usher_match_budget *budget,
                      struct usher_match_host host)
{
    m->subject = subject;
    m->subject_end = subject + subject_bytes;
    m->pattern = pattern;
    m->pattern_end = pattern + pattern_bytes;
    m->budget = budget;
    m->host = host;
    m->depth = 0;
    m->captures = 0;
    m->first_known = false;
}

const char *usher_match_at(struct usher_match *m, const char *at)
{
    m->depth = 0; /* a callback may have left the last match midway */
    m->captures = 0;
    match_spend(m, 1); /* an empty pattern is work too */
    return match_here(m, at, m->pattern);
}

/* The end of the pattern's first item where every match must begin with a
 * byte of it, or NULL where it is not that simple. */
static const char *match_first_item(struct usher_match *m)
{
    const char *p = m->pattern;
    const char *end;

    if (p >= m->pattern_end || *p == '(' || *p == ')' || *p == '$')
        return NULL;
    if (*p == '%') {
        unsigned char letter = pattern_byte(m, p + 1);
        if (letter == 'b' || letter == 'f' || (letter >= '0' && letter <= '9'))
            return NULL;
    }
    /* A malformed item may be reported at once: every try begins with it. */
    end = item_end(m, p);
    switch (pattern_byte(m, end)) {
    case '?':
    case '*':
    case '-':
        return NULL;
    default:
        return end;
    }
}

/* The next place from s that holds the item from m->pattern to end, or
 * NULL. */
static const char *match_skip(struct usher_match *m, const char *s,
                              const char *end)
{
    const char *p = m->pattern;
    const char *start = s;

    if (*p == '[') {
        for (; s < m->subject_end; s++) {
            match_spend(m, item_steps(p, end));
            if (match_item_has(p, end, match_byte(s)))
                return s;
        }
        return NULL;
    }
    if (*p == '%' || *p == '.') {
        while (s < m->subject_end && !match_item_has(p, end, match_byte(s)))
            s++;
    } else {
        s = memchr(s, *p, (size_t)(m->subject_end - s));
        s = s != NULL ? s : m->subject_end;
    }
    match_spend(m, s - start + 1);
    return s < m->subject_end ? s : NULL;
}

const char *usher_match_search(struct usher_match *m, const char **at)
{
    const char *s = *at;

    if (!m->first_known) {
        m->first_end = match_first_item(m);
        m->first_known = true;
    }
    for (; s <= m->subject_end; s++) {
        const char *end;

        if (m->first_end != NULL) {
            s = match_skip(m, s, m->first_end);
            if (s == NULL)
                return NULL;
        }
        end = usher_match_at(m, s);
        if (end != NULL) {
            *at = s;
            return end;
        }
    }
    return NULL;
}

int usher_match_values(const struct usher_match *m)
{
    return m->captures == 0 ? 1 : m->captures;
}

struct usher_match_capture usher_match_value(struct usher_match *m, int index,
                                             const char *start, const char *end)
{
    struct usher_match_capture whole = {start, end - start};

    if (index < m->captures) {
        if (m->capture[index].length == USHER_MATCH_OPEN)
            match_fail(m, "unfinished capture");
        return m->capture[index];
    }
    if (index != 0)
        match_fail_index(m, index);
    return whole;
}

static inline bool byte_is_special(char c)
{
    switch (c) { /* no ')' and no ']': Lua's find has neither */
    case '^':
    case '$':
    case '*':
    case '+':
    case '?':
    case '.':
    case '(':
    case '[':
    case '%':
    case '-':
        return true;
    default:
        return false;
    }
}

bool usher_match_is_plain(const char *pattern, size_t pattern_bytes)
{
    for (size_t i = 0; i < pattern_bytes; i++) {
        if (byte_is_special(pattern[i]))
            return false;
    }
    return true;
}
