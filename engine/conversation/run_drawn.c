/* engine/conversation/run_drawn.c - the same write at another time.
 *
 * A write is known again by its bytes, and what the clock or chance put into
 * them is another thing in a task's next try, or when a visitor asks again
 * after a turn that failed. So a failed try leaves what it drew: `earlier`.
 * Where a write is not known, but one that was or may be done has not been
 * asked for again yet, there is a question: would it be that one, had clock and
 * chance given what they gave then? To answer it the journal so far is replayed
 * with those values in place of its own, and the write looked for once more.
 * Found, it gets its recorded result, and the flow goes on from there. Not
 * found, all is put back as it was, and it is sent as another write.
 *
 * So a write that was done is not sent again because time went by, and one that
 * differs in anything else (the flow's arguments, a setting, what a read gave,
 * the number of the try) is never taken for it. Nothing is read or sent for
 * the question, and a flow whose writes hold no such value never meets it: its
 * clock shows the present. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "bind/plain.h"
#include "conversation/run_internal.h"
#include "script/value.h"

/* Of what is kept; draws beyond it are not. */
#define DRAWN_MAX (64u * 1024)
/* Questions of one turn that were answered by no. */
#define REFUSED_MAX 16

/* run->guess */
enum { GUESS_NONE, GUESS_TRIED, GUESS_REFUSED };

/* Ways to put the earlier draws in the place of the new ones. */
enum {
    LEVEL_ALL,        /* the first for the first, and so on */
    LEVEL_NOT_FAILED, /* without those for a write that failed and was asked for
                       * again: that one is asked for only once now */
    LEVELS
};

/* ---- what is kept: entries as in a journal, a part for each flow ---- */

static const char part_name[] = "flow";

static int is_named(const struct run_entry *entry, const char *name)
{
    return entry->name_len == strlen(name) &&
           memcmp(entry->name, name, entry->name_len) == 0;
}

static int is_same(const struct run_entry *a, const struct run_entry *b)
{
    return a->name_len == b->name_len && a->target_len == b->target_len &&
           memcmp(a->name, b->name, a->name_len) == 0 &&
           memcmp(a->target, b->target, a->target_len) == 0;
}

static int is_input(const struct run_entry *entry)
{
    return is_named(entry, "start") || is_named(entry, "ask");
}

static int is_write(const struct run_entry *entry)
{
    return entry->mark > 0 && entry->mark < RUN_MARK_DRAWN;
}

/* The moment of an input; NULL: it has none. */
static const char *input_moment(const struct run_entry *entry)
{
    const char *at;
    size_t len;

    /* A float: a tag and eight bytes. */
    return usher_plain_member(entry->values, entry->len, "at", &at, &len) &&
                   len == 9 && *at == 4
               ? at
               : NULL;
}

static void keep(struct usher_buffer *out, struct run_entry entry)
{
    size_t before = out->len;

    if (is_input(&entry)) {
        entry.values = input_moment(&entry);
        entry.len = entry.values ? 9 : 0;
        entry.count = entry.values != NULL;
        entry.target_len = 0;
    } else if (is_write(&entry)) {
        entry.count = 0;
        entry.values = NULL;
        entry.len = 0;
    } else if (entry.mark) {
        entry.len--; /* the mark is written again */
    } else {
        return;
    }
    run_entry_append(out, &entry);
    if (out->failed) { /* the rest is not kept */
        out->failed = USHER_OK;
        out->len = before;
        out->max = before;
    }
}

void usher_run_drawn(const void *entries, size_t len, struct usher_buffer *out)
{
    static const struct run_entry part = {part_name, "", NULL, 4, 0, 0, 0, 0};
    struct usher_reader reader;
    struct run_entry entry;

    out->max = DRAWN_MAX;
    run_entry_append(out, &part);
    usher_reader_init(&reader, entries, len);
    while (reader.at < reader.end && run_entry_next(&reader, &entry))
        keep(out, entry);
    out->max = 0;
    out->failed = USHER_OK;
}

/* ---- the earlier draws of this flow ---- */

struct draws {
    struct run_entry *list;
    size_t count;
};

