/* engine/cli/ask.c - asking the engine, or its database. */
#include "cli/ask.h"
#include "core/printable.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/exchange.h"
#include "conversation/admin.h"
#include "zoho/partner.h"

/* ---- the command line ---- */

static int wrong_use(const struct usher_ask *ask, const char *what)
{
    fprintf(stderr, "%s: %s; see `%s --help`\n", ask->command, what,
            ask->command);
    return 2;
}

static int option_read(struct usher_ask *ask, char **argv, int *at)
{
    const char *word = argv[*at];
    const char **value = NULL;

    if (strcmp(word, "--json") == 0) {
        ask->json = 1;
        return -1;
    }
    if (strcmp(word, "--limit") == 0 && ask->limit)
        value = ask->limit;
    else if (strcmp(word, "--search") == 0 && ask->search)
        value = ask->search;
    else if (strcmp(word, "--env") == 0)
        value = &ask->env;
    else if (strcmp(word, "--url") == 0)
        value = &ask->url;
    if (!value) {
        fprintf(stderr, "%s: there is no option '%s'; see `%s --help`\n",
                ask->command, word, ask->command);
        return 2;
    }
    if (!argv[*at + 1])
        return wrong_use(ask, "the last option needs a value");
    *value = argv[++*at];
    return -1;
}

static int words_read(struct usher_ask *ask, int argc, char **argv,
                      int words_max)
{
    for (int i = 1; i < argc; i++) {
        int code = -1;

        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(ask->help, stdout);
            return 0;
        }
        if (argv[i][0] == '-')
            code = option_read(ask, argv, &i);
        else if (ask->word_count == words_max)
            code = wrong_use(ask, "too many words");
        else
            ask->words[ask->word_count++] = argv[i];
        if (code >= 0)
            return code;
    }
    return -1;
}

int usher_ask_settings(struct usher_ask *ask)
{
    struct usher_error_list problems = {0};
    struct usher_config_source source;
    enum usher_status st = usher_place_find(ask->env, &ask->place);
    int code = -1;

    source = usher_place_source(&ask->place);
    if (st == USHER_OK)
        st = usher_config_load(&source, &ask->config, &problems);
    if (st != USHER_OK) {
        for (size_t i = 0; i < problems.count; i++) {
            if (!problems.items[i].warning)
                fprintf(stderr, "%s: %s\n", ask->command,
                        problems.items[i].text);
        }
        code = 1;
        usher_ask_close(ask);
    }
    usher_error_list_free(&problems);
    return code;
}

int usher_ask_open(struct usher_ask *ask, int argc, char **argv, int words_max)
{
    int code = words_read(ask, argc, argv, words_max);

    return code >= 0 ? code : usher_ask_settings(ask);
}

void usher_ask_close(struct usher_ask *ask)
{
    usher_config_release(ask->config);
    ask->config = NULL;
    usher_place_free(&ask->place);
}

/* ---- asking ---- */

/* Over HTTP. */
static int url_ask(const struct usher_ask *ask,
                   const struct usher_question *asked,
                   struct usher_exchange *exchange)
{
    const char *token =
        usher_config_text(ask->config, USHER_SETTING_ADMIN_TOKEN);
    enum usher_status st;

    if (!token) {
        fprintf(stderr,
                "%s: --url needs ADMIN_TOKEN, the same as the engine there "
                "has: set it in the environment or the .env\n",
                ask->command);
        return 1;
    }
    st = usher_exchange_do(NULL, ask->url, token, asked, exchange);
    if (st == USHER_OK && exchange->status)
        return 0;
    fprintf(stderr, "%s: no answer from %s: %s; is the engine running?\n",
            ask->command, ask->url,
            st == USHER_OK ? exchange->why : "is that an http:// address?");
    return 1;
}

/* ---- on this machine ---- */

/* Where the engine listens for commands, and its database. */
struct spot {
    const char *url; /* as DATABASE_URL */
    char socket[512];
};

/* 0: an engine on that database would have no socket. */
static int spot_find(const struct usher_ask *ask, const char *url,
                     struct spot *spot)
{
    spot->url = url;
    return usher_admin_socket(ask->config, url, spot->socket,
                              sizeof(spot->socket));
}

static void file_write(const struct usher_ask *ask, const struct spot *spot,
                       char *out, size_t size)
{
    const char *file = usher_store_file(spot->url);
    const char *folder = usher_config_folder(ask->config);
    int is_full = !file || file[0] == '/';

    snprintf(out, size, "%s%s%s", is_full ? "" : folder, is_full ? "" : "/",
             file ? file : spot->url);
}

