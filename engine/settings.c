/* engine/settings.c - the settings of a running engine: where they come from,
 * and what happens when they change. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conversation/guard.h"
#include "engine.h"

extern char **environ;

void settings_zone(char *out, size_t size)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/etc/localtime", path, sizeof(path) - 1);
    const char *name;

    snprintf(out, size, "UTC");
    if (len <= 0)
        return;
    path[len] = '\0';
    name = strstr(path, "zoneinfo/");
    if (name && name[9])
        snprintf(out, size, "%s", name + 9);
}

/* LOG_FORMAT, or what the environment says where the settings are refused. */
static int logs_json(const struct usher *usher)
{
    static const char wanted[] = "LOG_FORMAT=json";

    if (usher->config)
        return usher_config_number(usher->config, USHER_SETTING_LOG_FORMAT) ==
               USHER_LOG_JSON;
    for (char *const *each = usher->environment; *each; each++)
        if (strcmp(*each, wanted) == 0)
            return 1;
    return 0;
}

/* The log itself is open only later, with these settings. */
static void warnings_print(const struct usher_error_list *problems, int json)
{
    struct usher_log_options options = {.format = USHER_LOG_JSON, .fd = 2};
    struct usher_log *log = NULL;

    if (json && usher_log_new(&options, &log) != USHER_OK)
        return;
    for (size_t i = 0; i < problems->count; i++) {
        if (!problems->items[i].warning)
            continue;
        usher_log_event(log, USHER_LOG_WARN, "config", "about the settings",
                        "problem", problems->items[i].text, NULL);
        if (!json)
            fprintf(stderr, "usher: warning: %s\n", problems->items[i].text);
    }
    usher_log_free(log);
}

/* All errors as one text, a line each. */
static void errors_write(const struct usher_error_list *problems,
                         struct usher_buffer *text)
{
    for (size_t i = 0; i < problems->count; i++) {
        if (problems->items[i].warning)
            continue;
        usher_buffer_printf(text, "%s%s", text->len ? "\n" : "",
                            problems->items[i].text);
    }
}

static void problems_join(const struct usher_error_list *problems,
                          struct usher_error *error)
{
    struct usher_buffer text;

    usher_buffer_init(&text, 0);
    errors_write(problems, &text);
    usher_error_set(error, "%s", text.data ? text.data : "bad settings");
    usher_buffer_free(&text);
}

/* fixed: the simulator's settings, which win; or NULL. */
static enum usher_status load(struct usher *usher, int at_start,
                              char *const *fixed, struct usher_config **config,
                              struct usher_error_list *problems)
{
    struct usher_config_source source = {
        .fixed = fixed,
        .environ = usher->environment,
        .env_path = usher->env_path,
        .env_required = at_start && usher->options.env_path != NULL,
    };
    int64_t gid;
    enum usher_status st;

    st = usher_config_load(&source, config, problems);
    if (st == USHER_OK)
        st = usher_guard_check(*config, problems);
    if (st == USHER_OK && !usher_config_admin_group(*config, &gid, problems))
        st = USHER_ERR_INVALID;
    if (st != USHER_OK) {
        usher_config_release(*config);
        *config = NULL;
    }
    return st;
}

static enum usher_status environment_copy(struct usher *usher)
{
    char *const *from =
        usher->options.environment ? usher->options.environment : environ;
    size_t count = 0;

    while (from[count])
        count++;
    usher->environment = calloc(count + 1, sizeof(char *));
    if (!usher->environment)
        return USHER_ERR_NOMEM;
    memcpy(usher->environment, from, count * sizeof(char *));
    return USHER_OK;
}

enum usher_status settings_load(struct usher *usher, struct usher_error *error)
{
    struct usher_error_list problems = {0};
    enum usher_status st = environment_copy(usher);

    usher->env_path =
        strdup(usher->options.env_path ? usher->options.env_path : ".env");
    if (st != USHER_OK || !usher->env_path)
        return USHER_ERR_NOMEM;
    usher->env_print = usher_watch_print(usher->env_path);
    st = load(usher, 1, NULL, &usher->config, &problems);
    warnings_print(&problems, logs_json(usher));
    if (usher->options.logs_json)
        *usher->options.logs_json = logs_json(usher);
    if (st == USHER_OK) {
        usher->saved = usher_config_retain(usher->config);
        usher->begun = usher_config_retain(usher->config);
        usher->simulated = usher->options.simulator ||
                           usher_config_wants_simulator(usher->config);
    }
    if (st == USHER_OK && !usher->simulated)
        st = usher_config_check_credentials(usher->config, &problems);
    if (st != USHER_OK)
        problems_join(&problems, error);
    usher_error_list_free(&problems);
    return st;
}

static void secret_seen(void *user, const char *value)
{
    (void)usher_log_secret(user, value);
}

enum usher_status settings_use(struct usher *usher, struct usher_error *error)
{
    struct usher_config *config = NULL;
    const char *host = usher_config_text(usher->saved, USHER_SETTING_HOST);
    enum usher_status st = USHER_OK;

