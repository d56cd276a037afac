/* engine/conversation/admin_load.c - the calls that make a version live. */
#include <stdlib.h>
#include <string.h>

#include "conversation/admin.h"

struct ask {
    struct usher_reload *reload;
    struct usher_buffer notes; /* JSON texts, or empty */
    struct usher_buffer *out;
    usher_admin_done *done;
    void *user;
};

static void live(const struct ask *ask, int changed)
{
    struct usher_buffer *out = ask->out;
    struct usher_reload_status status;

    usher_reload_status(ask->reload, &status);
    usher_buffer_printf(out,
                        "{\"version\":\"%s\",\"changed\":%s,\"settings\":[",
                        status.hash, changed ? "true" : "false");
    if (ask->notes.len)
        usher_buffer_append(out, ask->notes.data, ask->notes.len);
    usher_buffer_text(out, "],\"note\":");
    usher_buffer_json(out, status.note, strlen(status.note));
    usher_buffer_text(out, "}\n");
}

static void loaded(void *user, enum usher_status status, int changed,
                   const struct usher_error *error)
{
    struct ask *ask = user;
    unsigned code = 200;

    if (status == USHER_OK)
        live(ask, changed);
    else
        code = usher_admin_fail(
            ask->out, status == USHER_ERR_CLOSED ? 503 : 422, error->text);
    ask->done(ask->user, code);
    usher_buffer_free(&ask->notes);
    free(ask);
}

int usher_admin_load(const struct usher_admin *admin,
                     const struct usher_request *request,
                     struct usher_buffer *out, usher_admin_done *done,
                     void *user)
{
    const char *name = usher_request_path(request) + strlen("/admin/");
    const char *hash = usher_request_query(request, "hash");
    int is_reload = strcmp(name, "reload") == 0;
    struct ask *ask;

    if (!admin->reload || strcmp(usher_request_method(request), "POST") != 0 ||
        (!is_reload && strcmp(name, "rollback") != 0))
        return 0;
    ask = calloc(1, sizeof(*ask));
    if (!ask) {
        done(user, usher_admin_fail(out, 503, "not enough memory"));
        return 1;
    }
    ask->reload = admin->reload;
    ask->out = out;
    ask->done = done;
    ask->user = user;
    usher_buffer_init(&ask->notes, 0);
    if (is_reload && admin->settings)
        admin->settings(admin->shared->control, &ask->notes);
    if (is_reload)
        usher_reload_now(admin->reload, loaded, ask);
    else
        usher_reload_rollback(admin->reload, hash ? hash : "", loaded, ask);
    return 1;
}
