/* engine/conversation/admin.c - reload, versions, rollback. */
#include "conversation/admin.h"

#include <stdlib.h>
#include <string.h>

static unsigned fail(struct usher_buffer *out, unsigned status, const char *why)
{
    usher_buffer_clear(out);
    usher_buffer_text(out, "{\"error\":");
    usher_buffer_json(out, why, strlen(why));
    usher_buffer_text(out, "}\n");
    return status;
}

static void live(struct usher_reload *reload, int changed,
                 struct usher_buffer *out)
{
    struct usher_reload_status status;

    usher_reload_status(reload, &status);
    usher_buffer_printf(out, "{\"version\":\"%s\",\"changed\":%s}\n",
                        status.hash, changed ? "true" : "false");
}

static unsigned reload_call(struct usher_reload *reload,
                            struct usher_buffer *out)
{
    struct usher_error error = {""};
    int changed;

    if (usher_reload_now(reload, &changed, &error) != USHER_OK)
        return fail(out, 422, error.text);
    live(reload, changed, out);
    return 200;
}

static unsigned rollback_call(struct usher_reload *reload, const char *hash,
                              struct usher_buffer *out)
{
    struct usher_error error = {"it cannot be loaded"};

    if (usher_reload_rollback(reload, hash ? hash : "", &error) != USHER_OK)
        return fail(out, 422, error.text);
    live(reload, 1, out);
    return 200;
}

static int version_each(void *user, const char *hash, int64_t loaded_ms)
{
    struct usher_buffer *out = user;

    usher_buffer_printf(out, "%s{\"version\":\"%s\",\"loaded_at\":%lld}",
                        out->data[out->len - 1] == '[' ? "" : ",", hash,
                        (long long)(loaded_ms / 1000));
    return 0;
}

static unsigned versions_call(struct usher_shared *shared,
                              struct usher_reload *reload,
                              struct usher_buffer *out)
{
    struct usher_reload_status status;
    enum usher_status st;

    usher_reload_status(reload, &status);
    usher_buffer_printf(out, "{\"live\":\"%s\",\"versions\":[", status.hash);
    st = usher_store_versions(shared->store, version_each, out);
    usher_buffer_text(out, "]}\n");
    return st == USHER_OK ? 200 : fail(out, 503, "the store cannot be read");
}

struct prefix {
    const char *text;
    char found[65];
};

static int prefix_each(void *user, const char *hash, int64_t loaded_ms)
{
    struct prefix *prefix = user;

    (void)loaded_ms;
    if (strncmp(hash, prefix->text, strlen(prefix->text)) != 0)
        return 0;
    memcpy(prefix->found, hash, sizeof(prefix->found));
    return 1;
}

/* The sources of a version as {"path": "text", ...}. */
static unsigned version_call(struct usher_shared *shared, const char *hash,
                             struct usher_buffer *out)
{
    struct prefix prefix = {hash ? hash : "", ""};
    struct usher_version *version = NULL;
    const struct usher_source *sources;
    char *archive = NULL;
    size_t len, count;
    enum usher_status st;

    st = usher_store_versions(shared->store, prefix_each, &prefix);
    if (st != USHER_OK || !prefix.found[0])
        return fail(out, 404, "there is no such version");
    st = usher_store_version(shared->store, prefix.found, &archive, &len);
    if (st == USHER_OK)
        st = usher_version_unpack(archive, len, &version);
    free(archive);
    if (st != USHER_OK)
        return fail(out, 404, "its sources are not in the store");
    sources = usher_version_sources(version, &count);
    usher_buffer_printf(out, "{\"version\":\"%s\",\"files\":{", prefix.found);
    for (size_t i = 0; i < count; i++) {
        if (i)
            usher_buffer_byte(out, ',');
        usher_buffer_json(out, sources[i].path, strlen(sources[i].path));
        usher_buffer_byte(out, ':');
        usher_buffer_json(out, sources[i].text, sources[i].len);
    }
    usher_buffer_text(out, "}}\n");
    usher_version_release(version);
    return 200;
}

unsigned usher_admin_call(struct usher_shared *shared,
                          struct usher_reload *reload,
                          const struct usher_request *request,
                          struct usher_buffer *out)
{
    const char *name = usher_request_path(request) + strlen("/admin/");
    const char *hash = usher_request_query(request, "hash");
    int post = strcmp(usher_request_method(request), "POST") == 0;

    if (post && strcmp(name, "reload") == 0)
        return reload_call(reload, out);
    if (post && strcmp(name, "rollback") == 0)
        return rollback_call(reload, hash, out);
    if (!post && strcmp(name, "versions") == 0)
        return versions_call(shared, reload, out);
    if (!post && strcmp(name, "version") == 0)
        return version_call(shared, hash, out);
    return fail(out, 404,
                "there is no such admin call: POST /admin/reload, "
                "POST /admin/rollback?hash=, GET /admin/versions, "
                "GET /admin/version?hash=");
}
