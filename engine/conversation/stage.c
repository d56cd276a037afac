/* engine/conversation/stage.c - puts a worker and what it needs on one loop. */
#include "conversation/stage.h"

#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "conversation/conversation.h"
#include "conversation/build.h"
#include "conversation/stage_zoho.h"
#include "conversation/waiting.h"
#include "core/config_fixed.h"

struct usher_stage {
    struct usher_stage_options options;
    struct usher_config_fixed fixed;
    struct usher_loop *loop;
    struct usher_simulator *simulator;
    struct stage_zoho *carrier;
    struct usher_client *client;
    struct usher_store *store;
    struct usher_config *config;
    struct usher_zoho_settings zoho;
    struct usher_credentials *credentials;
    struct usher_gate *gate;
    struct usher_worker *worker;
    struct usher_worker *workers[1];
    struct usher_shared shared;
};

/* ---- settings ---- */

static void default_fix(void *user, const char *name, const char *value)
{
    usher_config_fix(user, name, value);
}

/* The stage's own, then the simulator's. */
static enum usher_status settings_fix(struct usher_stage *stage,
                                      struct usher_error *error)
{
    struct usher_config_fixed *fixed = &stage->fixed;
    enum usher_status st;

    for (char *const *at = stage->options.settings; at && *at; at++) {
        const char *value = strchr(*at, '=');
        char *name = strndup(*at, value ? (size_t)(value - *at) : 0);

        if (!name || !value) {
            free(name);
            usher_error_set(error, "a setting has no '='");
            return USHER_ERR_INVALID;
        }
        usher_config_fix(fixed, name, value + 1);
        free(name);
    }
    st = usher_simulator_defaults(stage->simulator, default_fix, fixed);
    if (stage->options.source) {
        /* Who comes in is decided at a door that is not here. */
        usher_config_fix(fixed, "WEBHOOK_SECRET", "");
        usher_config_fix(fixed, "SALESIQ_PUBLIC_KEY", "");
        usher_config_fix_zoho(fixed);
    }
    if (st == USHER_OK && fixed->failed) {
        usher_error_set(error, "the settings are too many");
        st = USHER_ERR_INVALID;
    }
    return st;
}

static enum usher_status settings_load(struct usher_stage *stage,
                                       struct usher_config **out,
                                       struct usher_error_list *problems)
{
    struct usher_config_source source = {.environ = stage->fixed.lines};

    if (stage->options.source) {
        source = *stage->options.source;
        source.fixed = stage->fixed.lines;
    }
    return usher_config_load(&source, out, problems);
}

static enum usher_status settings_open(struct usher_stage *stage,
                                       struct usher_error *error)
{
    struct usher_error_list problems = {0};
    enum usher_status st = settings_fix(stage, error);

    if (st != USHER_OK)
        return st;
    st = settings_load(stage, &stage->config, &problems);
    if (st != USHER_OK && problems.count)
        usher_error_set(error, "%s", problems.items[0].text);
    usher_error_list_free(&problems);
    if (st != USHER_OK)
        return st;
    return usher_zoho_settings_load(stage->config, &stage->zoho, error);
}

enum usher_status usher_stage_configure(struct usher_stage *stage,
                                        struct usher_error_list *problems)
{
    struct usher_config *config = NULL;
    enum usher_status st = settings_load(stage, &config, problems);

    if (st == USHER_OK)
        st = usher_worker_configure(stage->worker, config);
    if (st != USHER_OK) {
        usher_config_release(config);
        return st;
    }
    usher_loop_step(stage->loop, 0); /* the worker has it now */
    usher_config_release(stage->config);
    stage->config = config;
    return USHER_OK;
}

/* ---- the parts ---- */

static void zoho_seen(void *user, const struct usher_zoho_event *event)
{
    struct usher_stage *stage = user;

    if (stage->options.zoho_event)
        stage->options.zoho_event(stage->options.user, event);
}

static void flow_seen(void *user, const char *flow)
{
    struct usher_stage *stage = user;

    if (stage->options.flow)
        stage->options.flow(stage->options.user, flow);
}

static void state_wanted(void *user, size_t worker, const char *hash)
{
    struct usher_stage *stage = user;

    (void)worker; /* there is one version, and its state is always there */
    usher_worker_state_ready(stage->worker, hash, NULL, NULL, USHER_OK);
}

static void token_changed(void *user, enum usher_credential_id set,
                          enum usher_credential_state state, int only_works)
{
    struct usher_stage *stage = user;

    (void)set;
    if (usher_credential_is_hope(state) && stage->worker)
        (void)(only_works ? usher_worker_token_works(stage->worker)
                          : usher_worker_wake_tasks(stage->worker));
}

