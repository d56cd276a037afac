/* engine/conversation/serve.c - requests outside any conversation that flows
 * answer: http.serve (bind/lua_serve.c). A fiber of the newest version runs the
 * handler; its effects happen and are not journaled. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bind/plain.h"
#include "bind/serve.h"
#include "conversation/flow_fails.h"
#include "conversation/internal.h"
#include "core/log_limit.h"
#include "script/value.h"

#define LIMIT_MS 10000  /* for the whole request */
#define EFFECTS_MS 9000 /* by then effects give up */
#define EFFECTS_MAX 1000
#define HEADERS_MAX 32
#define ANSWER_MAX (1u << 20)

struct served {
    struct usher_worker *worker;
    struct usher_request *request;
    struct usher_state *state; /* held */
    struct usher_fiber *fiber;
    struct usher_timer limit;
    int64_t deadline_ms;
    unsigned effects;
    struct usher_job *job;
    int job_started;
    struct usher_buffer results; /* of the job */
    unsigned result_count;
    struct served *next, *prev;
};

static void served_free(struct served *served)
{
    struct usher_worker *worker = served->worker;

    if (served->prev)
        served->prev->next = served->next;
    else
        worker->served = served->next;
    if (served->next)
        served->next->prev = served->prev;
    usher_timer_cancel(worker->loop, &served->limit);
    if (served->job && served->job_started)
        served->job->ops->cancel(served->job);
    if (served->job)
        served->job->ops->free(served->job);
    usher_fiber_free(served->fiber);
    usher_states_let_go(&worker->states, served->state);
    usher_buffer_free(&served->results);
    free(served);
    states_look(worker, "http.serve");
    atomic_fetch_sub(&worker->busy, 1);
}

/* ---- answering ---- */

static void answer_fail(struct served *served, unsigned status,
                        const char *json)
{
    usher_request_answer(served->request, status, "application/json",
                         (char *)(uintptr_t)json, strlen(json), 0, NULL, 0);
    served_free(served);
}

/* Whoever calls brings it about, perhaps again and again. */
static void serve_complain(const struct served *served,
                           enum usher_log_level level, const char *event,
                           const char *why)
{
    struct usher_worker *worker = served->worker;
    const char *path = usher_request_path(served->request);
    struct usher_error text;
    char caller[64];

    usher_error_set(&text, "%s%s%s", path, why[0] ? ": " : "", why);
    usher_request_caller(served->request, caller, sizeof(caller));
    usher_log_limited(worker->shared->log, usher_loop_now_ms(worker->loop),
                      level, "serve", event, why[0] ? "error" : "path", path,
                      text.text, caller);
}

/* The handler did not do it; the log says why, the caller does not hear. */
static void answer_broken(struct served *served, const char *why)
{
    serve_complain(served, USHER_LOG_ERROR, "a handler failed", why);
    usher_flow_fails(served->worker->shared, why,
                     usher_request_path(served->request));
    answer_fail(served, 500,
                "{\"error\":\"the handler failed; the log says why\"}\n");
}

struct answer {
    unsigned status;
    const char *type;
    struct usher_buffer body;
    struct usher_buffer texts; /* name 0 value 0 ... of the headers */
    struct usher_header headers[HEADERS_MAX];
    size_t header_count;
};

/* What may stand in a header's value: nothing that ends its line. */
static int is_header_text(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (((unsigned char)text[i] < ' ' && text[i] != '\t') ||
            text[i] == 0x7f)
            return 0;
    }
    return 1;
}

/* A token of HTTP. The text is no C string: its value is the next in line. */
static int is_header_name(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= ' ' || text[i] == 0x7f ||
            strchr("\"(),/:;<=>?@[\\]{}", text[i]))
            return 0;
    }
    return len > 0;
}

/* Raises nothing: `error` says which header, and what is wrong with it. */
static enum usher_status header_refuse(struct usher_error *error,
                                       const struct usher_plain *name,
                                       const char *what)
{
    usher_error_set(error, "the header \"%.*s\" %s",
                    (int)(name->len < 64 ? name->len : 64), name->text, what);
    return USHER_ERR_INVALID;
}

static enum usher_status header_read(struct usher_reader *reader,
                                     struct answer *answer,
                                     struct usher_error *error)
{
    struct usher_plain name, value;
    struct usher_buffer *texts = &answer->texts;
    size_t start;

