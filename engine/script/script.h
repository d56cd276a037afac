/* engine/script/script.h - the Lua host: one sandboxed Lua state that holds
 * one version's flows, for one thread.
 *
 * A state may be built on one thread and then be used by another, but by one
 * at a time. What a flow sees is design.md section 3: deterministic, without
 * files, debug, bytecode, coroutines or finalizers; globals, modules and the
 * string metatable are read-only. Nothing here knows Zoho or conversations:
 * modules are handed in, effects go to the host of the running fiber
 * (effect.h). */
#ifndef USHER_SCRIPT_SCRIPT_H
#define USHER_SCRIPT_SCRIPT_H

#include <lua.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

struct usher_script;

/* One file of the flows folder; path is relative to it, with slashes
 * ("parse/phone.lua"). Borrowed while the script lives. */
struct usher_source {
    const char *path;
    const char *text;
    size_t len;
};

struct usher_script_limits {
    size_t state_bytes;   /* of the whole state */
    size_t turn_bytes;    /* growth within one turn */
    int64_t instructions; /* of the virtual machine within one turn */
    int64_t match_steps;  /* of string matching within one turn */
    size_t text_bytes;    /* of one text */
    int64_t cpu_ms;       /* of the processor, between two waits of a turn */
};
/* 64 MiB, 8 MiB, 10 million, 10 million, 1 MiB, 300 ms (ten times that in
 * builds with sanitizers). */
struct usher_script_limits usher_script_limits_default(void);

/* What is dear to open and seldom wanted is opened when a flow first requires
 * it, within the turn's limits. */
enum usher_module_use {
    USHER_MODULE_REQUIRED,
    USHER_MODULE_GLOBAL, /* and required */
    USHER_MODULE_LATE    /* required, and not opened before */
};

/* A module: `open` gets `user` as light userdata and pushes one table, which
 * flows see read-only. */
struct usher_script_module {
    const char *name;
    lua_CFunction open;
    enum usher_module_use use;
    void *user;
};

struct usher_script_options {
    const struct usher_source *sources;
    size_t source_count;
    const struct usher_script_module *modules;
    size_t module_count;
    struct usher_script_limits limits;
    const char *folder; /* shown before paths in messages: "flows" */
    void *user;         /* for bindings: usher_script_user() */
    /* Set to nonzero by any thread, it ends what runs in the state, soon, with
     * USHER_ERR_CLOSED; until usher_script_load() is done. NULL: never. */
    const atomic_int *stop;
};

/* Builds the state and its sandbox; runs none of the sources. USHER_ERR_NOMEM
 * or, when a module's open failed, USHER_ERR_INVALID with its message. */
USHER_MUST_USE enum usher_status
usher_script_new(const struct usher_script_options *options,
                 struct usher_script **out, struct usher_error *error);
void usher_script_free(struct usher_script *script);

lua_State *usher_script_lua(struct usher_script *script);
/* From any lua_State (coroutine) of the script. */
struct usher_script *usher_script_of(lua_State *L);
void *usher_script_user(lua_State *L);
size_t usher_script_bytes(const struct usher_script *script);
/* The last call or step was killed since the whole state is full. */
int usher_script_was_full(const struct usher_script *script);
/* Which variable of a file holds most of it, between turns: "flows/one.lua:
 * cache"; "" where none holds a quarter. Some milliseconds. */
void usher_script_keeps(struct usher_script *script, char *out, size_t size);
void usher_script_set_user(struct usher_script *script, void *user);

/* Copies what all tables and functions in the state hold, for restore(), which
 * puts it back: what the files of the flows and the engine's own keep is then
 * what it was, as in a state built anew. While no fiber is there; some
 * milliseconds. restore() gives 0 where it cannot: too much, no memory, or
 * nothing was remembered. */
void usher_script_remember(struct usher_script *script);
USHER_MUST_USE int usher_script_restore(struct usher_script *script);

/* Requires every source once, so that each is known to load; then leaves
 * init's value (what "init" returned) on the main stack. On error nothing is
 * left and `error` names file and line. Loading is bounded by five turns'
 * limits; effects raise while it goes on.
 * USHER_ERR_LIMIT, USHER_ERR_CLOSED, USHER_ERR_INVALID. */
