/* tests/unit/as_built_test.c - a state put back to what it was when it was
 * built: whatever flows keep outside of chat.memory is gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <lauxlib.h>

#include "fail_alloc.h"
#include "script/script.h"

/* Each way to keep something, and what shows it: number of calls so far. */
static const char keeper[] =
    "local count = 0\n"
    "local list, deep, gone = {}, { a = { b = { n = 0 } } }, { here = true }\n"
    "local first = {}\n"
    "local same = first\n"
    "local meta = setmetatable({}, { __index = { name = 'old' } })\n"
    "local function inner() local n = 0; return function() n = n + 1; return n "
    "end end\n"
    "local nested = inner()\n"
    "local text\n"
    "return function()\n"
    "  count = count + 1\n"
    "  list[#list + 1] = count\n"
    "  deep.a.b.n = deep.a.b.n + 1\n"
    "  local was = { gone.here, meta.name, text, first == same, next(same) }\n"
    "  gone.here, first[count], text = nil, {}, 'kept'\n"
    "  first = {}\n"
    "  setmetatable(meta, { __index = { name = 'new' } })\n"
    "  return ('%d %d %d %d %s %s %s %s %s'):format(count, #list, deep.a.b.n,\n"
    "    nested(), was[1], was[2], was[3], was[4], was[5])\n"
    "end\n";

/* handler.set(fn): C keeps it by name, as http.serve() does. */
static int handler_set(lua_State *L)
{
    lua_settop(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "test.handler");
    return 0;
}

static int handler_open(lua_State *L)
{
    lua_newtable(L);
    lua_pushcfunction(L, handler_set);
    lua_setfield(L, -2, "set");
    return 1;
}

static struct usher_script *script_of(const char *text, size_t state_bytes)
{
    static const struct usher_script_module module = {
        "handler", handler_open, USHER_MODULE_GLOBAL, NULL};
    struct usher_source sources[2] = {{"init.lua", "return {}", 9},
                                      {"keeper.lua", text, strlen(text)}};
    struct usher_script_options options = {
        .sources = sources,
        .source_count = 2,
        .modules = &module,
        .module_count = 1,
        .limits = usher_script_limits_default(),
        .folder = "flows",
    };
    struct usher_script *script;
    struct usher_error error = {""};

    if (state_bytes)
        options.limits.state_bytes = state_bytes;
    if (usher_script_new(&options, &script, &error) != USHER_OK ||
        usher_script_load(script, &error) != USHER_OK)
        fail_msg("%s", error.text);
    lua_settop(usher_script_lua(script), 0);
    return script;
}

static struct usher_script *script_new(void)
{
    return script_of(keeper, 0);
}

static void call(struct usher_script *script, const char *wanted)
{
    lua_State *L = usher_script_lua(script);
    struct usher_error error = {""};

    usher_script_module_value(script, "keeper");
    if (usher_script_call(script, 0, 1, &error) != USHER_OK)
        fail_msg("%s", error.text);
    assert_string_equal(lua_tostring(L, -1), wanted);
    lua_settop(L, 0);
}

/* Calls the function of that name in what the file returned. */
static void show(struct usher_script *script, const char *name, char *out,
                 size_t size)
{
    lua_State *L = usher_script_lua(script);
    struct usher_error error = {""};
    const char *text;

    usher_script_module_value(script, "keeper");
    lua_getfield(L, -1, name);
    if (usher_script_call(script, 0, 1, &error) != USHER_OK)
        fail_msg("%s", error.text);
    text = lua_tostring(L, -1);
    snprintf(out, size, "%s", text ? text : "");
    lua_settop(L, 0);
}

#define FRESH "1 1 1 1 true old nil true nil"
#define SECOND "2 2 2 2 nil new kept false 1"

static void all_that_was_kept_is_gone(void **state)
{
    struct usher_script *script = script_new();

    (void)state;
    usher_script_remember(script);
    for (int i = 0; i < 3; i++) {
        call(script, FRESH);
        call(script, SECOND);
        assert_int_equal(usher_script_restore(script), 1);
        lua_gc(usher_script_lua(script), LUA_GCCOLLECT);
    }
    usher_script_free(script);
}

/* What nothing but C has: the file's own value does not show it. */
static void so_is_what_only_c_refers_to(void **state)
{
    struct usher_script *script =
        script_of("local count = 0\n"
                  "handler.set(function() count = count + 1 return count end)\n"
                  "return 1\n",
                  0);
    lua_State *L = usher_script_lua(script);
    struct usher_error error = {""};

    (void)state;
    usher_script_remember(script);
    for (int i = 0; i < 2; i++) {
        for (int count = 1; count < 3; count++) {
            lua_getfield(L, LUA_REGISTRYINDEX, "test.handler");
            assert_int_equal(usher_script_call(script, 0, 1, &error), USHER_OK);
            assert_int_equal(lua_tointeger(L, -1), count);
            lua_settop(L, 0);
        }
        assert_int_equal(usher_script_restore(script), 1);
    }
    usher_script_free(script);
}

/* A metatable that gets its events later stands for itself no more. */
static void so_are_events_of_a_metatable(void **state)
{
    struct usher_script *script =
        script_of("local meta = {}\n"
                  "return function()\n"
                  "  local object = setmetatable({}, meta)\n"
                  "  local was = #object\n"
                  "  function meta.__len() return 7 end\n"
                  "  return ('%d %d'):format(was, #object)\n"
                  "end\n",
                  0);

    (void)state;
    usher_script_remember(script);
    for (int i = 0; i < 2; i++) {
        call(script, "0 7");
        call(script, "7 7");
        assert_int_equal(usher_script_restore(script), 1);
    }
    usher_script_free(script);
}