    usher_plain_next(reader, &name);
    usher_plain_next(reader, &value);
    if (name.type != USHER_PLAIN_STRING) {
        usher_error_set(error, "headers must be a table of names and texts");
        return USHER_ERR_INVALID;
    }
    if (!is_header_name(name.text, name.len))
        return header_refuse(error, &name,
                             "has no possible name; write letters, digits "
                             "and -");
    if (answer->header_count == HEADERS_MAX)
        return header_refuse(error, &name, "is one more than 32");
    usher_buffer_append(texts, name.text, name.len);
    usher_buffer_byte(texts, 0);
    start = texts->len;
    if (usher_plain_text(&value, texts) != USHER_OK)
        return header_refuse(error, &name, "must be a text or a number");
    if (!is_header_text(texts->data + start, texts->len - start))
        return header_refuse(error, &name, "must be a text in one line");
    usher_buffer_byte(texts, 0);
    answer->header_count++;
    return (enum usher_status)texts->failed;
}

/* Points the headers into their texts, the content type apart. */
static void headers_place(struct answer *answer)
{
    const char *at = answer->texts.data;
    size_t kept = 0;

    for (size_t i = 0; i < answer->header_count; i++) {
        const char *name = at;
        const char *value = name + strlen(name) + 1;

        at = value + strlen(value) + 1;
        if (strcasecmp(name, "content-type") == 0) {
            answer->type = value;
            continue;
        }
        answer->headers[kept].name = name;
        answer->headers[kept++].value = value;
    }
    answer->header_count = kept;
}

static enum usher_status headers_read(const char *bytes, size_t len,
                                      struct answer *answer,
                                      struct usher_error *error)
{
    struct usher_reader reader;
    struct usher_plain table;
    enum usher_status st = USHER_OK;

    usher_reader_init(&reader, bytes, len);
    usher_plain_next(&reader, &table);
    if (table.type != USHER_PLAIN_TABLE || table.values) {
        usher_error_set(error, "headers must be a table of names and texts");
        st = USHER_ERR_INVALID;
    }
    for (uint64_t i = 0; i < table.pairs && st == USHER_OK; i++)
        st = header_read(&reader, answer, error);
    if (st == USHER_OK)
        headers_place(answer);
    return st;
}

static enum usher_status body_read(const char *table, size_t table_len,
                                   struct answer *answer,
                                   struct usher_error *error)
{
    struct usher_reader reader;
    struct usher_plain plain;
    const char *at;
    size_t len;

    if (usher_plain_member(table, table_len, "json", &at, &len)) {
        usher_reader_init(&reader, at, len);
        answer->type = answer->type ? answer->type : "application/json";
        return usher_value_to_json(&answer->body, &reader, error);
    }
    if (!usher_plain_member(table, table_len, "body", &at, &len))
        return USHER_OK;
    usher_reader_init(&reader, at, len);
    usher_plain_next(&reader, &plain);
    if (usher_plain_text(&plain, &answer->body) == USHER_OK)
        return USHER_OK;
    usher_error_set(error, "body must be a text; json takes a table");
    return USHER_ERR_INVALID;
}

static enum usher_status table_read(const char *bytes, size_t len,
                                    struct answer *answer,
                                    struct usher_error *error)
{
    struct usher_reader reader;
    struct usher_plain status;
    enum usher_status st = USHER_OK;
    const char *at;
    size_t part;

    if (usher_plain_member(bytes, len, "status", &at, &part)) {
        usher_reader_init(&reader, at, part);
        usher_plain_next(&reader, &status);
        if (status.type != USHER_PLAIN_INTEGER || status.integer < 200 ||
            status.integer > 599) {
            usher_error_set(error, "status must be a number from 200 to 599");
            return USHER_ERR_INVALID;
        }
        answer->status = (unsigned)status.integer;
    }
    if (usher_plain_member(bytes, len, "headers", &at, &part))
        st = headers_read(at, part, answer, error);
    return st == USHER_OK ? body_read(bytes, len, answer, error) : st;
}

/* What the handler returned: encoded values. */
static enum usher_status answer_read(const struct usher_buffer *value,
                                     struct answer *answer,
                                     struct usher_error *error)
{
    struct usher_reader reader;
    struct usher_plain plain;

