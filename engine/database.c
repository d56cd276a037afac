/* engine/database.c - which database this engine works on. A promise that was
 * made at the real Zoho is never kept at the simulator, nor the other way
 * round: a database works with one of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conversation/tasks.h"
#include "engine.h"

#define HELD "promised at the simulator: `usher tasks retry` sends it to Zoho"

static enum usher_status store_open(struct usher *usher,
                                    struct usher_error *error)
{
    struct usher_store_options options = {
        .url = usher->database_url,
        .base = usher_config_folder(usher->saved),
        .clock = &usher->even.clock,
        .log = usher->log,
    };
    enum usher_status st = usher_store_open(&options, &usher->store, error);

    if (st != USHER_OK)
        return st;
    st = usher_partner_read(usher->store, &usher->partner);
    if (st != USHER_OK)
        usher_error_set(error,
                        "the database %s cannot be read (%s): is it damaged? "
                        "Put a backup in its place, or name another file in "
                        "DATABASE_URL",
                        usher_store_file(options.url), usher_status_text(st));
    return st;
}

static enum usher_status refuse(const struct usher *usher,
                                struct usher_error *error)
{
    const char *file = usher_store_file(usher->database_url);

    if (usher->options.simulator)
        usher_error_set(error,
                        "the database %s has worked with Zoho, and the "
                        "simulator is never given one of those: name another "
                        "file in DATABASE_URL",
                        file);
    else
        usher_error_set(error,
                        "the database %s has worked with Zoho, but there is no "
                        "credential now (%s%s): put the settings back, or name "
                        "them with --env FILE. To try usher without Zoho start "
                        "it with --simulator: it then has a database of its "
                        "own beside that (..." USHER_PARTNER_BESIDE ")",
                        file, usher->env_path,
                        access(usher->env_path, F_OK) == 0 ? " has none"
                                                           : " is gone");
    return USHER_ERR_INVALID;
}

/* The simulator's own database, beside the one that is Zoho's. */
static enum usher_status beside_open(struct usher *usher,
                                     struct usher_error *error)
{
    char *url = NULL;
    enum usher_status st;

    usher_store_close(usher->store);
    usher->store = NULL;
    if (asprintf(&url, "%s" USHER_PARTNER_BESIDE, usher->database_url) < 0)
        return USHER_ERR_NOMEM;
    free(usher->database_url);
    usher->database_url = url;
    st = store_open(usher, error);
    if (st != USHER_OK)
        return st;
    if (usher->partner == USHER_PARTNER_ZOHO ||
        usher_partner_has_token(usher->store))
        return refuse(usher, error);
    usher_log_event(usher->log, USHER_LOG_INFO, "engine",
                    "the simulator has a database of its own", "file",
                    usher_store_file(url), NULL);
    return USHER_OK;
}

enum usher_status database_open(struct usher *usher, struct usher_error *error)
{
    int is_zohos = usher_config_names_zoho(usher->saved);
    enum usher_status st;

    usher->database_url =
        strdup(usher_config_text(usher->saved, USHER_SETTING_DATABASE_URL));
    if (!usher->database_url)
        return USHER_ERR_NOMEM;
    st = store_open(usher, error);
    if (!usher->simulated || !usher_store_file(usher->database_url))
        return st;
    /* The engine that works with Zoho may be at it right now. */
    if (st == USHER_ERR_EXISTS && usher->options.simulator && is_zohos)
        return beside_open(usher, error);
    if (st != USHER_OK)
        return st;
    if (usher->partner != USHER_PARTNER_UNKNOWN)
        is_zohos = usher->partner == USHER_PARTNER_ZOHO;
    else if (!is_zohos)
        is_zohos = usher_partner_has_token(usher->store);
    if (!is_zohos)
        return USHER_OK;
    return usher->options.simulator ? beside_open(usher, error)
                                    : refuse(usher, error);
}

/* ---- from now on ---- */

static int count_held(void *user, const struct usher_task_row *row)
{
    size_t *count = user;

    *count += row->reason && strcmp(row->reason, HELD) == 0;
    return 0;
}

/* At every start, until a person has decided about the last one. */
static void held_tell(struct usher *usher)
{
    size_t count = 0;
    char number[24];

    if (usher_store_tasks(usher->store, 1u << USHER_TASK_DEAD, count_held,
                          &count) != USHER_OK ||
        count == 0)
        return;
    snprintf(number, sizeof(number), "%zu", count);
    usher_log_event(usher->log, USHER_LOG_WARN, "task",
                    "tasks that were promised at the simulator wait: they are "
                    "not sent to Zoho by themselves",
                    "count", number, "hint",
                    "`usher tasks` lists them, `usher tasks retry ID` sends "
                    "one",
                    NULL);
}

static enum usher_status claim(struct usher *usher, enum usher_partner partner,
                               size_t *held)
{
    struct usher_commit *commit = usher_commit_new();
    enum usher_partner kept;
    enum usher_status st = USHER_OK;

    *held = 0;
    if (!commit)
        return USHER_ERR_NOMEM;
    if (usher->partner == USHER_PARTNER_SIMULATOR)
        st = usher_tasks_hold(usher->store, commit, HELD, held);
    if (st == USHER_OK)
        st = usher_commit_partner(commit, partner);
    if (st != USHER_OK) {
        usher_commit_free(commit);
        return st;
    }
    if (!usher_store_submit(usher->store, commit, NULL, NULL, NULL, &st))
        st = USHER_OK;
    /* A read sees what was submitted before it, or that it failed. */
    if (st == USHER_OK)
        st = usher_partner_read(usher->store, &kept);
    if (st == USHER_OK && kept != partner)
        st = USHER_ERR_IO;
    return st;
}

enum usher_status database_claim(struct usher *usher, struct usher_error *error)
{
    enum usher_partner partner =
        usher->simulated ? USHER_PARTNER_SIMULATOR : USHER_PARTNER_ZOHO;
    enum usher_status st = USHER_OK;
    size_t held = 0;

    if (usher->partner != partner)
        st = claim(usher, partner, &held);
    if (st != USHER_OK && held) {
        usher_error_set(error,
                        "%zu tasks of the database %s were promised at the "
                        "simulator and must not be sent to Zoho, but the "
                        "database cannot be written: make room for it, or name "
                        "another file in DATABASE_URL",
                        held, usher_store_file(usher->database_url));
        return st;
    }
    if (st != USHER_OK)
        usher_log_event(usher->log, USHER_LOG_WARN, "store",
                        "the database cannot keep whom it works with", "reason",
                        usher_status_text(st), NULL);
    held_tell(usher);
    return USHER_OK;
}