/* What is kept, what changes it, what shows it. */
static const char *const changes[][3] = {
    {"local kept = 1", "kept = 1.0", "math.type(kept)"},
    {"local kept = { 1 }", "kept[1] = 1.0", "math.type(kept[1])"},
    {"local kept", "kept = {}", "type(kept)"},
    {"local kept = false", "kept = nil", "kept"},
    {"local kept = 0\nlocal function more() kept = kept + 1 end", "more()",
     "kept"},
    {"local kept = { a = 1 }", "kept.a = 2", "kept.a"},
    {"local kept = { a = 1 }", "kept.a, kept.b = nil, 1", "next(kept)"},
    {"local kept = { a = 1, b = 2 }", "kept.b = nil", "kept.b"},
    {"local kept = { 1, 2, 3 }", "kept[3] = nil", "#kept"},
    {"local kept = { 1, 2, 3 }", "kept[4] = 4", "#kept"},
    {"local kept = {}", "kept[1] = 1", "#kept"},
    {"local kept = { {}, {} }", "kept[1] = kept[2]", "kept[1] == kept[2]"},
    {"local kept = {}",
     "setmetatable(kept, { __len = function() return 7 end })", "#kept"},
    {"local kept = setmetatable({}, { __len = function() return 7 end })",
     "setmetatable(kept, nil)", "#kept"},
    {"local kept = setmetatable({}, { __index = { a = 1 } })",
     "getmetatable(kept).__index = nil", "kept.a"},
};

static void change_one(const char *const change[3])
{
    char text[512], before[32];
    struct usher_script *script;
    lua_State *L;

    snprintf(text, sizeof(text),
             "%s\nreturn { change = function() %s end,\n"
             "  show = function() return tostring(%s) end }\n",
             change[0], change[1], change[2]);
    script = script_of(text, 0);
    L = usher_script_lua(script);
    usher_script_remember(script);
    show(script, "show", before, sizeof(before));
    for (int i = 0; i < 2; i++) {
        char now[32];

        show(script, "change", now, sizeof(now));
        show(script, "show", now, sizeof(now));
        assert_string_not_equal(now, before);
        assert_int_equal(usher_script_restore(script), 1);
        lua_gc(L, LUA_GCCOLLECT);
        show(script, "show", now, sizeof(now));
        assert_string_equal(now, before);
    }
    usher_script_free(script);
}

static void each_change_alone_is_put_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
        change_one(changes[i]);
}

static void copies_take_no_room_from_the_flows(void **state)
{
    struct usher_script *script =
        script_of("local list = {}\n"
                  "for i = 1, 20000 do list[i] = { i } end\n"
                  "return function() return ('%d'):format(#list) end\n",
                  (size_t)3 << 20);

    (void)state;
    usher_script_remember(script);
    assert_true(usher_script_bytes(script) > (size_t)3 << 20);
    call(script, "20000");
    usher_script_free(script);
}

/* A state of more things is not put back: it is built anew. How deep they lie
 * is all one. */
static void what_can_be_put_back_has_a_limit(void **state)
{
    static const struct {
        const char *kept;
        int is_back;
    } cases[] = {
        {"for _ = 1, 20000 do kept = { kept } end", 1},
        {"for i = 1, 190000 do kept[i] = {} end", 1},
        {"for i = 1, 201000 do kept[i] = {} end", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct usher_script *script;
        char text[256];

        snprintf(text, sizeof(text),
                 "local kept, count = {}, 0\n%s\n"
                 "return function() count = count + 1\n"
                 "  return kept and count end",
                 cases[i].kept);
        script = script_of(text, 0);
        usher_script_remember(script);
        call(script, "1");
        assert_int_equal(usher_script_restore(script), cases[i].is_back);
        call(script, cases[i].is_back ? "1" : "2");
        usher_script_free(script);
    }
}

static void nothing_is_put_back_that_was_not_remembered(void **state)
{
    struct usher_script *script = script_new();

    (void)state;
    call(script, FRESH);
    assert_int_equal(usher_script_restore(script), 0);
    call(script, SECOND);
    usher_script_free(script);
}

/* Too much of it, or no memory for it: said, and nothing is lost. */
static void without_memory_for_copies_there_are_none(void **state)
{
    (void)state;
    for (unsigned long nth = 1; nth < 400; nth += 40) {
        struct usher_script *script = script_new();

        fail_alloc_at(nth);
        usher_script_remember(script);
        (void)fail_alloc_off();
        call(script, FRESH);
        if (!usher_script_restore(script))
            call(script, SECOND);
        else
            call(script, FRESH);
        usher_script_free(script);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_was_kept_is_gone),
        cmocka_unit_test(so_is_what_only_c_refers_to),
        cmocka_unit_test(so_are_events_of_a_metatable),
        cmocka_unit_test(each_change_alone_is_put_back),
        cmocka_unit_test(copies_take_no_room_from_the_flows),
        cmocka_unit_test(what_can_be_put_back_has_a_limit),
        cmocka_unit_test(nothing_is_put_back_that_was_not_remembered),
        cmocka_unit_test(without_memory_for_copies_there_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
