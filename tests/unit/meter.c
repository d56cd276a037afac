/* tests/unit/meter.c - see the header. */
#include "meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "script/script_internal.h"
#include "script/value.h"

static int meter_left(lua_State *L)
{
    const struct usher_script *script = usher_script_of(L);

    lua_pushinteger(L, script->instructions_left);
    lua_pushinteger(L, script_match_left(script));
    lua_pushinteger(L, script->cpu_allowed);
    return 3;
}

static int meter_hook(lua_State *L)
{
    lua_pushinteger(L, lua_gethookcount(L));
    return 1;
}

static int meter_encode(lua_State *L)
{
    struct usher_error error = {""};
    struct usher_buffer out;

    usher_buffer_init(&out, 0);
    assert_int_equal(usher_value_encode(L, 1, &out, "value", &error), USHER_OK);
    usher_buffer_free(&out);
    return 0;
}

static int meter_wait(lua_State *L)
{
    return lua_yield(L, 0);
}

static int meter_turn(lua_State *L)
{
    usher_fiber_next_turn(L);
    return 0;
}

static int meter_paused(lua_State *L)
{
    size_t bytes = (size_t)luaL_checkinteger(L, 1);
    int was_armed = usher_script_pause(L);

    lua_newuserdatauv(L, bytes, 0);
    usher_script_go_on(L, was_armed);
    return 1;
}

static int meter_collect(lua_State *L)
{
    lua_gc(L, LUA_GCCOLLECT);
    return 0;
}

static int meter_effect(lua_State *L)
{
    static const struct usher_effect effect = {"meter.effect", "", 0, "", 0, 0};
    int count = usher_effect_begin(L, &effect);

    return count >= 0 ? count : usher_effect_end(L, &effect, 0);
}

/* How often it was called so far, which no limit forgets. */
static int meter_mark(lua_State *L)
{
    static lua_Integer marks;

    lua_pushinteger(L, marks++);
    return 1;
}

static int meter_made(lua_State *L)
{
    const struct usher_author_word *made = usher_author_words(L);

    lua_pushliteral(L, "");
    for (int i = 0; made && i < USHER_AUTHOR_MADE; i++) {
        if (!made[i].word[0])
            continue;
        lua_pushfstring(L, "%s:%s:%d ", made[i].word, made[i].at.path,
                        made[i].at.line);
        lua_concat(L, 2);
    }
    return 1;
}

static int meter_place(lua_State *L)
{
    struct usher_author at;

    if (!usher_author_find(L, &at))
        return 0;
    lua_pushfstring(L, "%s:%d", at.path, at.line);
    return 1;
}

static int meter_note(lua_State *L)
{
    usher_author_note(L);
    return 0;
}

static int freed;

static void job_start(struct usher_job *job, int64_t deadline_ms)
{
    (void)job;
    (void)deadline_ms;
}

static void job_stop(struct usher_job *job)
{
    (void)job;
}

static void job_free(struct usher_job *job)
{
    (void)job;
    freed++;
}

/* A job that is given away; how many were freed before. */
static int meter_job(lua_State *L)
{
    static const struct usher_job_ops ops = {job_start, job_stop, job_free};
    static const struct usher_effect effect = {"meter.job", "", 0, "", 0, 0};
    static struct usher_job job = {&ops, NULL, NULL};

    return usher_effect_job(L, &effect, &job);
}

static int meter_freed(lua_State *L)
{
    lua_pushinteger(L, freed);
    return 1;
}

static int64_t cpu_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int meter_spin(lua_State *L)
{
    int64_t end = cpu_ms() + luaL_checkinteger(L, 1);

    usher_script_look(L);
    while (cpu_ms() < end)
        ;
    usher_script_look(L);
    return 0;
}

static int meter_open(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"left", meter_left},       {"hook", meter_hook},
        {"encode", meter_encode},   {"wait", meter_wait},
        {"turn", meter_turn},       {"paused", meter_paused},
        {"collect", meter_collect}, {"effect", meter_effect},
        {"mark", meter_mark},       {"made", meter_made},
        {"place", meter_place},     {"note", meter_note},
        {"job", meter_job},         {"freed", meter_freed},
        {"spin", meter_spin},       {NULL, NULL}};

    luaL_newlib(L, functions);
    return 1;
}

const struct usher_script_module meter_module = {"meter", meter_open,
                                                 USHER_MODULE_GLOBAL, NULL};
