/* engine/conversation/terminal.c - the terminal's loop: a line in, a call to
 * the engine, its answer out. The Lua state's stack has chat.lua's table at
 * the bottom. */
#include "conversation/terminal.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bind/bind.h"
#include "bind/ordinary.h"
#include "conversation/lua_web.h"
#include "conversation/stage.h"
#include "conversation/watch.h"
#include "core/place.h"

#define PROMPT "you: "
#define ANSWER_MS 30000
#define NAMES_MAX 200

struct terminal {
    const struct usher_terminal_options *options;
    lua_State *L;
    struct usher_places *places;
    struct usher_version *version;
    struct usher_log *log;
    struct usher_stage *stage;   /* NULL with url */
    struct usher_loop *loop;     /* the stage's, or our own */
    struct usher_client *client; /* NULL with a stage */
    struct usher_lua_web web;
    uint64_t env_print; /* of `.env`, as it was read */
    struct usher_watch *watch;
    struct usher_buffer input;
    int readable; /* input may be there: always for files */
    int ended;    /* no more of it */
    int quit;     /* somebody said /quit */
    int waiting;  /* for an answer */
    int64_t asked_ms;
};

/* ---- chat.lua ---- */

/* Prints the text that the call of `name` with nargs arguments gives. */
static void say(struct terminal *t, const char *name, int nargs)
{
    lua_State *L = t->L;
    struct usher_error error = {""};
    const char *text;

    lua_getfield(L, 1, name);
    lua_insert(L, -nargs - 1);
    if (usher_ordinary_call(L, nargs, 1, &error) != USHER_OK) {
        fprintf(t->options->out, "usher chat: %s\n", error.text);
        return;
    }
    text = lua_tostring(L, -1);
    if (text && text[0])
        fprintf(t->options->out, "%s\n", text);
    lua_pop(L, 1);
    fflush(t->options->out);
}

static void on_zoho(void *user, const struct usher_zoho_event *event)
{
    struct terminal *t = user;
    lua_State *L = t->L;

    lua_createtable(L, 0, 4);
    lua_pushstring(L, event->operation);
    lua_setfield(L, -2, "operation");
    lua_pushstring(L, event->kind == USHER_KIND_NONE
                          ? ""
                          : usher_error_kind_text(event->kind));
    lua_setfield(L, -2, "kind");
    lua_pushinteger(L, event->status);
    lua_setfield(L, -2, "status");
    lua_pushinteger(L, event->elapsed_ms);
    lua_setfield(L, -2, "ms");
    say(t, "call", 1);
}

static void note(struct terminal *t, const char *text)
{
    lua_pushstring(t->L, text);
    say(t, "note", 1);
}

static int on_web(void *user, const struct usher_client_request *request,
                  struct usher_simulator_answer *answer)
{
    struct terminal *t = user;
    struct usher_error why;
    int found = usher_lua_web_answer(&t->web, request, answer, &why);

    if (why.text[0])
        note(t, why.text);
    else
        say(t, "asked", 0);
    return found;
}

static void on_log(void *user, enum usher_log_level level, const char *line,
                   size_t len)
{
    struct terminal *t = user;

    (void)level;
    if (!t->L || lua_gettop(t->L) == 0)
        return;
    lua_pushlstring(t->L, line, len);
    say(t, "note", 1);
}

/* ---- the engine ---- */

static void on_answer(void *user, const char *json, size_t len)
{
    struct terminal *t = user;

    t->waiting = 0;
    lua_pushlstring(t->L, json, len);
    lua_pushinteger(t->L, usher_loop_now_ms(t->loop) - t->asked_ms);
    say(t, "answer", 2);
}

static void on_http(void *user, const struct usher_client_answer *answer)
{
    struct terminal *t = user;

    if (answer->result == USHER_NET_OK && answer->status == 200) {
        on_answer(t, answer->body, answer->body_len);
        return;
    }
    t->waiting = 0;
    if (answer->result != USHER_NET_OK)
        fprintf(t->options->out, "usher chat: no answer from %s: %s\n",
                t->options->url, answer->error);
    else
        fprintf(t->options->out, "usher chat: %s answers %u%s\n",
                t->options->url, answer->status,
                answer->status == 401
                    ? ": set WEBHOOK_SECRET as that engine has it"
                    : "");
}

