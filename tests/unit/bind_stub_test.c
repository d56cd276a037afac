/* tests/unit/bind_stub_test.c - the editor stubs in include/lua and what the
 * engine gives to flows name the same things, in both directions. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bind_world.h"
#include "core/embedded.h"

static const char *text_of(const char *name)
{
    const struct usher_embedded *file = usher_embedded_find(name);

    if (!file)
        fail_msg("%s is not built in", name);
    return file->data;
}

static const char *next_line(const char *at)
{
    at += strcspn(at, "\n");
    return *at ? at + 1 : at;
}

/* Calls fn for what stands between `before` at a line's beginning and the
 * first character that no name has. */
static void each_name(const char *text, const char *before,
                      void (*fn)(void *user, const char *name), void *user)
{
    size_t len = strlen(before);

    for (const char *at = text; *at; at = next_line(at)) {
        char name[64];
        size_t n = 0;

        if (strncmp(at, before, len) != 0)
            continue;
        while (n < sizeof(name) - 1 &&
               (isalnum((unsigned char)at[len + n]) || at[len + n] == '_' ||
                at[len + n] == '.'))
            n++;
        memcpy(name, at + len, n);
        name[n] = '\0';
        if (n)
            fn(user, name);
    }
}

/* ---- modules ---- */

struct code {
    char text[4000];
    size_t len;
};

static void code_add(void *user, const char *name)
{
    struct code *code = user;
    int n = snprintf(code->text + code->len, sizeof(code->text) - code->len,
                     "['%s']=1,", name);

    code->len += (size_t)n;
    assert_true(code->len < sizeof(code->text) - 1);
}

/* The names that the stub of `module` declares against those that it has. */
static void compare_module(struct bind_world *world, const char *module,
                           const char *get)
{
    static const char walk[] =
        "} local has = {}\n"
        "local function walk(t, path) for k, v in pairs(t) do\n"
        "  if type(v) == 'table' then walk(v, path .. k .. '.')\n"
        "  else has[path .. k] = 1 end end end\n"
        "walk(%s, '%s.')\n"
        "for k in pairs(has) do assert(stub[k], k .. ' has no stub') end\n"
        "for k in pairs(stub) do assert(has[k], k .. ' is not there') end\n"
        "assert(next(stub))";
    struct code code = {"local stub = {", 14};
    char file[64], prefix[64], tail[512];

    snprintf(file, sizeof(file), "include/lua/%s.lua", module);
    each_name(text_of(file), "function ", code_add, &code);
    /* "cjson.null = nil": a name that is no function */
    snprintf(prefix, sizeof(prefix), "%s.null", module);
    if (strstr(text_of(file), prefix))
        code_add(&code, prefix);
    snprintf(tail, sizeof(tail), walk, get, module);
    code.len += (size_t)snprintf(code.text + code.len,
                                 sizeof(code.text) - code.len, "%s", tail);
    assert_true(code.len < sizeof(code.text));
    bind_run(world, code.text);
}

static void every_module_has_its_stub(void **state)
{
    static const char *const globals[] = {"http",  "zoho", "token",
                                          "clock", "log",  "os"};
    static const char *const libraries[] = {"cjson", "re"};
    struct bind_world *world = bind_world_new(NULL);
    char get[64];

    (void)state;
    for (size_t i = 0; i < sizeof(globals) / sizeof(globals[0]); i++)
        compare_module(world, globals[i], globals[i]);
    for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
        snprintf(get, sizeof(get), "require '%s'", libraries[i]);
        compare_module(world, libraries[i], get);
    }
    bind_world_free(world);
}

/* lpeg's stub also has the patterns' one method, under a name of its own. */
static void lpeg_has_its_stub(void **state)
{
    struct bind_world *world = bind_world_new(NULL);
    struct code code = {"local stub = {", 14};

    (void)state;
    each_name(text_of("include/lua/lpeg.lua"), "function lpeg.", code_add,
              &code);
    snprintf(code.text + code.len, sizeof(code.text) - code.len,
             "} local lpeg = require 'lpeg'\n"
             "for k in pairs(lpeg) do assert(stub[k], k) end\n"
             "for k in pairs(stub) do assert(lpeg[k], k) end\n"
             "assert(lpeg.P(1).match)");
    bind_run(world, code.text);
    bind_world_free(world);
}

/* Every module that flows can have is compared somewhere above, or is Lua's
 * own (math) or looked at below (config). */
static void no_module_is_forgotten(void **state)
{
    size_t count;
    const struct usher_script_module *modules = usher_bind_modules(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        char file[64];

        snprintf(file, sizeof(file), "include/lua/%s.lua", modules[i].name);
        if (strcmp(modules[i].name, "math") != 0)
            assert_non_null(usher_embedded_find(file));
    }
    assert_int_equal(count, 11);
}

