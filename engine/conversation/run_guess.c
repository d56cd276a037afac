/* engine/conversation/run_guess.c - the same write at another time.
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
#include <string.h>

#include "conversation/run_internal.h"

/* Questions of one turn that were answered by no. */
#define REFUSED_MAX 16

/* run->guess */
enum { GUESS_NONE, GUESS_TRIED, GUESS_REFUSED };

static void journal_take(struct usher_run *run, struct usher_buffer *journal)
{
    usher_buffer_free(&run->journal);
    run->journal = *journal;
    usher_buffer_init(journal, 0);
}

/* The next way that makes a difference to the journal, from this one on; 0:
 * there is none. */
static int guess_make(struct usher_run *run, unsigned way)
{
    struct usher_buffer with;

    for (; way < RUN_DRAWN_WAYS; way++) {
        if (!run_drawn_journal(run, (enum run_drawn_way)way, &with))
            continue;
        usher_buffer_free(&run->untouched);
        run->untouched = run->journal;
        run->journal = with;
        run->guess = GUESS_TRIED;
        run->guess_way = way;
        return 1;
    }
    return 0;
}

/* It is not that one: another way, or as it was. */
static void guess_refuse(struct usher_run *run)
{
    journal_take(run, &run->untouched);
    if (guess_make(run, run->guess_way + 1))
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

void run_guess_look(lua_State *L, struct usher_run *run,
                    const struct usher_effect *effect)
{
    struct run_entry wanted = {effect->name,
                               effect->target,
                               NULL,
                               strlen(effect->name),
                               effect->target_len,
                               0,
                               0,
                               0};

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
    usher_buffer_clear(&run->wanted);
    run_entry_append(&run->wanted, &wanted);
    if (guess_make(run, RUN_DRAWN_ALL))
        leave(L, run);
}

void run_guess_found(struct usher_run *run, struct usher_intent *intent)
{
    intent->met = USHER_MET;
    run_guess_drop(run);
}

void run_guess_live(lua_State *L, struct usher_run *run)
{
    if (run->guess != GUESS_TRIED)
        return;
    guess_refuse(run);
    leave(L, run);
}

int run_guess_again(struct usher_run *run)
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

void run_guess_drop(struct usher_run *run)
{
    usher_buffer_free(&run->untouched);
    usher_buffer_free(&run->wanted);
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
