/* engine/script/effect.h - effects: how a binding does or learns something
 * that is not pure computation.
 *
 * Every effect goes through the host of the running fiber, which answers it
 * from the journal in replay, or lets it happen and records the result. Two
 * forms:
 *
 * 1. At once (the time, a random number):
 *      int n = usher_effect_begin(L, &effect);
 *      if (n >= 0)
 *          return n;                  // replayed: n results are pushed
 *      lua_pushinteger(L, now);       // live: push the results
 *      return usher_effect_end(L, &effect, 1);
 *
 * 2. With waiting (HTTP, Zoho): the binding makes a job from its arguments
 *    and returns usher_effect_job(L, &effect, job); the job is the host's from
 *    then on. The host starts it (for an outside write: after its intent is
 *    committed), the job ends with usher_job_done(), and the flow goes on with
 *    the results. Only the coroutine waits, never the thread.
 *
 * While files load, and outside of fibers, effects raise. Each leaves its
 * entry, or is refused before it is one: what a flow gave is looked at before
 * usher_effect_begin(), and nothing between it and usher_effect_end() raises
 * but for want of memory; a binding that calls code of others there sets
 * USHER_EFFECT_CALLS and gives what that raised to usher_effect_raised(). An
 * effect that raised without an entry ends its turn. */
#ifndef USHER_SCRIPT_EFFECT_H
#define USHER_SCRIPT_EFFECT_H

#include <lua.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buffer.h"

enum {
    USHER_EFFECT_WRITE = 1, /* changes something outside: gets an intent */
    USHER_EFFECT_CALLS = 2, /* see above */
    USHER_EFFECT_DRAWN = 4  /* what the clock or chance gives: another value
                               each time, and no other reason for it */
};

/* name: "http.request"; target: what it is aimed at (method and URL, Zoho
 * operation, question): both are compared in replay. args: the canonical
 * bytes of its arguments: an outside write's intent is found again by name,
 * target and these. All borrowed for the call. */
struct usher_effect {
    const char *name;
    const char *target;
    size_t target_len;
    const char *args;
    size_t args_len;
    unsigned flags;
};

/* What came of an outside write. */
enum usher_outcome {
    USHER_OUTCOME_DONE,   /* it was done (or it was a read) */
    USHER_OUTCOME_FAILED, /* it was surely not done */
    USHER_OUTCOME_UNCLEAR /* nobody knows */
};

struct usher_job;
struct usher_job_ops {
    /* Begins. deadline_ms: steady time by which the turn wants a result (0:
     * none). Ends with one usher_job_done(), later, never from inside. */
    void (*start)(struct usher_job *job, int64_t deadline_ms);
    /* Stops; usher_job_done() must not come any more. Only after start. */
    void (*cancel)(struct usher_job *job);
    /* Frees it, started or not, cancelled or done. */
    void (*free)(struct usher_job *job);
};
/* The head of a binding's own struct. */
struct usher_job {
    const struct usher_job_ops *ops;
    void *host; /* the host's, from usher_effect_job() on */
    void (*done)(struct usher_job *job, const void *results, size_t len,
                 unsigned count, enum usher_outcome outcome); /* the host's */
};

/* results: `count` encoded values (script/value.h), borrowed for the call.
 * The host frees the job inside: it is gone after. */
void usher_job_done(struct usher_job *job, const void *results, size_t len,
                    unsigned count, enum usher_outcome outcome);

struct usher_effect_host {
    int (*begin)(void *user, lua_State *L, const struct usher_effect *effect);
    int (*end)(void *user, lua_State *L, const struct usher_effect *effect,
               int count);
    int (*job)(void *user, lua_State *L, const struct usher_effect *effect,
               struct usher_job *job);
    int (*replaying)(void *user);
    /* NULL: nothing is kept. */
    int (*raised)(void *user, lua_State *L, const struct usher_effect *effect);
};

/* -1: live, do it; else that many results are pushed. Raises on divergence
 * and where effects are not allowed. */
int usher_effect_begin(lua_State *L, const struct usher_effect *effect);
/* Records the `count` values on the top; gives count. Raises on what is no
 * plain data and above the journal's bounds. */
int usher_effect_end(lua_State *L, const struct usher_effect *effect,
                     int count);
/* After usher_effect_begin() with USHER_EFFECT_CALLS, where a lua_pcall() gave
 * `status`: records the error value on the top, which a replay raises again,
 * and raises it. */
int usher_effect_raised(lua_State *L, const struct usher_effect *effect,
                        int status);
/* Raises where the coroutine cannot wait: inside a function of C that calls the
 * flow back, such as gsub's or sort's. `name` begins the message. */
void usher_effect_may_wait(lua_State *L, const char *name);
/* Takes the job, also when it raises. `return` its result. */
int usher_effect_job(lua_State *L, const struct usher_effect *effect,
                     struct usher_job *job);

/* Nonzero while effects are answered from the journal: the log is silent. */
int usher_effect_replaying(lua_State *L);

/* nil and an error table {at, kind, message, hint, status, retry_after} as two
 * encoded results; at_ms 0, hint NULL, status 0, retry_after -1: left out.
 * at_ms: Unix; of what is "unclear", when that was seen. */
void usher_effect_fail(struct usher_buffer *results, const char *kind,
                       const char *message, const char *hint, int status,
                       int64_t retry_after_s, int64_t at_ms);
/* One member of such a table: its name and the time as seconds, as clock.now()
 * gives them. */
void usher_effect_at(struct usher_buffer *results, int64_t at_ms);

#endif
