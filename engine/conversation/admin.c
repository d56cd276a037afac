/* engine/conversation/admin.c - reload, versions, tasks, conversations. */
#include "conversation/admin.h"
#include "conversation/settings_show.h"
#include "conversation/tasks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conversation/waiting.h"
#include "zoho/partner.h"

/* Digits of a hash or id that name it for certain. */
#define PREFIX_MIN 6

unsigned usher_admin_fail(struct usher_buffer *out, unsigned status,
                          const char *why)
{
    usher_buffer_clear(out);
    usher_buffer_text(out, "{\"error\":");
    usher_buffer_json(out, why, strlen(why));
    usher_buffer_text(out, "}\n");
    return status;
}

#define UNREADABLE                                                            \
    "a newer usher wrote it, or it is damaged. It is kept as it is: run the " \
    "newest version that worked on this database, or put a backup in its "    \
    "place"

static unsigned store_failed(struct usher_buffer *out)
{
    return usher_admin_fail(out, 503,
                            "the store cannot be read; /readyz says why");
}

static unsigned not_running(struct usher_buffer *out)
{
    return usher_admin_fail(
        out, 409,
        "no engine runs on this database: `usher serve` starts one, "
        "and takes the flows as they are then");
}

/* ---- versions ---- */

struct version_list {
    struct usher_buffer *out;
    const struct usher_back *back;
};

static int version_each(void *user, const char *hash, int64_t loaded_ms)
{
    struct version_list *list = user;

    usher_buffer_printf(
        list->out,
        "%s{\"version\":\"%s\",\"loaded_at\":%lld,\"rolled_back\":%s}",
        list->out->data[list->out->len - 1] == '[' ? "" : ",", hash,
        (long long)(loaded_ms / 1000),
        usher_back_is_marked(list->back, hash) ? "true" : "false");
    return 0;
}

static unsigned versions_call(const struct usher_admin *admin,
                              struct usher_buffer *out)
{
    struct usher_reload_status status = {.hash = ""};
    struct usher_back stored;
    struct version_list list = {out, &stored};
    enum usher_status st;

    usher_back_load(admin->store, &stored);
    if (admin->reload) {
        usher_reload_status(admin->reload, &status);
        list.back = usher_reload_back(admin->reload);
    }
    usher_buffer_printf(out, "{\"live\":\"%s\",\"refused\":", status.hash);
    usher_buffer_json(out, status.error, strlen(status.error));
    usher_buffer_text(out, ",\"versions\":[");
    st = usher_store_versions(admin->store, version_each, &list);
    usher_back_free(&stored);
    usher_buffer_text(out, "]}\n");
    return st == USHER_OK ? 200 : store_failed(out);
}

/* A search by prefix: what was found, and how often. */
struct prefix {
    const char *text;
    size_t len;
    char found[65];
    unsigned count;
};

static int prefix_each(void *user, const char *hash, int64_t loaded_ms)
{
    struct prefix *prefix = user;

    (void)loaded_ms;
    if (strncmp(hash, prefix->text, prefix->len) != 0)
        return 0;
    if (prefix->count++ == 0)
        snprintf(prefix->found, sizeof(prefix->found), "%s", hash);
    return 0;
}

static struct prefix prefix_of(const char *text)
{
    struct prefix prefix = {text ? text : "", 0, "", 0};

    prefix.len = strlen(prefix.text);
    return prefix;
}

static unsigned sources_write(const char *hash, struct usher_version *version,
                              struct usher_buffer *out)
{
    size_t count;
    const struct usher_source *sources = usher_version_sources(version, &count);

    usher_buffer_printf(out, "{\"version\":\"%s\",\"files\":{", hash);
    for (size_t i = 0; i < count; i++) {
        if (i)
            usher_buffer_byte(out, ',');
        usher_buffer_json(out, sources[i].path, strlen(sources[i].path));
        usher_buffer_byte(out, ':');
        usher_buffer_json(out, sources[i].text, sources[i].len);
    }
    usher_buffer_text(out, "}}\n");
    return 200;
}

/* The sources of a version as {"path": "text", ...}. */
static unsigned version_call(const struct usher_admin *admin, const char *hash,
                             struct usher_buffer *out)
{
    struct prefix prefix = prefix_of(hash);
    struct usher_version *version = NULL;
    char *archive = NULL;
    size_t len;
    enum usher_status st;
    unsigned status;

