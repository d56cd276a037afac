/* engine/conversation/worker.c - a worker's thread: its loop, server, client,
 * and what other threads ask of it. */
#include "conversation/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "conversation/conversation.h"
#include "conversation/task_internal.h"

#define BODY_MAX (1u << 20)
#define IDLE_S 75

static void request_in(void *user, struct usher_request *request)
{
    webhook_request(user, request);
}

static void zoho_seen(void *user, const struct usher_zoho_event *event)
{
    struct usher_worker *worker = user;

    WORKER_COUNT(worker, zoho_calls);
    if (event->kind != USHER_KIND_NONE)
        WORKER_COUNT(worker, zoho_failures);
    if (event->kind == USHER_KIND_OFFLINE || event->kind == USHER_KIND_TIMEOUT)
        tasks_network(worker->shared, event->service, 0);
    else if (event->status) /* a deadline of ours tells nothing */
        tasks_network(worker->shared, event->service, 1);
    if (worker->shared->zoho_event)
        worker->shared->zoho_event(worker->shared->control, event);
}

/* A misspelt setting is refused, the machine's link may lead anywhere. */
static const char *known_zone(const struct usher_worker *worker,
                              const char *name)
{
    const struct usher_zone *zone =
        usher_zones_find(worker->zones, name, strlen(name));

    return zone ? usher_zone_name(zone) : "UTC";
}

static void zone_unknown(void *user, const char *zone)
{
    struct usher_shared *shared = user;
    char name[65];

    snprintf(name, sizeof(name), "%s", zone);
    if (usher_once_first(&shared->unknown_zones, name))
        usher_log_event(shared->log, USHER_LOG_WARN, "webhook",
                        "a visitor's time zone is unknown; TIME_ZONE is taken",
                        "zone", name, NULL);
}

/* Takes the guard. */
static void apply_config(struct usher_worker *worker,
                         struct usher_config *config,
                         const struct usher_webhook_guard *guard)
{
    const char *zone = usher_config_text(config, USHER_SETTING_TIME_ZONE);

    usher_guard_clear(&worker->guard);
    worker->guard = *guard;
    usher_config_retain(config);
    usher_config_release(worker->config);
    worker->config = config;
    worker->objects =
        usher_config_number(config, USHER_SETTING_SUGGESTIONS) == 0;
    worker->place.places = worker->shared->places;
    worker->place.zones = worker->zones;
    worker->place.json = &worker->json;
    worker->place.zone = known_zone(worker, zone ? zone : worker->shared->zone);
    worker->place.zone_unknown = zone_unknown;
    worker->place.user = worker->shared;
    worker->place.region =
        usher_config_text(config, USHER_SETTING_DEFAULT_REGION);
    worker->place.zone_region =
        usher_places_zone_country(worker->shared->places, worker->place.zone);
    worker->bind->config = config;
}

static enum usher_status net_open(struct usher_worker *worker,
                                  const struct usher_worker_options *options)
{
    struct usher_shared *shared = worker->shared;
    struct usher_client_options client = {
        .max_response = 4u << 20,
        .user_agent = "usher",
    };
    struct usher_zoho_options zoho = {
        .credentials = shared->credentials,
        .gate = shared->gate,
        .clock = shared->clock,
        .log = shared->log,
    };
    enum usher_status st = USHER_OK;

    worker->own_loop = !options->loop;
    worker->loop = options->loop;
    if (!worker->loop)
        st = usher_loop_new(shared->clock, &worker->loop);
    if (st != USHER_OK)
        return st;
    worker->own_client = !options->client;
    worker->client = options->client;
    if (!worker->client)
        st = usher_client_new(worker->loop, &client, &worker->client);
    if (st != USHER_OK)
        return st;
    zoho.loop = worker->loop;
    zoho.client = worker->client;
    st = usher_zoho_new(&zoho, &worker->zoho);
    if (st == USHER_OK)
        usher_zoho_observe(worker->zoho, zoho_seen, worker);
    return st;
}

/* Whose fiber this is, for the log lines of flows. Keys are shorter than their
 * array, which began as zeros. */
static const char *conversation_of(lua_State *L)
{
    const struct usher_run *run;

    if (usher_fiber_host(L) != &usher_run_host)
        return NULL;
    run = usher_run_of(L);
    return run->answer ? ((const struct conversation *)run->owner)->key
                       : ((const struct task *)run->owner)->id;
}

