/* engine/engine.c - start and stop of everything; the face is
 * include/usher.h. */
#include "engine.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bind/bind.h"
#include "bind/host.h"
#include "conversation/waiting.h"

#define GATE_WAITING_MAX 10000

/* ---- the workers' questions to the control thread ---- */

static void want_state(void *control, size_t worker, const char *hash)
{
    struct usher *usher = control;

    usher_reload_want_state(usher->reload, worker, hash);
}

static void other_request(void *control, struct usher_worker *worker,
                          struct usher_request *request)
{
    struct usher *usher = control;

    usher_pages_request(usher->pages, worker, request);
}

static void settings_again(void *control, struct usher_buffer *notes)
{
    settings_reload(control, notes);
    workers_again(control);
}

#ifdef USHER_FAULTS
/* USHER_FAULT_KILL names a file with a number N, counted down here: the N-th
 * effect from then on is the last thing that the process does. For the crash
 * tests. */
static void fault_effect(void *control, const char *name)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    const char *path = getenv("USHER_FAULT_KILL");
    FILE *file;
    long left = 0;

    (void)control;
    (void)name;
    if (!path)
        return;
    pthread_mutex_lock(&lock);
    file = fopen(path, "r+");
    if (file && fscanf(file, "%ld", &left) == 1 && left > 0) {
        rewind(file);
        fprintf(file, "%ld\n", left - 1);
    }
    if (file)
        fclose(file);
    if (left == 1)
        kill(getpid(), SIGKILL);
    pthread_mutex_unlock(&lock);
}
#endif

/* ---- starting ---- */

static void secret_seen(void *user, const char *value)
{
    (void)usher_log_secret(user, value);
}

static enum usher_status log_open(struct usher *usher)
{
    struct usher_log_options options = {
        .level = (enum usher_log_level)usher_config_number(
            usher->config, USHER_SETTING_LOG_LEVEL),
        .format = (enum usher_log_format)usher_config_number(
            usher->config, USHER_SETTING_LOG_FORMAT),
        .fd = 2,
    };
    enum usher_status st = usher_log_new(&options, &usher->log);

    if (st == USHER_OK)
        usher_config_secrets(usher->config, secret_seen, usher->log);
    if (st == USHER_OK)
        st = usher_problems_new(usher->log, &usher->problems);
    if (st == USHER_OK)
        st = usher_waiting_new(usher->problems, &usher->waiting);
    return st;
}

static enum usher_status base_open(struct usher *usher)
{
    struct usher_client_options client = {.max_response = 1u << 20,
                                          .user_agent = "usher"};
    struct usher_credentials_options credentials = {
        .clock = usher->clock,
        .log = usher->log,
        /* The simulator's tokens are nobody's: they stay out of .env. */
        .env_path = usher->simulator ? NULL : usher->env_path,
        .settings = &usher->zoho,
    };
    enum usher_status st = usher_loop_new(usher->clock, &usher->loop);

    if (st == USHER_OK)
        st = usher_client_new(usher->loop, &client, &usher->client);
    if (st == USHER_OK)
        st = usher_gate_new(GATE_WAITING_MAX, &usher->gate);
    if (st != USHER_OK)
        return st;
    usher_even_clock_last(&usher->even, usher_store_last_ms(usher->store));
    usher_zoho_settings_open(&usher->zoho, usher->gate);
    credentials.loop = usher->loop;
    credentials.client = usher->client;
    credentials.store = usher->simulator ? NULL : usher->store;
    st =
        usher_credentials_new(&credentials, usher->config, &usher->credentials);
    if (st == USHER_OK)
        st = usher_places_load("/usr/share/zoneinfo", &usher->places);
    return st;
}

static void shared_fill(struct usher *usher)
{
    struct usher_shared *shared = &usher->shared;

    settings_zone(usher->zone, sizeof(usher->zone));
    shared->clock = usher->clock;
    shared->even = &usher->even.clock;
    shared->log = usher->log;
    shared->problems = usher->problems;
    shared->waiting = usher->waiting;
    shared->store = usher->store;
    shared->credentials = usher->credentials;
    shared->gate = usher->gate;
    shared->places = usher->places;
    shared->zone = usher->zone;
    shared->control = usher;
    shared->want_state = want_state;
    shared->other_request = other_request;
#ifdef USHER_FAULTS
    shared->effect = fault_effect;
#endif
}