static enum usher_status net_open(struct usher_stage *stage)
{
    struct usher_client_options options = {.user_agent = "usher",
                                           .max_response = 4u << 20};
    struct usher_client_transport transport;
    enum usher_status st =
        stage_zoho_new(stage->loop, stage->simulator, &stage->zoho.hosts,
                       &stage->options, &stage->carrier);

    if (st != USHER_OK)
        return st;
    transport = stage_zoho_transport(stage->carrier);
    options.transport = &transport;
    return usher_client_new(stage->loop, &options, &stage->client);
}

static enum usher_status zoho_open(struct usher_stage *stage)
{
    struct usher_credentials_options options = {
        .loop = stage->loop,
        .client = stage->client,
        .store = stage->store,
        .clock = stage->options.clock,
        .log = stage->options.log,
        .settings = &stage->zoho,
    };
    enum usher_status st =
        usher_credentials_new(&options, stage->config, &stage->credentials);

    if (st != USHER_OK)
        return st;
    usher_credentials_on_change(stage->credentials, token_changed, stage);
    st = usher_gate_new(10000, &stage->gate);
    if (st == USHER_OK)
        usher_zoho_settings_open(&stage->zoho, stage->gate);
    return st;
}

static enum usher_status store_open(struct usher_stage *stage,
                                    struct usher_error *error)
{
    struct usher_store_options options = {
        .url = stage->options.database ? stage->options.database : "memory:",
        .clock = stage->options.clock,
        .log = stage->options.log,
    };

    return usher_store_open(&options, &stage->store, error);
}

static enum usher_status worker_open(struct usher_stage *stage,
                                     struct usher_error *error)
{
    struct usher_shared *shared = &stage->shared;
    struct usher_worker_options options = {
        .shared = shared,
        .listen_fd = -1,
        .config = stage->config,
        .loop = stage->loop,
        .client = stage->client,
    };
    enum usher_status st = usher_waiting_new(NULL, &shared->waiting);

    if (st != USHER_OK)
        return st;
    shared->clock = stage->options.clock;
    shared->even = stage->options.clock; /* it jumps only on purpose */
    shared->log = stage->options.log;
    shared->store = stage->store;
    shared->credentials = stage->credentials;
    shared->gate = stage->gate;
    shared->workers = stage->workers;
    shared->worker_count = 1;
    shared->places = stage->options.places;
    shared->zone = "UTC";
    shared->control = stage;
    shared->want_state = state_wanted;
    shared->zoho_event = zoho_seen;
    shared->flow = flow_seen;
    shared->strict = 1;
    st = usher_worker_new(&options, &stage->worker, error);
    stage->workers[0] = stage->worker;
    return st;
}

static int script_goes_on(const struct usher_stage *stage)
{
    const struct usher_stage_spare *spare = stage->options.spare;

    return spare && !spare->versions_differ;
}

static enum usher_status state_make(struct usher_stage *stage,
                                    struct usher_version *version,
                                    struct usher_script **out,
                                    struct usher_error *error)
{
    size_t count;
    const struct usher_script_module *modules = usher_bind_modules(&count);
    struct usher_bind *bind = usher_worker_bind(stage->worker);
    enum usher_status st;

    /* Nothing is required of the settings of a spec. */
    st = usher_state_build(version, modules, count, stage->options.folder, bind,
                           stage->options.source ? stage->config : NULL, NULL,
                           out, error);
    if (st == USHER_OK && script_goes_on(stage))
        usher_script_remember(*out);
    if (st == USHER_OK && stage->options.state)
        stage->options.state(stage->options.user, *out);
    return st;
}

/* The spare one, if there is one. */
static struct usher_script *spare_script(struct usher_stage *stage)
{
    struct usher_stage_spare *spare = stage->options.spare;
    struct usher_script *script = spare ? spare->script : NULL;

    if (script) {
        spare->script = NULL;
        usher_script_set_user(script, usher_worker_bind(stage->worker));
    }
    return script;
}

/* What conversations left there is collected first: it may hold parts of this
 * stage. */
static void script_leave(struct usher_stage *stage)
{
    struct usher_stage_spare *spare = stage->options.spare;
    struct usher_script *script;

    if (!script_goes_on(stage) || spare->script)
        return;
    script = usher_states_take(&stage->worker->states);
    if (!script)
        return;
    if (!usher_script_restore(script)) {
        usher_script_free(script);
        return;
    }
    lua_gc(usher_script_lua(script), LUA_GCCOLLECT);
    usher_script_set_user(script, NULL);
    spare->script = script;
}

static enum usher_status simulator_open(struct usher_stage *stage,
                                        struct usher_error *error)
{
    const struct usher_clock *clock = stage->options.clock;
    struct usher_stage_spare *spare = stage->options.spare;

    if (!spare || !spare->simulator)
        return usher_simulator_new(clock, &stage->simulator, error);
    stage->simulator = spare->simulator;
    spare->simulator = NULL;
    return usher_simulator_renew(stage->simulator, clock, error);
}

