/* engine/cli/ask.c - asking the engine, or its database. */
#include "cli/ask.h"
#include "core/printable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conversation/admin.h"
#include "zoho/partner.h"

/* The engine builds a state for every worker before it answers. */
#define ANSWER_MS 60000
#define ANSWER_MAX (256u << 20)

extern char **environ;

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

    if (strcmp(word, "--json") == 0) {
        ask->json = 1;
        return -1;
    }
    if (strcmp(word, "--env") != 0 && strcmp(word, "--url") != 0) {
        fprintf(stderr, "%s: there is no option '%s'; see `%s --help`\n",
                ask->command, word, ask->command);
        return 2;
    }
    if (!argv[*at + 1])
        return wrong_use(ask, "the last option needs a value");
    if (word[2] == 'e')
        ask->env = argv[++*at];
    else
        ask->url = argv[++*at];
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

int usher_ask_open(struct usher_ask *ask, int argc, char **argv, int words_max)
{
    struct usher_error_list problems = {0};
    struct usher_config_source source = {.environ = environ};
    int code = words_read(ask, argc, argv, words_max);

    if (code >= 0)
        return code;
    source.env_path = ask->env ? ask->env : ".env";
    source.env_required = ask->env != NULL;
    if (usher_config_load(&source, &ask->config, &problems) != USHER_OK) {
        for (size_t i = 0; i < problems.count; i++) {
            if (!problems.items[i].warning)
                fprintf(stderr, "%s: %s\n", ask->command,
                        problems.items[i].text);
        }
        code = 1;
    }
    usher_error_list_free(&problems);
    return code;
}

void usher_ask_close(struct usher_ask *ask)
{
    usher_config_release(ask->config);
    ask->config = NULL;
}

/* ---- asking ---- */

struct question {
    int post;
    const char *name;
    const char *parameter; /* or NULL */
    const char *value;
};

struct exchange {
    unsigned status; /* HTTP; 0: no answer came */
    int offline;     /* nobody listens there */
    struct usher_buffer body;
    char why[256];
    struct usher_loop *loop;
};

static void answered(void *user, const struct usher_client_answer *answer)
{
    struct exchange *exchange = user;

    usher_loop_stop(exchange->loop);
    if (answer->result == USHER_NET_OK) {
        exchange->status = answer->status;
        usher_buffer_append(&exchange->body, answer->body, answer->body_len);
        return;
    }
    exchange->offline = answer->result == USHER_NET_OFFLINE;
    snprintf(exchange->why, sizeof(exchange->why), "%s",
             answer->error ? answer->error : "no answer");
}

static void url_write(struct usher_buffer *url, const char *base,
                      const char *name, const char *parameter,
                      const char *value)
{
    size_t len = strlen(base);

    while (len > 0 && base[len - 1] == '/')
        len--;
    usher_buffer_append(url, base, len);
    usher_buffer_printf(url, "/admin/%s", name);
    if (!parameter || !value)
        return;
    usher_buffer_printf(url, "?%s=", parameter);
    for (; *value; value++)
        usher_buffer_printf(url, "%%%02X", (unsigned char)*value);
}

static enum usher_status exchange_do(const char *unix_path, const char *url,
                                     const char *token, int post,
                                     struct exchange *exchange)
{
    struct usher_client_options options = {
        .max_response = ANSWER_MAX,
        .user_agent = "usher",
        .unix_path = unix_path,
    };
    struct usher_header header = {"Authorization", token};
    struct usher_client_request request = {
        .method = post ? "POST" : "GET",
        .url = url,
        .headers = &header,
        .header_count = token ? 1 : 0,
        .timeout_ms = ANSWER_MS,
    };
    struct usher_loop *loop = NULL;
    struct usher_client *client = NULL;
    enum usher_status st = usher_loop_new(usher_clock_system(), &loop);

    exchange->loop = loop;
    if (st == USHER_OK)
        st = usher_client_new(loop, &options, &client);
    if (st == USHER_OK)
        st = usher_client_send(client, &request, answered, exchange, NULL);
    if (st == USHER_OK)
        usher_loop_run(loop);
    usher_client_free(client);
    usher_loop_free(loop);
    return st;
}

/* Over HTTP. */
static int url_ask(const struct usher_ask *ask, const struct question *asked,
                   struct exchange *exchange)
{
    const char *token =
        usher_config_text(ask->config, USHER_SETTING_ADMIN_TOKEN);
    struct usher_buffer url, header;
    enum usher_status st;

    if (!token) {
        fprintf(stderr,
                "%s: --url needs ADMIN_TOKEN, the same as the engine there "
                "has: set it in the environment or the .env\n",
                ask->command);
        return 1;
    }
    usher_buffer_init(&url, 0);
    usher_buffer_init(&header, 0);
    url_write(&url, ask->url, asked->name, asked->parameter, asked->value);
    usher_buffer_printf(&header, "Bearer %s", token);
    st = exchange_do(NULL, url.data, header.data, asked->post, exchange);
    usher_buffer_free(&url);
    usher_buffer_wipe(&header);
    if (st == USHER_OK && exchange->status)
        return 0;
    fprintf(stderr, "%s: no answer from %s: %s; is the engine running?\n",
            ask->command, ask->url,
            st == USHER_OK ? exchange->why : "is that an http:// address?");
    return 1;
}

/* ---- on this machine ---- */