/* No engine runs: the database answers, where it can. -1: there is none. */
static int database_ask(const struct usher_ask *ask, const struct spot *spot,
                        const struct usher_question *asked,
                        struct usher_exchange *exchange)
{
    struct usher_log_options quiet = {.level = USHER_LOG_ERROR, .fd = 2};
    struct usher_store_options options = {
        .url = spot->url,
        .base = usher_config_folder(ask->config),
        .clock = usher_clock_system(),
    };
    struct usher_admin admin = {.clock = options.clock};
    struct usher_admin_ask question = {.post = asked->post,
                                       .name = asked->name};
    const char *parameter = asked->parameter;
    struct usher_log *log = NULL;
    struct usher_error error = {"not enough memory"};
    char file[512];
    enum usher_status st;

    file_write(ask, spot, file, sizeof(file));
    if (!usher_store_file(spot->url) || access(file, F_OK) != 0)
        return -1;
    if (access(file, R_OK | W_OK) != 0) {
        fprintf(stderr,
                "%s: no engine runs here (nobody listens on %s), and its "
                "database is its owner's alone: ask whoever runs the service "
                "to start it\n",
                ask->command, spot->socket);
        return 1;
    }
    st = usher_log_new(&quiet, &log);
    if (st == USHER_OK)
        st = usher_loop_new(options.clock, &admin.loop);
    if (parameter)
        *(strcmp(parameter, "hash") == 0  ? &question.hash
          : strcmp(parameter, "id") == 0  ? &question.id
          : strcmp(parameter, "key") == 0 ? &question.key
                                          : &question.search) = asked->value;
    question.limit = asked->limit;
    options.log = log;
    if (st == USHER_OK)
        st = usher_store_open(&options, &admin.store, &error);
    if (st == USHER_OK)
        exchange->status =
            usher_admin_answer(&admin, &question, &exchange->body);
    else if (st == USHER_ERR_EXISTS)
        fprintf(stderr,
                "%s: an engine has the database %s, and does not listen on %s "
                "(yet): try again, or say where it does with "
                "ADMIN_SOCKET=FILE\n",
                ask->command, file, spot->socket);
    else
        fprintf(stderr, "%s: %s\n", ask->command, error.text);
    if (st == USHER_OK)
        usher_store_close(admin.store);
    usher_loop_free(admin.loop);
    usher_log_free(log);
    return st == USHER_OK ? 0 : 1;
}

/* Somebody else's engine: who may talk to it. */
static int refused_tell(const struct usher_ask *ask, const struct spot *spot)
{
    const struct group *group;
    struct stat info;
    char name[64] = "";

    if (stat(spot->socket, &info) == 0 && (info.st_mode & 0060) == 0060) {
        group = getgrgid(info.st_gid);
        snprintf(name, sizeof(name), "%lu", (unsigned long)info.st_gid);
        if (group)
            snprintf(name, sizeof(name), "%s", group->gr_name);
    }
    if (access(spot->socket, F_OK) != 0)
        fprintf(stderr,
                "%s: you may not enter the folder of %s: whoever runs the "
                "engine lets your group in (chmod g+x), or puts the socket "
                "elsewhere with ADMIN_SOCKET\n",
                ask->command, spot->socket);
    else if (name[0])
        fprintf(stderr,
                "%s: you may not talk to the engine at %s: ask to be added to "
                "the group %s (and log in again then)\n",
                ask->command, spot->socket, name);
    else
        fprintf(stderr,
                "%s: you may not talk to the engine at %s: only its own user "
                "may. Whoever runs it sets ADMIN_GROUP to a group that you are "
                "in, or runs this as that user\n",
                ask->command, spot->socket);
    return 1;
}

/* -1: no engine is there. */
static int socket_ask(const struct usher_ask *ask, const struct spot *spot,
                      const struct usher_question *asked,
                      struct usher_exchange *exchange)
{
    enum usher_status st;

    if (access(spot->socket, W_OK) != 0 && errno == EACCES)
        return refused_tell(ask, spot);
    st = usher_exchange_do(spot->socket, NULL, NULL, asked, exchange);
    if (st == USHER_OK && exchange->status)
        return 0;
    if (st == USHER_OK && exchange->offline)
        return -1;
    fprintf(stderr, "%s: the engine at %s does not answer: %s\n", ask->command,
            spot->socket, exchange->why);
    return 1;
}

