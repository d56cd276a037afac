/* engine/script/limits.c - what ends a turn that takes too much.
 *
 * What C does in one call is charged to the turn's instructions by the
 * function itself, so that the same turn ends at the same place each time.
 * That leaves what nobody can charge: `a < b` on long texts, an index through
 * a thousand __index tables. So a second net measures the processor's time,
 * whenever the hook or a charge looks, and long texts let it look sooner. */
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "script/script_internal.h"

/* Filling a larger block is charged. */
#define LARGE_BLOCK 4096
/* How often charges look at the clock, in instructions. */
#define LOOK_EVERY SCRIPT_HOOK_EVERY
/* What texts may let the virtual machine do between two looks, in bytes; the
 * slowest that one instruction does takes some 15 ns a byte. */
#define BYTES_A_LOOK ((size_t)16 << 20)
#define HOOK_EVERY_LEAST 15
/* Steps of string matching between two looks. */
#define MATCH_SLICE 16384
/* What one charge may be: far beyond any limit, far from overflowing. */
#define CHARGE_MAX ((int64_t)1 << 40)

const char *script_kill_text(enum script_kill why)
{
    switch (why) {
    case SCRIPT_KILLED_INSTRUCTIONS:
        return "the turn ran too long: too many instructions; is there a loop "
               "that does not end?";
    case SCRIPT_KILLED_MATCHING:
        return "the turn ran too long in string matching; make the pattern "
               "simpler, or use lpeg";
    case SCRIPT_KILLED_TIME:
        return "the turn ran too long: it took too much of the processor's "
               "time; is there a loop over long texts?";
    case SCRIPT_KILLED_MEMORY:
        return "the turn used too much memory";
    case SCRIPT_KILLED_DEPTH:
        return "a function calls itself again and again";
    case SCRIPT_KILLED_TEXT:
        return "the turn used too much memory: a text may have 1 MiB";
    case SCRIPT_KILLED_STATE:
        return "there is no memory left: what the files of the flows keep in "
               "variables of their own fills the state";
    case SCRIPT_KILLED_STOPPED:
        return "loading was stopped";
    default:
        return "";
    }
}

enum script_kill script_memory_why(const struct usher_script *script)
{
    return script->is_full ? SCRIPT_KILLED_STATE : SCRIPT_KILLED_MEMORY;
}

void script_killed_at(lua_State *L, struct usher_script *script)
{
    if (!script->killed_at[0])
        script_place(L, script->killed_at, sizeof(script->killed_at));
}

/* ---- the clock ---- */