    if (prefix.len < PREFIX_MIN)
        return usher_admin_fail(out, 422,
                                "give at least 6 digits of the version");
    st = usher_store_versions(admin->store, prefix_each, &prefix);
    if (st != USHER_OK)
        return store_failed(out);
    if (prefix.count != 1)
        return usher_admin_fail(
            out, 404,
            prefix.count ? "several versions begin so: give more of "
                           "its digits"
                         : "there is no such version; `usher versions` "
                           "lists them");
    st = usher_store_version(admin->store, prefix.found, &archive, &len);
    if (st == USHER_OK)
        st = usher_version_unpack_kept(prefix.found, archive, len, &version);
    free(archive);
    if (st == USHER_ERR_PARSE)
        return usher_admin_fail(out, 409,
                                "its sources cannot be read: " UNREADABLE);
    if (st == USHER_ERR_NOT_FOUND)
        return usher_admin_fail(out, 404, "its sources are not in the store");
    if (st != USHER_OK)
        return store_failed(out);
    status = sources_write(prefix.found, version, out);
    usher_version_release(version);
    return status;
}

/* ---- tasks ---- */

static const char *task_state(enum usher_task_state state)
{
    return state == USHER_TASK_READY    ? "open"
           : state == USHER_TASK_PAUSED ? "paused"
           : state == USHER_TASK_DEAD   ? "dead"
           : state == USHER_TASK_DONE   ? "done"
                                        : "unknown";
}

/* When it is tried next, where that is known: one that was just begun or woken
 * is due at once, one that waits has no date. */
static void due_write(const struct usher_task_row *row,
                      struct usher_buffer *out)
{
    if (row->state == USHER_TASK_READY && row->due_ms > 0)
        usher_buffer_printf(out, "%lld", (long long)(row->due_ms / 1000));
    else
        usher_buffer_text(out, "null");
}

static void member(struct usher_buffer *out, const char *name, const char *text)
{
    usher_buffer_printf(out, ",\"%s\":", name);
    usher_buffer_json(out, text, strlen(text));
}

static int task_each(void *user, const struct usher_task_row *row)
{
    struct usher_buffer *out = user;
    enum usher_why why = usher_why_of(row->state, row->reason);

    if (out->data[out->len - 1] != '[')
        usher_buffer_byte(out, ',');
    usher_buffer_text(out, "{\"id\":");
    usher_buffer_json(out, row->id, strlen(row->id));
    usher_buffer_text(out, ",\"task\":");
    usher_buffer_json(out, row->name, strlen(row->name));
    usher_buffer_printf(out,
                        ",\"state\":\"%s\",\"tries\":%u,\"created_at\":%lld,"
                        "\"due_at\":",
                        task_state(row->state), (unsigned)row->tries,
                        (long long)(row->created_ms / 1000));
    due_write(row, out);
    usher_buffer_text(out, ",\"conversation\":");
    usher_buffer_json(out, row->conversation ? row->conversation : "",
                      row->conversation ? row->conversation_len : 0);
    member(out, "reason", row->reason ? row->reason : "");
    member(out, "waits_for", usher_why_name(why));
    member(out, "hint", usher_why_hint(why));
    if (!usher_task_is_readable(row))
        usher_buffer_text(out, ",\"unreadable\":true");
    usher_buffer_byte(out, '}');
    return 0;
}

#define NOT_DONE                                        \
    (1u << USHER_TASK_READY | 1u << USHER_TASK_PAUSED | \
     1u << USHER_TASK_DEAD | 1u << USHER_TASK_UNKNOWN)

static unsigned tasks_call(const struct usher_admin *admin,
                           struct usher_buffer *out)
{
    enum usher_status st;

    usher_buffer_text(out, "{\"tasks\":[");
    st = usher_store_tasks(admin->store, NOT_DONE, task_each, out);
    usher_buffer_text(out, "]}\n");
    return st == USHER_OK ? 200 : store_failed(out);
}

struct decided {
    enum usher_status status;
    int done;
};

static void decide(void *user, enum usher_status status)
{
    struct decided *decided = user;

    decided->status = status;
    decided->done = 1;
}

/* Waits for its end: what a person is told must be so. */
static enum usher_status commit_wait(const struct usher_admin *admin,
                                     struct usher_commit *commit)
{
    struct decided decided = {USHER_OK, 0};

    if (usher_store_submit(admin->store, commit, admin->loop, decide, &decided,
                           &decided.status))
        return decided.status;
    while (!decided.done)
        usher_loop_step(admin->loop, -1);
    return decided.status;
}

