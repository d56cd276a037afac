/* engine/database.c - which database this engine works on. A promise that was
 * made at the real Zoho is never kept at the simulator, nor the other way
 * round: a database works with one of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conversation/tasks.h"
#include "conversation/waiting.h"
#include "engine.h"
#include "zoho/partner.h"

#define HELD \
    USHER_KIND_SIMULATOR ": promised before there was a credential for Zoho"

/* Opens it, and reads what it remembers. */
static enum usher_status store_open(struct usher *usher,
                                    enum usher_partner *partner,
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
    st = usher_partner_read(usher->store, partner);
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
                        "credential now (%.120s%s): put the settings back, or "
                        "name them with --env FILE. To try usher without Zoho "
                        "start it with --simulator: it then has a database of "
                        "its own, %s" USHER_PARTNER_BESIDE,
                        file, usher->env_path,
                        access(usher->env_path, F_OK) == 0 ? " has none"
                                                           : " is gone",
                        file);
    return USHER_ERR_INVALID;
}

/* ---- from now on ---- */

/* One commit: whoever starts after a crash finds both, or neither. */
static enum usher_status claim(struct usher *usher, int holds,
                               enum usher_partner partner)
{
    struct usher_commit *commit = usher_commit_new();
    enum usher_partner kept;
    enum usher_status st = USHER_OK;

    if (!commit)
        return USHER_ERR_NOMEM;
    if (holds)
        st = usher_tasks_hold(usher->store, commit, HELD);
    if (st == USHER_OK)
        st = usher_commit_partner(commit, partner);
    if (st != USHER_OK) {
        usher_commit_free(commit);
        return st;
    }
    if (!usher_store_submit(usher->store, commit, NULL, NULL, NULL, &st))
        st = USHER_OK;
    /* A read waits for what was submitted before it. */
    if (st == USHER_OK)
        st = usher_partner_read(usher->store, &kept);
    if (st == USHER_OK && kept != partner)
        st = USHER_ERR_IO;
    return st;
}

/* Before anything can be promised, or a credential be kept. was: what the
 * database remembers; holds: what is open was promised at the simulator. */
static enum usher_status remember(struct usher *usher, enum usher_partner was,
                                  int holds, struct usher_error *error)
{
    enum usher_partner partner =
        usher->simulated ? USHER_PARTNER_SIMULATOR : USHER_PARTNER_ZOHO;
    enum usher_status st = USHER_OK;

    if (was != partner)
        st = claim(usher, holds, partner);
    if (st == USHER_OK)
        return st;
    if (holds) {
        usher_error_set(error,
                        "the database %s has worked with the simulator, and "
                        "cannot be written to work with Zoho from now on (%s): "
                        "is the disk full? Make room, or name another file in "
                        "DATABASE_URL",
                        usher_store_file(usher->database_url),
                        usher_status_text(st));
        return st;
    }
    usher_log_event(usher->log, USHER_LOG_WARN, "store",
                    "the database cannot keep whom it works with", "reason",
                    usher_status_text(st), NULL);
    return USHER_OK;
}

void database_tell(struct usher *usher)
{
    size_t count = usher_waiting_count(usher->waiting, USHER_WHY_SIMULATOR);
    char number[24];

    if (count == 0)
        return;
    snprintf(number, sizeof(number), "%zu", count);
    usher_log_event(usher->log, USHER_LOG_WARN, "task",
                    "tasks that were promised at the simulator wait", "#count",
                    number, "hint", usher_why_hint(USHER_WHY_SIMULATOR), NULL);
}

/* ---- opening ---- */

/* The simulator's own database, beside the one that is Zoho's. */
static enum usher_status beside_open(struct usher *usher,
                                     struct usher_error *error)
{
    enum usher_partner was;
    char *url = NULL;
    enum usher_status st;

    usher_store_close(usher->store);
    usher->store = NULL;
    if (asprintf(&url, "%s" USHER_PARTNER_BESIDE, usher->database_url) < 0)
        return USHER_ERR_NOMEM;
    free(usher->database_url);
    usher->database_url = url;
    st = store_open(usher, &was, error);
    if (st != USHER_OK)
        return st;
    if (was == USHER_PARTNER_ZOHO || usher_partner_has_token(usher->store))
        return refuse(usher, error);
    usher_log_event(usher->log, USHER_LOG_INFO, "engine",
                    "the simulator has a database of its own", "file",
                    usher_store_file(url), NULL);
    return remember(usher, was, 0, error);
}

enum usher_status database_open(struct usher *usher, struct usher_error *error)
{
    int names_zoho = usher_config_names_zoho(usher->saved);
    enum usher_partner was;
    enum usher_status st;
    int is_zohos;

    usher->database_url =
        strdup(usher_config_text(usher->saved, USHER_SETTING_DATABASE_URL));
    if (!usher->database_url)
        return USHER_ERR_NOMEM;
    st = store_open(usher, &was, error);
    /* The engine that works with Zoho may be at it right now. */
    if (st == USHER_ERR_EXISTS && usher->options.simulator && names_zoho)
        return beside_open(usher, error);
    if (st != USHER_OK || !usher_store_file(usher->database_url))
        return st;
    /* A credential tells more: a version that does not remember may have
     * worked on it since. */
    is_zohos = was == USHER_PARTNER_ZOHO ||
               (was == USHER_PARTNER_UNKNOWN && names_zoho) ||
               usher_partner_has_token(usher->store);
    if (!usher->simulated || !is_zohos)
        return remember(usher, was, was == USHER_PARTNER_SIMULATOR && !is_zohos,
                        error);
    return usher->options.simulator ? beside_open(usher, error)
                                    : refuse(usher, error);
}
