/* shop.c - usher inside another program, which gives its flows one function:
 *
 *     stock.left("printer")   -- 12
 *
 * The flows beside it use that. `make run`, then ask "how many printers are
 * left?". */
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <string.h>
#include <usher.h>

static const struct item {
    const char *name;
    int left;
} shelf[] = {{"printer", 12}, {"toner", 0}};

/* A lua_CFunction. This one only computes; what asks the world says "I do not
 * know" as `nil, err`. */
static int stock_left(struct lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);

    for (size_t i = 0; i < sizeof(shelf) / sizeof(shelf[0]); i++) {
        if (strcmp(shelf[i].name, name) == 0) {
            lua_pushinteger(L, shelf[i].left);
            return 1;
        }
    }
    return 0;
}

/* An effect: what it gave is written down, and a replay gets the same. */
static void stock_open(struct usher_module *module, void *user)
{
    (void)user;
    usher_module_add(module, "left", stock_left, USHER_EFFECT);
}

int main(void)
{
    struct usher_host_module stock = {.name = "stock", .open = stock_open};
    struct usher_options options = {.modules = &stock, .module_count = 1};
    struct usher *usher;
    char error[512];

    if (usher_start(&options, &usher, error, sizeof(error)) != 0)
        return fprintf(stderr, "shop: %s\n", error), 1;
    printf("shop: http://%s:%u/webhook/salesiq\n", usher_host(usher),
           usher_port(usher));
    fflush(stdout);
    usher_run(usher); /* until SIGTERM or Ctrl-C */
    usher_free(usher);
    return 0;
}