struct retry {
    const struct usher_admin *admin;
    struct prefix prefix; /* of the id; the second round has it whole */
    int whole;
    enum usher_status status;
};

/* Makes the row ready. data: what it points to then. */
static enum usher_status row_ready(const struct usher_admin *admin,
                                   struct usher_task_row *row,
                                   struct usher_buffer *data)
{
    int is_unclear = usher_why_of(row->state, row->reason) == USHER_WHY_UNCLEAR;
    enum usher_status st;

    if (!usher_task_is_readable(row))
        return USHER_ERR_PARSE;
    row->state = USHER_TASK_READY;
    row->due_ms = usher_clock_wall_ms(admin->clock);
    row->reason = NULL;
    if (!is_unclear)
        return USHER_OK;
    st = usher_task_not_done(row->data, row->data_len, data);
    row->data = data->data;
    row->data_len = data->len;
    return st;
}

static enum usher_status row_commit(const struct usher_admin *admin,
                                    const struct usher_task_row *row)
{
    struct usher_commit *commit = usher_commit_new();

    if (!commit)
        return USHER_ERR_NOMEM;
    usher_commit_task(commit, row);
    return commit_wait(admin, commit);
}

static void retry_row(struct retry *retry, const struct usher_task_row *row)
{
    const struct usher_admin *admin = retry->admin;
    struct usher_shared *shared = admin->shared;
    struct usher_task_row ready = *row;
    struct usher_buffer data;
    enum usher_status st;

    usher_buffer_init(&data, 0);
    st = row_ready(admin, &ready, &data);
    /* An open task is its worker's: only that may write it while one runs. */
    if (st == USHER_OK && (row->state == USHER_TASK_DEAD || !shared))
        st = row_commit(admin, &ready);
    if (st == USHER_OK && shared)
        st = usher_worker_retry_task(
            shared->workers[usher_worker_of(
                row->conversation ? row->conversation : "",
                row->conversation_len, shared->worker_count)],
            &ready);
    usher_buffer_free(&data);
    retry->status = st;
}

static int retry_each(void *user, const struct usher_task_row *row)
{
    struct retry *retry = user;
    struct prefix *prefix = &retry->prefix;

    if (strncmp(row->id, prefix->text, prefix->len) != 0)
        return 0;
    if (retry->whole) {
        retry_row(retry, row);
        return 1;
    }
    prefix->count++;
    snprintf(prefix->found, sizeof(prefix->found), "%s", row->id);
    return 0;
}

static unsigned retry_call(const struct usher_admin *admin, const char *id,
                           struct usher_buffer *out)
{
    struct retry retry = {admin, prefix_of(id), 0, USHER_ERR_NOMEM};
    enum usher_status st;

    if (retry.prefix.len < PREFIX_MIN)
        return usher_admin_fail(out, 422,
                                "give at least 6 digits of the task's id");
    st = usher_store_tasks(admin->store, NOT_DONE, retry_each, &retry);
    if (st != USHER_OK)
        return store_failed(out);
    if (retry.prefix.count != 1)
        return usher_admin_fail(
            out, 404,
            retry.prefix.count
                ? "several tasks begin so: give more of the id"
                : "there is no such task that is open, paused or "
                  "dead; `usher tasks` lists them");
    retry.prefix.text = retry.prefix.found;
    retry.prefix.len = strlen(retry.prefix.found);
    retry.whole = 1;
    st = usher_store_tasks(admin->store, NOT_DONE, retry_each, &retry);
    if (retry.status == USHER_ERR_PARSE)
        return usher_admin_fail(out, 409,
                                "this task cannot be read: " UNREADABLE);
    if (st != USHER_OK || retry.status != USHER_OK)
        return usher_admin_fail(
            out, 503,
            "the task could not be written, and is as it was; /readyz "
            "says why");
    usher_buffer_printf(out, "{\"id\":\"%s\",\"state\":\"open\"}\n",
                        retry.prefix.found);
    return 200;
}

static unsigned settings_call(const struct usher_admin *admin,
                              struct usher_buffer *out)
{
    size_t count;
    const char *const *declared;

    if (!admin->reload)
        return not_running(out);
    declared = usher_reload_settings(admin->reload, &count);
    usher_settings_show(usher_reload_config(admin->reload), declared, count,
                        out);
    return 200;
}

/* ---- conversations ---- */

