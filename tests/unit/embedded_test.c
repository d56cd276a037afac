/* The table of built-in Lua files is whole, sorted and searchable; each of them
 * is compiled once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "core/buffer.h"
#include "core/embedded.h"
#include "fail_alloc.h"
#include "script/built_in.h"

static void finds_every_file_under_its_name(void **state)
{
    const struct usher_embedded *file;
    size_t i;

    (void)state;
    for (i = 0; (file = usher_embedded_at(i)) != NULL; i++)
        assert_ptr_equal(usher_embedded_find(file->name), file);
    assert_true(i > 0);
}

static void names_are_in_order_and_once(void **state)
{
    (void)state;
    for (size_t i = 1; usher_embedded_at(i) != NULL; i++)
        assert_true(strcmp(usher_embedded_at(i - 1)->name,
                           usher_embedded_at(i)->name) < 0);
}

static void holds_whole_text_and_a_nul_after_it(void **state)
{
    (void)state;
    for (size_t i = 0; usher_embedded_at(i) != NULL; i++) {
        const struct usher_embedded *file = usher_embedded_at(i);
        assert_int_equal(strlen(file->data), file->size);
    }
}

static void has_lpegs_re(void **state)
{
    const struct usher_embedded *re = usher_embedded_find("re.lua");

    (void)state;
    assert_non_null(re);
    assert_non_null(strstr(re->data, "require\"lpeg\""));
    assert_non_null(strstr(re->data, "return re"));
}

static void unknown_names_find_nothing(void **state)
{
    const char *const names[] = {"", "re", "re.luac", "zzz", "a", "engine/lua"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_null(usher_embedded_find(names[i]));
    assert_null(usher_embedded_at((size_t)-1));
}

/* ---- compiled once ---- */

static int write_code(lua_State *L, const void *data, size_t len, void *user)
{
    (void)L;
    return usher_buffer_append(user, data, len) != USHER_OK;
}

/* The function on the top, which goes, is what Lua makes of the file. */
static void assert_is(lua_State *L, const struct usher_embedded *file)
{
    struct usher_buffer is, was;

    usher_buffer_init(&is, 0);
    usher_buffer_init(&was, 0);
    assert_int_equal(lua_dump(L, write_code, &is, 0), 0);
    assert_string_equal(lua_getupvalue(L, -1, 1), "_ENV");
    lua_pushglobaltable(L);
    assert_true(lua_rawequal(L, -1, -2));
    lua_pop(L, 3);
    assert_int_equal(luaL_loadbuffer(L, file->data, file->size,
                                     lua_pushfstring(L, "@%s", file->name)),
                     LUA_OK);
    assert_int_equal(lua_dump(L, write_code, &was, 0), 0);
    lua_settop(L, 0);
    assert_int_equal(is.len, was.len);
    assert_memory_equal(is.data, was.data, is.len);
    usher_buffer_free(&is);
    usher_buffer_free(&was);
}

/* Loads it; 1 where that took memory of the library's: for what it keeps. The
 * states have theirs from Lua. */
static int is_compiled(const struct usher_embedded *file, unsigned long fail_at)
{
    lua_State *L = luaL_newstate();
    int reached;

    assert_non_null(L);
    fail_alloc_at(fail_at);
    usher_built_in_load(L, file);
    reached = fail_alloc_off();
    assert_int_equal(lua_gettop(L), 1);
    assert_is(L, file);
    lua_close(L);
    return reached;
}

/* Nor half of one, where memory ran out meanwhile. */
static void no_file_is_compiled_twice(void **state)
{
    const struct usher_embedded *file;
    unsigned long fail_at = 1, failed_all = 0;

    (void)state;
    for (size_t i = 0; (file = usher_embedded_at(i)) != NULL; i++) {
        if (is_compiled(file, fail_at)) {
            assert_true(is_compiled(file, 1)); /* it was not kept */
            assert_false(is_compiled(file, 1000000));
            fail_at++;
        } else {
            failed_all++;
            fail_at = 1;
        }
        assert_false(is_compiled(file, 1)); /* it is now */
    }
    assert_true(failed_all > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_file_under_its_name),
        cmocka_unit_test(names_are_in_order_and_once),
        cmocka_unit_test(holds_whole_text_and_a_nul_after_it),
        cmocka_unit_test(has_lpegs_re),
        cmocka_unit_test(unknown_names_find_nothing),
        cmocka_unit_test(no_file_is_compiled_twice),
    };
    return cmocka_run_group_tests_name("embedded", tests, NULL, NULL);
}