static enum usher_status http_send(struct terminal *t, const char *json,
                                   size_t len)
{
    struct usher_header headers[2] = {
        {"Content-Type", "application/json"},
        {"X-Webhook-Secret", t->options->secret},
    };
    struct usher_client_request request = {
        .method = "POST",
        .url = t->options->url,
        .headers = headers,
        .header_count = t->options->secret ? 2 : 1,
        .body = json,
        .body_len = len,
        .timeout_ms = ANSWER_MS,
    };

    return usher_client_send(t->client, &request, on_http, t, NULL);
}

/* Tells them; gives the number of errors. */
static size_t problems_tell(struct terminal *t,
                            struct usher_error_list *problems)
{
    size_t errors = problems->errors;

    for (size_t i = 0; i < problems->count; i++)
        note(t, problems->items[i].text);
    usher_error_list_free(problems);
    return errors;
}

/* Names in `.env` that nobody knows. */
static void names_check(struct terminal *t)
{
    struct usher_error_list problems = {0};
    const char *names[NAMES_MAX];
    size_t count = usher_bind_setting_names(
        usher_script_lua(usher_stage_script(t->stage)), names, NAMES_MAX);

    usher_config_check_names(usher_stage_config(t->stage), names, count,
                             &problems);
    (void)problems_tell(t, &problems);
}

/* Edited settings, flows and answers are live with the next message, as in
 * the service. */
static void settings_look(struct terminal *t)
{
    struct usher_error_list problems = {0};
    uint64_t print = usher_watch_print(t->options->source->env_path);

    if (print == t->env_print)
        return;
    t->env_print = print;
    if (usher_stage_configure(t->stage, &problems) != USHER_OK) {
        note(t, "the changed settings are not used:");
        (void)problems_tell(t, &problems);
        return;
    }
    (void)problems_tell(t, &problems);
    note(t, "the settings were edited; the new ones are used");
    names_check(t);
}

static void flows_look(struct terminal *t)
{
    struct usher_version *version = NULL;
    struct usher_error error = {""};
    enum usher_status st;

    if (!t->options->flows)
        return;
    st = usher_version_read(t->options->flows, &version, &error);
    if (st == USHER_OK && strcmp(usher_version_hash(version),
                                 usher_version_hash(t->version)) == 0) {
        usher_version_release(version);
        return;
    }
    if (st == USHER_OK)
        st = usher_stage_reload(t->stage, version, &error);
    if (st == USHER_OK) {
        usher_version_release(t->version);
        t->version = version;
        version = NULL;
    }
    usher_version_release(version);
    note(t, st == USHER_OK ? "the flows were edited; the new ones are live"
                           : error.text);
}

static void send_text(struct terminal *t, const char *json, size_t len)
{
    enum usher_status st;

    if (t->stage) {
        settings_look(t);
        flows_look(t);
        say(t, "look", 0);
    }
    t->waiting = 1;
    t->asked_ms = usher_loop_now_ms(t->loop);
    st = t->stage ? usher_worker_webhook(usher_stage_worker(t->stage), json,
                                         len, on_answer, t)
                  : http_send(t, json, len);
    if (st == USHER_OK)
        return;
    t->waiting = 0;
    fprintf(t->options->out, "usher chat: %s cannot be asked: %s\n",
            t->options->url ? t->options->url : "the engine",
            usher_status_text(st));
}

/* { method, path, body, what } on the top of the stack. */
static void zoho_ask(struct terminal *t)
{
    lua_State *L = t->L;
    struct usher_simulator_request request = {0};
    struct usher_simulator_answer answer;
    int at = lua_gettop(L);

    for (int i = 1; i <= 4; i++)
        lua_geti(L, at, i);
    request.method = lua_tostring(L, at + 1);
    request.path = lua_tostring(L, at + 2);
    request.body = lua_tolstring(L, at + 3, &request.body_len);
    if (!t->stage || !request.method || !request.path)
        return;
    usher_simulator_handle(usher_stage_simulator(t->stage), &request, &answer);
    lua_pushvalue(L, at + 4);
    lua_pushinteger(L, answer.status);
    lua_pushlstring(L, answer.body, answer.body_len);
    say(t, "zoho", 3);
}