static int draws_read(const struct usher_run *run, struct draws *draws)
{
    struct usher_reader reader;
    struct run_entry entry;
    unsigned part = 0;

    /* An entry has four bytes at least. */
    draws->list = calloc(run->earlier->len / 4 + 1, sizeof(*draws->list));
    draws->count = 0;
    if (!draws->list)
        return 0;
    usher_reader_init(&reader, run->earlier->data, run->earlier->len);
    while (reader.at < reader.end && run_entry_next(&reader, &entry)) {
        if (is_named(&entry, part_name))
            part++;
        else if (part == run->part + 1)
            draws->list[draws->count++] = entry;
    }
    return draws->count > 0;
}

/* Takes out the last draw like this one in [from, to). */
static void draw_drop(struct draws *draws, size_t from, size_t to,
                      const struct run_entry *like)
{
    while (to-- > from) {
        if (draws->list[to].mark == RUN_MARK_DRAWN &&
            is_same(&draws->list[to], like)) {
            draws->list[to].mark = 0;
            return;
        }
    }
}

/* A write that failed was asked for again: what was drawn again for it takes
 * the place of what was drawn before. */
static void draws_without_failed(struct draws *draws)
{
    size_t previous = 0;

    for (size_t i = 0; i < draws->count; i++) {
        struct run_entry *list = draws->list;
        size_t next = i + 1;

        if (!is_write(&list[i]))
            continue;
        while (next < draws->count && !is_write(&list[next]))
            next++;
        if (list[i].mark == USHER_OUTCOME_FAILED + 1 && next < draws->count &&
            is_same(&list[i], &list[next])) {
            for (size_t d = i + 1; d < next; d++) {
                if (list[d].mark == RUN_MARK_DRAWN)
                    draw_drop(draws, previous, i, &list[d]);
            }
        }
        previous = i + 1;
    }
}

/* The earlier one for the next of its kind, used up; NULL: there is none. */
static const struct run_entry *draw_take(struct draws *draws,
                                         const struct run_entry *like)
{
    for (size_t i = 0; i < draws->count; i++) {
        struct run_entry *draw = &draws->list[i];

        if (is_input(like)
                ? !is_named(draw, is_named(like, "ask") ? "ask" : "start")
                : draw->mark != RUN_MARK_DRAWN || !is_same(draw, like))
            continue;
        draw->mark = 0;
        draw->name_len = 0;
        return draw;
    }
    return NULL;
}

/* ---- the journal with them ---- */

/* Copies the entry that stands in [at, end), with the earlier values. */
static void entry_copy(struct usher_buffer *out, struct draws *draws,
                       const struct run_entry *entry, const char *at,
                       const char *end)
{
    const struct run_entry *draw = NULL;
    const char *moment;
    size_t before = out->len;

    if (is_input(entry) || entry->mark == RUN_MARK_DRAWN)
        draw = draw_take(draws, entry);
    if (draw && !is_input(entry)) {
        struct run_entry with = *entry;

        with.values = draw->values;
        with.len = draw->len - 1; /* without its mark */
        with.count = draw->count;
        run_entry_append(out, &with);
        return;
    }
    usher_buffer_append(out, at, (size_t)(end - at));
    moment = draw && draw->len == 9 ? input_moment(entry) : NULL;
    if (moment && !out->failed)
        memcpy(out->data + before + (moment - at), draw->values, 9);
}

/* Appends the journal with the earlier draws; 0: it is the same, or there is
 * no memory. */
static int journal_with(const struct usher_run *run, int level,
                        struct usher_buffer *out)
{
    size_t from = run->answer ? run->turn_start : 0;
    struct draws draws;
    struct usher_reader reader;
    struct run_entry entry;
    int good = draws_read(run, &draws);