static enum usher_status bind_open(struct usher_worker *worker)
{
    struct usher_shared *shared = worker->shared;

    worker->bind = calloc(1, sizeof(*worker->bind));
    worker->zones = usher_zones_new();
    if (!worker->bind || !worker->zones)
        return USHER_ERR_NOMEM;
    worker->bind->loop = worker->loop;
    worker->bind->client = worker->client;
    worker->bind->zoho = worker->zoho;
    worker->bind->credentials = shared->credentials;
    worker->bind->clock = shared->clock;
    worker->bind->log = shared->log;
    worker->bind->conversation = conversation_of;
    worker->bind->strict = shared->strict;
    return USHER_OK;
}

static void request_refused(void *user, const struct usher_request *request,
                            const char *why)
{
    refusal_log(user, request, why);
}

static enum usher_status server_open(struct usher_worker *worker,
                                     const struct usher_worker_options *with)
{
    struct usher_server_options options = {
        .listen_fd = with->listen_fd,
        .max_body = BODY_MAX,
        .max_clients = with->max_clients,
        .idle_s = IDLE_S,
        .refused = request_refused,
        .too_large_body = "{\"error\":\"the body is larger than 1 MiB\"}",
    };

    if (with->listen_fd < 0)
        return USHER_OK;
    return usher_server_new(worker->loop, &options, request_in, worker,
                            &worker->server);
}

enum usher_status usher_worker_new(const struct usher_worker_options *options,
                                   struct usher_worker **out,
                                   struct usher_error *error)
{
    struct usher_worker *worker = calloc(1, sizeof(*worker));
    struct usher_webhook_guard guard;
    enum usher_status st = USHER_ERR_NOMEM;

    *out = NULL;
    usher_error_set(error, "not enough memory to start a worker");
    if (!worker)
        return st;
    worker->shared = options->shared;
    worker->index = options->index;
    st = net_open(worker, options);
    if (st == USHER_OK)
        st = bind_open(worker);
    if (st == USHER_OK)
        st = usher_guard_load(&guard, options->config, error);
    if (st == USHER_OK) {
        apply_config(worker, options->config, &guard);
        st = usher_tasks_new(worker, &worker->tasks);
    }
    if (st == USHER_OK)
        st = server_open(worker, options);
    if (st != USHER_OK) {
        usher_worker_free(worker);
        return st;
    }
    *out = worker;
    return USHER_OK;
}

void usher_worker_close(struct usher_worker *worker)
{
    worker->closed = 1;
    serve_end(worker);
    conversations_free(worker);
    usher_tasks_free(worker->tasks);
    worker->tasks = NULL;
}

void usher_worker_free(struct usher_worker *worker)
{
    if (!worker)
        return;
    /* Conversations and tasks answer and cancel what is under way: before
     * the server and the client they use. */
    usher_worker_close(worker);
    usher_server_free(worker->server);
    usher_zoho_free(worker->zoho);
    if (worker->own_client)
        usher_client_free(worker->client);
    usher_states_free(&worker->states);
    usher_guard_clear(&worker->guard);
    usher_config_release(worker->config);
    usher_zones_free(worker->zones);
    usher_buffer_free(&worker->head);
    usher_json_free(&worker->json);
    free(worker->bind);
    if (worker->own_loop)
        usher_loop_free(worker->loop);
    free(worker);
}

static void *thread_main(void *user)
{
    struct usher_worker *worker = user;
    char name[16];

    snprintf(name, sizeof(name), "worker-%zu", worker->index);
    pthread_setname_np(pthread_self(), name);
    usher_loop_run(worker->loop);
    return NULL;
}

enum usher_status usher_worker_start(struct usher_worker *worker)
{
    if (pthread_create(&worker->thread, NULL, thread_main, worker) != 0)
        return USHER_ERR_NOMEM;
    worker->running = 1;
    return USHER_OK;
}

void usher_worker_stop(struct usher_worker *worker)
{
    if (!worker->running)
        return;
    usher_loop_stop(worker->loop);
    pthread_join(worker->thread, NULL);
    worker->running = 0;
    worker->closing = 1;
}