/* Where the engine listens for commands, and its database. */
struct place {
    const char *url; /* as DATABASE_URL */
    char socket[512];
    char file[512];
};

/* 0: an engine on that database would have no socket. */
static int place_find(const struct usher_ask *ask, const char *url,
                      struct place *place)
{
    place->url = url;
    if (!usher_admin_socket(url, usher_config_folder(ask->config),
                            place->socket, sizeof(place->socket)))
        return 0;
    snprintf(place->file, sizeof(place->file), "%.*s",
             (int)(strlen(place->socket) - strlen(".socket")), place->socket);
    return 1;
}

/* No engine runs: the database answers, where it can. -1: there is none. */
static int database_ask(const struct usher_ask *ask, const struct place *place,
                        const struct question *asked, struct exchange *exchange)
{
    struct usher_log_options quiet = {.level = USHER_LOG_ERROR, .fd = 2};
    struct usher_store_options options = {
        .url = place->url,
        .base = usher_config_folder(ask->config),
        .clock = usher_clock_system(),
    };
    struct usher_admin admin = {.clock = options.clock};
    struct usher_admin_ask question = {.post = asked->post,
                                       .name = asked->name};
    const char *parameter = asked->parameter;
    struct usher_log *log = NULL;
    struct usher_error error = {"not enough memory"};
    enum usher_status st;

    if (access(place->file, F_OK) != 0)
        return -1;
    st = usher_log_new(&quiet, &log);
    if (st == USHER_OK)
        st = usher_loop_new(options.clock, &admin.loop);
    if (parameter)
        *(strcmp(parameter, "hash") == 0  ? &question.hash
          : strcmp(parameter, "id") == 0  ? &question.id
          : strcmp(parameter, "key") == 0 ? &question.key
                                          : &question.limit) = asked->value;
    options.log = log;
    if (st == USHER_OK)
        st = usher_store_open(&options, &admin.store, &error);
    if (st == USHER_OK)
        exchange->status =
            usher_admin_answer(&admin, &question, &exchange->body);
    else
        fprintf(stderr, "%s: %s\n", ask->command, error.text);
    if (st == USHER_OK)
        usher_store_close(admin.store);
    usher_loop_free(admin.loop);
    usher_log_free(log);
    return st == USHER_OK ? 0 : 1;
}

/* -1: no engine is there. */
static int socket_ask(const struct usher_ask *ask, const struct place *place,
                      const struct question *asked, struct exchange *exchange)
{
    struct usher_buffer url;
    enum usher_status st;

    usher_buffer_init(&url, 0);
    url_write(&url, "http://localhost", asked->name, asked->parameter,
              asked->value);
    st = exchange_do(place->socket, url.data, NULL, asked->post, exchange);
    usher_buffer_free(&url);
    if (st == USHER_OK && exchange->status)
        return 0;
    if (st == USHER_OK && exchange->offline)
        return -1;
    fprintf(stderr, "%s: the engine at %s does not answer: %s\n", ask->command,
            place->socket, exchange->why);
    return 1;
}

/* Asks in the simulator's place, and says so where that answers. */
static int other_ask(int (*way)(const struct usher_ask *, const struct place *,
                                const struct question *, struct exchange *),
                     const struct usher_ask *ask, const struct place *other,
                     const struct question *asked, struct exchange *exchange)
{
    int code = way(ask, other, asked, exchange);

    if (code == 0)
        fprintf(stderr,
                "%s: this is about %s, the database of `usher serve "
                "--simulator`\n",
                ask->command, other->file);
    return code;
}

/* The engine, else its database; where there is neither, those that `usher
 * serve --simulator` has beside a database which is Zoho's. */
static int local_ask(const struct usher_ask *ask, const struct question *asked,
                     struct exchange *exchange)
{
    const char *url =
        usher_config_text(ask->config, USHER_SETTING_DATABASE_URL);
    struct usher_buffer beside;
    struct place place, other;
    int has_other = 0, code;

    if (!place_find(ask, url, &place)) {
        fprintf(stderr,
                "%s: DATABASE_URL is %s, beside which no engine listens for "
                "commands: use --url http://HOST:PORT with ADMIN_TOKEN set\n",
                ask->command, url);
        return 1;
    }
    usher_buffer_init(&beside, 0);
    usher_buffer_printf(&beside, "%s" USHER_PARTNER_BESIDE, url);
    if (!beside.failed)
        has_other = place_find(ask, beside.data, &other);
    code = socket_ask(ask, &place, asked, exchange);
    if (code < 0 && has_other)
        code = other_ask(socket_ask, ask, &other, asked, exchange);
    if (code < 0)
        code = database_ask(ask, &place, asked, exchange);
    if (code < 0 && has_other)
        code = other_ask(database_ask, ask, &other, asked, exchange);
    usher_buffer_free(&beside);
    if (code >= 0)
        return code;
    fprintf(stderr,
            "%s: no engine runs here, and there is no database %s: start one "
            "with `usher serve`, or name its settings with --env\n",
            ask->command, place.file);
    return 1;
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
                       const struct exchange *exchange, json_t **out)
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
    const struct question asked = {post, name, parameter, value};
    struct exchange exchange = {0};
    int code;

    *out = NULL;
    usher_buffer_init(&exchange.body, 0);
    code = (ask->url ? url_ask : local_ask)(ask, &asked, &exchange);
    if (code == 0)
        code = answer_read(ask, &exchange, out);
    usher_buffer_free(&exchange.body);
    return code;
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
