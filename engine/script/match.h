/* engine/script/match.h - Lua 5.4's string patterns on bytes, with every
 * step counted.
 *
 * Lua's own matcher can run for minutes inside one C call, where no hook
 * fires. This one takes each step from a budget and calls back when it is
 * spent. It knows no Lua state; lua_match.h makes string.find, match, gmatch
 * and gsub of it.
 *
 * One step is one try at one place or one byte looked at; a long set
 * such as [...] costs one more for each 4 bytes of its text, and bytes copied
 * into a result cost one for each 16. Work is paid for before it is done, or
 * right after it where it is one linear pass over the subject.
 *
 * Nothing here allocates, so the callbacks may leave by longjmp. */

#ifndef USHER_SCRIPT_MATCH_H
#define USHER_SCRIPT_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Shared by everything that one turn matches. Set it anew for each turn. */
struct usher_match_budget {
    int64_t steps_left;
};

enum {
    USHER_MATCH_CAPTURES = 32, /* Lua's LUA_MAXCAPTURES */
    USHER_MATCH_DEPTH = 200    /* Lua's MAXCCALLS of the matcher */
};

/* What a match needs from whoever runs it. */
struct usher_match_host {
    /* Called once steps_left is 0 or less: gives more, or does not return. */
    void (*exhausted)(void *user);
    /* Reports a bad pattern in the words of Lua; must not return. The text
     * lives as long as the struct usher_match. */
    void (*fail)(void *user, const char *message);
    void *user;
};

enum {
    USHER_MATCH_OPEN = -1,    /* length of a capture not closed yet */
    USHER_MATCH_POSITION = -2 /* length of a position capture, "()" */
};

struct usher_match_capture {
    const char *start; /* within the subject */
    ptrdiff_t length;  /* in bytes, or USHER_MATCH_POSITION */
};

/* One pattern at work on one subject. The fields belong to match.c; they are
 * here so that the struct can live on the stack or in a userdata. */
struct usher_match {
    const char *subject;
    const char *subject_end;
    const char *pattern;
    const char *pattern_end;
    struct usher_match_budget *budget;
    struct usher_match_host host;
    const char *first_end; /* of the item a search can skip to, or NULL */
    bool first_known;
    int depth;
    int captures; /* of the last match */
    struct usher_match_capture capture[USHER_MATCH_CAPTURES];
    char message[40];
};

/* Prepares m. Subject, pattern and budget are borrowed and must outlive it;
 * both strings may hold any bytes and need no terminator. A leading '^' is an
 * ordinary byte here: who wants an anchor skips it and calls
 * usher_match_at() at the start only. */
void usher_match_init(struct usher_match *m, const char *subject,
                      size_t subject_bytes, const char *pattern,
                      size_t pattern_bytes, struct usher_match_budget *budget,
                      struct usher_match_host host);

/* Matches the pattern exactly at `at`. Gives the end of the match, or NULL
 * where there is none. */
const char *usher_match_at(struct usher_match *m, const char *at);

/* Finds the first match that starts at *at or later, and moves *at to its
 * start. Gives its end, or NULL. */
const char *usher_match_search(struct usher_match *m, const char **at);

/* How many values the last match stands for: its captures, or 1 (the whole
 * match) where the pattern has none. */
int usher_match_values(const struct usher_match *m);

/* Value number `index`, from 0, of the last match, which ran from start to
 * end. Fails where the pattern has no such capture or never closed it. */
struct usher_match_capture usher_match_value(struct usher_match *m, int index,
                                             const char *start,
                                             const char *end);

/* Is the pattern free of everything special? Then string.find looks for its
 * bytes as they are. */
bool usher_match_is_plain(const char *pattern, size_t pattern_bytes);

/* Takes steps from the budget for work done on behalf of m. */
static inline void usher_match_spend(struct usher_match *m, size_t steps)
{
    m->budget->steps_left -= (int64_t)steps;
    if (m->budget->steps_left <= 0)
        m->host.exhausted(m->host.user);
}

#endif