    if (usher->simulated) {
        st = simulated_start(usher, error);
        if (st == USHER_OK)
            st = load(usher, 1, usher->simulator_settings.lines, &config, NULL);
        if (st != USHER_OK)
            return st;
        usher_config_release(usher->config);
        usher->config = config;
        usher_config_secrets(config, secret_seen, usher->log);
        if (!usher_config_is_set(config, USHER_SETTING_HOST))
            host = "127.0.0.1";
    }
    snprintf(usher->host, sizeof(usher->host), "%s", host);
    return usher_zoho_settings_load(usher->config, &usher->zoho, error);
}

struct change {
    struct usher *usher;
    struct usher_buffer *notes;
    struct usher_error_list *problems;
    int any; /* of the settings is another than before */
};

/* To the log and to whoever asked. */
static void note(const struct change *change, enum usher_log_level level,
                 const char *event, const char *what, const char *text)
{
    struct usher_buffer line;

    usher_log_event(change->usher->log, level, "config", event, what, text,
                    NULL);
    if (!change->notes)
        return;
    usher_buffer_init(&line, 0);
    usher_buffer_printf(&line, "%s: %s", event, text);
    if (change->notes->len)
        usher_buffer_byte(change->notes, ',');
    if (!line.failed)
        usher_buffer_json(change->notes, line.data, line.len);
    usher_buffer_free(&line);
}

/* A change of it is used from the next start on. */
static int waits(const struct usher *usher, enum usher_setting setting)
{
    const char *name = usher_setting_at(setting)->name;

    return usher_setting_at(setting)->restart ||
           usher_config_fixes(&usher->simulator_settings, name);
}

/* 1: it is not what this engine began with, and a person wants that: HOST has
 * a default that depends on other settings. */
static int is_other(const struct usher *usher, enum usher_setting setting)
{
    return usher_config_differs(usher->begun, usher->saved, setting) &&
           (usher_config_is_set(usher->begun, setting) ||
            usher_config_is_set(usher->saved, setting));
}

static void change_seen(void *user, const char *name, int restart)
{
    struct change *change = user;
    int setting = usher_setting_find(name);
    size_t count;
    const char *const *names =
        usher_reload_settings(change->usher->reload, &count);

    change->any = 1;
    (void)restart; /* the simulator makes more settings wait */
    if (!usher_config_check_name(change->usher->saved, name, names, count,
                                 change->problems))
        return; /* nobody uses it */
    if (setting < 0 || !waits(change->usher, (enum usher_setting)setting))
        note(change, USHER_LOG_INFO, "a changed setting is used", "name", name);
    else if (is_other(change->usher, (enum usher_setting)setting))
        note(change, USHER_LOG_WARN,
             "a changed setting waits for the next start", "name", name);
    else if (usher_config_is_set(change->usher->saved,
                                 (enum usher_setting)setting))
        note(change, USHER_LOG_INFO, "a setting is as it was at the start",
             "name", name);
}

/* What was saved and is not live. */
static void waiting_look(struct usher *usher)
{
    for (int i = 0; i < USHER_SETTING_COUNT; i++) {
        enum usher_setting setting = (enum usher_setting)i;
        const char *name = usher_setting_at(setting)->name;
        int simulated = usher_config_fixes(&usher->simulator_settings, name);
        enum usher_problem code = simulated ? USHER_PROBLEM_STILL_SIMULATED
                                            : USHER_PROBLEM_RESTART_NEEDED;

        if (waits(usher, setting) && is_other(usher, setting))
            usher_problem_raise(usher->problems, code, name, NULL,
                                simulated && usher->options.simulator
                                    ? "restart usher without --simulator"
                                    : NULL);
        else
            usher_problem_end(usher->problems, code, name);
    }
}

/* saved: as people have written it; config: what is used of it. */
static void settings_apply(struct change *change, struct usher_config *saved,
                           struct usher_config *config)
{
    struct usher *usher = change->usher;
    struct usher_zoho_settings zoho;
    struct usher_config *before;
    struct usher_error error;

    if (usher_zoho_settings_load(config, &zoho, &error) != USHER_OK) {
        note(change, USHER_LOG_ERROR, "the changed settings are not used",
             "error", error.text);
        usher_problem_raise(usher->problems, USHER_PROBLEM_SETTINGS_REFUSED,
                            NULL, error.text, NULL);
        return;
    }
    usher_config_secrets(config, secret_seen, usher->log); /* before all else */
    usher_log_set_level(usher->log, (enum usher_log_level)usher_config_number(
                                        config, USHER_SETTING_LOG_LEVEL));
    before = usher->saved;
    usher->saved = usher_config_retain(saved);
    usher_config_diff(before, saved, change_seen, change);
    usher_config_release(before);
    waiting_look(usher);
    usher->zoho = zoho;
    usher_config_release(usher->config);
    usher->config = usher_config_retain(config);
    usher_reload_configure(usher->reload, config);
    usher_zoho_settings_open(&zoho, usher->gate);
    usher_pages_admin_token(
        usher->pages, usher_config_text(config, USHER_SETTING_ADMIN_TOKEN));
    settings_look(usher);
    admin_socket_group(usher);
    /* In this order: what a new token or a new setting wakes finds all of
     * them. Hosts and tokens change at one point, for all workers. */
    workers_tell(usher, USHER_OWED_SETTINGS);
    usher_credentials_reload(usher->credentials, config, &zoho);
    usher_reload_again(usher->reload);
    if (change->any)
        workers_tell(usher, USHER_OWED_WAKE);
}

