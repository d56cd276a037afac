/* tests/unit/bind_world.c - see the header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lauxlib.h>

#include "bind_world.h"
#include "fail_alloc.h"
#include "script/value.h"

/* ---- the server ---- */

static void note(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
}

static void query_note(void *user, const char *name, const char *value)
{
    struct bind_world *world = user;
    size_t used = strlen(world->path);

    snprintf(world->path + used, sizeof(world->path) - used, "%c%s=%s",
             strchr(world->path, '?') ? '&' : '?', name, value ? value : "");
}

static void reply(struct usher_request *request, unsigned status,
                  const char *type, const char *text)
{
    static const struct usher_header headers[] = {
        {"X-Request-Id", "r-1"}, {"X-Private", "no"}, {"Retry-After", "7"}};

    usher_request_answer(request, status, type, (char *)(uintptr_t)text,
                         strlen(text), 0, headers, 3);
}

static void redirect(struct usher_request *request, unsigned status,
                     const char *to)
{
    struct usher_header header = {"Location", to};

    usher_request_answer(request, status, "text/plain", (char *)(uintptr_t) "",
                         0, 0, &header, 1);
}

/* Each header that flows may see, and some that they may not. */
static void reply_headers(struct usher_request *request)
{
    static const struct usher_header headers[] = {
        {"Content-Disposition", "inline"},
        {"Content-Language", "en"},
        {"ETag", "\"e\""},
        {"Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"Link", "<x>; rel=next"},
        {"Location", "/there"},
        {"Retry-After", "7"},
        {"X-RateLimit-Limit", "10"},
        {"X-RateLimit-Remaining", "9"},
        {"X-RateLimit-Reset", "8"},
        {"X-Request-Id", "r-1"},
        {"X-Total-Count", "3"},
        {"Set-Cookie", "session=1"},
        {"Server", "x"},
        {"WWW-Authenticate", "Basic"},
        {"X-Private", "no"},
    };

    usher_request_answer(request, 200, "text/plain", (char *)(uintptr_t) "h", 1,
                         0, headers, sizeof(headers) / sizeof(headers[0]));
}

/* Half of /big/N's bytes are inside a JSON string. */
static void reply_big(struct usher_request *request, const char *type, size_t n)
{
    char *text = malloc(n + 1);

    assert_non_null(text);
    memset(text, 'x', n);
    text[0] = text[n - 1] = '"';
    text[n] = '\0';
    usher_request_answer(request, 200, type, text, n, 1, NULL, 0);
}

static void on_request(void *user, struct usher_request *request)
{
    struct bind_world *world = user;
    const char *path = usher_request_path(request);
    const char *body;
    size_t len;

    world->requests++;
    note(world->method, sizeof(world->method), usher_request_method(request));
    note(world->path, sizeof(world->path), path);
    usher_request_each_query(request, query_note, world);
    body = usher_request_body(request, &len);
    snprintf(world->body, sizeof(world->body), "%.*s", (int)len, body);
    note(world->authorization, sizeof(world->authorization),
         usher_request_header(request, "Authorization"));
    note(world->content_type, sizeof(world->content_type),
         usher_request_header(request, "Content-Type"));
    note(world->accept, sizeof(world->accept),
         usher_request_header(request, "Accept"));
    if (strncmp(path, "/status/", 8) == 0)
        reply(request, (unsigned)atoi(path + 8), "text/plain", "so");
    else if (strncmp(path, "/to/", 4) == 0 || strncmp(path, "/as/", 4) == 0)
        redirect(request, path[1] == 't' ? 303 : 307, path + 3);
    else if (strcmp(path, "/headers") == 0)
        reply_headers(request);
    else if (strncmp(path, "/as-type/", 9) == 0)
        reply(request, 200, path + 9, "{\"n\":5}");
    else if (strcmp(path, "/one") == 0)
        reply(request, 200, "application/json", "5");
    else if (strcmp(path, "/json") == 0)
        reply(request, 200, "application/json; charset=utf-8",
              "{\"n\":5,\"list\":[1,null,\"x\"],\"none\":null}");
    else if (strcmp(path, "/broken-json") == 0)
        reply(request, 200, "application/json", "{\"n\":");
    else if (strncmp(path, "/big/", 5) == 0)
        reply_big(request, "text/plain", (size_t)atoi(path + 5));
    else if (strncmp(path, "/big-json/", 10) == 0)
        reply_big(request, "application/json", (size_t)atoi(path + 10));
    else if (strcmp(path, "/drop") == 0)
        usher_request_drop(request);
    else if (strcmp(path, "/hold") == 0)
        world->held = request;
    else
        reply(request, 200, "text/plain", "hello");
}

static void server_open(struct bind_world *world)
{
    struct usher_server_options options = {.max_clients = 64};
    uint16_t port;

    assert_int_equal(usher_server_listen("127.0.0.1", 0, 0, &options.listen_fd,
                                         &port, NULL),
                     USHER_OK);
    assert_int_equal(usher_server_new(world->zoho->loop, &options, on_request,
                                      world, &world->server),
                     USHER_OK);
    snprintf(world->url, sizeof(world->url), "http://127.0.0.1:%u", port);
}

/* ---- the host of effects ---- */

static void journal_add(struct bind_world *world,
                        const struct usher_effect *effect, unsigned count,
                        const void *values, size_t len)
{
    usher_buffer_bytes(&world->journal, effect->name, strlen(effect->name));
    usher_buffer_bytes(&world->journal, effect->target, effect->target_len);
    usher_buffer_varint(&world->journal, count);
    usher_buffer_bytes(&world->journal, values, len);
}

static int push_values(lua_State *L, const char *values, size_t len,
                       unsigned count)
{
    struct usher_reader reader;

    usher_reader_init(&reader, values, len);
    for (unsigned i = 0; i < count; i++)
        usher_value_decode(L, &reader);
    return (int)count;
}

static int journal_next(struct bind_world *world, lua_State *L,
                        const struct usher_effect *effect)
{
    struct usher_reader reader;
    const char *name, *target, *values;
    size_t name_len, target_len, len;
    unsigned count;

    if (!world->is_replay || world->cursor == world->journal.len)
        return -1;
    usher_reader_init(&reader, world->journal.data + world->cursor,
                      world->journal.len - world->cursor);
    name = usher_reader_bytes(&reader, &name_len);
    target = usher_reader_bytes(&reader, &target_len);
    count = (unsigned)usher_reader_varint(&reader);
    values = usher_reader_bytes(&reader, &len);
    world->cursor = (size_t)(reader.at - world->journal.data);
    if (name_len != strlen(effect->name) ||
        memcmp(name, effect->name, name_len) != 0 ||
        target_len != effect->target_len ||
        memcmp(target, effect->target, target_len) != 0)
        return luaL_error(L, "diverged at %s", effect->name);
    return push_values(L, values, len, count);
}

static int host_begin(void *user, lua_State *L, const struct usher_effect *e)
{
    struct bind_world *world = user;

    snprintf(world->begun, sizeof(world->begun), "%s %.*s", e->name,
             (int)e->target_len, e->target);
    world->begun_flags = e->flags;
    return journal_next(world, L, e);
}

static int host_end(void *user, lua_State *L, const struct usher_effect *effect,
                    int count)
{
    struct bind_world *world = user;
    struct usher_buffer values;
    struct usher_error error = {""};
    enum usher_status st = USHER_OK;

    usher_buffer_init(&values, 0);
    for (int i = 0; i < count && st == USHER_OK; i++)
        st = usher_value_encode(L, i - count, &values, effect->name, &error);
    if (st == USHER_OK)
        journal_add(world, effect, (unsigned)count, values.data, values.len);
    usher_buffer_free(&values);
    return st == USHER_OK ? count : luaL_error(L, "%s", error.text);
}

static void on_done(struct usher_job *job, const void *results, size_t len,
                    unsigned count, enum usher_outcome outcome)
{
    struct bind_world *world = job->host;
    struct usher_effect effect = {
        world->effect, world->target, strlen(world->target), "", 0, 0};

    usher_buffer_clear(&world->results);
    usher_buffer_append(&world->results, results, len);
    world->result_count = count;
    world->outcome = outcome;
    journal_add(world, &effect, count, results, len);
    job->ops->free(job);
    world->job = NULL;
}

static int go_on(lua_State *L, int status, lua_KContext context)
{
    struct bind_world *world = usher_fiber_user(L);

    (void)status;
    (void)context;
    return push_values(L, world->results.data, world->results.len,
                       world->result_count);
}

static int host_job(void *user, lua_State *L, const struct usher_effect *effect,
                    struct usher_job *job)
{
    struct bind_world *world = user;
    int count;

    world->job = job;
    snprintf(world->effect, sizeof(world->effect), "%s", effect->name);
    snprintf(world->target, sizeof(world->target), "%.*s",
             (int)effect->target_len, effect->target);
    world->flags = effect->flags;
    world->args_len = effect->args_len;
    world->args_sum = 0;
    for (size_t i = 0; i < effect->args_len; i++)
        world->args_sum = world->args_sum * 31 + (unsigned char)effect->args[i];
    count = journal_next(world, L, effect);
    if (count >= 0) {
        job->ops->free(job);
        world->job = NULL;
        return count;
    }
    job->host = world;
    job->done = on_done;
    return lua_yieldk(L, 0, 0, go_on);
}

static int host_replaying(void *user)
{
    const struct bind_world *world = user;

    return world->is_replay && world->cursor < world->journal.len;
}

/* ---- running ---- */

static const struct usher_effect_host host = {host_begin, host_end, host_job,
                                              host_replaying, NULL};

/* As when the turn or the engine ends: the flow does not go on. */
static void job_cancel(struct bind_world *world)
{
    for (int i = 1; i < world->cancel; i++)
        usher_loop_step(world->zoho->loop, 1);
    assert_non_null(world->job);
    world->job->ops->cancel(world->job);
}

static void job_wait(struct bind_world *world)
{
    int patience = 4000;

    world->job->ops->start(world->job, world->deadline_ms);
    if (world->cancel) {
        job_cancel(world);
        return;
    }
    while (world->job && patience-- > 0)
        usher_loop_step(world->zoho->loop, 1);
    if (world->job)
        fail_msg("the job of %s does not end", world->effect);
}

static struct usher_script *script_make(struct bind_world *world,
                                        const struct usher_source *sources)
{
    struct usher_script_options options = {
        .sources = sources,
        .source_count = 2,
        .limits = usher_script_limits_default(),
        .folder = "flows",
        .user = &world->bind,
    };
    struct usher_script *script;

    if (world->state_bytes)
        options.limits.state_bytes = world->state_bytes;
    options.modules = world->modules
                          ? world->modules
                          : usher_bind_modules(&options.module_count);
    if (world->modules)
        options.module_count = world->module_count;
    if (usher_script_new(&options, &script, NULL) != USHER_OK)
        return NULL;
    return script;
}

/* 1: the flow stands on the main stack. */
static int flow_load(struct bind_world *world, struct usher_script *script)
{
    lua_State *L = usher_script_lua(script);
    struct usher_error error = {""};

    if (usher_script_load(script, &error) != USHER_OK) {
        snprintf(world->message, sizeof(world->message), "%s", error.text);
        return 0;
    }
    if (usher_bind_allow_settings(L, -1, &error) != USHER_OK) {
        snprintf(world->message, sizeof(world->message), "%s", error.text);
        return 0;
    }
    lua_settop(L, 0);
    return usher_script_module_value(script, "flow");
}

static enum usher_fiber_state run(struct bind_world *world,
                                  struct usher_script *script)
{
    struct usher_fiber_error error = {"", ""};
    struct usher_fiber *fiber = usher_fiber_new(script, &host, world);
    enum usher_fiber_state state;

    if (!fiber)
        return USHER_FIBER_KILLED;
    lua_xmove(usher_script_lua(script), usher_fiber_lua(fiber), 1);
    lua_pushstring(usher_fiber_lua(fiber), world->url);
    state = usher_fiber_resume(fiber, 1, &error);
    while (state == USHER_FIBER_WAITING) {
        job_wait(world);
        if (world->cancel)
            break;
        state = usher_fiber_resume(fiber, 0, &error);
    }
    snprintf(world->message, sizeof(world->message), "%s", error.message);
    usher_fiber_free(fiber);
    if (world->job) {
        world->job->ops->free(world->job);
        world->job = NULL;
    }
    return state;
}

static enum usher_fiber_state start(struct bind_world *world, const char *code)
{
    char text[4096], init[512];
    struct usher_source sources[2] = {{"init.lua", init, 0},
                                      {"flow.lua", text, 0}};
    enum usher_fiber_state state = USHER_FIBER_FAILED;
    struct usher_script *script;

    sources[0].len =
        (size_t)snprintf(init, sizeof(init), "return { settings = %s }",
                         world->settings ? world->settings : "nil");
    sources[1].len = (size_t)snprintf(text, sizeof(text),
                                      "return function(url) %s end", code);
    world->message[0] = '\0';
    script = script_make(world, sources);
    if (!script)
        return USHER_FIBER_KILLED;
    if (flow_load(world, script)) {
        if (world->fail_at)
            fail_alloc_at(world->fail_at);
        state = run(world, script);
    }
    usher_script_free(script);
    return state;
}

enum usher_fiber_state bind_try(struct bind_world *world, const char *code)
{
    usher_buffer_clear(&world->journal);
    world->is_replay = 0;
    return start(world, code);
}

void bind_run(struct bind_world *world, const char *code)
{
    if (bind_try(world, code) != USHER_FIBER_DONE)
        fail_msg("%s\n%s", code, world->message);
}

void bind_raises(struct bind_world *world, const char *code, const char *part)
{
    if (bind_try(world, code) != USHER_FIBER_FAILED)
        fail_msg("%s: raised nothing", code);
    if (!strstr(world->message, part))
        fail_msg("%s: \"%s\" does not have \"%s\"", code, world->message, part);
}

void bind_replay(struct bind_world *world, const char *code)
{
    world->is_replay = 1;
    world->cursor = 0;
    if (start(world, code) != USHER_FIBER_DONE)
        fail_msg("replay: %s\n%s", code, world->message);
    assert_int_equal(world->cursor, world->journal.len);
    world->is_replay = 0;
}

/* Of a state before anything runs in it, which no limit ends. */
static size_t state_bytes(struct bind_world *world)
{
    static const struct usher_source none[2];
    struct usher_script *script = script_make(world, none);
    size_t bytes;

    assert_non_null(script);
    bytes = usher_script_bytes(script);
    usher_script_free(script);
    return bytes;
}

void bind_fill(struct bind_world *world, const char *code, size_t step)
{
    enum usher_fiber_state state = USHER_FIBER_KILLED;
    unsigned killed = 0;

    for (size_t bytes = state_bytes(world); state != USHER_FIBER_DONE;
         bytes += step) {
        world->state_bytes = bytes;
        state = bind_try(world, code);
        killed += state == USHER_FIBER_KILLED && world->message[0];
        if (bytes > 4 * 1024 * 1024)
            fail_msg("%s does not fit into 4 MiB: %s", code, world->message);
    }
    world->state_bytes = 0;
    assert_true(killed > 0); /* some were full while the code ran */
}

/* ---- life ---- */

static struct usher_config *config_make(const char *const *settings)
{
    char *environment[16] = {NULL};
    struct usher_config_source source = {.environ = environment};
    struct usher_error_list problems = {0};
    struct usher_config *config = NULL;

    for (size_t i = 0; settings && settings[i]; i++) {
        assert_true(i < 15);
        environment[i] = (char *)(uintptr_t)settings[i];
    }
    if (usher_config_load(&source, &config, &problems) != USHER_OK)
        fail_msg("%s", problems.count ? problems.items[0].text : "no config");
    usher_error_list_free(&problems);
    return config;
}

struct bind_world *bind_world_new(const char *const *settings)
{
    struct bind_world *world = calloc(1, sizeof(*world));

    assert_non_null(world);
    world->zoho = zoho_world_new();
    world_set(world->zoho, "OAUTH_ACCESS_TOKEN=1000.first.x");
    world_set(world->zoho, "OAUTH_REFRESH_TOKEN=1000.refresh.x");
    world_set(world->zoho, "OAUTH_CLIENT_ID=1000.ID");
    world_set(world->zoho, "OAUTH_CLIENT_SECRET=hidden-secret");
    snprintf(world->zoho->valid, sizeof(world->zoho->valid), "1000.first.x");
    world_start(world->zoho);
    world->config = config_make(settings);
    server_open(world);
    usher_buffer_init(&world->results, 0);
    usher_buffer_init(&world->journal, 0);
    world->bind.loop = world->zoho->loop;
    world->bind.client = world->zoho->client;
    world->bind.zoho = world->zoho->zoho;
    world->bind.credentials = world->zoho->credentials;
    world->bind.config = world->config;
    world->bind.clock = &world->zoho->time.clock;
    world->bind.log = world->zoho->log;
    return world;
}

void bind_world_free(struct bind_world *world)
{
    if (world->held)
        usher_request_drop(world->held);
    world_stop(world->zoho);
    usher_server_free(world->server);
    zoho_world_free(world->zoho);
    usher_config_release(world->config);
    usher_buffer_free(&world->results);
    usher_buffer_free(&world->journal);
    free(world);
}
