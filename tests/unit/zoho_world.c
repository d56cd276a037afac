/* tests/unit/zoho_world.c - see the header. */
#include "zoho_world.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/loop_private.h"

static void answer(struct usher_request *request, unsigned status,
                   const char *body, const char *retry_after)
{
    struct usher_header header = {"Retry-After", retry_after};

    usher_request_answer(request, status, "application/json",
                         (char *)(uintptr_t)body, strlen(body), 0, &header,
                         retry_after ? 1 : 0);
}

static void copy_text(char *out, size_t size, const char *text, size_t len)
{
    if (len >= size)
        len = size - 1;
    memcpy(out, text, len);
    out[len] = '\0';
}

static void copy_header(const struct usher_request *request, const char *name,
                        char *out, size_t size)
{
    const char *value = usher_request_header(request, name);

    copy_text(out, size, value ? value : "", value ? strlen(value) : 0);
}

static void accounts_answer(struct zoho_world *world,
                            struct usher_request *request)
{
    char body[256];

    if (world->accounts_secret &&
        !strstr(world->form, world->accounts_secret)) {
        snprintf(body, sizeof(body), "{\"error\":\"invalid_client_secret\"}");
    } else if (world->accounts_body) {
        snprintf(body, sizeof(body), "%s", world->accounts_body);
    } else if (world->accounts_error) {
        snprintf(body, sizeof(body), "{\"error\":\"%s\"}",
                 world->accounts_error);
    } else {
        snprintf(world->valid, sizeof(world->valid), "1000.t%u.x",
                 world->refreshes);
        snprintf(body, sizeof(body),
                 "{\"access_token\":\"%s\",\"token_type\":\"Bearer\","
                 "\"expires_in\":%d}",
                 world->valid, world->expires_in);
    }
    answer(request, world->accounts_status ? world->accounts_status : 200, body,
           NULL);
}

static void on_accounts(struct zoho_world *world, struct usher_request *request)
{
    size_t len;
    const char *body = usher_request_body(request, &len);

    world->refreshes++;
    copy_text(world->form, sizeof(world->form), body, len);
    if (world->accounts_drop)
        usher_request_drop(request);
    else if (world->accounts_hold && world->held_count < WORLD_HELD_MAX)
        world->held[world->held_count++] = request;
    else
        accounts_answer(world, request);
}

static void note_call(struct zoho_world *world, struct usher_request *request)
{
    size_t len;
    const char *body = usher_request_body(request, &len);
    const char *email = usher_request_query(request, "email");

    world->calls++;
    copy_text(world->body, sizeof(world->body), body, len);
    snprintf(world->method, sizeof(world->method), "%s",
             usher_request_method(request));
    snprintf(world->path, sizeof(world->path), "%s%s%s",
             usher_request_path(request), email ? "?email=" : "",
             email ? email : "");
    copy_header(request, "Authorization", world->authorization,
                sizeof(world->authorization));
    copy_header(request, "orgId", world->org, sizeof(world->org));
    copy_header(request, "Content-Type", world->content_type,
                sizeof(world->content_type));
    copy_header(request, "X-Extra", world->extra, sizeof(world->extra));
}

static int is_refused(const struct zoho_world *world)
{
    const char *prefix = "Zoho-oauthtoken ";

    return world->refuse_all ||
           strncmp(world->authorization, prefix, strlen(prefix)) != 0 ||
           strcmp(world->authorization + strlen(prefix), world->valid) != 0;
}

static void api_answer(struct zoho_world *world, struct usher_request *request)
{
    if (is_refused(world) && strncmp(world->path, "/api/v1/", 8) == 0) {
        answer(request, 401,
               "{\"errorCode\":\"INVALID_OAUTH\",\"message\":\"The OAuth "
               "Token you provided is invalid.\"}",
               NULL);
    } else if (is_refused(world)) {
        answer(request, 400,
               "{\"error\":{\"code\":1008,\"message\":\"Invalid OAuthToken\"}}",
               NULL);
    } else if (world->busy > 0) {
        world->busy--;
        answer(request, 429,
               "{\"errorCode\":\"TOO_MANY_REQUESTS\",\"message\":\"busy\"}",
               NULL);
    } else {
        answer(request, world->api_status ? world->api_status : 200,
               world->api_body ? world->api_body : "{\"id\":\"1\"}",
               world->retry_after);
    }
}