    usher_reader_init(&reader, value->data, value->len);
    usher_plain_next(&reader, &plain);
    answer->status = 200;
    switch (plain.type) {
    case USHER_PLAIN_NIL:
        answer->status = 204;
        return USHER_OK;
    case USHER_PLAIN_STRING:
        return usher_buffer_append(&answer->body, plain.text, plain.len);
    case USHER_PLAIN_TABLE:
        return table_read(value->data, value->len, answer, error);
    default:
        usher_error_set(error, "a handler returns a text, or a table with "
                               "status, headers, and body or json");
        return USHER_ERR_INVALID;
    }
}

static void answer_send(struct served *served)
{
    lua_State *L = usher_fiber_lua(served->fiber);
    struct usher_error error = {"the answer is too large"};
    struct usher_buffer value;
    struct answer answer = {0};
    enum usher_status st = USHER_OK;

    usher_buffer_init(&value, ANSWER_MAX);
    usher_buffer_init(&answer.body, ANSWER_MAX);
    usher_buffer_init(&answer.texts, ANSWER_MAX);
    if (lua_gettop(L) > 0)
        st = usher_value_encode(L, 1, &value, "the answer", &error);
    else
        usher_value_nil(&value);
    if (st == USHER_OK)
        st = answer_read(&value, &answer, &error);
    if (st == USHER_OK) {
        usher_request_answer(
            served->request, answer.status,
            answer.type ? answer.type : "text/plain; charset=utf-8",
            answer.body.data ? answer.body.data : (char *)(uintptr_t) "",
            answer.body.len, 0, answer.headers, answer.header_count);
        served_free(served);
    } else {
        answer_broken(served, error.text);
    }
    usher_buffer_free(&value);
    usher_buffer_free(&answer.body);
    usher_buffer_free(&answer.texts);
}

/* ---- running ---- */

static void step(struct served *served, int nargs)
{
    struct usher_worker *worker = served->worker;
    struct usher_fiber_error error;
    enum usher_fiber_state state;

    worker_current(worker, "http.serve");
    state = usher_fiber_resume(served->fiber, nargs, &error);
    worker_current(worker, NULL);
    switch (state) {
    case USHER_FIBER_DONE:
        answer_send(served);
        break;
    case USHER_FIBER_WAITING:
        if (served->job && !served->job_started) {
            served->job_started = 1;
            served->job->ops->start(served->job, served->deadline_ms);
        } else {
            answer_broken(served, "it waits for nothing");
        }
        break;
    default:
        answer_broken(served, error.message);
    }
}

static void job_done(struct usher_job *job, const void *results, size_t len,
                     unsigned count, enum usher_outcome outcome)
{
    struct served *served = job->host;

    (void)outcome;
    usher_buffer_clear(&served->results);
    usher_buffer_append(&served->results, results, len);
    served->result_count = served->results.failed ? 0 : count;
    job->ops->free(job);
    served->job = NULL;
    served->job_started = 0;
    step(served, 0);
}

static int job_results(lua_State *L, int status, lua_KContext context)
{
    struct served *served = usher_fiber_user(L);
    struct usher_reader reader;

    (void)status;
    (void)context;
    luaL_checkstack(L, (int)served->result_count + 2, "results");
    usher_reader_init(&reader, served->results.data, served->results.len);
    for (unsigned i = 0; i < served->result_count; i++)
        usher_value_decode(L, &reader);
    return (int)served->result_count;
}

static int host_begin(void *user, lua_State *L,
                      const struct usher_effect *effect)
{
    struct served *served = user;

    (void)effect;
    if (++served->effects > EFFECTS_MAX)
        return luaL_error(L, "this request made more than %d effects",
                          EFFECTS_MAX);
    return -1;
}

static int host_end(void *user, lua_State *L, const struct usher_effect *effect,
                    int count)
{
    (void)user;
    (void)L;
    (void)effect;
    return count;
}

static int host_job(void *user, lua_State *L, const struct usher_effect *effect,
                    struct usher_job *job)
{
    struct served *served = user;

    /* Its own before anything can raise; one that was never started may be
     * left of an effect that did. */
    if (served->job)
        served->job->ops->free(served->job);
    served->job = job;
    job->host = served;
    job->done = job_done;
    (void)host_begin(user, L, effect);
    return lua_yieldk(L, 0, 0, job_results);
}