/* An engine that was started before ADMIN_SOCKET was set. */
static int older_ask(const struct usher_ask *ask, const struct spot *spot,
                     const struct usher_question *asked,
                     struct usher_exchange *exchange)
{
    struct spot older = {.url = spot->url};

    if (!usher_admin_socket_beside(ask->config, spot->url, older.socket,
                                   sizeof(older.socket)) ||
        strcmp(older.socket, spot->socket) == 0 ||
        access(older.socket, W_OK) != 0)
        return -1;
    return socket_ask(ask, &older, asked, exchange);
}

/* Asks in the simulator's place, and says so where that answers. */
static int
other_ask(int (*way)(const struct usher_ask *, const struct spot *,
                     const struct usher_question *, struct usher_exchange *),
          const struct usher_ask *ask, const struct spot *other,
          const struct usher_question *asked, struct usher_exchange *exchange)
{
    int code = way(ask, other, asked, exchange);
    char file[512];

    file_write(ask, other, file, sizeof(file));
    if (code == 0)
        fprintf(stderr,
                "%s: this is about %s, the database of `usher serve "
                "--simulator`\n",
                ask->command, file);
    return code;
}

static int nothing_tell(const struct usher_ask *ask, const struct spot *spot)
{
    char file[512];

    file_write(ask, spot, file, sizeof(file));
    if (ask->place.is_hidden)
        fprintf(stderr,
                "%s: no engine runs here: nobody listens on %s. Ask whoever "
                "runs the service to start it, or where its socket is "
                "(ADMIN_SOCKET=FILE)\n",
                ask->command, spot->socket);
    else
        fprintf(stderr,
                "%s: no engine runs here, and there is no database %s: start "
                "one with `usher serve`, or name its settings with --env%s%s\n",
                ask->command, file, ask->place.service ? " " : "",
                ask->place.service ? ask->place.service : "");
    return 1;
}

/* The engine, else its database; where there is neither, those that `usher
 * serve --simulator` has beside a database which is Zoho's. */
static int local_ask(const struct usher_ask *ask,
                     const struct usher_question *asked,
                     struct usher_exchange *exchange)
{
    const char *url =
        usher_config_text(ask->config, USHER_SETTING_DATABASE_URL);
    struct usher_buffer beside;
    struct spot spot, other;
    int has_other = 0, code;

    if (!spot_find(ask, url, &spot)) {
        fprintf(stderr,
                "%s: DATABASE_URL is %s, beside which no engine listens for "
                "commands: set ADMIN_SOCKET, or use --url http://HOST:PORT "
                "with ADMIN_TOKEN set\n",
                ask->command, url);
        return 1;
    }
    usher_buffer_init(&beside, 0);
    usher_buffer_printf(&beside, "%s" USHER_PARTNER_BESIDE, url);
    if (!beside.failed)
        has_other = spot_find(ask, beside.data, &other);
    code = socket_ask(ask, &spot, asked, exchange);
    if (code < 0)
        code = older_ask(ask, &spot, asked, exchange);
    if (code < 0 && has_other)
        code = other_ask(socket_ask, ask, &other, asked, exchange);
    if (code < 0)
        code = database_ask(ask, &spot, asked, exchange);
    if (code < 0 && has_other)
        code = other_ask(database_ask, ask, &other, asked, exchange);
    if (code < 0)
        code = nothing_tell(ask, &spot);
    usher_buffer_free(&beside);
    return code;
}

/* Message, line and advice come with " | " between: a line each. */
static void error_print(const struct usher_ask *ask, const char *text)
{
    const char *next;

    fprintf(stderr, "%s: ", ask->command);
    while ((next = strstr(text, " | ")) != NULL) {
        fprintf(stderr, "%.*s\n  ", (int)(next - text), text);
        text = next + 3;
    }
    fprintf(stderr, "%s\n", text);
}

/* What visitors, Zoho and flows say must not steer the terminal. */
static void answer_clean(json_t *node)
{
    void *at = json_object_iter(node); /* NULL: it is none */
    char *copy = NULL;

    for (; at; at = json_object_iter_next(node, at))
        answer_clean(json_object_iter_value(at));
    for (size_t i = 0; i < json_array_size(node); i++)
        answer_clean(json_array_get(node, i));
    if (json_is_string(node))
        copy = strdup(json_string_value(node));
    usher_printable(copy, 1);
    if (copy)
        (void)json_string_set_nocheck(node, copy);
    free(copy);
}

