/* engine/script/script_internal.h - what script.c, sandbox.c, loader.c,
 * fiber.c and effect.c share. */
#ifndef USHER_SCRIPT_SCRIPT_INTERNAL_H
#define USHER_SCRIPT_SCRIPT_INTERNAL_H

#include "script/author.h"
#include "script/blocks.h"
#include "script/fiber.h"
#include "script/match.h"
#include "script/script.h"

/* How often the virtual machine looks at the limits, in instructions; more
 * often while there are texts of SCRIPT_LONG bytes or more. */
#define SCRIPT_HOOK_EVERY 1000
#define SCRIPT_LONG ((size_t)16 << 10)
#define SCRIPT_LONG_MAX 16
/* What Lua adds to a text's bytes, at most. */
#define SCRIPT_TEXT_HEAD 64

/* How many times as long this build takes; others say so with -DSLOWER. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOWER 10
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLOWER 10
#endif
#endif
#ifndef SLOWER
#define SLOWER 1
#endif

enum script_kill {
    SCRIPT_ALIVE,
    SCRIPT_KILLED_INSTRUCTIONS,
    SCRIPT_KILLED_MATCHING,
    SCRIPT_KILLED_TIME,
    SCRIPT_KILLED_MEMORY,
    SCRIPT_KILLED_DEPTH, /* of calls that did not return */
    SCRIPT_KILLED_TEXT,
    SCRIPT_KILLED_STATE, /* the state is full, whatever the turn did */
    SCRIPT_KILLED_STOPPED
};

/* A long text that is there; at NULL: none. */
struct script_long {
    const void *at;
    size_t bytes;
};

struct usher_script {
    lua_State *L;
    struct usher_script_limits limits;
    const struct usher_source *sources;
    size_t source_count;
    const struct usher_script_module *modules;
    size_t module_count;
    const char *folder;
    void *user;

    struct usher_blocks blocks; /* the state's memory */
    size_t bytes;               /* of the whole state now */
    size_t turn_base;           /* bytes when this slice of a turn began */
    size_t turn_growth;         /* of the slices before */
    int armed;                  /* limits apply: a flow is running */
    enum script_kill killed;
    char killed_at[160]; /* "flows/x.lua:3: ", where that is known */
    char loaded_at[160]; /* the same, of a file that was loading lately */
    int refused;         /* the last growth asked for was refused */
    int64_t instructions_left;
    int64_t look_at; /* so many instructions left: look at the clock */
    struct usher_match_budget match; /* a part, up to the next look */
    int64_t match_reserve;           /* the rest */
    int64_t cpu_allowed;             /* ns of this slice */
    int64_t cpu_from;                /* the thread's clock at the first look */
    int64_t late_from;               /* steady ns: may be late; 0: not looked */
    struct script_long longs[SCRIPT_LONG_MAX];
    size_t long_floor; /* of those that had no place */
    int hook_every;

    usher_script_line_fn *line; /* NULL: nobody watches */
    void *line_user;

    int64_t collected;      /* charged for collections, in this slice */
    int is_full;            /* why memory was refused last: the whole state's */
    const atomic_int *stop; /* NULL: nobody stops it */

    int loading; /* depth of files being loaded: effects raise */
    struct usher_fiber *running;
    struct usher_fiber *pool; /* ended fibers, for use again */
    size_t pooled;

    /* Registry references. */
    int globals; /* what flows see through their environment */
    int env;     /* the environment: empty, reads globals, refuses writes */
    int inner;   /* the globals of the engine's own Lua files */
    int loaded;  /* name -> what require gives */
    int traceback;
    int as_built; /* what usher_script_remember() copied; 0: nothing */
    int ended;    /* the text that a killed turn raises; nobody reads it */
};

struct usher_fiber {
    struct usher_script *script;
    lua_State *L;
    int ref;
    const struct usher_effect_host *host;
    void *user;
    int closing;
    int started;
    int killed;         /* over a limit: never run again */
    size_t turn_growth; /* bytes charged to this turn so far */
    int64_t instructions_left;
    int64_t match_left;
    int64_t replayed;          /* of both, in the turns replayed so far */
    struct usher_author noted; /* see author.h */
    struct usher_author_word made[USHER_AUTHOR_MADE];
    int made_any;
    struct usher_fiber *next; /* in the pool */
};

/* limits.c */
void *script_allocate(void *ud, void *old, size_t old_size, size_t new_size);
/* The steps of string matching that are left to the turn. */
void script_match_set(struct usher_script *script, int64_t steps);
int64_t script_match_left(const struct usher_script *script);
/* For usher_match_open(); user: the script. */
void script_match_exhausted(lua_State *L, void *user);

/* sandbox.c: fills globals, env and inner. Protected by the caller. */
void script_sandbox_open(lua_State *L, struct usher_script *script);
/* Pushes the module's read-only view. */
void script_module_open(lua_State *L, const struct usher_script_module *module);
/* Lua's one hook: it counts instructions, and tells lines to who watches. */
void script_hook_set(lua_State *L, const struct usher_script *script);
/* From a C function: leaves a killed turn where it stands, or raises where that
 * cannot be. Does not return. */
int script_raise_killed(lua_State *L, struct usher_script *script);
const char *script_kill_text(enum script_kill why);
/* Why the turn is killed that found no memory. */
enum script_kill script_memory_why(const struct usher_script *script);
/* Notes the line of the flow that was killed, once. */
void script_killed_at(lua_State *L, struct usher_script *script);

/* raised.c: the flow's place that L is in as "flows/x.lua:3: ", or "". */
void script_place(lua_State *L, char *out, size_t size);
/* Where so many calls are open, one of them calls itself for ever. */
#define SCRIPT_DEEP 5000
/* How many calls are open, rounded up; SCRIPT_DEEP: that many or more. */
int script_depth(lua_State *L);
/* What was raised and stands at `index`, as a message with the flow's place;
 * where it was raised, or where L still stands there. */
void script_raised(lua_State *L, int index, char *out, size_t size);

/* missing.c: __index of the table of globals; raises. */
int script_missing_global(lua_State *L);

/* loader.c: pushes what `name` gives; raises. */
int script_require(lua_State *L);
void script_loader_open(lua_State *L, struct usher_script *script);
/* Whether require knows the name, without requiring it. */
int script_is_module(lua_State *L, const char *name);
/* Compiles and runs a source; leaves its value. Raises. */
void script_load_source(lua_State *L, struct usher_script *script,
                        const struct usher_source *source);

/* Begin and end of a slice in which the limits apply. */
void script_arm(struct usher_script *script, size_t growth_so_far);
size_t script_disarm(struct usher_script *script);

#endif