static void on_request(void *user, struct usher_request *request)
{
    struct zoho_world *world = user;

    if (strcmp(usher_request_path(request), "/oauth/v2/token") == 0) {
        on_accounts(world, request);
        return;
    }
    note_call(world, request);
    if (world->api_drop)
        usher_request_drop(request);
    else if (world->api_hold && world->held_count < WORLD_HELD_MAX)
        world->held[world->held_count++] = request;
    else
        api_answer(world, request);
}

void world_release(struct zoho_world *world)
{
    size_t i;
    size_t count = world->held_count;

    world->held_count = 0;
    for (i = 0; i < count; i++) {
        struct usher_request *request = world->held[i];

        if (strcmp(usher_request_path(request), "/oauth/v2/token") == 0)
            accounts_answer(world, request);
        else
            api_answer(world, request);
    }
    world_settle(world);
}

static void on_log(void *user, enum usher_log_level level, const char *line,
                   size_t len)
{
    struct zoho_world *world = user;
    size_t used = strlen(world->logged);

    (void)level;
    if (used + len + 2 >= sizeof(world->logged))
        return;
    memcpy(world->logged + used, line, len);
    world->logged[used + len] = '\n';
    world->logged[used + len + 1] = '\0';
}

static void on_change(void *user, enum usher_credential_id set,
                      enum usher_credential_state state, int only_works)
{
    struct zoho_world *world = user;
    size_t used = strlen(world->changes);

    snprintf(world->changes + used, sizeof(world->changes) - used, "%s:%s ",
             usher_credential_name(set),
             only_works ? "works" : usher_credential_state_text(state));
}

static void fake_start(struct zoho_world *world)
{
    struct usher_server_options options = {0};
    uint16_t port;

    options.max_body = 1 << 20;
    options.max_clients = 512;
    options.idle_s = 60;
    options.too_large_body = "{}";
    assert_int_equal(usher_server_listen("127.0.0.1", 0, 0, &options.listen_fd,
                                         &port, NULL),
                     USHER_OK);
    assert_int_equal(usher_server_new(world->loop, &options, on_request, world,
                                      &world->server),
                     USHER_OK);
    snprintf(world->base, sizeof(world->base), "http://127.0.0.1:%u", port);
}

static void hosts_fill(struct zoho_world *world)
{
    assert_int_equal(usher_zoho_hosts_set(&world->settings.hosts, "in",
                                          world->base, world->base, world->base,
                                          NULL),
                     USHER_OK);
    snprintf(world->settings.screen_name, sizeof(world->settings.screen_name),
             "acme");
    snprintf(world->settings.org_id, sizeof(world->settings.org_id), "700");
}

struct zoho_world *zoho_world_new(void)
{
    struct zoho_world *world = calloc(1, sizeof(*world));
    struct usher_log_options log = {0};
    struct usher_client_options client = {0};
    struct usher_store_options store = {0};

    assert_non_null(world);
    usher_clock_manual_init(&world->time, WORLD_START, 7);
    world->expires_in = 3600;
    own_folder(world->folder);
    snprintf(world->env_path, sizeof(world->env_path), "%s/.env",
             world->folder);
    log.level = USHER_LOG_DEBUG;
    log.sink = on_log;
    log.user = world;
    assert_int_equal(usher_log_new(&log, &world->log), USHER_OK);
    assert_int_equal(usher_loop_new(&world->time.clock, &world->loop),
                     USHER_OK);
    fake_start(world);
    client.max_response = 1 << 20;
    client.user_agent = "usher-test";
    assert_int_equal(usher_client_new(world->loop, &client, &world->client),
                     USHER_OK);
    store.url = "memory:";
    store.base = world->folder;
    store.clock = &world->time.clock;
    store.log = world->log;
    assert_int_equal(usher_store_open(&store, &world->store, NULL), USHER_OK);
    assert_int_equal(usher_gate_new(8, &world->gate), USHER_OK);
    hosts_fill(world);
    return world;
}

void zoho_world_free(struct zoho_world *world)
{
    size_t i;

    world_stop(world);
    for (i = 0; i < world->held_count; i++)
        usher_request_drop(world->held[i]);
    usher_gate_free(world->gate);
    usher_store_close(world->store);
    usher_client_free(world->client);
    usher_server_free(world->server);
    usher_loop_free(world->loop);
    usher_log_free(world->log);
    unlink(world->env_path);
    rmdir(world->folder);
    free(world);
}

