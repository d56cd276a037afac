/* engine/control.c - the control thread while the engine runs: signals,
 * watching, the admin socket, the watchdog, the orderly end. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/log_limit.h"
#include "conversation/unreadable.h"
#include "engine.h"

#define HEALTH_EVERY_MS 500
#define STUCK_MS 1000
#define DRAIN_MS 2000
#define FORGET_EVERY_MS 60000
#define NEWS_MS 3600000
#define DAY_MS (24LL * 3600 * 1000)

/* ---- the end ---- */

static size_t busy(const struct usher *usher)
{
    size_t sum = 0;

    for (size_t i = 0; i < usher->shared.worker_count; i++)
        sum += usher_worker_busy(usher->shared.workers[i]);
    return sum;
}

static void drain_check(void *user)
{
    struct usher *usher = user;

    if (busy(usher) > 0 &&
        usher_loop_now_ms(usher->loop) < usher->drain_until_ms) {
        usher_timer_set(usher->loop, &usher->drain_timer, 5, drain_check,
                        usher);
        return;
    }
    usher_loop_stop(usher->loop);
}

void control_drain(void *user)
{
    struct usher *usher = user;

    if (usher->drain_until_ms)
        return;
    usher_log_event(usher->log, USHER_LOG_INFO, "engine", "stopping", NULL);
    usher->drain_until_ms = usher_loop_now_ms(usher->loop) + DRAIN_MS;
    usher_reload_stop(usher->reload);
    for (size_t i = 0; i < usher->shared.worker_count; i++)
        usher_worker_drain(usher->shared.workers[i]);
    /* A moment for connections whose request is on its way. */
    usher_timer_set(usher->loop, &usher->drain_timer, 5, drain_check, usher);
}

/* ---- reload ---- */

static int flows_changed(void *user, enum usher_writer writer)
{
    struct usher *usher = user;

    (void)writer; /* half a flow does not load, or is one */
    return usher_reload_folder_changed(usher->reload);
}

static int env_changed(void *user, enum usher_writer writer)
{
    return settings_changed(user, writer);
}

static void hang_up(struct usher *usher)
{
    settings_reload(usher, NULL);
    workers_again(usher);
    usher_reload_now(usher->reload, NULL, NULL); /* it logs */
}

static void signal_in(void *user, uint32_t events)
{
    struct usher *usher = user;
    struct signalfd_siginfo info;

    (void)events;
    while (read(usher->signal_fd, &info, sizeof(info)) == sizeof(info)) {
        if (info.ssi_signo == SIGHUP)
            hang_up(usher);
        else
            control_drain(usher);
    }
}

static void credential_changed(void *user, enum usher_credential_id set,
                               enum usher_credential_state state,
                               int only_works)
{
    (void)set;
    if (usher_credential_is_hope(state))
        workers_tell(user, only_works ? USHER_OWED_TOKEN : USHER_OWED_WAKE);
}

/* ---- the watchdog ---- */

static void worker_check(struct usher *usher, size_t index, int64_t now)
{
    struct usher_worker *worker = usher->shared.workers[index];
    struct usher_loop_health health =
        usher_loop_health(usher_worker_loop(worker));
    char flow[64], number[24];

    if (health.busy_since_ms == 0 || now - health.busy_since_ms < STUCK_MS ||
        usher->stuck[index] == (uint64_t)health.busy_since_ms)
        return;
    usher->stuck[index] = (uint64_t)health.busy_since_ms;
    usher_worker_current(worker, flow, sizeof(flow));
    snprintf(number, sizeof(number), "%zu", index);
    usher_log_event(usher->log, USHER_LOG_ERROR, "watchdog",
                    "a worker is stuck for over 1 s", "#worker", number, "flow",
                    flow, NULL);
}

