/* engine/bind/bind.c - the list of modules. */
#include "bind/bind.h"

#include "bind/modules.h"

struct usher_bind *usher_bind_of(lua_State *L)
{
    return usher_script_user(L);
}

const char *usher_bind_setting(const struct usher_bind *bind, const char *name)
{
    return bind->config ? usher_config_get(bind->config, name) : NULL;
}

const struct usher_script_module *usher_bind_modules(size_t *count)
{
    static const struct usher_script_module modules[] = {
        {"http", usher_lua_http_open, USHER_MODULE_GLOBAL, NULL},
        {"zoho", usher_lua_zoho_open, USHER_MODULE_GLOBAL, NULL},
        {"token", usher_lua_token_open, USHER_MODULE_GLOBAL, NULL},
        {"clock", usher_lua_clock_open, USHER_MODULE_GLOBAL, NULL},
        {"log", usher_lua_log_open, USHER_MODULE_GLOBAL, NULL},
        {"config", usher_lua_config_open, USHER_MODULE_GLOBAL, NULL},
        {"os", usher_lua_os_open, USHER_MODULE_GLOBAL, NULL},
        {"math", usher_lua_math_open, USHER_MODULE_GLOBAL, NULL},
        {"cjson", usher_lua_cjson_open, USHER_MODULE_REQUIRED, NULL},
        {"lpeg", usher_lua_lpeg_open, USHER_MODULE_REQUIRED, NULL},
        {"re", usher_lua_re_open, USHER_MODULE_LATE, NULL},
    };

    *count = sizeof(modules) / sizeof(modules[0]);
    return modules;
}