static int host_replaying(void *user)
{
    (void)user;
    return 0;
}

static const struct usher_effect_host serve_host = {
    host_begin, host_end, host_job, host_replaying, NULL};

/* ---- the request as a table ---- */

static void each_member(void *user, const char *name, const char *value)
{
    lua_State *L = user;
    char lower[128];
    size_t len = strlen(name);

    if (len >= sizeof(lower))
        return;
    for (size_t i = 0; i <= len; i++)
        lower[i] =
            (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    lua_pushstring(L, value ? value : "");
    lua_setfield(L, -2, lower);
}

static void each_query(void *user, const char *name, const char *value)
{
    lua_State *L = user;

    lua_pushstring(L, value ? value : "");
    lua_setfield(L, -2, name);
}

static void request_push(lua_State *L, const struct usher_request *request)
{
    size_t len;
    const char *body = usher_request_body(request, &len);

    lua_createtable(L, 0, 5);
    lua_pushstring(L, usher_request_method(request));
    lua_setfield(L, -2, "method");
    lua_pushstring(L, usher_request_path(request));
    lua_setfield(L, -2, "path");
    lua_newtable(L);
    usher_request_each_query(request, each_query, L);
    lua_setfield(L, -2, "query");
    lua_newtable(L);
    usher_request_each_header(request, each_member, L);
    lua_setfield(L, -2, "headers");
    lua_pushlstring(L, body ? body : "", len);
    lua_setfield(L, -2, "body");
}

static int handled(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return lua_gettop(L) - 1;
}

/* The fiber's first function. Stack: served as light userdata. */
static int handle(lua_State *L)
{
    const struct served *served = lua_touserdata(L, 1);
    const struct usher_request *request = served->request;

    if (!usher_serve_handler(L, usher_request_method(request),
                             usher_request_path(request)))
        return luaL_error(L, "its route is gone");
    request_push(L, request);
    lua_callk(L, 1, 1, 0, handled);
    return handled(L, LUA_OK, 0);
}

/* Stack: the request as light userdata. Gives whether there is a handler. */
static int look(lua_State *L)
{
    const struct usher_request *request = lua_touserdata(L, 1);

    lua_pushboolean(L, usher_serve_handler(L, usher_request_method(request),
                                           usher_request_path(request)));
    return 1;
}

static int has_handler(struct usher_state *state,
                       const struct usher_request *request)
{
    lua_State *L = usher_script_lua(state->script);
    int found = 0;

    lua_pushcfunction(L, look);
    lua_pushlightuserdata(L, (void *)(uintptr_t)request);
    if (lua_pcall(L, 1, 1, 0) == LUA_OK)
        found = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return found;
}

/* ---- a request ---- */

static void over_time(void *user)
{
    struct served *served = user;

    serve_complain(served, USHER_LOG_WARN, "a handler took too long", "");
    answer_fail(served, 504,
                "{\"error\":\"the handler took longer than 10 s\"}\n");
}

int serve_request(struct usher_worker *worker, struct usher_request *request)
{
    struct usher_state *state;
    struct served *served;
    lua_State *L;

    if (worker->closed)
        return 0;
    worker_adopt(worker);
    state = worker->states.newest;
    if (!state || !has_handler(state, request))
        return 0;
    served = calloc(1, sizeof(*served));
    if (served)
        served->fiber = usher_fiber_new(state->script, &serve_host, served);
    if (!served || !served->fiber) {
        free(served);
        return 0; /* without memory: as if there were no route */
    }
    served->worker = worker;
    served->request = request;
    served->state = state;
    usher_state_hold(state);
    served->deadline_ms = usher_loop_now_ms(worker->loop) + EFFECTS_MS;
    usher_buffer_init(&served->results, 0);
    served->next = worker->served;
    if (served->next)
        served->next->prev = served;
    worker->served = served;
    atomic_fetch_add(&worker->busy, 1);
    usher_timer_set(worker->loop, &served->limit, LIMIT_MS, over_time, served);
    usher_fiber_turn(served->fiber);
    L = usher_fiber_lua(served->fiber);
    lua_pushcfunction(L, handle);
    lua_pushlightuserdata(L, served);
    step(served, 1);
    return 1;
}

void serve_end(struct usher_worker *worker)
{
    while (worker->served)
        answer_fail(worker->served, 503, "{\"error\":\"shutting down\"}\n");
}