static void simulator_leave(struct usher_stage *stage)
{
    struct usher_stage_spare *spare = stage->options.spare;

    if (spare && !spare->simulator)
        spare->simulator = stage->simulator;
    else
        usher_simulator_free(stage->simulator);
}

void usher_stage_spare_free(struct usher_stage_spare *spare)
{
    usher_script_free(spare->script);
    usher_simulator_free(spare->simulator);
    spare->script = NULL;
    spare->simulator = NULL;
}

static enum usher_status flows_open(struct usher_stage *stage,
                                    struct usher_error *error)
{
    struct usher_publication *fresh =
        usher_publication_new(stage->options.version, 1);
    enum usher_status st;

    if (!fresh)
        return USHER_ERR_NOMEM;
    fresh->scripts[0] = spare_script(stage);
    if (!fresh->scripts[0]) {
        st = state_make(stage, stage->options.version, &fresh->scripts[0],
                        error);
        if (st != USHER_OK) {
            usher_publication_release(fresh);
            return st;
        }
    }
    atomic_store(&stage->shared.publication, fresh);
    worker_adopt(stage->worker);
    return USHER_OK;
}

static enum usher_status open_all(struct usher_stage *stage,
                                  struct usher_error *error)
{
    enum usher_status st = simulator_open(stage, error);

    if (st == USHER_OK)
        st = settings_open(stage, error);
    if (st == USHER_OK)
        st = usher_loop_new(stage->options.clock, &stage->loop);
    if (st == USHER_OK)
        st = net_open(stage);
    if (st == USHER_OK)
        st = store_open(stage, error);
    if (st == USHER_OK)
        st = zoho_open(stage);
    if (st == USHER_OK)
        st = worker_open(stage, error);
    if (st == USHER_OK)
        st = flows_open(stage, error);
    return st;
}

enum usher_status usher_stage_new(const struct usher_stage_options *options,
                                  struct usher_stage **out,
                                  struct usher_error *error)
{
    struct usher_stage *stage = calloc(1, sizeof(*stage));
    enum usher_status st;

    *out = NULL;
    usher_error_set(error, "not enough memory");
    if (!stage)
        return USHER_ERR_NOMEM;
    stage->options = *options;
    stage->options.version = usher_version_retain(options->version);
    st = open_all(stage, error);
    if (st == USHER_OK) {
        *out = stage;
        stage = NULL;
    }
    usher_stage_free(stage);
    return st;
}

void usher_stage_free(struct usher_stage *stage)
{
    if (!stage)
        return;
    if (stage->worker) {
        usher_worker_close(stage->worker);
        script_leave(stage);
    }
    usher_worker_free(stage->worker);
    usher_waiting_free(stage->shared.waiting);
    usher_store_close(stage->store);
    /* See usher_store_close(); and what is posted to the credentials comes
     * while they are there. */
    if (stage->loop)
        usher_loop_step(stage->loop, 0);
    usher_publication_release(atomic_load(&stage->shared.publication));
    usher_credentials_free(stage->credentials);
    usher_gate_free(stage->gate);
    usher_client_free(stage->client);
    stage_zoho_free(stage->carrier);
    usher_loop_free(stage->loop);
    usher_config_release(stage->config);
    simulator_leave(stage);
    usher_config_fixed_free(&stage->fixed);
    usher_version_release(stage->options.version);
    free(stage);
}

struct usher_worker *usher_stage_worker(struct usher_stage *stage)
{
    return stage->worker;
}

struct usher_loop *usher_stage_loop(struct usher_stage *stage)
{
    return stage->loop;
}

struct usher_store *usher_stage_store(struct usher_stage *stage)
{
    return stage->store;
}

struct usher_simulator *usher_stage_simulator(struct usher_stage *stage)
{
    return stage->simulator;
}

struct usher_config *usher_stage_config(struct usher_stage *stage)
{
    return stage->config;
}

struct usher_script *usher_stage_script(struct usher_stage *stage)
{
    return stage->worker->states.newest->script;
}

enum usher_status usher_stage_reload(struct usher_stage *stage,
                                     struct usher_version *version,
                                     struct usher_error *error)
{
    struct usher_script *script;
    enum usher_status st = state_make(stage, version, &script, error);

    if (st != USHER_OK)
        return st;
    usher_version_retain(version);
    usher_version_release(stage->options.version);
    stage->options.version = version;
    usher_worker_restart(stage->worker, version, script);
    return USHER_OK;
}

enum usher_status usher_stage_restart(struct usher_stage *stage,
                                      struct usher_error *error)
{
    struct usher_state *state = stage->worker->states.newest;

    usher_worker_forget(stage->worker);
    if (state->users == 0 && !state->full &&
        usher_script_restore(state->script))
        return USHER_OK;
    return usher_stage_reload(stage, stage->options.version, error);
}