static void problem_set(const struct usher *usher, enum usher_problem code,
                        int there, const char *detail)
{
    if (there)
        usher_problem_raise(usher->problems, code, usher->env_path, detail,
                            NULL);
    else
        usher_problem_end(usher->problems, code, usher->env_path);
}

/* Whether to leave alone what was loaded, since nobody may have meant it. Who
 * asks for it means it; but what is gone can be used by nobody. */
static int is_doubtful(const struct change *change,
                       const struct usher_config *fresh, int asked, int open)
{
    struct usher *usher = change->usher;
    struct usher_error why = {""}, text;
    enum usher_config_doubt doubt = USHER_CONFIG_SURE;

    if (fresh)
        doubt = usher_config_doubt(usher->saved, fresh, open, &why);
    if (asked && doubt != USHER_CONFIG_GONE)
        doubt = USHER_CONFIG_SURE;
    problem_set(usher, USHER_PROBLEM_SETTINGS_GUARD,
                doubt == USHER_CONFIG_UNGUARDED, why.text);
    problem_set(usher, USHER_PROBLEM_SETTINGS_FILE,
                doubt != USHER_CONFIG_SURE && doubt != USHER_CONFIG_UNGUARDED,
                why.text);
    if (doubt == USHER_CONFIG_SURE)
        return 0;
    usher_error_set(&text, "%s: %s", usher->env_path, why.text);
    note(change, USHER_LOG_WARN, "the changed settings are not used", "reason",
         text.text);
    return 1;
}

/* Nothing of a file with an error is used: all of them are told. */
static void refused_look(const struct usher *usher, enum usher_status st,
                         const struct usher_error_list *problems)
{
    struct usher_buffer text;

    if (st == USHER_OK) {
        usher_problem_end(usher->problems, USHER_PROBLEM_SETTINGS_REFUSED,
                          NULL);
        return;
    }
    usher_buffer_init(&text, 0);
    errors_write(problems, &text);
    usher_problem_raise(usher->problems, USHER_PROBLEM_SETTINGS_REFUSED, NULL,
                        text.data ? text.data : usher_status_text(st), NULL);
    usher_buffer_free(&text);
}

/* A guard was taken out as it should be, if all of the file is there; which
 * time will tell. */
static int is_early(const struct usher *usher, const struct usher_config *fresh,
                    const enum usher_writer *writer)
{
    return fresh && writer && *writer == USHER_WRITER_UNKNOWN &&
           usher_config_loses_guard(usher->saved, fresh) &&
           usher_config_doubt(usher->saved, fresh, 0, NULL) ==
               USHER_CONFIG_SURE;
}

/* writer: NULL, a person asks for it. 0: it is too early, nothing was done. */
static int reload(struct usher *usher, const enum usher_writer *writer,
                  struct usher_buffer *notes)
{
    struct usher_error_list problems = {0};
    struct usher_config *saved = NULL, *config = NULL;
    struct change change = {usher, notes, &problems, 0};
    enum usher_status st = load(usher, 0, NULL, &saved, &problems);
    int early, doubtful;

    if (st == USHER_OK && usher->simulated)
        st = load(usher, 0, usher->simulator_settings.lines, &config, NULL);
    else if (st == USHER_OK)
        config = usher_config_retain(saved);
    early = is_early(usher, saved, writer);
    if (early)
        goto done;
    /* saved is NULL where it could not be read: problems say why. */
    doubtful = is_doubtful(&change, saved, !writer,
                           writer && *writer == USHER_WRITER_AT_WORK);
    /* Without any credential there is no start; nor does an engine that has
     * one go on without. */
    if (st == USHER_OK && !doubtful && !usher->simulated)
        st = usher_config_check_credentials(saved, &problems);
    refused_look(usher, st, &problems);
    if (st == USHER_OK && !doubtful)
        settings_apply(&change, saved, config);
    for (size_t i = 0; i < problems.count; i++) {
        int warning = problems.items[i].warning;

        note(&change, warning ? USHER_LOG_WARN : USHER_LOG_ERROR,
             warning ? "about the changed settings"
                     : "the changed settings are not used",
             "problem", problems.items[i].text);
    }
done:
    usher_config_release(saved);
    usher_config_release(config);
    usher_error_list_free(&problems);
    return !early;
}

void settings_reload(struct usher *usher, struct usher_buffer *notes)
{
    (void)reload(usher, NULL, notes);
}

int settings_changed(struct usher *usher, enum usher_writer writer)
{
    return reload(usher, &writer, NULL);
}

void settings_free(struct usher *usher)
{
    usher_config_release(usher->config);
    usher_config_release(usher->saved);
    usher_config_release(usher->begun);
    free(usher->environment);
    free(usher->env_path);
}