static void drain(void *user)
{
    struct usher_worker *worker = user;

    worker->draining = 1;
    if (worker->server)
        usher_server_quiesce(worker->server);
}

void usher_worker_drain(struct usher_worker *worker)
{
    (void)usher_loop_post(worker->loop, drain, worker);
}

size_t usher_worker_busy(const struct usher_worker *worker)
{
    return atomic_load(&worker->busy);
}

struct usher_loop *usher_worker_loop(struct usher_worker *worker)
{
    return worker->loop;
}

struct usher_bind *usher_worker_bind(struct usher_worker *worker)
{
    return worker->bind;
}

struct usher_counters *usher_worker_counters(struct usher_worker *worker)
{
    return &worker->counters;
}

/* Without a lock: the watchdog asks about what has run for a second. */
void worker_current(struct usher_worker *worker, const char *flow)
{
    char name[sizeof(worker->current)] = "";

    if (flow)
        usher_text_copy(name, sizeof(name), flow);
    for (size_t i = 0; i < 8; i++) {
        unsigned long long word;

        memcpy(&word, name + 8 * i, 8);
        atomic_store_explicit(&worker->current[i], word, memory_order_relaxed);
    }
}

void usher_worker_current(struct usher_worker *worker, char *out, size_t size)
{
    char name[sizeof(worker->current) + 1] = "";

    for (size_t i = 0; i < 8; i++) {
        unsigned long long word =
            atomic_load_explicit(&worker->current[i], memory_order_relaxed);

        memcpy(name + 8 * i, &word, 8);
    }
    usher_text_copy(out, size, name);
}

/* ---- versions ---- */

void worker_adopt(struct usher_worker *worker)
{
    struct usher_publication *newest = atomic_load_explicit(
        &worker->shared->publication, memory_order_acquire);
    int first = worker->adopted == NULL;

    if (newest == worker->adopted)
        return;
    usher_states_adopt(&worker->states, newest, worker->index);
    worker->adopted = newest;
    conversations_leave_old_states(worker);
    if (worker->tasks && !first)
        usher_tasks_wake(worker->tasks);
}

struct adoption {
    struct usher_worker *worker;
    void (*done)(void *user);
    void *user;
};

static void adopt_posted(void *user)
{
    struct adoption *adoption = user;

    worker_adopt(adoption->worker);
    adoption->done(adoption->user);
    free(adoption);
}

void usher_worker_adopt(struct usher_worker *worker, void (*done)(void *user),
                        void *user)
{
    struct adoption *adoption = malloc(sizeof(*adoption));

    if (!adoption)
        return; /* the old publication stays a while longer */
    adoption->worker = worker;
    adoption->done = done;
    adoption->user = user;
    if (usher_loop_post(worker->loop, adopt_posted, adoption) != USHER_OK)
        free(adoption);
}

struct state_ready {
    struct usher_worker *worker;
    char hash[65];
    struct usher_version *version;
    struct usher_script *script;
    enum usher_status why;
};

static void state_posted(void *user)
{
    struct state_ready *ready = user;
    struct usher_worker *worker = ready->worker;

    struct usher_state *state = usher_states_find(&worker->states, ready->hash);

    if (ready->script && (!state || state->full)) {
        (void)usher_states_add(&worker->states, ready->version, ready->script);
        ready->script = NULL;
        conversations_leave_replaced(worker);
    } else if (state) {
        state->full = 0; /* to be asked again */
    }
    usher_script_free(ready->script);
    usher_version_release(ready->version);
    conversation_state_ready(worker, ready->hash, ready->why);
    free(ready);
}

void usher_worker_state_ready(struct usher_worker *worker, const char *hash,
                              struct usher_version *version,
                              struct usher_script *script,
                              enum usher_status why)
{
    struct state_ready *ready = calloc(1, sizeof(*ready));

    if (ready) {
        ready->worker = worker;
        snprintf(ready->hash, sizeof(ready->hash), "%s", hash);
        ready->version = version ? usher_version_retain(version) : NULL;
        ready->script = script;
        ready->why = why;
        if (usher_loop_post(worker->loop, state_posted, ready) == USHER_OK)
            return;
        usher_version_release(ready->version);
        free(ready);
    }
    usher_script_free(script);
}