/* ---- settings ---- */

static void count_name(void *user, const char *name)
{
    unsigned *count = user;

    (void)name;
    ++*count;
}

static void setting_check(void *user, const char *name)
{
    unsigned *known = user;
    int setting = usher_setting_find(name);

    if (setting < 0 || usher_config_is_secret(name))
        fail_msg("config.%s is no setting that flows can read", name);
    ++*known;
}

static void every_open_setting_has_its_stub(void **state)
{
    unsigned in_stub = 0, known = 0;
    const struct usher_setting_info *info;

    (void)state;
    each_name(text_of("include/lua/config.lua"), "---@field ", setting_check,
              &in_stub);
    for (size_t i = 0; (info = usher_setting_at(i)) != NULL; i++) {
        char wanted[64];

        snprintf(wanted, sizeof(wanted), "\n---@field %s", info->name);
        if (!info->secret && !strstr(text_of("include/lua/config.lua"), wanted))
            fail_msg("config.%s has no stub", info->name);
        known += !info->secret;
    }
    assert_int_equal(in_stub, known);
}

/* ---- chat ---- */

static void chat_check(void *user, const char *name)
{
    char wanted[96];

    snprintf(wanted, sizeof(wanted), "function Chat:%s(", name);
    if (!strstr(user, wanted))
        fail_msg("chat:%s has no stub", name);
}

static void chat_has_its_stub(void **state)
{
    const char *stub = text_of("include/lua/chat.lua");
    const char *chat = text_of("engine/lua/chat.lua");
    unsigned stubs = 0, methods = 0;

    (void)state;
    each_name(chat, "function methods:", chat_check, (char *)(uintptr_t)stub);
    each_name(chat, "function methods.", chat_check, (char *)(uintptr_t)stub);
    each_name(stub, "function Chat:", count_name, &stubs);
    each_name(chat, "function methods:", count_name, &methods);
    each_name(chat, "function methods.", count_name, &methods);
    assert_int_equal(stubs, methods);
    assert_true(methods >= 10);
    stubs = methods = 0;
    each_name(stub, "function Task:", count_name, &stubs);
    each_name(chat, "function Task:", count_name, &methods);
    assert_int_equal(stubs, methods);
}

/* ---- the arguments of Zoho's operations ---- */

/* The block of the class, from its first field to the first other line. */
static const char *class_find(const char *stub, const char *operation)
{
    char head[128];
    const char *at;

    snprintf(head, sizeof(head), "---@class zoho.%s.Argument\n", operation);
    at = strstr(stub, head);
    if (!at)
        fail_msg("%s has no class for its argument", operation);
    return next_line(at);
}

static int has_field(const char *block, const char *name)
{
    size_t len = strlen(name);

    for (; strncmp(block, "---", 3) == 0; block = next_line(block)) {
        if (strncmp(block, "---@field ", 10) == 0 &&
            strncmp(block + 10, name, len) == 0 &&
            strchr("? ", block[10 + len]))
            return 1;
    }
    return 0;
}

static unsigned fields_check(const char *block, const char *operation,
                             const struct usher_zoho_field *fields)
{
    unsigned count = 0;

    for (; fields && fields->name; fields++) {
        if (strchr(fields->name, '.'))
            continue;
        if (!has_field(block, fields->name))
            fail_msg("%s: %s has no stub", operation, fields->name);
        count++;
    }
    return count;
}

static unsigned path_count(const char *path)
{
    unsigned count = 0;

    while ((path = strchr(path, '{')) != NULL) {
        path++;
        count += strncmp(path, "screen_name}", 12) != 0;
    }
    return count;
}

static void every_field_of_zoho_has_its_stub(void **state)
{
    const char *stub = text_of("include/lua/zoho.lua");
    const struct usher_zoho_operation *op;

    (void)state;
    for (size_t i = 0; (op = usher_zoho_operation_at(i)) != NULL; i++) {
        const char *block = class_find(stub, op->name);
        unsigned wanted = path_count(op->path) +
                          fields_check(block, op->name, op->fields) +
                          fields_check(block, op->name, op->query);
        unsigned found = 0;

        for (; strncmp(block, "---", 3) == 0; block = next_line(block))
            found += strncmp(block, "---@field ", 10) == 0;
        if (found != wanted)
            fail_msg("%s: %u fields in the stub, %u in the table", op->name,
                     found, wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_module_has_its_stub),
        cmocka_unit_test(lpeg_has_its_stub),
        cmocka_unit_test(no_module_is_forgotten),
        cmocka_unit_test(every_open_setting_has_its_stub),
        cmocka_unit_test(chat_has_its_stub),
        cmocka_unit_test(every_field_of_zoho_has_its_stub),
    };

    return cmocka_run_group_tests_name("bind_stub", tests, NULL, NULL);
}