    usher_buffer_init(out, USHER_JOURNAL_MAX);
    if (good && level == LEVEL_NOT_FAILED)
        draws_without_failed(&draws);
    usher_buffer_append(out, run->journal.data, from);
    usher_reader_init(&reader, run->journal.data + from,
                      run->journal.len - from);
    while (good && reader.at < reader.end) {
        const char *at = reader.at;

        good = run_entry_next(&reader, &entry);
        if (good)
            entry_copy(out, &draws, &entry, at, reader.at);
    }
    free(draws.list);
    if (good && !out->failed &&
        !(out->len == run->journal.len &&
          memcmp(out->data, run->journal.data, out->len) == 0))
        return 1;
    usher_buffer_free(out);
    return 0;
}

static void journal_take(struct usher_run *run, struct usher_buffer *journal)
{
    usher_buffer_free(&run->journal);
    run->journal = *journal;
    usher_buffer_init(journal, 0);
}

/* ---- the question ---- */

/* The next way that makes a difference to the journal, from this one on; 0:
 * there is none. */
static int guess_make(struct usher_run *run, unsigned level)
{
    struct usher_buffer with;

    for (; level < LEVELS; level++) {
        if (!journal_with(run, (int)level, &with))
            continue;
        usher_buffer_free(&run->untouched);
        run->untouched = run->journal;
        run->journal = with;
        run->guess = GUESS_TRIED;
        run->guess_level = level;
        return 1;
    }
    return 0;
}

/* It is not that one: another way, or as it was. */
static void guess_refuse(struct usher_run *run)
{
    journal_take(run, &run->untouched);
    if (guess_make(run, run->guess_level + 1))
        return;
    run->guess = GUESS_REFUSED;
    run->refused++;
}

static int has_unmet(const struct usher_intents *intents)
{
    for (size_t i = 0; i < intents->count; i++) {
        const struct usher_intent *intent = &intents->list[i];

        if (intent->met == USHER_UNMET && intent->state != USHER_INTENT_FAILED)
            return 1;
    }
    return 0;
}

/* The coroutine is left where it stands, and started again. */
static void leave(lua_State *L, struct usher_run *run)
{
    run->again = 1;
    if (lua_isyieldable(L))
        lua_yield(L, 0);
    luaL_error(L, "the flow is run again");
}

void run_drawn_look(lua_State *L, struct usher_run *run)
{
    if (run->guess == GUESS_TRIED) {
        guess_refuse(run);
        leave(L, run);
    }
    if (run->guess == GUESS_REFUSED) {
        run->guess = GUESS_NONE;
        return;
    }
    if (!run->earlier || !run->earlier->len || run->refused >= REFUSED_MAX ||
        !has_unmet(&run->intents))
        return;
    if (guess_make(run, LEVEL_ALL))
        leave(L, run);
}

void run_drawn_found(struct usher_run *run, struct usher_intent *intent)
{
    intent->met = USHER_MET;
    run_drawn_drop(run);
}

void run_drawn_live(lua_State *L, struct usher_run *run)
{
    if (run->guess != GUESS_TRIED)
        return;
    guess_refuse(run);
    leave(L, run);
}

int run_drawn_again(struct usher_run *run)
{
    if (!run->again && run->guess != GUESS_TRIED)
        return 0;
    if (!run->again) /* it ended, or went elsewhere */
        guess_refuse(run);
    run->again = 0;
    run->diverged = 0;
    run->broken = USHER_OK;
    run->broken_why = NULL;
    run->said = run->journal.len;
    return 1;
}

void run_drawn_drop(struct usher_run *run)
{
    usher_buffer_free(&run->untouched);
    run->guess = GUESS_NONE;
    run->again = 0;
}

static int has_done(const struct usher_intents *intents)
{
    for (size_t i = 0; i < intents->count; i++) {
        if (intents->list[i].state != USHER_INTENT_FAILED &&
            intents->list[i].met != USHER_MET_WELL)
            return 1;
    }
    return 0;
}

void usher_run_drawn_keep(const struct usher_run *run,
                          struct usher_buffer *drawn,
                          struct usher_buffer *earlier)
{
    if (!has_done(&run->intents)) {
        usher_buffer_clear(earlier);
    } else if (run->made || !earlier->len || !has_unmet(&run->intents)) {
        usher_buffer_free(earlier);
        *earlier = *drawn;
        usher_buffer_init(drawn, 0);
    }
    usher_buffer_clear(drawn);
}