/* With nobody to make room for: where no engine runs. */
static unsigned conversations_call(const struct usher_admin *admin,
                                   const struct usher_admin_ask *ask,
                                   struct usher_buffer *out)
{
    struct usher_listing *listing;
    unsigned status =
        usher_listing_new(admin, ask->limit, ask->search, out, &listing);

    if (status)
        return status;
    while (!usher_listing_step(listing))
        ;
    return usher_listing_end(listing);
}

typedef enum usher_status show_fn(const struct usher_admin *admin,
                                  const char *key, struct usher_buffer *out);

static unsigned conversation_call(const struct usher_admin *admin,
                                  const char *key, show_fn *show,
                                  struct usher_buffer *out)
{
    enum usher_status st;

    if (!key || !key[0])
        return usher_admin_fail(out, 422, "give the key of the conversation");
    st = show(admin, key, out);
    if (st == USHER_ERR_NOT_FOUND)
        return usher_admin_fail(
            out, 404,
            "there is no such conversation; `usher conversations` "
            "lists the last ones with their keys");
    if (st == USHER_ERR_PARSE)
        return usher_admin_fail(
            out, 409, "this conversation cannot be read: " UNREADABLE);
    return st == USHER_OK ? 200 : store_failed(out);
}

/* ---- all ---- */

unsigned usher_admin_answer(const struct usher_admin *admin,
                            const struct usher_admin_ask *ask,
                            struct usher_buffer *out)
{
    const char *name = ask->name;

    if (ask->post &&
        (strcmp(name, "reload") == 0 || strcmp(name, "rollback") == 0))
        return not_running(out); /* else see usher_admin_load() */
    if (ask->post && strcmp(name, "retry") == 0)
        return retry_call(admin, ask->id, out);
    if (!ask->post && strcmp(name, "settings") == 0)
        return settings_call(admin, out);
    if (!ask->post && strcmp(name, "versions") == 0)
        return versions_call(admin, out);
    if (!ask->post && strcmp(name, "version") == 0)
        return version_call(admin, ask->hash, out);
    if (!ask->post && strcmp(name, "tasks") == 0)
        return tasks_call(admin, out);
    if (!ask->post && strcmp(name, "conversations") == 0)
        return conversations_call(admin, ask, out);
    if (!ask->post && strcmp(name, "conversation") == 0)
        return conversation_call(admin, ask->key, usher_conversation_show, out);
    if (!ask->post && strcmp(name, "turns") == 0)
        return conversation_call(admin, ask->key, usher_conversation_turns,
                                 out);
    return usher_admin_fail(
        out, 404,
        "there is no such admin call: POST reload, rollback?hash=, "
        "retry?id=; GET settings, versions, version?hash=, tasks, "
        "conversations?limit=&search=, conversation?key=, turns?key=");
}

void usher_admin_read(const struct usher_request *request,
                      struct usher_admin_ask *ask)
{
    *ask = (struct usher_admin_ask){
        .post = strcmp(usher_request_method(request), "POST") == 0,
        .name = usher_request_path(request) + strlen("/admin/"),
        .hash = usher_request_query(request, "hash"),
        .id = usher_request_query(request, "id"),
        .key = usher_request_query(request, "key"),
        .limit = usher_request_query(request, "limit"),
        .search = usher_request_query(request, "search"),
    };
}

/* 0: it has no place, or one that is too long. */
static int path_write(const struct usher_config *config, const char *file,
                      const char *end, char *out, size_t size)
{
    const char *folder = usher_config_folder(config);
    int len;

    if (!file)
        return 0;
    len = snprintf(out, size, "%s%s%s%s", file[0] == '/' ? "" : folder,
                   file[0] == '/' ? "" : "/", file, end);
    return len > 0 && (size_t)len < size;
}

int usher_admin_socket(const struct usher_config *config, const char *url,
                       char *out, size_t size)
{
    const char *own = usher_config_text(config, USHER_SETTING_DATABASE_URL);
    const char *set = usher_config_text(config, USHER_SETTING_ADMIN_SOCKET);

    if (!set)
        return usher_admin_socket_beside(config, url, out, size);
    /* Two engines do not listen at one place. */
    return path_write(config, set,
                      strcmp(own, url) != 0 ? USHER_PARTNER_BESIDE : "", out,
                      size);
}

int usher_admin_socket_beside(const struct usher_config *config,
                              const char *url, char *out, size_t size)
{
    return path_write(config, usher_store_file(url), ".socket", out, size);
}