static enum usher_status workers_open(struct usher *usher,
                                      struct usher_error *error)
{
    struct usher_shared *shared = &usher->shared;
    int64_t count = usher_config_number(usher->config, USHER_SETTING_WORKERS);
    uint16_t wanted =
        (uint16_t)usher_config_number(usher->config, USHER_SETTING_PORT);
    enum usher_status st = USHER_OK;
    unsigned clients;

    if (count > USHER_WORKERS_MAX)
        count = USHER_WORKERS_MAX;
    clients = descriptors_for_clients(descriptors_raise(), (size_t)count);
    shared->workers = calloc((size_t)count, sizeof(struct usher_worker *));
    if (!shared->workers)
        return USHER_ERR_NOMEM;
    for (size_t i = 0; i < (size_t)count && st == USHER_OK; i++) {
        struct usher_worker_options options = {
            .shared = shared,
            .index = i,
            .max_clients = clients,
            .config = usher->config,
        };

        /* The first bind, without address reuse, finds another process. */
        st = usher_server_listen(usher->host, i ? usher->port : wanted, i > 0,
                                 &options.listen_fd, &usher->port, error);
        if (st == USHER_OK)
            st = usher_worker_new(&options, &shared->workers[i], error);
        if (st == USHER_OK)
            shared->worker_count++;
    }
    return st;
}

static enum usher_status versions_open(struct usher *usher,
                                       struct usher_error *error)
{
    struct usher_reload_options reload = {
        .shared = &usher->shared,
        .loop = usher->loop,
        .folder = usher_config_flows_dir(usher->config),
        .config = usher->config,
    };
    struct usher_pages_options pages = {
        .shared = &usher->shared,
        .loop = usher->loop,
        .simulator = usher->simulator ? usher->simulator_url : NULL,
        .settings = settings_again,
        .admin_token =
            usher_config_text(usher->config, USHER_SETTING_ADMIN_TOKEN),
    };
    enum usher_status st;

    st = usher_host_modules(usher->options.modules, usher->options.module_count,
                            &usher->modules, &usher->module_count, error);
    reload.modules = usher->modules;
    reload.module_count = usher->module_count;
    if (st == USHER_OK)
        st = usher_reload_new(&reload, &usher->reload);
    pages.reload = usher->reload;
    if (st == USHER_OK)
        st = usher_pages_new(&pages, &usher->pages);
    if (st == USHER_OK)
        st = usher_reload_first(usher->reload, error);
    return st;
}

/* Names in .env that neither usher nor the flows know: likely misspelt. */
static void names_check(struct usher *usher)
{
    struct usher_error_list problems = {0};
    size_t count;
    const char *const *names = usher_reload_settings(usher->reload, &count);

    usher_config_check_names(usher->config, names, count, &problems);
    for (size_t i = 0; i < problems.count; i++)
        usher_log_event(usher->log, USHER_LOG_WARN, "config",
                        "about the settings", "problem", problems.items[i].text,
                        NULL);
    usher_error_list_free(&problems);
}

static int task_each(void *user, const struct usher_task_row *row)
{
    struct usher *usher = user;
    struct usher_shared *shared = &usher->shared;
    size_t owner = usher_worker_of(row->conversation ? row->conversation : "",
                                   row->conversation_len, shared->worker_count);

    if (row->state == USHER_TASK_DEAD)
        usher_waiting_set(shared->waiting, row->id, row->name,
                          usher_why_of(row->state, row->reason));
    else if (usher_worker_load_task(shared->workers[owner], row) != USHER_OK)
        usher_log_event(usher->log, USHER_LOG_ERROR, "task",
                        "cannot be read from the store", "id", row->id, NULL);
    return 0;
}

static enum usher_status threads_start(struct usher *usher)
{
    unsigned unfinished = 1u << USHER_TASK_READY | 1u << USHER_TASK_PAUSED |
                          1u << USHER_TASK_DEAD | 1u << USHER_TASK_UNKNOWN;
    enum usher_status st =
        usher_store_tasks(usher->store, unfinished, task_each, usher);

    for (size_t i = 0; i < usher->shared.worker_count && st == USHER_OK; i++)
        st = usher_worker_start(usher->shared.workers[i]);
    return st;
}