static int answer_read(const struct usher_ask *ask,
                       const struct usher_exchange *exchange, json_t **out)
{
    json_t *answer = json_loadb(exchange->body.data ? exchange->body.data : "",
                                exchange->body.len, JSON_ALLOW_NUL, NULL);

    if (!ask->json || exchange->status != 200)
        answer_clean(answer);
    if (exchange->status == 200 && answer && !ask->json) {
        *out = answer;
        return 0;
    }
    if (exchange->status == 200 && answer) {
        fwrite(exchange->body.data, 1, exchange->body.len, stdout);
        json_decref(answer);
        return 0;
    }
    if (usher_ask_text(answer, "error")[0])
        error_print(ask, usher_ask_text(answer, "error"));
    else
        fprintf(stderr,
                "%s: the answer (status %u) is not usher's: is "
                "something else there?\n",
                ask->command, exchange->status);
    json_decref(answer);
    return 1;
}

int usher_ask_call(const struct usher_ask *ask, int post, const char *name,
                   const char *parameter, const char *value, json_t **out)
{
    const struct usher_question asked = {post, name, parameter, value,
                                         ask->limit ? *ask->limit : NULL};
    struct usher_exchange exchange = {0};
    int code;

    *out = NULL;
    usher_buffer_init(&exchange.body, 0);
    code = (ask->url ? url_ask : local_ask)(ask, &asked, &exchange);
    if (code == 0)
        code = answer_read(ask, &exchange, out);
    usher_buffer_free(&exchange.body);
    return code;
}

/* ---- what the engine may tell ---- */

/* A secret's stand-in: one word, which no setting refuses. */
#define SET "set"

static int line_add(char **lines, size_t *count, const char *name,
                    const char *value)
{
    size_t size = strlen(name) + strlen(value) + 2;

    lines[*count] = malloc(size);
    if (!lines[*count])
        return 0;
    snprintf(lines[(*count)++], size, "%s=%s", name, value);
    return 1;
}

/* "NAME=value" of all that the engine told. */
static char **lines_make(json_t *answer)
{
    json_t *settings = json_object_get(answer, "settings");
    const json_t *set = json_object_get(answer, "set");
    char **lines = calloc(json_object_size(settings) + json_array_size(set) + 2,
                          sizeof(*lines));
    const char *name;
    json_t *value;
    size_t count = 0;

    if (!lines)
        return NULL;
    (void)line_add(lines, &count, "FLOWS_DIR",
                   usher_ask_text(answer, "flows_dir"));
    json_object_foreach(settings, name, value)(void)
        line_add(lines, &count, name,
                 json_is_string(value) ? json_string_value(value) : "");
    for (size_t i = 0; i < json_array_size(set); i++) {
        value = json_array_get(set, i);
        if (json_is_string(value))
            (void)line_add(lines, &count, json_string_value(value), SET);
    }
    return lines;
}

int usher_ask_learn(struct usher_ask *ask)
{
    struct usher_config_source source;
    struct usher_config *config = NULL;
    json_t *answer = NULL;
    char **lines;

    if (!ask->place.is_hidden)
        return 1;
    if (usher_ask_call(ask, 0, "settings", NULL, NULL, &answer) != 0)
        return 0;
    lines = lines_make(answer);
    json_decref(answer);
    if (!lines || usher_place_environment(&ask->place, lines) != USHER_OK)
        return 0;
    source = usher_place_source(&ask->place);
    if (usher_config_load(&source, &config, NULL) == USHER_OK) {
        usher_config_release(ask->config);
        ask->config = config;
    }
    return config != NULL;
}

/* ---- for printing ---- */

void usher_ask_time(const json_t *seconds, char *out, size_t size)
{
    time_t at = (time_t)json_integer_value(seconds);
    struct tm parts;

    snprintf(out, size, "?");
    if (gmtime_r(&at, &parts))
        strftime(out, size, "%Y-%m-%d %H:%M:%S UTC", &parts);
}

const char *usher_ask_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

const char *usher_ask_line(const json_t *object, const char *name)
{
    json_t *member = json_object_get(object, name);
    const char *text = usher_ask_text(object, name);
    char *copy = strpbrk(text, "\n\t") ? strdup(text) : NULL;

    usher_printable(copy, 0);
    if (copy)
        (void)json_string_set_nocheck(member, copy);
    free(copy);
    return usher_ask_text(object, name);
}
