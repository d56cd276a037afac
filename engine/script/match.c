/* engine/script/match.c - a backtracking matcher for Lua 5.4's patterns.
 *
 * The pattern is read as it is, not compiled: Lua complains about a malformed
 * item only when the match reaches it, and so must we. An "item" is what
 * stands for one byte: x, ., %a, [set]. Reads past the end of the pattern or
 * the subject give a zero byte, as they do in Lua. */

#include "script/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    UPPER = 1,
    LOWER = 2,
    DIGIT = 4,
    SPACE = 8,
    PUNCT = 16,
    CNTRL = 32,
    XDIGIT = 64,
    ALPHA = UPPER | LOWER,
    ALNUM = ALPHA | DIGIT,
    GRAPH = ALNUM | PUNCT
};

/* The classes of the C locale, whatever the machine's is: a flow must match
 * the same everywhere. Bytes from 0x80 on are in none. */
static const unsigned char class_of[256] = {
#define C CNTRL
#define W (CNTRL | SPACE)
#define P PUNCT
#define D (DIGIT | XDIGIT)
#define X (UPPER | XDIGIT)
#define U UPPER
#define x (LOWER | XDIGIT)
#define l LOWER
    C,     C, C, C, C, C, C, C, C, W, W, W, W, W, C, C, /* 0x00 */
    C,     C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, /* 0x10 */
    SPACE, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P,
    D,     D, D, D, D, D, D, D, D, D, P, P, P, P, P, P, /* 0x30 */
    P,     X, X, X, X, X, X, U, U, U, U, U, U, U, U, U, /* 0x40 */
    U,     U, U, U, U, U, U, U, U, U, U, P, P, P, P, P, /* 0x50 */
    P,     x, x, x, x, x, x, l, l, l, l, l, l, l, l, l, /* 0x60 */
    l,     l, l, l, l, l, l, l, l, l, l, P, P, P, P, C, /* 0x70 */
#undef C
#undef W
#undef P
#undef D
#undef X
#undef U
#undef x
#undef l
};

static inline unsigned char byte_at(const char *p)
{
    return (unsigned char)*p;
}

static inline void match_spend(struct usher_match *m, ptrdiff_t steps)
{
    m->budget->steps_left -= steps;
    if (m->budget->steps_left <= 0)
        m->host.exhausted(m->host.user);
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
    return p < m->pattern_end ? byte_at(p) : 0;
}

/* The bits of a class letter in lower case, 0 where it is none. */
static unsigned class_mask(unsigned char lower)
{
    switch (lower) {
    case 'a':
        return ALPHA;
    case 'c':
        return CNTRL;
    case 'd':
        return DIGIT;
    case 'g':
        return GRAPH;
    case 'l':
        return LOWER;
    case 'p':
        return PUNCT;
    case 's':
        return SPACE;
    case 'u':
        return UPPER;
    case 'w':
        return ALNUM;
    case 'x':
        return XDIGIT;
    default:
        return 0;
    }
}

/* Does %letter stand for the byte c? */
static bool class_has(unsigned char letter, unsigned char c)
{
    unsigned char lower = letter | 0x20;
    unsigned mask = class_mask(lower);
    bool is_upper = letter != lower;

    if (mask != 0)
        return ((class_of[c] & mask) != 0) != is_upper;
    if (lower == 'z') /* undocumented since Lua 5.2, still there */
        return (c == 0) != is_upper;
    return letter == c;
}