/* Signals go to the control thread: blocked before any thread begins. */
static void signals_block(const struct usher *usher)
{
    sigset_t set;

    signal(SIGPIPE, SIG_IGN);
    if (usher->options.no_signals)
        return;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static enum usher_status start(struct usher *usher, struct usher_error *error)
{
    enum usher_status st = settings_load(usher, error);

    if (st == USHER_OK)
        st = log_open(usher);
    if (st == USHER_OK)
        st = database_open(usher, error);
    if (st == USHER_OK)
        st = settings_use(usher, error);
    if (st == USHER_OK)
        st = base_open(usher);
    if (st != USHER_OK)
        return st;
    shared_fill(usher);
    st = workers_open(usher, error);
    if (st == USHER_OK)
        st = versions_open(usher, error);
    if (st == USHER_OK) {
        names_check(usher);
        settings_look(usher);
    }
    if (st == USHER_OK)
        st = control_open(usher);
    if (st == USHER_OK)
        st = threads_start(usher);
    return st;
}

static void ready_log(struct usher *usher)
{
    char port[8];

    snprintf(port, sizeof(port), "%u", (unsigned)usher->port);
    usher_log_event(usher->log, USHER_LOG_INFO, "engine", "ready", "host",
                    usher->host, "#port", port, "simulator",
                    usher->simulator ? usher->simulator_url : NULL, NULL);
}

int usher_start(const struct usher_options *options, struct usher **out,
                char *error, size_t size)
{
    struct usher *usher = calloc(1, sizeof(*usher));
    struct usher_error why = {""};
    enum usher_status st = USHER_ERR_NOMEM;

    *out = NULL;
    if (size)
        error[0] = '\0';
    if (usher) {
        usher->options = *options;
        usher->clock = usher_clock_system();
        usher_even_clock_init(&usher->even, usher->clock);
        usher->signal_fd = -1;
        signals_block(usher);
        st = start(usher, &why);
    }
    if (st != USHER_OK) {
        snprintf(error, size, "%s",
                 why.text[0] ? why.text : usher_status_text(st));
        usher_free(usher);
        return 1;
    }
    database_tell(usher);
    ready_log(usher);
    *out = usher;
    return 0;
}

int usher_run(struct usher *usher)
{
    usher_loop_run(usher->loop);
    return 0;
}

void usher_stop(struct usher *usher)
{
    (void)usher_loop_post(usher->loop, control_drain, usher);
}

/* ---- the end, in the opposite order ---- */

static void workers_step(const struct usher_shared *shared)
{
    for (size_t i = 0; i < shared->worker_count; i++)
        usher_loop_step(usher_worker_loop(shared->workers[i]), 0);
}

static void workers_free(struct usher *usher)
{
    struct usher_shared *shared = &usher->shared;

    for (size_t i = 0; i < shared->worker_count; i++)
        usher_worker_stop(shared->workers[i]);
    /* What the store still has to say is said before the loops go. */
    usher_store_stop(usher->store);
    workers_step(shared);
    if (usher->loop)
        usher_loop_step(usher->loop, 0);
    /* Who still waits is answered, by way of the worker where he asked: no
     * worker may be gone then. */
    for (size_t i = 0; i < shared->worker_count; i++)
        usher_worker_close(shared->workers[i]);
    workers_step(shared);
    for (size_t i = 0; i < shared->worker_count; i++)
        usher_worker_free(shared->workers[i]);
    free(shared->workers);
}

void usher_free(struct usher *usher)
{
    if (!usher)
        return;
    usher_reload_stop(usher->reload);
    usher_pages_stop(usher->pages);
    control_close(usher);
    workers_free(usher);
    usher_pages_free(usher->pages);
    usher_reload_free(usher->reload);
    free(usher->modules);
    usher_places_free(usher->places);
    usher_credentials_free(usher->credentials);
    usher_store_close(usher->store);
    usher_gate_free(usher->gate);
    usher_client_free(usher->client);
    usher_loop_free(usher->loop);
    simulated_free(usher);
    usher_waiting_free(usher->waiting);
    usher_problems_free(usher->problems);
    usher_log_free(usher->log);
    settings_free(usher);
    free(usher->database_url);
    usher_even_clock_clear(&usher->even);
    free(usher);
}

unsigned usher_port(const struct usher *usher)
{
    return usher->port;
}

unsigned usher_simulator_port(const struct usher *usher)
{
    return usher->simulator ? usher_service_port(usher->simulator) : 0;
}

const char *usher_host(const struct usher *usher)
{
    return usher->host;
}
