/* engine/script/built_in.c */
#include "script/built_in.h"

#include <lauxlib.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/buffer.h"

/* What a file compiled to. It stays as long as the program, as the file does.
 */
struct code {
    struct code *next;
    const struct usher_embedded *file;
    char *data;
    size_t len;
};

static _Atomic(struct code *) codes;

static const struct code *code_find(const struct usher_embedded *file)
{
    const struct code *code = atomic_load(&codes);

    while (code && code->file != file)
        code = code->next;
    return code;
}

static int code_write(lua_State *L, const void *data, size_t len, void *user)
{
    (void)L;
    return usher_buffer_append(user, data, len) != USHER_OK;
}

/* The function on the top. Without memory it is compiled again next time; so
 * it is twice where two threads are here at once, and either serves. */
static void code_keep(lua_State *L, const struct usher_embedded *file)
{
    struct code *code = malloc(sizeof(*code));
    struct usher_buffer out;

    usher_buffer_init(&out, 0);
    if (!code || lua_dump(L, code_write, &out, 0) != 0) {
        usher_buffer_free(&out);
        free(code);
        return;
    }
    code->file = file;
    code->data = usher_buffer_take(&out, &code->len);
    code->next = atomic_load(&codes);
    while (!atomic_compare_exchange_weak(&codes, &code->next, code))
        ;
}

void usher_built_in_load(lua_State *L, const struct usher_embedded *file)
{
    const struct code *code = code_find(file);
    const char *name = lua_pushfstring(L, "@%s", file->name);
    int status = code ? luaL_loadbufferx(L, code->data, code->len, name, "b")
                      : luaL_loadbufferx(L, file->data, file->size, name, "t");

    if (status != LUA_OK)
        lua_error(L);
    if (!code)
        code_keep(L, file);
    lua_remove(L, -2);
}