/* ---- a line ---- */

static void line_do(struct terminal *t, const char *line, size_t len)
{
    lua_State *L = t->L;
    struct usher_error error = {""};
    const char *text;

    if (t->options->echo)
        fprintf(t->options->out, "%.*s\n", (int)len, line);
    lua_getfield(L, 1, "line");
    lua_pushlstring(L, line, len);
    if (usher_ordinary_call(L, 1, 1, &error) != USHER_OK) {
        fprintf(t->options->out, "usher chat: %s\n", error.text);
        return;
    }
    lua_getfield(L, 2, "quit");
    t->quit |= lua_toboolean(L, -1);
    lua_getfield(L, 2, "print");
    text = lua_tostring(L, -1);
    if (text && text[0])
        fprintf(t->options->out, "%s\n", text);
    if (lua_getfield(L, 2, "zoho") == LUA_TTABLE)
        zoho_ask(t);
    lua_settop(L, 2);
    lua_getfield(L, 2, "send");
    text = lua_tolstring(L, -1, &len);
    if (text)
        send_text(t, text, len);
    lua_settop(L, 1);
}

static void on_readable(void *user, uint32_t events)
{
    struct terminal *t = user;

    (void)events;
    t->readable = 1;
    (void)usher_watch_change(t->watch, 0); /* until it was read */
}

/* Reads what is there without waiting for more. */
static void input_read(struct terminal *t)
{
    char *place = usher_buffer_reserve(&t->input, 4096);
    ssize_t got = place ? read(t->options->in, place, 4096) : 0;

    if (got < 0 && errno == EINTR)
        return;
    if (got <= 0) {
        t->ended = 1;
        if (t->input.len) /* a last line without its end */
            usher_buffer_byte(&t->input, '\n');
        return;
    }
    t->input.len += (size_t)got;
    if (t->watch) {
        t->readable = 0;
        (void)usher_watch_change(t->watch, EPOLLIN);
    }
}

static void prompt(struct terminal *t)
{
    fputs(PROMPT, t->options->out);
    fflush(t->options->out);
}

/* Takes the next whole line, if there is one. */
static int line_take(struct terminal *t)
{
    char *end = t->input.len ? memchr(t->input.data, '\n', t->input.len) : NULL;
    size_t len, used;

    if (!end)
        return 0;
    used = (size_t)(end - t->input.data) + 1;
    len = used - 1;
    while (len && t->input.data[len - 1] == '\r')
        len--;
    line_do(t, t->input.data, len);
    memmove(t->input.data, t->input.data + used, t->input.len - used);
    t->input.len -= used;
    return 1;
}

static void talk(struct terminal *t)
{
    int asked = 0; /* the prompt stands there */

    while (!t->quit) {
        if (t->waiting) {
            usher_loop_step(t->loop, 1000);
            continue;
        }
        if (!asked && !(t->ended && !t->input.len))
            prompt(t);
        asked = 1;
        if (line_take(t)) {
            asked = 0;
            continue;
        }
        if (t->ended)
            break;
        if (t->readable || !t->watch)
            input_read(t);
        else
            usher_loop_step(t->loop, 1000);
    }
    fputc('\n', t->options->out);
}

/* ---- start and end ---- */

static enum usher_status lua_open(struct terminal *t, struct usher_error *error)
{
    const struct usher_terminal_options *options = t->options;
    const char *country;