static int64_t clock_ns(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The thread's own clock costs ten times what the steady one does, and is
 * never ahead of it: it is asked only when it may be late. */
static int is_late(struct usher_script *script)
{
    int64_t now = clock_ns(CLOCK_MONOTONIC);
    int64_t used;

    if (script->late_from == 0) { /* the slice's first look */
        script->cpu_from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
        script->late_from = now + script->cpu_allowed;
        return 0;
    }
    if (now < script->late_from)
        return 0;
    used = clock_ns(CLOCK_THREAD_CPUTIME_ID) - script->cpu_from;
    script->late_from = now + (script->cpu_allowed - used);
    return used >= script->cpu_allowed;
}

/* Most of what the turn has used went into collecting the garbage of a large
 * state. In another one it would have been little. */
static int is_state_to_blame(const struct usher_script *script)
{
    return script->bytes > script->limits.state_bytes / 2 &&
           script->collected > script->limits.instructions / 3;
}

static enum script_kill instructions_why(const struct usher_script *script)
{
    return is_state_to_blame(script) ? SCRIPT_KILLED_STATE
                                     : SCRIPT_KILLED_INSTRUCTIONS;
}

/* Looks at all that may be used up. */
static void look(struct usher_script *script)
{
    script->look_at = script->instructions_left - LOOK_EVERY;
    if (script->look_at < 0)
        script->look_at = 0;
    if (script->killed)
        return;
    if (script->stop && atomic_load(script->stop))
        script->killed = SCRIPT_KILLED_STOPPED;
    else if (script->instructions_left <= 0)
        script->killed = instructions_why(script);
    else if (is_late(script))
        script->killed = SCRIPT_KILLED_TIME;
}

/* ---- the hook ---- */

static void script_hook(lua_State *L, lua_Debug *ar);

/* A killed flow is left standing where it is, by a yield that nobody resumes:
 * no pcall and no __close sees it, of which there may be thousands. Where it
 * cannot yield (in a function that C has called) an error takes it out of
 * there first. */
int script_raise_killed(lua_State *L, struct usher_script *script)
{
    script_killed_at(L, script);
    if (lua_isyieldable(L))
        return lua_yield(L, 0);
    /* From here on each instruction comes to the hook. */
    lua_sethook(L, script_hook, LUA_MASKCOUNT, 1);
    /* To make a text now may take a collection, for each pcall on the way. */
    lua_rawgeti(L, LUA_REGISTRYINDEX, script->ended);
    return lua_error(L);
}

static void line_tell(lua_State *L, lua_Debug *ar, struct usher_script *script)
{
    lua_getinfo(L, "S", ar);
    script->line(script->line_user, ar->source, ar->currentline,
                 (const void *)ar->i_ci);
}

/* An error raised in a hook leaves the thread's hooks off until it is caught. A
 * killed thread is never used again. */
static void script_hook(lua_State *L, lua_Debug *ar)
{
    struct usher_script *script = usher_script_of(L);

    if (ar->event == LUA_HOOKLINE) {
        line_tell(L, ar, script);
        return;
    }
    if (!script->armed)
        return;
    if (script->loading) /* memory that ends tells no line */
        script_place(L, script->loaded_at, sizeof(script->loaded_at));
    script->instructions_left -= lua_gethookcount(L);
    look(script);
    if (!script->killed)
        return;
    script_raise_killed(L, script);
}

void script_hook_set(lua_State *L, const struct usher_script *script)
{
    lua_sethook(L, script_hook,
                LUA_MASKCOUNT | (script->line ? LUA_MASKLINE : 0),
                script->killed ? 1 : script->hook_every);
}

/* Of what runs now, also from within an allocation: lua_sethook() may be
 * called at any time. */
static void hooks_set_now(struct usher_script *script)
{
    if (!script->armed)
        return;
    if (script->running)
        script_hook_set(script->running->L, script);
    if (lua_gethookmask(script->L))
        script_hook_set(script->L, script);
}

void usher_script_watch_lines(struct usher_script *script,
                              usher_script_line_fn *fn, void *user)
{
    script->line = fn;
    script->line_user = user;
}

/* ---- charges ---- */

/* Whether the turn is over. */
static int spend(struct usher_script *script, int64_t instructions)
{
    if (!script->armed)
        return 0;
    script->instructions_left -=
        instructions < CHARGE_MAX ? instructions : CHARGE_MAX;
    if (script->instructions_left > script->look_at)
        return 0;
    look(script);
    return script->killed != SCRIPT_ALIVE;
}

void usher_script_charge(lua_State *L, int64_t instructions)
{
    struct usher_script *script = usher_script_of(L);

    if (spend(script, instructions))
        script_raise_killed(L, script);
}

void usher_script_spend(lua_State *L, int64_t instructions)
{
    struct usher_script *script = usher_script_of(L);

    if (script && spend(script, instructions))
        hooks_set_now(script);
}

void usher_script_look(lua_State *L)
{
    struct usher_script *script = usher_script_of(L);

    script->look_at = INT64_MAX;
    usher_script_charge(L, 0);
}

void script_match_set(struct usher_script *script, int64_t steps)
{
    script->match.steps_left = steps < MATCH_SLICE ? steps : MATCH_SLICE;
    script->match_reserve = steps - script->match.steps_left;
}

int64_t script_match_left(const struct usher_script *script)
{
    return script->match_reserve + script->match.steps_left;
}

void script_match_exhausted(lua_State *L, void *user)
{
    struct usher_script *script = user;
    int64_t left = script_match_left(script);

    if (!script->armed) { /* the engine's own work is not bounded */
        script_match_set(script, script->limits.match_steps);
        return;
    }
    look(script);
    if (left <= 0 && !script->killed)
        script->killed = SCRIPT_KILLED_MATCHING;
    if (script->killed)
        script_raise_killed(L, script);
    script_match_set(script, left);
}

/* ---- long texts ---- */

static void hook_every_set(struct usher_script *script)
{
    size_t longest = script->long_floor;
    int every = SCRIPT_HOOK_EVERY;

    for (int i = 0; i < SCRIPT_LONG_MAX; i++) {
        if (script->longs[i].bytes > longest)
            longest = script->longs[i].bytes;
    }
    while (every > HOOK_EVERY_LEAST && longest * (size_t)every > BYTES_A_LOOK)
        every /= 2;
    if (every == script->hook_every)
        return;
    script->hook_every = every;
    hooks_set_now(script);
}

/* Where there are too many the shortest is taken to be there for ever. */
static void long_add(struct usher_script *script, const void *at, size_t bytes)
{
    struct script_long *place = &script->longs[0];

    for (int i = 1; i < SCRIPT_LONG_MAX; i++) {
        if (script->longs[i].bytes < place->bytes)
            place = &script->longs[i];
    }
    if (place->bytes > script->long_floor)
        script->long_floor = place->bytes;
    place->at = at;
    place->bytes = bytes;
    hook_every_set(script);
}

static void long_drop(struct usher_script *script, const void *at)
{
    for (int i = 0; i < SCRIPT_LONG_MAX; i++) {
        if (script->longs[i].at != at)
            continue;
        script->longs[i].at = NULL;
        script->longs[i].bytes = 0;
        hook_every_set(script);
        return;
    }
}

/* ---- memory ---- */

static int refuse(struct usher_script *script, enum script_kill why)
{
    script->killed = script->killed ? script->killed : why;
    hooks_set_now(script);
    return 0;
}

/* Lua collects all garbage and asks once more, and does without in some
 * places; so it could go on for ever, a whole collection for each word. */
static int refuse_memory(struct usher_script *script)
{
    script->instructions_left -= (int64_t)(script->bytes / 32);
    script->collected += (int64_t)(script->bytes / 32);
    if (script->refused || script->instructions_left < 0)
        return refuse(script, is_state_to_blame(script)
                                  ? SCRIPT_KILLED_STATE
                                  : script_memory_why(script));
    script->refused = 1;
    return 0;
}

/* Whether a turn may have `new_size` bytes in place of `had`. */
static int may_grow(struct usher_script *script, size_t had, size_t new_size,
                    int is_text)
{
    size_t next = script->bytes - had + new_size;
    size_t grown = next > script->turn_base ? next - script->turn_base : 0;

    if (is_text && new_size > script->limits.text_bytes + SCRIPT_TEXT_HEAD)
        return refuse(script, SCRIPT_KILLED_TEXT);
    script->is_full = next > script->limits.state_bytes &&
                      grown + script->turn_growth <= script->limits.turn_bytes;
    if (next > script->limits.state_bytes ||
        grown + script->turn_growth > script->limits.turn_bytes)
        return refuse_memory(script);
    /* Filling a large block is work that C does in one instruction. */
    if (new_size > LARGE_BLOCK) {
        script->instructions_left -= (int64_t)(new_size / 16);
        if (script->instructions_left < 0)
            return refuse(script, instructions_why(script));
    }
    script->refused = 0;
    return 1;
}

void *script_allocate(void *ud, void *old, size_t old_size, size_t new_size)
{
    struct usher_script *script = ud;
    size_t had = old ? old_size : 0;
    int is_text = !old && old_size == LUA_TSTRING; /* Lua says what it makes */
    void *fresh;

    if (had >= SCRIPT_LONG)
        long_drop(script, old);
    if (new_size == 0) {
        script->bytes -= had;
        return usher_blocks_resize(&script->blocks, old, had, 0);
    }
    if (script->armed && new_size > had &&
        !may_grow(script, had, new_size, is_text))
        return NULL;
    fresh = usher_blocks_resize(&script->blocks, old, had, new_size);
    if (!fresh)
        return NULL;
    script->bytes += new_size - had;
    if (is_text && new_size >= SCRIPT_LONG)
        long_add(script, fresh, new_size);
    return fresh;
}

int usher_script_pause(lua_State *L)
{
    struct usher_script *script = usher_script_of(L);
    int was_armed = script->armed;

    script->armed = 0;
    return was_armed;
}

void usher_script_go_on(lua_State *L, int was_armed)
{
    struct usher_script *script = usher_script_of(L);
    size_t grown = script->bytes > script->turn_base
                       ? script->bytes - script->turn_base
                       : 0;

    script->armed = was_armed;
    if (!was_armed)
        return;
    if (!script->killed &&
        (grown + script->turn_growth > script->limits.turn_bytes ||
         script->bytes > script->limits.state_bytes))
        script->killed = SCRIPT_KILLED_MEMORY;
    script->look_at = INT64_MAX;
    usher_script_charge(L, 0);
}

/* ---- a slice of a turn ---- */

void script_arm(struct usher_script *script, size_t growth_so_far)
{
    script->turn_base = script->bytes;
    script->turn_growth = growth_so_far;
    script->killed = SCRIPT_ALIVE;
    script->killed_at[0] = '\0';
    script->refused = 0;
    script->collected = 0;
    script->late_from = 0;
    script->cpu_allowed = script->limits.cpu_ms * 1000000;
    script->look_at = script->instructions_left - LOOK_EVERY;
    script->armed = 1;
}

size_t script_disarm(struct usher_script *script)
{
    size_t grown = script->bytes > script->turn_base
                       ? script->bytes - script->turn_base
                       : 0;

    script->armed = 0;
    return script->turn_growth + grown;
}