/* A name that is set already gets the new value. */
void world_set(struct zoho_world *world, const char *line)
{
    size_t name = strcspn(line, "=") + 1;
    size_t i;

    for (i = 0; i < WORLD_ENV_MAX - 1; i++) {
        if (world->environment[i][0] &&
            strncmp(world->environment[i], line, name) != 0)
            continue;
        snprintf(world->environment[i], sizeof(world->environment[i]), "%s",
                 line);
        return;
    }
    fail_msg("too many settings");
}

void world_env_file(struct zoho_world *world, const char *text)
{
    FILE *file = fopen(world->env_path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    world->use_env_file = 1;
}

const char *world_env_text(struct zoho_world *world)
{
    static char text[2048];
    FILE *file = fopen(world->env_path, "r");
    size_t len;

    assert_non_null(file);
    len = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[len] = '\0';
    return text;
}

struct usher_config *world_config(struct zoho_world *world)
{
    char *environment[WORLD_ENV_MAX + 1] = {NULL};
    struct usher_config_source source = {0};
    struct usher_error_list problems = {0};
    struct usher_config *config;
    size_t n = 0;
    size_t i;

    for (i = 0; i < WORLD_ENV_MAX; i++)
        if (world->environment[i][0])
            environment[n++] = world->environment[i];
    source.environ = environment;
    source.env_path = world->use_env_file ? world->env_path : NULL;
    if (usher_config_load(&source, &config, &problems) != USHER_OK)
        fail_msg("%s", problems.count ? problems.items[0].text : "no config");
    usher_error_list_free(&problems);
    return config;
}

void world_start(struct zoho_world *world)
{
    struct usher_credentials_options options = {0};
    struct usher_zoho_options zoho = {0};
    struct usher_config *config = world_config(world);

    options.loop = world->loop;
    options.client = world->client;
    options.store = world->store;
    options.clock = &world->time.clock;
    options.log = world->log;
    options.env_path = world->use_env_file ? world->env_path : NULL;
    options.settings = &world->settings;
    assert_int_equal(
        usher_credentials_new(&options, config, &world->credentials), USHER_OK);
    usher_config_release(config);
    usher_credentials_on_change(world->credentials, on_change, world);
    zoho.loop = world->loop;
    zoho.client = world->client;
    zoho.credentials = world->credentials;
    zoho.gate = world->gate;
    zoho.clock = &world->time.clock;
    zoho.log = world->log;
    assert_int_equal(usher_zoho_new(&zoho, &world->zoho), USHER_OK);
    world_settle(world);
}

void world_stop(struct zoho_world *world)
{
    if (!world->credentials)
        return;
    usher_zoho_free(world->zoho);
    world->zoho = NULL;
    /* What was posted to the loop about it runs out first. */
    world_settle(world);
    usher_credentials_free(world->credentials);
    world->credentials = NULL;
}

void world_reload(struct zoho_world *world)
{
    struct usher_config *config = world_config(world);

    usher_credentials_reload(world->credentials, config, &world->settings);
    usher_config_release(config);
    world_settle(world);
}

int world_goes_on(struct usher_loop *loop)
{
    struct pollfd events = {.fd = loop->epoll_fd, .events = POLLIN};

    return usher_loop_patience_ms(loop) == 0 || poll(&events, 1, 1) > 0 ||
           usher_loop_patience_ms(loop) == 0;
}

void world_settle(struct zoho_world *world)
{
    int rounds = 0;

    do
        usher_loop_step(world->loop, 0);
    while (++rounds < 1000 && world_goes_on(world->loop));
}

void world_advance(struct zoho_world *world, int64_t ms)
{
    usher_clock_manual_advance(&world->time, ms);
    world_settle(world);
}

const struct usher_token *world_token(struct zoho_world *world,
                                      enum usher_credential_id set)
{
    const struct usher_tokens *tokens =
        usher_credentials_tokens(world->credentials);

    /* The credentials keep it until the next one is made. */
    usher_tokens_release(tokens);
    return &tokens->token[set];
}

unsigned world_logged(const struct zoho_world *world, const char *text)
{
    const char *at = world->logged;
    unsigned count = 0;

    while ((at = strstr(at, text)) != NULL) {
        count++;
        at++;
    }
    return count;
}