    t->L = usher_ordinary_new();
    if (!t->L)
        return USHER_ERR_NOMEM;
    lua_getglobal(t->L, "require");
    lua_pushliteral(t->L, "usher.cli.chat");
    if (usher_ordinary_call(t->L, 1, 1, error) != USHER_OK)
        return USHER_ERR_INVALID;
    lua_createtable(t->L, 0, 6);
    lua_pushboolean(t->L, options->colours);
    lua_setfield(t->L, -2, "colours");
    lua_pushstring(t->L, options->zone);
    lua_setfield(t->L, -2, "zone");
    country = usher_places_zone_country(t->places, options->zone);
    lua_pushstring(t->L, country);
    lua_setfield(t->L, -2, "country");
    lua_pushboolean(t->L, options->url == NULL);
    lua_setfield(t->L, -2, "simulator");
    lua_pushstring(t->L, options->web);
    lua_setfield(t->L, -2, "web");
    /* Another talk each time: an engine behind --url remembers. */
    lua_pushinteger(t->L, usher_clock_wall_ms(usher_clock_system()) / 1000);
    lua_setfield(t->L, -2, "number");
    if (usher_ordinary_call(t->L, 1, 1, error) != USHER_OK) {
        error->text[strcspn(error->text, "\n")] = '\0'; /* no traceback */
        return USHER_ERR_INVALID;
    }
    lua_getfield(t->L, 1, "web");
    usher_lua_web_open(&t->web, t->L);
    return USHER_OK;
}

static void secret_seen(void *user, const char *value)
{
    (void)usher_log_secret(user, value);
}

static enum usher_status stage_open(struct terminal *t,
                                    struct usher_error *error)
{
    const char *slash =
        t->options->flows ? strrchr(t->options->flows, '/') : NULL;
    struct usher_stage_options options = {
        .clock = usher_clock_system(),
        .log = t->log,
        .folder = slash && slash[1] ? slash + 1 : "flows",
        .source = t->options->source,
        .places = t->places,
        .web = on_web,
        .closed = t->options->web != NULL,
        .zoho_event = on_zoho,
        .user = t,
    };
    enum usher_status st =
        t->options->flows
            ? usher_version_read(t->options->flows, &t->version, error)
            : usher_version_builtin(&t->version);

    if (st != USHER_OK)
        return st;
    options.version = t->version;
    t->env_print = usher_watch_print(t->options->source->env_path);
    st = usher_stage_new(&options, &t->stage, error);
    if (st != USHER_OK)
        return st;
    t->loop = usher_stage_loop(t->stage);
    usher_config_secrets(usher_stage_config(t->stage), secret_seen, t->log);
    return USHER_OK;
}

static enum usher_status remote_open(struct terminal *t)
{
    struct usher_client_options options = {.user_agent = "usher"};
    enum usher_status st = usher_loop_new(usher_clock_system(), &t->loop);

    if (st == USHER_OK)
        st = usher_client_new(t->loop, &options, &t->client);
    return st;
}

static enum usher_status terminal_open(struct terminal *t,
                                       struct usher_error *error)
{
    struct usher_log_options log = {
        .level = USHER_LOG_WARN,
        .format = USHER_LOG_LOGFMT,
        .fd = -1,
        .sink = on_log,
        .user = t,
    };
    enum usher_status st = usher_places_load("/usr/share/zoneinfo", &t->places);

    usher_buffer_init(&t->input, 0);
    if (st == USHER_OK)
        st = usher_log_new(&log, &t->log);
    if (st == USHER_OK)
        st = lua_open(t, error);
    if (st == USHER_OK)
        st = t->options->url ? remote_open(t) : stage_open(t, error);
    /* Files cannot be watched; they are always readable. */
    if (st == USHER_OK &&
        usher_watch_new(t->loop, t->options->in, EPOLLIN, on_readable, t,
                        &t->watch) != USHER_OK)
        t->watch = NULL;
    return st;
}

static void terminal_close(struct terminal *t)
{
    usher_watch_free(t->watch);
    usher_client_free(t->client);
    if (t->client)
        usher_loop_free(t->loop);
    usher_stage_free(t->stage);
    usher_version_release(t->version);
    usher_log_free(t->log);
    usher_lua_web_close(&t->web);
    if (t->L)
        lua_close(t->L);
    usher_places_free(t->places);
    usher_buffer_free(&t->input);
}

enum usher_status
usher_terminal_run(const struct usher_terminal_options *options,
                   struct usher_error *error)
{
    struct terminal t = {.options = options};
    enum usher_status st = terminal_open(&t, error);

    if (st == USHER_OK) {
        fprintf(options->out, "%s\n", options->welcome);
        if (t.stage)
            names_check(&t);
        talk(&t);
    }
    terminal_close(&t);
    return st;
}
