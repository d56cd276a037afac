/* engine/conversation/run_drawn.c - what clock and chance gave a try or turn
 * that failed, and a journal with that in place of its own (run_guess.c). */
#include <stdlib.h>
#include <string.h>

#include "bind/plain.h"
#include "conversation/run_internal.h"
#include "script/value.h"

/* Of what is kept; draws beyond it are not. */
#define DRAWN_MAX (64u * 1024)
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
        entry.len--; /* without its mark */
        entry.mark = RUN_MARK_DRAWN;
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

static int is_draw(const struct run_entry *entry)
{
    return entry->mark == RUN_MARK_DRAWN || is_input(entry);
}

/* An input's target is its question: the moment is what counts. */
static int is_like(const struct run_entry *draw, const struct run_entry *other)
{
    if (!is_draw(draw) || !is_draw(other))
        return 0;
    return is_input(draw) ? is_named(draw, is_named(other, "ask") ? "ask"
                                           : is_input(other)      ? "start"
                                                                  : "")
                          : is_same(draw, other);
}

/* The earlier one for the next of its kind, used up; NULL: there is none. */
static const struct run_entry *draw_take(struct draws *draws,
                                         const struct run_entry *like)
{
    for (size_t i = 0; i < draws->count; i++) {
        if (!is_like(&draws->list[i], like))
            continue;
        draws->list[i].mark = 0;
        draws->list[i].name_len = 0;
        return &draws->list[i];
    }
    return NULL;
}

/* This one took the place of an earlier draw before: that and what was drawn
 * before it are used up. */
static void draws_taken(struct draws *draws, struct run_entry entry)
{
    entry.mark = RUN_MARK_DRAWN;
    for (size_t i = 0; i < draws->count; i++) {
        const struct run_entry *draw = &draws->list[i];
        const struct run_entry *used = NULL;

        if (!is_like(draw, &entry) || draw->len != entry.len ||
            memcmp(draw->values, entry.values, entry.len - 1) != 0)
            continue;
        while (used != draw)
            used = draw_take(draws, &entry);
        return;
    }
}

static size_t draws_like(const struct draws *draws,
                         const struct run_entry *like)
{
    size_t count = 0;

    for (size_t i = 0; i < draws->count; i++)
        count += is_like(&draws->list[i], like) != 0;
    return count;
}

/* The same, counted from the end: `reader` stands behind `like`. */
static const struct run_entry *draw_take_last(struct draws *draws,
                                              const struct run_entry *like,
                                              struct usher_reader reader)
{
    size_t left = 1, has = draws_like(draws, like);
    struct run_entry entry;

    while (reader.at < reader.end && run_entry_next(&reader, &entry))
        left += is_like(&entry, like) != 0;
    if (left > has)
        return NULL;
    while (has-- > left)
        (void)draw_take(draws, like);
    return draw_take(draws, like);
}

/* Of the writes like this one that were not refused: how many there are. */
static size_t writes_like(const struct usher_run *run, size_t from,
                          const struct run_entry *like)
{
    struct usher_reader reader;
    struct run_entry entry;
    size_t count = 0;

    usher_reader_init(&reader, run->journal.data + from,
                      run->journal.len - from);
    while (reader.at < reader.end && run_entry_next(&reader, &entry))
        count += is_write(&entry) && is_same(&entry, like) &&
                 entry.mark != USHER_OUTCOME_FAILED + 1;
    return count;
}

/* Cuts off what comes behind the write that the wanted one would be, by its
 * place among those like it. 0: there was none. */
static int draws_until(struct draws *draws, const struct usher_run *run,
                       size_t from)
{
    struct usher_reader reader;
    struct run_entry wanted;
    size_t before;

    usher_reader_init(&reader, run->wanted.data, run->wanted.len);
    if (!run_entry_next(&reader, &wanted))
        return 0;
    before = writes_like(run, from, &wanted);
    for (size_t i = 0; i < draws->count; i++) {
        const struct run_entry *draw = &draws->list[i];

        if (!is_write(draw) || !is_same(draw, &wanted) ||
            draw->mark == USHER_OUTCOME_FAILED + 1 || before-- > 0)
            continue;
        draws->count = i;
        return 1;
    }
    return 0;
}

/* ---- the journal with them ---- */

/* Copies the entry that stands in [at, end), with the earlier values. */
static void entry_copy(struct usher_buffer *out, const struct run_entry *draw,
                       const struct run_entry *entry, const char *at,
                       const char *end)
{
    const char *moment;
    size_t before = out->len;

    if (draw && !is_input(entry)) {
        struct run_entry with = *entry;

        with.values = draw->values;
        with.len = draw->len - 1; /* without its mark */
        with.count = draw->count;
        with.mark = RUN_MARK_TAKEN;
        run_entry_append(out, &with);
        return;
    }
    usher_buffer_append(out, at, (size_t)(end - at));
    moment = draw && draw->len == 9 ? input_moment(entry) : NULL;
    if (moment && !out->failed)
        memcpy(out->data + before + (moment - at), draw->values, 9);
}

/* Where the draws begin that stand right before the end of the journal: behind
 * the last entry that is aimed at something. */
static const char *last_draws(struct usher_reader reader)
{
    const char *begin = reader.at;
    struct run_entry entry;

    while (reader.at < reader.end && run_entry_next(&reader, &entry)) {
        if (!is_draw(&entry) && !is_named(&entry, "say"))
            begin = reader.at;
    }
    return begin;
}

/* The earlier draw for this one; NULL: it stays. */
static const struct run_entry *draw_find(struct draws *draws,
                                         enum run_drawn_way way,
                                         const struct run_entry *entry,
                                         struct usher_reader reader)
{
    if (entry->mark == RUN_MARK_TAKEN)
        draws_taken(draws, *entry);
    if (!is_draw(entry))
        return NULL;
    return way < RUN_DRAWN_FROM_WRITE ? draw_take(draws, entry)
                                      : draw_take_last(draws, entry, reader);
}

int run_drawn_journal(const struct usher_run *run, enum run_drawn_way way,
                      struct usher_buffer *out)
{
    size_t from = run->answer ? run->turn_start : 0;
    struct draws draws;
    struct usher_reader reader;
    struct run_entry entry;
    const char *begin;
    int good = draws_read(run, &draws);

    usher_buffer_init(out, USHER_JOURNAL_MAX);
    if (good && way == RUN_DRAWN_NOT_FAILED)
        draws_without_failed(&draws);
    if (good && way >= RUN_DRAWN_FROM_WRITE)
        good = draws_until(&draws, run, from);
    usher_buffer_append(out, run->journal.data, from);
    usher_reader_init(&reader, run->journal.data + from,
                      run->journal.len - from);
    begin = way == RUN_DRAWN_NEAREST ? last_draws(reader) : reader.at;
    while (good && reader.at < reader.end) {
        const struct run_entry *draw = NULL;
        const char *at = reader.at;

        good = run_entry_next(&reader, &entry);
        if (good &&
            (at >= begin || is_input(&entry) || entry.mark == RUN_MARK_TAKEN))
            draw = draw_find(&draws, way, &entry, reader);
        if (good)
            entry_copy(out, draw, &entry, at, reader.at);
    }
    free(draws.list);
    if (good && !out->failed &&
        !(out->len == run->journal.len &&
          memcmp(out->data, run->journal.data, out->len) == 0))
        return 1;
    usher_buffer_free(out);
    return 0;
}
