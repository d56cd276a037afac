/* engine/bind/host.c - a host's functions behind the journal. */
#include "bind/host.h"

#include <lauxlib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "script/effect.h"

/* Lives while the host's open function runs; its table is on L's top. */
struct usher_module {
    lua_State *L;
    const char *name;
};

/* Upvalues: the host's function, "module.name". */
static int effect_call(lua_State *L)
{
    struct usher_effect effect = {.name = lua_tostring(L, lua_upvalueindex(2)),
                                  .target = "",
                                  .args = "",
                                  .flags = USHER_EFFECT_CALLS};
    int count = usher_effect_begin(L, &effect);
    int status;

    if (count >= 0)
        return count;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    if (status != LUA_OK)
        return usher_effect_raised(L, &effect, status);
    return usher_effect_end(L, &effect, lua_gettop(L));
}

void usher_module_add(struct usher_module *module, const char *name,
                      usher_function *function, enum usher_function_kind kind)
{
    lua_State *L = module->L;

    lua_pushcfunction(L, function);
    if (kind != USHER_PURE) {
        lua_pushfstring(L, "%s.%s", module->name, name);
        lua_pushcclosure(L, effect_call, 2);
    }
    lua_setfield(L, -2, name);
}

static int host_open(lua_State *L)
{
    const struct usher_host_module *host = lua_touserdata(L, 1);
    struct usher_module module = {L, host->name};

    lua_newtable(L);
    host->open(&module, host->user);
    return 1;
}

static int is_taken(const struct usher_script_module *modules, size_t count,
                    const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(modules[i].name, name) == 0)
            return 1;
    }
    return 0;
}

enum usher_status usher_host_modules(const struct usher_host_module *host,
                                     size_t host_count,
                                     struct usher_script_module **out,
                                     size_t *count, struct usher_error *error)
{
    size_t own;
    const struct usher_script_module *mine = usher_bind_modules(&own);
    struct usher_script_module *all =
        calloc(own + host_count + 1, sizeof(*all));

    *out = NULL;
    if (!all)
        return USHER_ERR_NOMEM;
    memcpy(all, mine, own * sizeof(*all));
    *count = own;
    for (size_t i = 0; i < host_count; i++) {
        if (is_taken(all, *count, host[i].name)) {
            usher_error_set(error,
                            "there is a module '%s' already; give "
                            "yours another name",
                            host[i].name);
            free(all);
            return USHER_ERR_EXISTS;
        }
        all[*count].name = host[i].name;
        all[*count].open = host_open;
        all[*count].use = USHER_MODULE_GLOBAL;
        all[*count].user = (void *)(uintptr_t)&host[i];
        ++*count;
    }
    *out = all;
    return USHER_OK;
}