USHER_MUST_USE enum usher_status usher_script_load(struct usher_script *script,
                                                   struct usher_error *error);

/* Pushes what `name` ("greeting", "parse.phone") returned when it was
 * required; pushes nil and gives 0 when there is no such source. The script
 * must be loaded. */
int usher_script_module_value(struct usher_script *script, const char *name);

/* Runs one of the engine's own Lua files, built into the program, which see
 * the sandbox's inner tables and rawset besides what flows see: pops nargs
 * arguments from the main stack, leaves one result (nothing on error). */
USHER_MUST_USE enum usher_status
usher_script_run_engine_file(struct usher_script *script, const char *name,
                             int nargs, struct usher_error *error);

/* Calls the function below nargs arguments on the main stack, protected, with
 * the turn's limits. Leaves nresults, or nothing and the message in error. */
USHER_MUST_USE enum usher_status usher_script_call(struct usher_script *script,
                                                   int nargs, int nresults,
                                                   struct usher_error *error);

/* Calls fn for each line of Lua that runs in flows from now on (coverage):
 * source is "@flows/callback.lua", frame tells activations apart while they
 * last. Before any fiber was made. Slow. */
typedef void usher_script_line_fn(void *user, const char *source, int line,
                                  const void *frame);
void usher_script_watch_lines(struct usher_script *script,
                              usher_script_line_fn *fn, void *user);

/* Nonzero while a file of the flows is being loaded. */
int usher_script_loading(lua_State *L);

/* More values than this no function takes or gives in one call. */
#define USHER_VALUES_MAX (1 << 20)

/* What a step costs that C does for one value of a table: metamethods may
 * have their part in it. In instructions. */
#define USHER_STEP_COST 4

/* Charges work that C did in one call against the turn's instructions, and
 * raises when they are used up. */
void usher_script_charge(lua_State *L, int64_t instructions);
/* The same where nothing may be raised: the turn ends with the flow's next
 * instruction. A state without a script is charged nothing. */
void usher_script_spend(lua_State *L, int64_t instructions);
/* Raises when the turn's time is used up. For what calls back seldom, and
 * does much in between. */
void usher_script_look(lua_State *L);

/* Between the two no limit ends anything, for C that must not be left half
 * done; what it made is looked at after, and may raise then. */
int usher_script_pause(lua_State *L);
void usher_script_go_on(lua_State *L, int was_armed);

/* What of a file is Lua: without a byte order mark, which some editors write,
 * and without a "#!" line, whose end stays: lines keep their numbers. */
const char *usher_source_code(const struct usher_source *source, size_t *len);
/* Compiles it, in any state: LUA_OK with its function on the stack, else its
 * error, with "flows/one.lua:3: " before it. */
int usher_source_compile(lua_State *L, const char *folder,
                         const struct usher_source *source);
/* Compiles code as if it stood in a flow; pushes on the main stack its
 * function, or the error. Gives Lua's status. Protected by the caller. */
int usher_script_compile(struct usher_script *script, const char *chunk,
                         const char *code, size_t len);
/* Pushes { { path = "flows/one.lua", text = its code }, ... }. */
void usher_sources_push(lua_State *L, const char *folder,
                        const struct usher_source *sources, size_t count);
/* What stands before paths in messages: "flows". */
const char *usher_script_folder(const struct usher_script *script);
/* Whether require gives a module of the engine under this name, which hides a
 * file of the same name. */
int usher_script_has_module(const struct usher_script *script,
                            const char *name);
const struct usher_source *
usher_script_sources(const struct usher_script *script, size_t *count);
/* Pushes { [name] = true } of all sources, by their names for require. */
void usher_script_names(lua_State *L);
/* The key of the table at `index` that `name` was probably meant as, or NULL.
 * Lives as long as the table has it. */
const char *usher_script_nearest(lua_State *L, int index, const char *name);

/* The table on the stack's top raises for names that it has not. */
void usher_script_strict(lua_State *L, const char *name);
/* Replaces the table on the stack's top by a read-only view of it. */
void usher_script_freeze(lua_State *L, const char *name);

#endif