/* Does the set from p ('[') to last (its ']') hold the byte c? */
static bool set_has(const char *p, const char *last, unsigned char c)
{
    bool found = true;

    if (p[1] == '^') {
        found = false;
        p++;
    }
    while (++p < last) {
        if (*p == '%') {
            p++;
            if (class_has(byte_at(p), c))
                return found;
        } else if (p[1] == '-' && p + 2 < last) {
            p += 2;
            if (byte_at(p - 2) <= c && c <= byte_at(p))
                return found;
        } else if (byte_at(p) == c) {
            return found;
        }
    }
    return !found;
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

static inline bool item_has(const char *p, const char *end, unsigned char c)
{
    switch (*p) {
    case '.':
        return true;
    case '%':
        return class_has(byte_at(p + 1), c);
    case '[':
        return set_has(p, end - 1, c);
    default:
        return byte_at(p) == c;
    }
}

static inline bool item_matches(const struct usher_match *m, const char *s,
                                const char *p, const char *end)
{
    return s < m->subject_end && item_has(p, end, byte_at(s));
}

/* What one try of the item costs: a set may be as long as memory allows. */
static inline ptrdiff_t item_steps(const char *p, const char *end)
{
    return 1 + (end - p) / 8;
}

static const char *match_here(struct usher_match *m, const char *s,
                              const char *p);

/* The end of the longest run of the item from s. */
static const char *match_run(struct usher_match *m, const char *s,
                             const char *p, const char *end)
{
    ptrdiff_t steps = item_steps(p, end);

    if (*p == '.')
        return m->subject_end;
    while (item_matches(m, s, p, end)) {
        match_spend(m, steps);
        s++;
    }
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
    ptrdiff_t depth = 1;

    if (p + 1 >= m->pattern_end)
        match_fail(m, "malformed pattern (missing arguments to '%b')");
    if (s >= m->subject_end || *s != p[0])
        return NULL;
    while (++s < m->subject_end) {
        match_spend(m, 1);
        if (*s == p[1]) { /* first: x and y may be the same */
            if (--depth == 0)
                return s + 1;
        } else if (*s == p[0]) {
            depth++;
        }
    }
    return NULL;
}

/* %f[set], p at the set: does s stand where the set begins to hold? */
static bool match_frontier(struct usher_match *m, const char *s, const char *p,
                           const char *end)
{
    unsigned char before = s > m->subject ? byte_at(s - 1) : 0;
    unsigned char here = s < m->subject_end ? byte_at(s) : 0;

    match_spend(m, 2 * item_steps(p, end));
    return !set_has(p, end - 1, before) && set_has(p, end - 1, here);
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
        if (end - p >= 8)
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
}

const char *usher_match_at(struct usher_match *m, const char *at)
{
    m->depth = 0; /* a callback may have left the last match midway */
    m->captures = 0;
    return match_here(m, at, m->pattern);
}

/* The byte that every match must begin with, or -1 where it is not that
 * simple. */
static int match_first_byte(const struct usher_match *m)
{
    unsigned char after = pattern_byte(m, m->pattern + 1);

    if (m->pattern >= m->pattern_end ||
        memchr("$%[.()", *m->pattern, 6) != NULL || after == '?' ||
        after == '*' || after == '-')
        return -1;
    return byte_at(m->pattern);
}

/* The next place from `at` that holds the byte, or NULL. */
static const char *match_skip(struct usher_match *m, const char *at, int byte)
{
    const char *place = memchr(at, byte, (size_t)(m->subject_end - at));

    match_spend(m, (place != NULL ? place : m->subject_end) - at + 1);
    return place;
}

const char *usher_match_search(struct usher_match *m, const char **at)
{
    int first = match_first_byte(m);
    const char *s = *at;

    for (; s <= m->subject_end; s++) {
        const char *end;

        if (first >= 0)
            s = match_skip(m, s, first);
        if (s == NULL)
            return NULL;
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

const char *usher_match_find_plain(struct usher_match *m, const char *at)
{
    size_t pattern_bytes = (size_t)(m->pattern_end - m->pattern);
    size_t left = (size_t)(m->subject_end - at);
    const char *place;

    if (pattern_bytes > left)
        return NULL;
    place = memmem(at, left, m->pattern, pattern_bytes);
    match_spend(m, (place != NULL ? place : m->subject_end) - at +
                       (ptrdiff_t)pattern_bytes);
    return place;
}

void usher_match_spend(struct usher_match *m, size_t steps)
{
    match_spend(m, (ptrdiff_t)steps);
}