/* ---- settings, tasks ---- */

struct configuration {
    struct usher_worker *worker;
    struct usher_config *config;
    struct usher_webhook_guard guard;
};

static void configuration_free(struct configuration *fresh)
{
    usher_config_release(fresh->config);
    usher_guard_clear(&fresh->guard);
    free(fresh);
}

/* Nothing here can fail: what was said to be posted is in use. */
static void configure_posted(void *user)
{
    struct configuration *fresh = user;

    apply_config(fresh->worker, fresh->config, &fresh->guard);
    fresh->guard = (struct usher_webhook_guard){NULL, NULL};
    configuration_free(fresh);
}

enum usher_status usher_worker_configure(struct usher_worker *worker,
                                         struct usher_config *config)
{
    struct configuration *fresh = calloc(1, sizeof(*fresh));
    struct usher_error error;

    if (!fresh)
        return USHER_ERR_NOMEM;
    fresh->worker = worker;
    fresh->config = usher_config_retain(config);
    if (usher_guard_load(&fresh->guard, config, &error) == USHER_OK &&
        usher_loop_post(worker->loop, configure_posted, fresh) == USHER_OK)
        return USHER_OK;
    configuration_free(fresh);
    return USHER_ERR_NOMEM;
}

static void wake_posted(void *user)
{
    struct usher_worker *worker = user;

    if (worker->tasks)
        usher_tasks_wake(worker->tasks);
}

enum usher_status usher_worker_wake_tasks(struct usher_worker *worker)
{
    return usher_loop_post(worker->loop, wake_posted, worker);
}

static void token_works_posted(void *user)
{
    struct usher_worker *worker = user;

    if (worker->tasks)
        usher_tasks_token_works(worker->tasks);
}

enum usher_status usher_worker_token_works(struct usher_worker *worker)
{
    return usher_loop_post(worker->loop, token_works_posted, worker);
}

struct guess {
    struct usher_worker *worker;
    char name[];
};

static void guess_posted(void *user)
{
    struct guess *guess = user;

    if (guess->worker->tasks)
        usher_tasks_guess(guess->worker->tasks, guess->name);
    free(guess);
}

void usher_worker_guess(struct usher_worker *worker, const char *name)
{
    struct guess *guess = malloc(sizeof(*guess) + strlen(name) + 1);

    if (!guess)
        return;
    guess->worker = worker;
    strcpy(guess->name, name);
    if (usher_loop_post(worker->loop, guess_posted, guess) != USHER_OK)
        free(guess);
}

struct task_retry {
    struct usher_worker *worker;
    struct usher_task_row row; /* points into bytes */
    char bytes[];
};

static void retry_posted(void *user)
{
    struct task_retry *retry = user;

    if (retry->worker->tasks)
        (void)usher_tasks_retry(retry->worker->tasks, &retry->row);
    free(retry);
}

static const char *row_copy(char **at, const void *bytes, size_t len)
{
    char *copy = *at;

    memcpy(copy, bytes, len);
    copy[len] = '\0';
    *at += len + 1;
    return copy;
}

enum usher_status usher_worker_retry_task(struct usher_worker *worker,
                                          const struct usher_task_row *row)
{
    size_t id_len = strlen(row->id), name_len = strlen(row->name);
    size_t size = id_len + name_len + row->conversation_len + row->data_len;
    struct task_retry *retry = malloc(sizeof(*retry) + size + 4);
    char *at;

    if (!retry)
        return USHER_ERR_NOMEM;
    at = retry->bytes;
    retry->worker = worker;
    retry->row = *row;
    retry->row.id = row_copy(&at, row->id, id_len);
    retry->row.name = row_copy(&at, row->name, name_len);
    if (row->conversation)
        retry->row.conversation =
            row_copy(&at, row->conversation, row->conversation_len);
    retry->row.data = row_copy(&at, row->data, row->data_len);
    retry->row.reason = NULL;
    if (usher_loop_post(worker->loop, retry_posted, retry) == USHER_OK)
        return USHER_OK;
    free(retry);
    return USHER_ERR_NOMEM;
}

enum usher_status usher_worker_load_task(struct usher_worker *worker,
                                         const struct usher_task_row *row)
{
    return usher_tasks_load(worker->tasks, row);
}