static void forget_old(struct usher *usher, int64_t now)
{
    int64_t days =
        usher_config_number(usher->config, USHER_SETTING_RETENTION_DAYS);
    int64_t wall = usher_clock_wall_ms(&usher->even.clock);
    struct usher_commit *commit;
    enum usher_status st;

    if (now - usher->forget_ms < FORGET_EVERY_MS)
        return;
    usher->forget_ms = now;
    usher_unreadable_look(&usher->shared, usher->loop);
    commit = usher_commit_new();
    if (!commit)
        return;
    usher_commit_forget(commit, wall - days * DAY_MS,
                        usher_even_clock_is_sure(&usher->even) ? wall
                                                               : INT64_MAX);
    /* Where it fails, the next one does its work. */
    (void)usher_store_submit(usher->store, commit, NULL, NULL, NULL, &st);
}

/* What it had failed for is over. */
static void store_look(struct usher *usher)
{
    int is_failing = usher_store_failing(usher->store, NULL);

    if (usher->store_failed && !is_failing)
        workers_tell(usher, USHER_OWED_WAKE);
    usher->store_failed = is_failing;
}

/* What a flow did wrong is no news any more when it is long ago. */
static void news_look(struct usher *usher, atomic_llong *last_ms,
                      enum usher_problem code, int64_t now)
{
    int64_t last = atomic_load(last_ms);

    if (!last || now - last < NEWS_MS)
        return;
    atomic_store(last_ms, 0);
    usher_problems_end(usher->problems, code, NULL, NULL);
}

static void health_check(void *user)
{
    struct usher *usher = user;
    int64_t now = usher_clock_steady_ms(usher->clock);

    for (size_t i = 0; i < usher->shared.worker_count; i++)
        worker_check(usher, i, now);
    store_look(usher);
    (void)usher_pages_look(usher->pages); /* whether or not somebody asks */
    news_look(usher, &usher->shared.rebuilt_ms, USHER_PROBLEM_STATE_REBUILT,
              now);
    news_look(usher, &usher->shared.failed_ms, USHER_PROBLEM_FLOW_FAILS, now);
    workers_tell(usher, 0); /* what could not be said before */
    forget_old(usher, now);
    usher_log_limit_flush(usher->log, now);
    settings_mode_look(usher);
    usher_timer_set(usher->loop, &usher->health_timer, HEALTH_EVERY_MS,
                    health_check, usher);
}

/* ---- opening ---- */

static enum usher_status signals_open(struct usher *usher)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    usher->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (usher->signal_fd < 0)
        return USHER_ERR_IO;
    return usher_watch_new(usher->loop, usher->signal_fd, EPOLLIN, signal_in,
                           usher, &usher->signal_watch);
}

static enum usher_status watch_open(struct usher *usher)
{
    struct usher_watcher_options options = {
        .loop = usher->loop,
        .problems = usher->problems,
        .folder = usher_config_flows_dir(usher->config),
        .file = usher->env_path,
        .file_print = usher->env_print,
        .folder_changed = flows_changed,
        .file_changed = env_changed,
        .user = usher,
    };

    return usher_watcher_new(&options, &usher->watcher);
}

enum usher_status control_open(struct usher *usher)
{
    enum usher_status st = USHER_OK;

    usher->signal_fd = -1;
    if (!usher->options.no_signals)
        st = signals_open(usher);
    if (st == USHER_OK)
        st = admin_socket_open(usher);
    if (st == USHER_OK)
        st = watch_open(usher);
    if (st != USHER_OK)
        return st;
    usher_credentials_on_change(usher->credentials, credential_changed, usher);
    usher->forget_ms = usher_clock_steady_ms(usher->clock);
    usher_timer_set(usher->loop, &usher->health_timer, HEALTH_EVERY_MS,
                    health_check, usher);
    return USHER_OK;
}

void control_close(struct usher *usher)
{
    if (!usher->loop)
        return;
    usher_timer_cancel(usher->loop, &usher->health_timer);
    usher_timer_cancel(usher->loop, &usher->drain_timer);
    usher_watcher_free(usher->watcher);
    admin_socket_close(usher);
    usher_watch_free(usher->signal_watch);
    if (usher->signal_fd > 0)
        close(usher->signal_fd);
}
